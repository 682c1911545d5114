/// Bulk writes, the most frequent write path: columns in, one prepared INSERT, no allocation per row.
#pragma once

#include <span>
#include <string_view>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Returns the number of inserted or changed rows.
[[nodiscard]] Result<std::int64_t> bulk_insert(Connection& connection, Plane plane, std::string_view table,
                                               OnConflict conflict, std::span<const SqlColumn> columns);

}  // namespace stocktracker::inline v0::sqlite
