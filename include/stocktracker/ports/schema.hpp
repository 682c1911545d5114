/// @file
/// Migrations and table keys: what a driver must know of the schema to create it and to write upserts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stocktracker::inline v0 {

/// Control: what the operator of many tenants owns. Tenant: what belongs to one seller. No transaction spans both.
enum class Plane : unsigned char { control, tenant };

/// Numbered from 1 without gaps per plane; never edited once released: the driver stores a checksum and compares.
struct Migration {
  Plane plane = Plane::tenant;
  int number = 0;
  std::string_view name;
  std::string_view sqlite;    ///< one or more statements in SQLite's dialect
  std::string_view postgres;  ///< the same for PostgreSQL; empty until that driver reads it
};

struct Column {
  enum class Type : unsigned char { integer, text, blob };
  std::string_view name;
  Type type = Type::integer;
  // What rows of a file from outside are checked against, see ForeignFileOptions.
  std::int64_t lowest = INT64_MIN;
  std::int64_t highest = INT64_MAX;
  std::string_view of{};  ///< the table of this schema that has a row with this value in its column of the same name
};

/// Which columns identify a row; `upsert` writes its ON CONFLICT from it.
struct TableKey {
  Plane plane = Plane::tenant;
  std::string_view table;
  std::span<const std::string_view> key;
  std::span<const Column> columns{};  ///< all of them, where whole planes are copied (backups)
};

struct Schema {
  std::span<const Migration> migrations{};
  std::span<const TableKey> tables{};
};

}  // namespace stocktracker::inline v0
