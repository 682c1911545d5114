/// QuotaBucket: the state of one limit. Takes tokens, learns from answers, checks values that others may have written.
#pragma once

#include <algorithm>
#include <cstdint>

#include <stocktracker/http/quota.hpp>

namespace stocktracker::inline v0 {

/// A token bucket in its arrival-time form (GCRA): `full_at` is when it will be full again, so that the tokens missing
/// are (full_at - now) / interval. All times in microseconds. It has only integers, because it is stored in a
/// QuotaBlock.
struct QuotaBucket {
  static constexpr std::int64_t kLongAgo = INT64_MIN / 4;

  std::int64_t interval = 1;
  std::int64_t burst = 1;
  std::int64_t full_at = kLongAgo;
  std::int64_t blocked_until = kLongAgo;
  std::int64_t learned_at = kLongAgo;
  std::int64_t learned = 0;  ///< 1: interval and burst come from answers, not from the rule

  [[nodiscard]] std::int64_t capacity() const noexcept { return burst * interval; }
  /// How long until `cost` tokens are available; a cost above the burst needs a full bucket.
  [[nodiscard]] std::int64_t wait(std::int64_t now, std::int64_t cost) const noexcept {
    const std::int64_t room = capacity() - std::min(cost, burst) * interval;
    return std::max({std::int64_t{0}, std::max(full_at, now) - now - room, blocked_until - now});
  }
  void take(std::int64_t now, std::int64_t cost) noexcept { full_at = std::max(full_at, now) + cost * interval; }
  void give_back(std::int64_t cost) noexcept { full_at -= cost * interval; }
  [[nodiscard]] std::int64_t available(std::int64_t now) const noexcept {
    const std::int64_t missing = std::max(full_at, now) - now;
    return burst - (missing + interval - 1) / interval;
  }
  /// The clock was set back by `back`: times in the future move back with it.
  void step_back(std::int64_t by) noexcept {
    full_at -= by;
    blocked_until -= by;
    learned_at -= by;
  }

  /// Called after each answer. The interval of a bucket with one token begins no earlier than now. Learned values are
  /// forgotten after an hour without a refusal.
  void settle(std::int64_t now, const LimitRule& rule) noexcept;
  /// Applies what the headers of an answer say about this limit.
  void learn(std::int64_t now, const QuotaAnswer& answer) noexcept;

  /// True if the values can be added and multiplied at any time without overflow.
  [[nodiscard]] bool computable(const LimitRule& rule) const noexcept;
  /// True if no time is later than an answer or a debt can make it; `latest` is the latest known time.
  [[nodiscard]] bool plausible(std::int64_t latest) const noexcept;
};

/// Bounds of the integers that another process wrote. A value outside them is damaged.
namespace quota_bounds {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kMostLearnedBurst = 1'000'000;
constexpr std::int64_t kLongestLearnedInterval = RateHeaders::kMostStatedWait.count();
constexpr std::int64_t kLongestBlock = RateHeaders::kMostStatedWait.count();
constexpr std::int64_t kLongestDebt = 31 * kDay;
constexpr std::int64_t kLongestLease = kDay;
constexpr std::int64_t kLongestRest = 3'650 * kDay;  // of a bucket that was used at all
constexpr std::int64_t kEarliest = INT64_MIN / 2;
constexpr std::int64_t kFarthest = INT64_MAX / 8;

[[nodiscard]] constexpr bool in_order(std::int64_t least, std::int64_t value, std::int64_t most) noexcept {
  return least <= value && value <= most;
}

}  // namespace quota_bounds

}  // namespace stocktracker::inline v0
