/// @file
/// Bringing a file to this build's schema, and refusing one that has another history.
#pragma once

#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Checks what was applied against the schema's list, then applies the rest, each in a transaction of its own. A file
/// that fails the check is left as it was.
[[nodiscard]] Result<void> migrate(Connection& connection);

/// The check alone; `complete`: a migration that was not applied yet is an error as well.
[[nodiscard]] Result<void> check_history(Connection& connection, bool complete);

}  // namespace stocktracker::inline v0::sqlite
