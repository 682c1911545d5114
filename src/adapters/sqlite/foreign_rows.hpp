/// @file
/// Rows of a foreign file on their way into a file that our migrations made: each value is checked.
#pragma once

#include <cstdint>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/foreign_connection.hpp"
#include "adapters/sqlite/foreign_schema.hpp"

namespace stocktracker::inline v0::sqlite {

/// How many rows were copied. Errc::import_refused names table, column and row; rows count from 1 in the file's order.
[[nodiscard]] Result<std::uint64_t> copy_rows(const ForeignConnection& from, const ForeignContent& content,
                                              Connection& to, std::uint64_t max_rows);

/// Whether each row that a column names is there, see Column::of.
[[nodiscard]] Result<void> check_references(const ForeignConnection& from, const ForeignContent& content,
                                            Connection& to);

}  // namespace stocktracker::inline v0::sqlite
