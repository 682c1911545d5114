/// QuotaBucket: what is left of one limit: taken from, learned from answers, checked where others may have written it.
#pragma once

#include <algorithm>
#include <cstdint>

#include <stocktracker/http/quota.hpp>

namespace stocktracker::inline v0 {

/// A token bucket in its arrival-time form (GCRA): `full_at` is when it will be full again, so that the tokens missing
/// are (full_at - now) / interval. All times in microseconds. Integers alone: it lies in the words of a QuotaBlock.
struct QuotaBucket {
  static constexpr std::int64_t kLongAgo = INT64_MIN / 4;

  std::int64_t interval = 1;
  std::int64_t burst = 1;
  std::int64_t full_at = kLongAgo;
  std::int64_t blocked_until = kLongAgo;
  std::int64_t learned_at = kLongAgo;
  std::int64_t learned = 0;  ///< 1: interval and burst are not the rule's

  [[nodiscard]] std::int64_t capacity() const noexcept { return burst * interval; }
  /// How long until `cost` tokens are there; a cost above the burst needs all of it.
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
  /// The clock was set back by so much: what is waited for moves with it.
  void step_back(std::int64_t by) noexcept {
    full_at -= by;
    blocked_until -= by;
    learned_at -= by;
  }

  /// After each answer: a bucket of one token begins its interval no earlier than now, and what was learned is
  /// forgotten after an hour without a refusal.
  void settle(std::int64_t now, const LimitRule& rule) noexcept;
  /// What an answer's headers say of this limit.
  void learn(std::int64_t now, const QuotaAnswer& answer) noexcept;

  /// Whether the values can be added and multiplied without overflow, whatever the time is.
  [[nodiscard]] bool computable(const LimitRule& rule) const noexcept;
  /// Whether no time is further ahead than an answer or a debt can have put it; `latest` is the latest clock known.
  [[nodiscard]] bool plausible(std::int64_t latest) const noexcept;
};

/// What integers that another process wrote may be. Beyond that they are damaged.
namespace quota_bounds {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kMostLearnedBurst = 1'000'000;
constexpr std::int64_t kLongestLearnedInterval = RateHeaders::kLongestWait.count();
constexpr std::int64_t kLongestBlock = RateHeaders::kLongestWait.count();
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
