/// Reads rows of rows inside a JSON body in place: groups of rows, each row with parts.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

#include "json/cells.hpp"

namespace stocktracker::inline v0::json {

/// Where rows are, and which members are needed. Without `rows` the array at `path` contains rows; with it, it contains
/// groups, each with an array of rows in that member.
struct NestedShape {
  std::span<const std::string_view> path;
  std::span<const Field> group{};
  std::string_view rows{};
  std::span<const Field> row{};
  std::string_view parts{};  ///< member of a row: an array of objects
  std::span<const Field> part{};
  bool parts_required = false;  ///< otherwise absent and null are none
};

struct NestedRow {
  std::span<const Cell> group;
  std::span<const Cell> row;
  std::span<const Cell> parts;  ///< one after another, a cell per field of each
  std::size_t group_at = 0;
  std::size_t row_at = 0;  ///< within its group
};

/// As read_rows, for bodies of moderate size: the structural index covers the complete array. Members of a group may
/// come after its rows. A failure's field is the complete path, e.g. "result.groups[2].rows[0].name". For lists that
/// are null or absent and rows that are broken see read_rows; a group that cannot be read is one broken row without
/// cells.
[[nodiscard]] Result<std::size_t> read_nested(std::string& body, const NestedShape& shape,
                                              FunctionRef<Result<void>(const NestedRow&)> row,
                                              std::string* rest = nullptr, const TakeBroken* broken = nullptr);

}  // namespace stocktracker::inline v0::json
