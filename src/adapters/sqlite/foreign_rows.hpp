/// Copies rows of a foreign file into a file that this library's migrations created; each value is checked.
#pragma once

#include <cstdint>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/foreign_connection.hpp"
#include "adapters/sqlite/foreign_schema.hpp"

namespace stocktracker::inline v0::sqlite {

/// Returns the number of copied rows. Errc::import_refused names table, column and row; rows count from 1 in the file's
/// order.
[[nodiscard]] Result<std::uint64_t> copy_rows(const ForeignConnection& from, const ForeignContent& content,
                                              Connection& to, std::uint64_t max_rows);

/// Checks that the rows exist that Column::references refers to.
[[nodiscard]] Result<void> check_references(const ForeignConnection& from, const ForeignContent& content,
                                            Connection& to);

}  // namespace stocktracker::inline v0::sqlite
