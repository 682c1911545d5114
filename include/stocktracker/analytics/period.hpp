/// @file
/// Period: complete days of a time zone.
#pragma once

#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// [from, until), `days` days long. Both are midnights of the zone; if its clocks change within the period, it is an
/// hour longer or shorter than 24 h a day.
///
/// @code
/// STK_TRY(const st::Period week, st::last_days(clock->now(), 7, "Europe/Moscow"));
/// auto lines = engine.orders().lines({.account = account.id, .from = week.from, .until = week.until});
/// @endcode
struct Period {
  Instant from{};
  Instant until{};
  int days = 0;
  friend bool operator==(const Period&, const Period&) = default;
};

/// How far a zone is ahead of UTC at an instant. Zones are those of the machine's time zone database (IANA names, e.g.
/// Europe/Berlin); without a database only UTC and Europe/Moscow (its present offset) are known. Another name:
/// Errc::invalid_argument (field "zone"). This holds for the functions below, too. All of them are pure and
/// thread-safe.
[[nodiscard]] STK_API Result<Duration> zone_offset(std::string_view zone, Instant at);

/// The first instant of a day (`2026-11-21`) of the zone. If the clocks skip midnight, it is the instant of the change;
/// if midnight comes twice, the first one. Errc::invalid_text when the text is not a day.
[[nodiscard]] STK_API Result<Instant> start_of_day(std::string_view day, std::string_view zone);

/// The last complete days of the zone before `now`, up to its last midnight. `days` is 1 to 366.
[[nodiscard]] STK_API Result<Period> last_days(Instant now, int days, std::string_view zone);

}  // namespace stocktracker::inline v0
