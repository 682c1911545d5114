/// Writes a migration's SQL from the descriptions of tables, in the dialect of SQLite and in that of PostgreSQL. Stores
/// hold checksums of these texts, so what this file writes of a released migration stays as it is, to the byte.
#pragma once

#include <algorithm>

#include "sql/schema/plan.hpp"

namespace stocktracker::inline v0::sql {

enum class Dialect : unsigned char { sqlite, postgres };

/// Writes to `to`, or only counts if that is null.
class SqlWriter {
 public:
  constexpr SqlWriter(Dialect dialect, char* to) : dialect_(dialect), to_(to) {}
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  constexpr void write(const MigrationPlan& plan) {
    put("\n");
    for (const Step& step : plan.steps) {
      if (step.is_sql) {
        put_one(is_sqlite() ? step.sqlite : step.postgres);
        put_one("\n");
        continue;
      }
      if (creates(plan, step)) {
        create(*step.table);
      } else {
        add_columns(*step.table, plan.number);
      }
      create_indexes(*step.table, plan.number);
    }
  }

 private:
  [[nodiscard]] constexpr bool is_sqlite() const noexcept { return dialect_ == Dialect::sqlite; }
  [[nodiscard]] constexpr bool has_tenant_column(const Table& table) const noexcept {
    return !is_sqlite() && table.plane == Plane::tenant;
  }

  template <class... Texts>
  constexpr void put(const Texts&... texts) {
    (put_one(texts), ...);
  }
  constexpr void put_one(std::string_view text) {
    if (to_ != nullptr) std::copy(text.begin(), text.end(), to_ + size_);
    size_ += text.size();
  }
  constexpr void put_number(int number) {
    if (number > 9) put_number(number / 10);
    const char digit = static_cast<char>('0' + number % 10);
    put(std::string_view(&digit, 1));
  }
  constexpr void put_spaces(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) put(" ");
  }

  constexpr void create(const Table& table) {
    put("CREATE TABLE ", table.name, " (\n");
    if (has_tenant_column(table)) put("  tenant_id UUID NOT NULL,\n");
    std::size_t width = 0;
    for (const TableColumn& column : table.columns) {
      if (column.since == 0) width = std::max(width, column.column.name.size());
    }
    bool is_first = true;
    for (const TableColumn& column : table.columns) {
      if (column.since != 0) continue;
      put(is_first ? "  " : ",\n  ", column.column.name);
      is_first = false;
      put_spaces(is_sqlite() ? width - column.column.name.size() + 1 : 1);
      put_declaration(column);
      if (is_sqlite() && is_alone(table.key, column)) put(" PRIMARY KEY");
      for (const Names& unique : table.unique) {
        if (is_sqlite() && is_alone(unique, column)) put(" UNIQUE");
      }
      if (!column.check.empty()) put(" CHECK (", column.check, ")");
    }
    put_key(table, "PRIMARY KEY", table.key);
    for (const Names& unique : table.unique) put_key(table, "UNIQUE", unique);
    put_end(table);
  }
  constexpr void add_columns(const Table& table, int number) {
    for (const TableColumn& column : table.columns) {
      if (column.since != number) continue;
      put("ALTER TABLE ", table.name, " ADD COLUMN ", column.column.name, " ");
      put_declaration(column);
      if (!column.fallback.empty()) put(" DEFAULT ", column.fallback);
      if (!column.check.empty()) put(" CHECK (", column.check, ")");
      put(";\n");
    }
  }
  constexpr void create_indexes(const Table& table, int number) {
    for (const Index& index : table.indexes) {
      if ((index.since == 0 ? table.since : index.since) != number) continue;
      put(index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ", index.name, " ON ", table.name, " (");
      put_columns(table, index.columns);
      put(");\n");
    }
  }

  constexpr void put_declaration(const TableColumn& column) {
    switch (column.column.type) {
      case Column::Type::integer:
        put(is_sqlite() ? "INTEGER" : column.small ? "SMALLINT" : "BIGINT");
        break;
      case Column::Type::text:
        put(is_sqlite() ? "TEXT" : "TEXT COLLATE \"C\"");
        break;  // compared bytewise
      case Column::Type::blob:
        put(is_sqlite() ? "BLOB" : "BYTEA");
        break;
    }
    if (!column.nullable) put(" NOT NULL");
  }
  [[nodiscard]] static constexpr bool is_alone(const Names& key, const TableColumn& column) {
    return key.size() == 1 && key[0] == column.column.name;
  }
  // SQLite: a key of one column is declared with that column.
  constexpr void put_key(const Table& table, std::string_view kind, const Names& key) {
    if (is_sqlite() && key.size() == 1) return;
    put(",\n  ", kind, " (");
    put_columns(table, key);
    put(")");
  }
  constexpr void put_columns(const Table& table, const Names& names) {
    if (has_tenant_column(table)) put("tenant_id, ");
    for (std::size_t i = 0; i < names.size(); ++i) put(i == 0 ? "" : ", ", names[i]);
  }
  constexpr void put_end(const Table& table) {
    if (is_sqlite()) {
      const Column& first = table.columns[place_of(table, table.key[0])].column;
      const bool is_row_number = table.key.size() == 1 && first.type == Column::Type::integer;
      put(is_row_number ? "\n) STRICT;\n" : "\n) STRICT, WITHOUT ROWID;\n");
      return;
    }
    if (table.postgres_partitions == 0) return put("\n);\n");
    put("\n) PARTITION BY HASH (tenant_id);\nDO $$ BEGIN\n  FOR i IN 0..");
    put_number(table.postgres_partitions - 1);
    put(" LOOP\n    EXECUTE format('CREATE TABLE ", table.name, "_%s PARTITION OF ", table.name);
    put(" FOR VALUES WITH (MODULUS ");
    put_number(table.postgres_partitions);
    put(", REMAINDER %s)', i, i);\n  END LOOP;\nEND $$;\n");
  }

  Dialect dialect_;
  char* to_;
  std::size_t size_ = 0;
};

}  // namespace stocktracker::inline v0::sql
