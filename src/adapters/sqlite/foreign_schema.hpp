/// @file
/// What a foreign file says it is: its tables, its history, its owner. No row of a seller is read here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <stocktracker/ports/schema.hpp>

#include "adapters/sqlite/foreign_connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// A column as our migrations make it, with the schema's rules.
struct FreshColumn {
  Column rule;
  bool may_be_null = false;
  bool is_key = false;
};

struct FreshTable {
  std::string name;
  std::vector<FreshColumn> columns;
};

struct ForeignContent {
  std::vector<Migration> applied;  ///< the beginning of ours, both planes
  std::vector<FreshTable> tables;  ///< of the plane that is read, in the schema's order
  std::string owner;               ///< empty: it names none
  bool of_one_seller = false;      ///< both planes are in it
};

/// Errc::import_refused names the table, view, trigger or index that our migrations do not make.
[[nodiscard]] Result<ForeignContent> inspect(ForeignConnection& file, const Schema& schema, Plane plane);

/// Pages that are lost or are in two places: Errc::store_corrupt.
[[nodiscard]] Result<void> check_pages(ForeignConnection& file);

}  // namespace stocktracker::inline v0::sqlite
