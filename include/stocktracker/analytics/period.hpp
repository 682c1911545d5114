/// @file
/// Period: whole days of a marketplace's zone.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// [from, until), `days` days long.
struct Period {
  Instant from{};
  Instant until{};
  int days = 0;
  friend bool operator==(const Period&, const Period&) = default;
};

/// Pure. How far a zone is ahead of UTC then. Known are UTC and Europe/Moscow (+03:00 since 2014-10-26, federal law
/// 248-FZ), which every channel of ours uses; for others, and before that day, Errc::unsupported.
[[nodiscard]] STK_API Result<Duration> zone_offset(std::string_view zone, Instant at);

/// Pure. The last whole days of the zone before `now`: until its last midnight. `days` is 1 to 366.
[[nodiscard]] STK_API Result<Period> last_days(Instant now, int days, std::string_view zone);

}  // namespace stocktracker::inline v0
