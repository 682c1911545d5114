/// @file
/// Period: complete days of a time zone.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// [from, until), `days` days long: both are midnights of the zone, so a change of its clocks makes it an hour more or
/// less.
struct Period {
  Instant from{};
  Instant until{};
  int days = 0;
  friend bool operator==(const Period&, const Period&) = default;
};

/// How far a zone is ahead of UTC then. Zones are those of the machine's time zone database (IANA names, e.g.
/// Europe/Berlin); where there is none, UTC and today's Europe/Moscow are known all the same. Another name:
/// Errc::invalid_argument about `zone`. The same for the functions below, which depend on nothing else and are
/// thread-safe.
[[nodiscard]] STK_API Result<Duration> zone_offset(std::string_view zone, Instant at);

/// The first instant of a day (`2026-11-21`) of the zone. Where the clocks jump over midnight that is the jump, where
/// midnight comes twice its first time. Errc::invalid_text where the text is no day.
[[nodiscard]] STK_API Result<Instant> start_of_day(std::string_view day, std::string_view zone);

/// The last complete days of the zone before `now`: until its last midnight. `days` is 1 to 366.
[[nodiscard]] STK_API Result<Period> last_days(Instant now, int days, std::string_view zone);

}  // namespace stocktracker::inline v0
