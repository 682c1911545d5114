// Applies faults to requests and answers.
#include "testing/world/core/faults.hpp"

#include <algorithm>
#include <array>

namespace stocktracker::inline v0::testing::world {
namespace {

void apply(const Fault& fault, Hit& hit) {
  switch (fault.kind) {
    case FaultKind::status:
      hit.status = fault.status;
      break;
    case FaultKind::throttle:
      break;  // knows when it first hit
    case FaultKind::gone:
      hit.gone = true;
      break;
    case FaultKind::reset:
      hit.wire = WireAnswer::Wire::reset;
      break;
    case FaultKind::slow:
      hit.delay += fault.wait;
      break;
    case FaultKind::truncate:
      hit.wire = WireAnswer::Wire::truncated;
      break;
    case FaultKind::broken_json:
      hit.broken_json = true;
      break;
    case FaultKind::wrong_types:
      hit.wrong_types = true;
      break;
    case FaultKind::unknown_fields:
      hit.unknown_fields = true;
      break;
    case FaultKind::repeat_rows:
      hit.repeat = fault.size;
      break;
    case FaultKind::shrink_pages:
      hit.shrink = fault.size;
      break;
    case FaultKind::skip_rows:
      hit.skip = fault.size;
      break;
    case FaultKind::endless_pages:
      hit.endless = true;
      break;
    case FaultKind::null_lists:
      hit.null_lists = true;
      break;
    case FaultKind::negative_amounts:
      hit.negative = fault.size;
      break;
    case FaultKind::odd_decimals:
      hit.odd_decimals = fault.size;
      break;
    case FaultKind::byte_order_mark:
      hit.byte_order_mark = true;
      break;
  }
}

}  // namespace

Hit hit_by(FaultScript& script, const Channel& channel, Instant start, std::string_view path, Instant now) {
  Hit hit;
  for (ScheduledFault& scheduled : script.faults()) {
    const Fault& fault = scheduled.fault;
    const Instant from = start + scheduled.at;
    if (now < from || path.find(fault.path) == std::string_view::npos) continue;
    if (fault.channel != Channel() && fault.channel != channel) continue;
    const bool over = fault.lasts > Duration::zero() && now >= from + fault.lasts;
    if (fault.kind == FaultKind::throttle) {
      // The first refusal begins the wait; requests before its end do not shorten it.
      if (!scheduled.first_hit && over) continue;
      if (!scheduled.first_hit) scheduled.first_hit = now;
      const Instant until = *scheduled.first_hit + fault.wait;
      if (now >= until) continue;
      hit.blocked = std::max(hit.blocked.value_or(Duration::zero()), until - now);
    } else if (!over && (fault.times == 0 || scheduled.used < fault.times)) {
      apply(fault, hit);
    } else {
      continue;
    }
    ++scheduled.used;
  }
  return hit;
}

std::string with_unknown_fields(std::string_view json) {
  std::string out;
  out.reserve(json.size() * 2);
  bool quoted = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    out += c;
    if (quoted && c == '\\') {
      out += json[++at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '{') {
      out += R"("новоеПоле":{"a":[1,null,"x\"{"],"b":-0.5e3})";
      if (at + 1 < json.size() && json[at + 1] != '}') out += ',';
    }
  }
  return out;
}

namespace {

// How a member begins in a body.
std::string beginning_of(std::string_view member) { return "\"" + std::string(member) + "\":"; }

}  // namespace

std::string with_wrong_types(std::string body, std::span<const std::string_view> members) {
  // The first number of a required member becomes a text.
  for (const std::string_view name : members) {
    const std::string member = beginning_of(name);
    const std::size_t at = body.find(member);
    if (at == std::string::npos) continue;
    const std::size_t from = at + member.size();
    const std::size_t to = body.find_first_of(",}]", from);
    const bool text = body[from] == '"';
    body.replace(from, to - from, text ? "17" : "\"" + body.substr(from, to - from) + "\"");
    break;
  }
  return body;
}

std::string with_null_lists(std::string_view json) {
  std::string out;
  out.reserve(json.size() + 32);
  bool quoted = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (quoted && c == '\\') {
      out += c;
      out += json[++at];
    } else if (!quoted && c == '[' && at + 1 < json.size() && json[at + 1] == ']') {
      out += "null";
      ++at;
    } else {
      if (c == '"') quoted = !quoted;
      out += c;
    }
  }
  return out;
}

namespace {

// Calls `change` for the first `count` numbers of the members.
template <class Change>
std::string with_numbers(std::string body, std::span<const std::string_view> members, std::size_t count,
                         Change&& change) {
  for (const std::string_view name : members) {
    const std::string member = beginning_of(name);
    for (std::size_t at = body.find(member); at != std::string::npos && count > 0; at = body.find(member, at + 1)) {
      const std::size_t from = at + member.size();
      const std::size_t to = body.find_first_of(",}]", from);
      if (body[from] < '0' || body[from] > '9') continue;
      body.replace(from, to - from, change(body.substr(from, to - from)));
      --count;
    }
  }
  return body;
}

}  // namespace

std::string with_negative_amounts(std::string body, std::span<const std::string_view> members, std::size_t count) {
  return with_numbers(std::move(body), members, count,
                      [](const std::string& number) { return "-" + (number == "0" ? std::string("1") : number); });
}

std::string with_odd_decimals(std::string body, std::span<const std::string_view> members, std::size_t count) {
  return with_numbers(std::move(body), members, count, [](const std::string& number) {
    return number.find('.') == std::string::npos ? number + ".4545" : number + "4545";
  });
}

std::string without_its_end(std::string body) {
  body.resize(body.size() / 2);
  if (body.empty()) body = "<";
  return body;
}

}  // namespace stocktracker::inline v0::testing::world
