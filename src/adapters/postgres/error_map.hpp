/// @file
/// SQLSTATE to Errc, once.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0::postgres {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ClearResult>;

/// States that our own functions raise.
inline constexpr std::string_view kNoTenant = "ST404";

/// The server has no connection to spare, as vendor_code of an error.
inline constexpr std::string_view kTooMany = "53300";

/// The server ended a transaction whose client was silent for too long.
inline constexpr std::string_view kIdleTooLong = "25P03";

/// The five characters; empty where the server said nothing.
[[nodiscard]] std::string_view state_of(const PGresult* result) noexcept;

/// The whole transaction may run again and end otherwise: serialization failure, deadlock, a plan that aged.
[[nodiscard]] bool may_run_again(std::string_view state) noexcept;

/// What the server said. Never its DETAIL: that quotes rows.
[[nodiscard]] Error translate(const PGresult* result, std::string_view what);

/// The connection is gone.
[[nodiscard]] Error lost(const PGconn* connection, std::string_view what);

/// The same because of kIdleTooLong: `limit` was the limit.
[[nodiscard]] Error lost_in_silence(std::string_view what, Duration limit);

}  // namespace stocktracker::inline v0::postgres
