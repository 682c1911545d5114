/// Limits that the suites of limiters and of their memory begin with.
#pragma once

#include <string>
#include <utility>

#include <stocktracker/http/limits.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/manual_clock.hpp>

namespace stocktracker::inline v0::testing::contract {

inline constexpr Instant kLimiterStart = ManualClock::kStart;

/// One rule of the vendor "v", for all methods.
inline LimitTable one_rule(Duration interval, int burst) {
  LimitTable table;
  LimitRule rule;
  rule.vendor = "v";
  rule.interval = interval;
  rule.burst = burst;
  table.limits.push_back(std::move(rule));
  return table;
}

/// A request under that rule.
inline QuotaTag tag(std::string owner = "seller") { return {"v", std::move(owner), "", "any"}; }

}  // namespace stocktracker::inline v0::testing::contract
