/// @file
/// Instants from and to text. Only forms that name their offset, or whose offset the caller states, are accepted.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// RFC 3339: `2026-11-21T09:00:00Z`, `2026-11-21T09:00:00.123456+03:00`; seconds may be left out, a space may stand for
/// the T, T and Z may be small, the fraction may have 1 to 9 digits (beyond microseconds they are cut), the colon of
/// the offset may be left out. An offset or Z is required. Years are 1 to 9999, before the offset is applied; second 60
/// is refused. All three readers fail with Errc::invalid_text, which quotes the start of the text and names what is
/// wrong.
[[nodiscard]] STK_API Result<Instant> parse_rfc3339(std::string_view text);

/// A wall time without offset (`2026-11-21T09:00:00.5`, or a bare date), which the caller knows to be `offset` ahead of
/// UTC. Only the adapter of a marketplace that writes such times may call it.
[[nodiscard]] STK_API Result<Instant> parse_wall_time(std::string_view text, Duration offset);

/// IMF-fixdate of RFC 9110, as in Date and Retry-After: `Sun, 06 Nov 1994 08:49:37 GMT`; the day of the week is not
/// checked, `+0300` for GMT is accepted (RFC 822).
[[nodiscard]] STK_API Result<Instant> parse_http_date(std::string_view text);

/// `2026-11-21T06:00:00Z`, with 6 digits of fraction only where they are not zero. Instants outside the years 0 to 9999
/// are written exactly too, with a sign and six digits (`+294247-01-10T04:00:54.775807Z`); no parser above reads those.
[[nodiscard]] STK_API std::string to_rfc3339(Instant at);
/// `2026-11-21 06:00:00Z`: for tables, whole seconds.
[[nodiscard]] STK_API std::string to_table_text(Instant at);

}  // namespace stocktracker::inline v0
