/// @file
/// Instants from and to text. Only forms with an offset, or with an offset that the caller gives, are accepted.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// RFC 3339: `2026-11-21T09:00:00Z`, `2026-11-21T09:00:00.123456+03:00`. An offset or Z is required. Also accepted: no
/// seconds, a space instead of T, lower-case t and z, a fraction of 1 to 9 digits (digits beyond microseconds are cut),
/// an offset without its colon. Years are 1 to 9999, before the offset is applied; second 60 is refused. All three
/// parsers fail with Errc::invalid_text; the message quotes the start of the text and says what is wrong.
[[nodiscard]] STK_API Result<Instant> parse_rfc3339(std::string_view text);

/// A wall time without offset (`2026-11-21T09:00:00.5`, or only a date), which is `offset` ahead of UTC. Only adapters
/// of marketplaces that write such times may call it.
[[nodiscard]] STK_API Result<Instant> parse_wall_time(std::string_view text, Duration offset);

/// IMF-fixdate of RFC 9110, as in Date and Retry-After: `Sun, 06 Nov 1994 08:49:37 GMT`. The day of the week is not
/// checked; `+0300` instead of GMT is accepted (RFC 822).
[[nodiscard]] STK_API Result<Instant> parse_http_date(std::string_view text);

/// `2026-11-21T06:00:00Z`; 6 digits of fraction only if they are not all zero. Instants outside the years 0 to 9999 are
/// exact, too, with a sign and six digits (`+294247-01-10T04:00:54.775807Z`); none of the parsers above reads those.
[[nodiscard]] STK_API std::string to_rfc3339(Instant at);
/// `2026-11-21 06:00:00Z`, without fraction: for tables.
[[nodiscard]] STK_API std::string to_table_text(Instant at);

}  // namespace stocktracker::inline v0
