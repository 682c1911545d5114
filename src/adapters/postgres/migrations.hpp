/// Reads which migrations were applied, and applies the missing ones.
#pragma once

#include <string>
#include <vector>

#include "adapters/postgres/connection.hpp"

namespace stocktracker::inline v0::postgres {

/// Errc::store_newer, store_migration, or store_older if one is missing.
[[nodiscard]] Result<void> check_history(Connection& connection, const CallContext& context);

/// One after the other, each in a transaction; returns what it applied.
[[nodiscard]] Result<std::vector<std::string>> migrate(Connection& connection, const CallContext& context);

}  // namespace stocktracker::inline v0::postgres
