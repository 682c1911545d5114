// Reads and checks the table of limits.
#include <stocktracker/http/limits.hpp>

#include <algorithm>
#include <charconv>

#include "http/shipped_limits.hpp"
#include "json/document.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::int64_t kLargest = 1'000'000'000;

Error limits_error(const std::string& field, std::string_view what) {
  return Error(Errc::invalid_text, "limits: " + field + " " + std::string(what)).about(field);
}

/// "200ms", "20s", "1m", "24h".
std::optional<Duration> duration_of(std::string_view text) {
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || count < 1 || count > 1'000'000) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (unit == "ms") return std::chrono::milliseconds(count);
  if (unit == "s") return std::chrono::seconds(count);
  if (unit == "m") return std::chrono::minutes(count);
  if (unit == "h") return std::chrono::hours(count);
  return std::nullopt;
}

/// One object of the file: reads its members by name, and knows its place for error messages.
class Section {
 public:
  Section(json::Value value, std::string path) : value_(value), path_(std::move(path)) {}

  [[nodiscard]] Error member_error(std::string_view member, std::string_view what) const {
    return v0::limits_error(path_ + "." + std::string(member), what);
  }
  /// Fails if a member has a name that the format does not define.
  [[nodiscard]] Result<void> only(std::initializer_list<std::string_view> names) const {
    if (!value_.is_object()) return v0::limits_error(path_, "is not an object");
    const auto check = [&](std::string_view name, json::Value) -> Result<void> {
      if (std::find(names.begin(), names.end(), name) == names.end()) return member_error(name, "is not known");
      return success();
    };
    STK_TRY(value_.each_member(check));
    return success();
  }
  [[nodiscard]] Result<std::string> text(std::string_view name) const {
    const auto found = value_[name].text();
    if (!found) return member_error(name, "must be a text");
    return std::string(*found);
  }
  [[nodiscard]] Result<int> number(std::string_view name, std::int64_t low, std::int64_t high) const {
    const auto found = value_[name].integer();
    if (!found || *found < low || *found > high) {
      return member_error(name, "must be a number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return static_cast<int>(*found);
  }
  [[nodiscard]] Result<Duration> duration(std::string_view name) const {
    const auto found = value_[name].text();
    const auto parsed = found ? duration_of(*found) : std::nullopt;
    if (!parsed) return member_error(name, "must be a duration such as 200ms, 20s, 1m or 24h");
    return *parsed;
  }
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const {
    std::vector<std::string> all;
    const json::Value list = value_[name];
    if (!list.exists()) return all;
    const auto take = [&](json::Value item) -> Result<void> {
      const auto found = item.text();
      if (!found) return member_error(name, "must be a list of texts");
      all.emplace_back(*found);
      return success();
    };
    STK_TRY(const bool listed, list.each(take));
    if (!listed) return member_error(name, "must be a list of texts");
    return all;
  }

 private:
  json::Value value_;
  std::string path_;
};

Result<LimitRule> limit_of(const Section& section, std::string_view vendor) {
  STK_TRY(section.only({"category", "methods", "tiers", "requests", "period", "interval", "burst"}));
  LimitRule rule;
  rule.vendor = vendor;
  STK_TRY(rule.category, section.text("category"));
  STK_TRY(rule.methods, section.texts("methods"));
  STK_TRY(rule.tiers, section.texts("tiers"));
  STK_TRY(rule.interval, section.duration("interval"));
  STK_TRY(rule.burst, section.number("burst", 1, 1'000'000));
  STK_TRY(rule.requests, section.number("requests", 1, kLargest));
  STK_TRY(rule.period, section.duration("period"));
  return rule;
}

Result<PenaltyRule> penalty_of(const Section& section, std::string_view vendor) {
  STK_TRY(section.only({"category", "from", "to", "requests"}));
  PenaltyRule rule;
  rule.vendor = vendor;
  STK_TRY(rule.category, section.text("category"));
  STK_TRY(rule.from, section.number("from", 100, 599));
  STK_TRY(rule.to, section.number("to", rule.from, 599));
  STK_TRY(rule.requests, section.number("requests", 1, 1'000));
  return rule;
}

Result<ParallelRule> parallel_of(const Section& section, std::string_view vendor) {
  STK_TRY(section.only({"category", "requests"}));
  ParallelRule rule;
  rule.vendor = vendor;
  STK_TRY(rule.category, section.text("category"));
  STK_TRY(rule.requests, section.number("requests", 1, LimitTable::kMostParallel));
  return rule;
}

template <class Take>
Result<void> each_section(json::Value list, const std::string& path, Take&& take) {
  if (!list.exists()) return success();
  std::size_t at = 0;
  const auto one = [&](json::Value item) -> Result<void> {
    return take(Section(item, path + "[" + std::to_string(at++) + "]"));
  };
  STK_TRY(const bool listed, list.each(one));
  if (!listed) return limits_error(path, "must be a list");
  return success();
}

}  // namespace

Result<LimitTable> LimitTable::parse(std::string_view json) {
  auto document = json::Document::parse(json);
  if (!document) return Error(Errc::invalid_text, "limits: the text is not JSON");
  const json::Value root = document.value().root();
  const Section top_level(root, "$");
  STK_TRY(top_level.only({"format", "vendors"}));
  STK_TRY(top_level.number("format", 1, 1));
  const json::Value vendors = root["vendors"];
  if (!vendors.is_object()) return limits_error("$.vendors", "must be an object");
  LimitTable table;
  const auto vendor = [&](std::string_view name, json::Value value) -> Result<void> {
    const std::string path = "$.vendors." + std::string(name);
    STK_TRY(Section(value, path).only({"source", "limits", "penalties", "parallel"}));
    const auto limit = [&](const Section& section) -> Result<void> {
      STK_TRY(auto rule, limit_of(section, name));
      table.limits.push_back(std::move(rule));
      return success();
    };
    const auto penalty = [&](const Section& section) -> Result<void> {
      STK_TRY(auto rule, penalty_of(section, name));
      table.penalties.push_back(std::move(rule));
      return success();
    };
    int places = 0;
    const auto at_once = [&](const Section& section) -> Result<void> {
      STK_TRY(auto rule, parallel_of(section, name));
      places += rule.requests;
      if (places > kMostParallel) {
        return section.member_error("requests", "must not exceed " + std::to_string(kMostParallel) + " in all");
      }
      table.parallel.push_back(std::move(rule));
      return success();
    };
    STK_TRY(each_section(value["limits"], path + ".limits", limit));
    STK_TRY(each_section(value["penalties"], path + ".penalties", penalty));
    return each_section(value["parallel"], path + ".parallel", at_once);
  };
  STK_TRY(vendors.each_member(vendor));
  return table;
}

const LimitTable& LimitTable::shipped() {
  static const LimitTable table = [] {
    auto parsed = parse(http::shipped_limits());
    return parsed ? std::move(parsed).value() : LimitTable();  // a test checks that the shipped table parses
  }();
  return table;
}

int LimitTable::requests_of(std::string_view vendor, std::string_view category, int status) const noexcept {
  int most = 1;
  for (const PenaltyRule& rule : penalties) {
    if (rule.vendor == vendor && (rule.category.empty() || rule.category == category) && status >= rule.from &&
        status <= rule.to) {
      most = std::max(most, rule.requests);
    }
  }
  return most;
}

}  // namespace stocktracker::inline v0
