// Inserts many rows with one prepared statement.
#include "adapters/sqlite/bulk_insert.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace stocktracker::inline v0::sqlite {
namespace {

Error refused(std::string_view table, std::string_view why) {
  return Error(Errc::store_sql, "upsert into " + std::string(table) + ": " + std::string(why)).during(table);
}

Result<std::size_t> rows_of(std::string_view table, std::span<const SqlColumn> columns) {
  std::size_t rows = 1;
  bool varies = false;
  for (const SqlColumn& column : columns) {
    if (column.shape() == SqlColumn::Shape::constant) continue;
    if (varies && column.rows() != rows) return refused(table, "columns of different length");
    if (!column.nulls().empty() && column.nulls().size() != column.rows()) {
      return refused(table, "null marks of another length than their column");
    }
    rows = column.rows();
    varies = true;
  }
  return rows;
}

bool is_key(const TableKey& table, std::string_view column) {
  return std::find(table.key.begin(), table.key.end(), column) != table.key.end();
}

std::string insert_sql(const TableKey& table, OnConflict conflict, std::span<const SqlColumn> columns) {
  std::string sql = "INSERT INTO " + std::string(table.table) + " (";
  std::string values;
  std::string updates;
  std::string separator;
  for (const SqlColumn& column : columns) {
    sql.append(separator).append(column.name());
    values += separator + "?";
    separator = ", ";
    if (!is_key(table, column.name())) {
      updates.append(updates.empty() ? "" : ", ").append(column.name()).append(" = excluded.").append(column.name());
    }
  }
  sql += ") VALUES (" + values + ")";
  if (conflict == OnConflict::fail) return sql;
  sql += " ON CONFLICT (";
  separator.clear();
  for (const std::string_view key : table.key) {
    sql.append(separator).append(key);
    separator = ", ";
  }
  return sql + (conflict == OnConflict::update && !updates.empty() ? ") DO UPDATE SET " + updates : ") DO NOTHING");
}

/// A column with different values per row, and its parameter; one of both value pointers is set.
struct Bound {
  int parameter;
  const std::int64_t* integers;
  const std::string_view* texts;
  const std::uint8_t* nulls;
};

int bind_row(sqlite3_stmt* statement, std::span<const Bound> varying, std::size_t row) noexcept {
  int failed = SQLITE_OK;
  for (const Bound& bound : varying) {
    if (bound.nulls != nullptr && bound.nulls[row] != 0) {
      failed |= sqlite3_bind_null(statement, bound.parameter);
    } else if (bound.integers != nullptr) {
      failed |= sqlite3_bind_int64(statement, bound.parameter, bound.integers[row]);
    } else {
      const std::string_view text = bound.texts[row];
      failed |= sqlite3_bind_text64(statement, bound.parameter, text.data() == nullptr ? "" : text.data(), text.size(),
                                    SQLITE_STATIC, SQLITE_UTF8);
    }
  }
  return failed;
}

}  // namespace

Result<std::int64_t> bulk_insert(Connection& connection, Plane plane, std::string_view table, OnConflict conflict,
                                 std::span<const SqlColumn> columns) {
  const auto& tables = connection.options().schema.tables;
  const auto known =
      std::find_if(tables.begin(), tables.end(), [&](const TableKey& key) { return key.table == table; });
  if (known == tables.end()) return refused(table, "unknown table");
  if (known->plane != plane) return Error(Errc::store_wrong_plane, "upsert into " + std::string(table)).during(table);
  for (const std::string_view key : known->key) {
    const bool given = std::any_of(columns.begin(), columns.end(), [&](const SqlColumn& c) { return c.name() == key; });
    if (!given) return refused(table, "the key column " + std::string(key) + " is missing");
  }
  STK_TRY(const std::size_t rows, rows_of(table, columns));

  std::string cache_key(table);
  cache_key += static_cast<char>('0' + static_cast<int>(conflict));
  for (const SqlColumn& column : columns) cache_key.append(1, ',').append(column.name());
  STK_TRY(auto statement,
          connection.prepare_insert(
              std::move(cache_key), [&] { return insert_sql(*known, conflict, columns); }, known->table, plane));

  std::vector<Bound> varying;
  varying.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const SqlColumn& column = columns[i];
    const int parameter = static_cast<int>(i) + 1;
    // Bindings survive a reset: values that are the same for all rows are bound once.
    if (column.shape() != SqlColumn::Shape::constant) {
      varying.push_back({parameter,
                         column.shape() == SqlColumn::Shape::integers ? column.integer_values().data() : nullptr,
                         column.text_values().data(), column.nulls().empty() ? nullptr : column.nulls().data()});
    } else if (bind_value(statement.get(), parameter, column.constant_value()) != SQLITE_OK) {
      return refused(table, "a value cannot be bound");
    }
  }
  const std::int64_t before = sqlite3_total_changes64(connection.get());
  for (std::size_t row = 0; row < rows; ++row) {
    if (bind_row(statement.get(), varying, row) != SQLITE_OK) return refused(table, "a value cannot be bound");
    const int code = sqlite3_step(statement.get());
    if (code != SQLITE_DONE) return connection.error(code, known->table);
    sqlite3_reset(statement.get());
  }
  return sqlite3_total_changes64(connection.get()) - before;
}

}  // namespace stocktracker::inline v0::sqlite
