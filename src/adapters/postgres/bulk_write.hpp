/// Writes rows into a table: one by VALUES, some by arrays, many by COPY into a temporary table and a merge.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/postgres/connection.hpp"

namespace stocktracker::inline v0::postgres {

/// Returns the number of inserted or changed rows. `tenant`: text of the id, for tables of the tenant plane.
[[nodiscard]] Result<std::int64_t> bulk_write(Connection& connection, Plane plane, const std::string& tenant,
                                              std::string_view table, OnConflict conflict,
                                              std::span<const SqlColumn> columns, const CallContext& context);

}  // namespace stocktracker::inline v0::postgres
