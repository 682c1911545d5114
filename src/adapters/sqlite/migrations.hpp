/// @file
/// Bringing a file to this build's schema, and refusing one that has another history.
#pragma once

#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Checks what was applied against the schema's list, then applies the rest, each in a transaction of its own.
[[nodiscard]] Result<void> migrate(Connection& connection);

/// The same check as findings.
[[nodiscard]] Result<void> check_history(Connection& connection, bool complete);

}  // namespace stocktracker::inline v0::sqlite
