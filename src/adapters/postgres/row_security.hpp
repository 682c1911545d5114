/// The wall between tenants: row-level security of every table of the tenant plane and of walled tables of the control
/// plane, and who may not pass it.
#pragma once

#include <string>
#include <vector>

#include "adapters/postgres/connection.hpp"

namespace stocktracker::inline v0::postgres {

/// Schemas, the application's role, the list of tenants and the function that a transaction enters by. Repeatable.
[[nodiscard]] std::string foundation_sql(const std::string& app_role);

/// Inside a migration's transaction: policies and privileges for tables that lack them.
[[nodiscard]] Result<void> raise_wall(Connection& connection, const CallContext& context);

/// Where the wall has a gap, for the role of this connection; empty: it stands.
[[nodiscard]] Result<std::vector<std::string>> wall_gaps(Connection& connection, const CallContext& context);

/// The statement by which a transaction of a tenant begins its work.
[[nodiscard]] std::string enter_sql(const std::string& tenant, bool writes);

}  // namespace stocktracker::inline v0::postgres
