/// @file
/// Migrations and tables: what a driver needs to create the schema and to write upserts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stocktracker::inline v0 {

/// Control: data of the operator of many tenants. Tenant: data of one seller. No transaction spans both.
enum class Plane : unsigned char { control, tenant };

/// Numbered from 1 without gaps per plane. Never edit a released one: drivers store a checksum and compare it.
struct Migration {
  Plane plane = Plane::tenant;
  int number = 0;
  std::string_view name;
  std::string_view sqlite;    ///< one or more statements in SQLite's dialect
  std::string_view postgres;  ///< the same for PostgreSQL; empty in schemas that are used with SQLite only
};

struct Column {
  enum class Type : unsigned char { integer, text, blob };
  std::string_view name;
  Type type = Type::integer;
  // Rows of an imported file are checked against these, see ForeignFileOptions.
  std::int64_t lowest = INT64_MIN;
  std::int64_t highest = INT64_MAX;
  /// Foreign key: this table has a row with this value in its column of the same name. Empty: none.
  std::string_view references{};
};

/// The key columns of a table; `upsert` writes its ON CONFLICT clause from them.
struct TableKey {
  Plane plane = Plane::tenant;
  std::string_view table;
  std::span<const std::string_view> key;
  std::span<const Column> columns{};  ///< all columns of the table, if complete planes are copied (backups)
};

struct Schema {
  std::span<const Migration> migrations{};
  std::span<const TableKey> tables{};
};

}  // namespace stocktracker::inline v0
