// Reads and writes fault scripts.
#include <stocktracker/testing/faults.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "testing/world/core/json.hpp"

namespace stocktracker::inline v0::testing {
namespace {

using world::JsonValue;

struct Named {
  FaultKind kind;
  const char* name;
};
constexpr std::array kNames{Named{FaultKind::status, "status"},
                            Named{FaultKind::throttle, "throttle"},
                            Named{FaultKind::gone, "gone"},
                            Named{FaultKind::reset, "reset"},
                            Named{FaultKind::slow, "slow"},
                            Named{FaultKind::truncate, "truncate"},
                            Named{FaultKind::broken_json, "broken_json"},
                            Named{FaultKind::wrong_types, "wrong_types"},
                            Named{FaultKind::unknown_fields, "unknown_fields"},
                            Named{FaultKind::repeat_rows, "repeat_rows"},
                            Named{FaultKind::shrink_pages, "shrink_pages"},
                            Named{FaultKind::skip_rows, "skip_rows"},
                            Named{FaultKind::endless_pages, "endless_pages"},
                            Named{FaultKind::null_lists, "null_lists"},
                            Named{FaultKind::negative_amounts, "negative_amounts"},
                            Named{FaultKind::odd_decimals, "odd_decimals"},
                            Named{FaultKind::byte_order_mark, "byte_order_mark"}};

Error script_error(std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = "faults[" + std::to_string(at) + "]" + (member.empty() ? "" : ".") + std::string(member);
  return Error(Errc::invalid_text, field + " " + std::string(what)).about(field);
}

std::optional<Duration> duration_of(std::string_view text) {
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || count < 0 || count > 10'000'000) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (unit == "ms") return std::chrono::milliseconds(count);
  if (unit == "s") return std::chrono::seconds(count);
  if (unit == "m") return std::chrono::minutes(count);
  if (unit == "h") return std::chrono::hours(count);
  if (unit == "d") return std::chrono::hours(24 * count);
  return std::nullopt;
}

/// One entry of the script.
class Entry {
 public:
  Entry(const JsonValue& value, std::size_t at) : value_(value), at_(at) {}

  Result<ScheduledFault> read() const {
    if (!value_.is(JsonValue::Type::object)) return script_error(at_, "", "must be an object");
    for (const std::string& key : value_.keys()) {
      constexpr std::array<std::string_view, 8> kKnown{"at",   "fault", "path",  "status",
                                                       "wait", "size",  "lasts", "times"};
      if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) return script_error(at_, key, "is not known");
    }
    ScheduledFault made;
    STK_TRY(made.fault.kind, kind());
    STK_TRY(made.at, duration("at", true));
    STK_TRY(made.fault.wait, duration("wait", false));
    STK_TRY(made.fault.lasts, duration("lasts", false));
    STK_TRY(const std::int64_t status, number("status", 503, 400, 599));
    STK_TRY(const std::int64_t size, number("size", 1, 1, 1'000'000));
    STK_TRY(const std::int64_t times, number("times", 0, 0, 1'000'000));
    made.fault.status = static_cast<int>(status);
    made.fault.size = static_cast<std::size_t>(size);
    made.fault.times = static_cast<int>(times);
    if (const JsonValue* path = value_.find("path")) {
      if (!path->is(JsonValue::Type::string)) return script_error(at_, "path", "must be a text");
      made.fault.path = path->string();
    }
    const bool waits = made.fault.kind == FaultKind::throttle || made.fault.kind == FaultKind::slow;
    if (waits && made.fault.wait == Duration::zero()) return script_error(at_, "wait", "is needed for this fault");
    return made;
  }

 private:
  Result<FaultKind> kind() const {
    const JsonValue* name = value_.find("fault");
    if (name != nullptr && name->is(JsonValue::Type::string)) {
      for (const Named& known : kNames) {
        if (name->string() == known.name) return known.kind;
      }
    }
    return script_error(at_, "fault", "must name a fault");
  }
  Result<Duration> duration(std::string_view member, bool required) const {
    const JsonValue* value = value_.find(member);
    if (value == nullptr && !required) return Duration::zero();
    const auto parsed =
        value != nullptr && value->is(JsonValue::Type::string) ? duration_of(value->string()) : std::nullopt;
    if (!parsed) return script_error(at_, member, "must be a duration such as 500ms, 20s, 3h or 2d");
    return *parsed;
  }
  Result<std::int64_t> number(std::string_view member, std::int64_t otherwise, std::int64_t low,
                              std::int64_t high) const {
    const JsonValue* value = value_.find(member);
    if (value == nullptr) return otherwise;
    if (!value->is(JsonValue::Type::integer) || value->integer() < low || value->integer() > high) {
      return script_error(at_, member, "must be a number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return value->integer();
  }

  const JsonValue& value_;
  std::size_t at_;
};

}  // namespace

const char* to_string(FaultKind kind) noexcept {
  for (const Named& known : kNames) {
    if (known.kind == kind) return known.name;
  }
  return "status";
}

Fault throttle(const Channel& channel, Duration wait) {
  Fault fault;
  fault.kind = FaultKind::throttle;
  fault.channel = channel;
  fault.wait = wait;
  return fault;
}

Fault answer_status(int status, int times, std::string path) {
  Fault fault;
  fault.status = status;
  fault.times = times;
  fault.path = std::move(path);
  return fault;
}

Fault truncate_body(int times, std::string path) {
  Fault fault = answer_status(0, times, std::move(path));
  fault.kind = FaultKind::truncate;
  return fault;
}

Fault reset_connection(int times, std::string path) {
  Fault fault = answer_status(0, times, std::move(path));
  fault.kind = FaultKind::reset;
  return fault;
}

FaultScript& FaultScript::at(Duration after_start, Fault fault) {
  faults_.push_back({after_start, std::move(fault), 0, {}});
  return *this;
}

Result<FaultScript> FaultScript::parse(std::string_view json) {
  const auto root = JsonValue::parse(json);
  if (!root || !root->is(JsonValue::Type::object)) return Error(Errc::invalid_text, "the fault script is not JSON");
  for (const std::string& key : root->keys()) {
    if (key != "faults") return Error(Errc::invalid_text, key + " is not known").about(key);
  }
  const JsonValue* list = root->find("faults");
  if (list == nullptr || !list->is(JsonValue::Type::array)) {
    return Error(Errc::invalid_text, "faults must be a list").about("faults");
  }
  FaultScript script;
  for (std::size_t at = 0; at < list->items().size(); ++at) {
    STK_TRY(auto fault, Entry(list->items()[at], at).read());
    script.faults_.push_back(std::move(fault));
  }
  return script;
}

}  // namespace stocktracker::inline v0::testing
