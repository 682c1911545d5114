// Which rules of a LimitTable apply to a request, and which tables can be used.
#include "http/limit_rules.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/visible_text.hpp>

#include "http/quota_seller.hpp"

namespace stocktracker::inline v0 {
namespace {

/// As in a file of limits.
constexpr Duration kLongestInterval = std::chrono::hours(1'000'000);
constexpr int kMostBurst = 1'000'000;
constexpr int kMostCounted = 1'000;
/// The most time that a bucket may take to fill: its times are added, and must not overflow.
constexpr Duration kLongestFill = std::chrono::hours(24 * 366 * 100);
/// A name in an error is cut to this many bytes.
constexpr std::size_t kLongestShown = 80;
/// A table of a million wrong rules is not listed to its end.
constexpr std::size_t kMostProblems = 20;

bool in(const std::vector<std::string>& list, std::string_view text) noexcept {
  return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
}

std::string quoted(std::string_view name) {
  return "'" + visible(name.substr(0, kLongestShown)) + (name.size() > kLongestShown ? "..." : "") + "'";
}

void check_limits(const std::vector<LimitRule>& rules, Problems& problems) {
  // A seller has a bucket for each rule of its vendor and its kind of token.
  std::map<std::string_view, std::map<std::string_view, std::size_t>> buckets;
  for (std::size_t n = 0; n < rules.size() && problems.all().size() < kMostProblems; ++n) {
    const LimitRule& rule = rules[n];
    const std::string field = "limits[" + std::to_string(n) + "]";
    problems.require(rule.interval > Duration::zero() && rule.interval <= kLongestInterval, field + ".interval",
                     "must be longer than 0, up to 1,000,000 hours");
    problems.require(rule.burst >= 1 && rule.burst <= kMostBurst, field + ".burst", "must be 1 to 1,000,000");
    problems.require(rule.interval <= Duration::zero() || rule.burst < 1 || rule.interval <= kLongestFill / rule.burst,
                     field, "must fill within 100 years: burst x interval");
    if (rule.tiers.empty()) ++buckets[rule.vendor][{}];
    for (const std::string& tier : rule.tiers) ++buckets[rule.vendor][tier];
  }
  for (const auto& [vendor, of_tiers] : buckets) {
    const auto of_all = of_tiers.find({});
    std::size_t most = 0;
    for (const auto& [tier, count] : of_tiers) {
      if (!tier.empty()) most = std::max(most, count);
    }
    if (of_all != of_tiers.end()) most += of_all->second;
    problems.require(most <= kMostQuotaBuckets, "limits",
                     "must hold at most " + std::to_string(kMostQuotaBuckets) + " rules of " + quoted(vendor) +
                         " for one kind of token");
  }
}

}  // namespace

bool applies(const LimitRule& rule, const QuotaTag& tag, std::string_view operation) noexcept {
  return rule.vendor == tag.vendor && (rule.category.empty() || rule.category == tag.category) &&
         in(rule.tiers, tag.tier) && in(rule.methods, operation);
}

Result<void> check_limited(const LimitTable& table, const QuotaTag& tag, std::string_view operation) {
  bool vendor_has_limits = false;
  std::size_t held = 0;
  for (const LimitRule& rule : table.limits) {
    if (rule.vendor != tag.vendor) continue;
    vendor_has_limits = true;
    if (!in(rule.tiers, tag.tier)) continue;
    if (++held > kMostQuotaBuckets) break;  // QuotaTree holds no more of one seller
    if (applies(rule, tag, operation)) return success();
  }
  if (!vendor_has_limits) return success();
  std::string why = "the table of limits has limits of " + quoted(tag.vendor) + ", and none that applies to category " +
                    quoted(tag.category) + ", operation " + quoted(operation);
  if (!tag.tier.empty()) why += ", kind of token " + quoted(tag.tier);
  return Error(Errc::invalid_argument, why + "; nothing was sent").about("quota.category");
}

Result<void> check_table(const LimitTable& table) {
  Problems problems;
  check_limits(table.limits, problems);
  for (std::size_t n = 0; n < table.penalties.size() && problems.all().size() < kMostProblems; ++n) {
    const PenaltyRule& rule = table.penalties[n];
    const std::string field = "penalties[" + std::to_string(n) + "]";
    problems.require(rule.from >= 100 && rule.from <= rule.to && rule.to <= 599, field,
                     "must be of statuses from 100 to 599, in order");
    problems.require(rule.requests >= 1 && rule.requests <= kMostCounted, field + ".requests", "must be 1 to 1,000");
  }
  std::map<std::string_view, std::int64_t> at_once;
  for (std::size_t n = 0; n < table.parallel.size() && problems.all().size() < kMostProblems; ++n) {
    const ParallelRule& rule = table.parallel[n];
    problems.require(rule.requests >= 1, "parallel[" + std::to_string(n) + "].requests", "must be at least 1");
    at_once[rule.vendor] += std::max(rule.requests, 0);
  }
  for (const auto& [vendor, requests] : at_once) {
    problems.require(
        requests <= LimitTable::kMostParallel, "parallel",
        "must give " + quoted(vendor) + " at most " + std::to_string(LimitTable::kMostParallel) + " in all");
  }
  return problems.result("LimitTable");
}

}  // namespace stocktracker::inline v0
