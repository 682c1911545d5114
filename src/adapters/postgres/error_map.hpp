/// The only translation of SQLSTATE to Errc.
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

/// States that this library's own functions on the server raise.
inline constexpr std::string_view kNoTenant = "ST404";

/// vendor_code of an error: the server has no free connection.
inline constexpr std::string_view kTooMany = "53300";

/// The server ended a transaction because its client was idle for too long.
inline constexpr std::string_view kIdleTooLong = "25P03";

/// The five characters; empty if the server sent none.
[[nodiscard]] std::string_view state_of(const PGresult* result) noexcept;

/// True if the complete transaction may succeed when repeated: serialization failure, deadlock, an outdated plan.
[[nodiscard]] bool may_run_again(std::string_view state) noexcept;

/// The server's message. Never its DETAIL, which quotes rows.
[[nodiscard]] Error translate(const PGresult* result, std::string_view what);

/// The connection is lost.
[[nodiscard]] Error lost(const PGconn* connection, std::string_view what);

/// The same because of kIdleTooLong, with that limit.
[[nodiscard]] Error lost_in_silence(std::string_view what, Duration limit);

}  // namespace stocktracker::inline v0::postgres
