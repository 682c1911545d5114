/// What a foreign file declares: its tables, its history, its owner. Reads no rows of a seller.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <stocktracker/ports/schema.hpp>

#include "adapters/sqlite/foreign_connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// A column as this library's migrations create it, with the schema's rules.
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
  std::vector<Migration> applied;  ///< the first ones of this library's, of both planes
  std::vector<FreshTable> tables;  ///< of the plane that is read, in the schema's order
  std::string owner;               ///< empty: none
  bool of_one_seller = false;      ///< true: it contains both planes
};

/// Errc::import_refused names the table, view, trigger or index that this library's migrations do not create.
[[nodiscard]] Result<ForeignContent> inspect(ForeignConnection& file, const Schema& schema, Plane plane);

/// Errc::store_corrupt if pages are lost or used twice.
[[nodiscard]] Result<void> check_pages(ForeignConnection& file);

}  // namespace stocktracker::inline v0::sqlite
