/// @file
/// How much of a run's time each of its sources may take, so that one slow source never costs another. Pure.
#pragma once

#include <algorithm>
#include <cstddef>

#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0::sync_run {

/// The part of what is left, from `now` to `deadline`. Without a deadline there is nothing to share.
[[nodiscard]] inline Instant part_of(Instant now, Instant deadline, int numerator, int denominator) noexcept {
  if (deadline == Instant::latest() || deadline <= now) return deadline;
  return now + (deadline - now) * numerator / denominator;
}

/// With less time no source could be read at all, and many would starve together: the last ones are stale then.
inline constexpr Duration kLeastShare = std::chrono::seconds(10);

/// Until when one source may take: `not_begun` of its kind (itself counted) have to be done by `limit`, `at_once` of
/// them at a time.
[[nodiscard]] inline Instant share_until(Instant now, Instant limit, std::size_t not_begun,
                                         std::size_t at_once) noexcept {
  const std::size_t width = std::max<std::size_t>(at_once, 1);
  const std::size_t rounds = std::max<std::size_t>((not_begun + width - 1) / width, 1);
  const Instant share = part_of(now, limit, 1, static_cast<int>(std::min<std::size_t>(rounds, 1'000'000)));
  if (limit == Instant::latest() || limit <= now) return share;
  return std::max(share, now + std::min<Duration>(limit - now, kLeastShare));
}

}  // namespace stocktracker::inline v0::sync_run
