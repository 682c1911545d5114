/// The types that describe a table. Only the compiler reads descriptions: none is in the binary.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::sql {

/// Bounds of the numbers that this store assigns by counting up: the next number is always valid as well.
inline constexpr std::int64_t kHighestId = std::int64_t{1} << 53;

/// At most `Most` values. One more does not compile: raise `Most` where the list is declared.
template <class T, std::size_t Most>
struct List {
  std::array<T, Most> items{};
  std::size_t count = 0;

  constexpr List() = default;
  constexpr List(std::initializer_list<T> values) {
    for (const T& value : values) items[count++] = value;
  }
  [[nodiscard]] constexpr const T* begin() const noexcept { return items.data(); }
  [[nodiscard]] constexpr const T* end() const noexcept { return items.data() + count; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return count; }
  [[nodiscard]] constexpr bool empty() const noexcept { return count == 0; }
  [[nodiscard]] constexpr const T& operator[](std::size_t i) const { return items[i]; }
};

using Names = List<std::string_view, 6>;

/// A column: how a database declares it, and what drivers and checks of rows use. NOT NULL unless `or_null`.
struct TableColumn {
  Column column;
  bool small = false;  ///< PostgreSQL: SMALLINT instead of BIGINT
  bool nullable = false;
  std::string_view check{};     ///< a condition that the database checks
  int since = 0;                ///< the migration that adds it; 0: it came with its table
  std::string_view fallback{};  ///< SQL; its value in the rows that exist before the migration

  [[nodiscard]] constexpr TableColumn or_null() const {
    TableColumn changed = *this;
    changed.nullable = true;
    return changed;
  }
  /// The bounds that an import and the doctor check. No database checks them.
  [[nodiscard]] constexpr TableColumn between(std::int64_t lowest, std::int64_t highest) const {
    TableColumn changed = *this;
    changed.column.lowest = lowest;
    changed.column.highest = highest;
    return changed;
  }
  /// `table` has a row with this value in its column of the same name.
  [[nodiscard]] constexpr TableColumn of(std::string_view table) const {
    TableColumn changed = *this;
    changed.column.references = table;
    return changed;
  }
  [[nodiscard]] constexpr TableColumn checked(std::string_view condition) const {
    TableColumn changed = *this;
    changed.check = condition;
    return changed;
  }
  /// A later migration adds the column. Without `or_null` it needs a `fallback` for the existing rows.
  [[nodiscard]] constexpr TableColumn added(int migration, std::string_view default_sql = {}) const {
    TableColumn changed = *this;
    changed.since = migration;
    changed.fallback = default_sql;
    return changed;
  }
};

[[nodiscard]] constexpr TableColumn text(std::string_view name) { return {{name, Column::Type::text}}; }
[[nodiscard]] constexpr TableColumn blob(std::string_view name) { return {{name, Column::Type::blob}}; }
/// 64 bits: quantities, money in minor units, moments in microseconds.
[[nodiscard]] constexpr TableColumn integer(std::string_view name) { return {{name, Column::Type::integer}}; }
/// The number of an enumeration's value; `import_test` compares the bounds with the enumeration.
[[nodiscard]] constexpr TableColumn code(std::string_view name, std::int64_t lowest, std::int64_t highest) {
  return {{name, Column::Type::integer, lowest, highest}, true};
}
[[nodiscard]] constexpr TableColumn flag(std::string_view name) { return code(name, 0, 1); }
/// A number that this store assigns by counting up. `of`: the table that has a row with this number in its column of
/// the same name.
[[nodiscard]] constexpr TableColumn counted(std::string_view name, std::string_view of = {}) {
  return {{name, Column::Type::integer, 0, kHighestId, of}};
}

struct Index {
  std::string_view name;
  Names columns;
  bool unique = false;
  int since = 0;  ///< as Column::since

  [[nodiscard]] constexpr Index added(int migration) const {
    Index changed = *this;
    changed.since = migration;
    return changed;
  }
};

[[nodiscard]] constexpr Index index(std::string_view name, Names columns) { return {name, columns}; }
[[nodiscard]] constexpr Index unique_index(std::string_view name, Names columns) { return {name, columns, true}; }

/// Which copies contain the rows of a tenant's table. A backup has the rows of every table.
enum class Travels : unsigned char {
  everywhere,
  within_installation,  ///< exports and imports leave them out
  nowhere,  ///< as above, and a restored tenant has none either: they are valid only at the time of the backup
};

/// A table after all migrations. On PostgreSQL a table of the tenant plane has also `tenant_id`, as its first column
/// and first in every key.
struct Table {
  Plane plane = Plane::tenant;
  std::string_view name;
  int since = 1;  ///< the migration that creates it
  List<TableColumn, 18> columns;
  Names key;  ///< the primary key; one integer is SQLite's row number
  List<Names, 2> unique{};
  List<Index, 3> indexes{};
  Names upsert_key{};           ///< if `upsert` finds rows by other columns than the primary key
  int postgres_partitions = 0;  ///< number of partitions by tenant
  Travels travels = Travels::everywhere;
  /// A table of the control plane with tenant_id and user_id: a transaction reaches the rows of one tenant, or reads
  /// those of one user (ports/row_scope.hpp). PostgreSQL enforces it by row security.
  bool walled = false;
};

/// Which of the table's columns that is; their number if it is none.
[[nodiscard]] constexpr std::size_t place_of(const Table& table, std::string_view name) {
  std::size_t place = 0;
  while (place < table.columns.size() && table.columns[place].column.name != name) ++place;
  return place;
}

}  // namespace stocktracker::inline v0::sql
