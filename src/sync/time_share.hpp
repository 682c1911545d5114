/// How much of a run's time each source may use, so that a slow source never costs another one its time. Pure.
#pragma once

#include <algorithm>
#include <cstddef>

#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0::sync_run {

/// A fraction of the time from `now` to `deadline`. Without a deadline there is nothing to share.
[[nodiscard]] inline Instant part_of(Instant now, Instant deadline, int numerator, int denominator) noexcept {
  if (deadline == Instant::latest() || deadline <= now) return deadline;
  return now + (deadline - now) * numerator / denominator;
}

/// With less time no source could be read, and all would fail. So the last ones get none, and are stale.
inline constexpr Duration kLeastShare = std::chrono::seconds(10);

/// The deadline of one source: `not_begun` sources of its kind (this one included) must end by `limit`, and `at_once`
/// of them run at a time.
[[nodiscard]] inline Instant share_until(Instant now, Instant limit, std::size_t not_begun,
                                         std::size_t at_once) noexcept {
  const std::size_t width = std::max<std::size_t>(at_once, 1);
  const std::size_t rounds = std::max<std::size_t>((not_begun + width - 1) / width, 1);
  const Instant share = part_of(now, limit, 1, static_cast<int>(std::min<std::size_t>(rounds, 1'000'000)));
  if (limit == Instant::latest() || limit <= now) return share;
  return std::max(share, now + std::min<Duration>(limit - now, kLeastShare));
}

}  // namespace stocktracker::inline v0::sync_run
