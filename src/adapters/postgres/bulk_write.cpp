// Writes many rows by COPY into a staging table, followed by a merge.
#include "adapters/postgres/bulk_write.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "adapters/postgres/bulk_text.hpp"
#include "adapters/postgres/transaction.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

// From this number of rows on a temporary table costs less than an array of texts (measured, see docs/databases.md).
constexpr std::size_t kCopyFrom = 1'000;
constexpr std::size_t kCopyChunk = 64 * 1024;

Error refused(std::string_view table, std::string_view why, Errc code = Errc::store_sql) {
  return Error(code, "upsert into " + std::string(table) + ": " + std::string(why)).during(table);
}

/// The columns to write: those with different values per row, and constants.
struct Plan {
  const TableKey* table = nullptr;
  OnConflict conflict = OnConflict::update;
  bool of_tenant = false;
  std::vector<SqlColumn> varying;
  std::vector<SqlColumn> constants;
  std::size_t rows = 1;
  bool repeats = false;  // a key may be in several rows

  [[nodiscard]] bool is_key(std::string_view column) const noexcept {
    return std::find(table->key.begin(), table->key.end(), column) != table->key.end();
  }
};

Result<void> measure(Plan& plan, std::string_view table, std::span<const SqlColumn> columns) {
  for (const SqlColumn& column : columns) {
    if (column.shape() == SqlColumn::Shape::constant) {
      plan.constants.push_back(column);
      continue;
    }
    if (!plan.varying.empty() && column.rows() != plan.rows) return refused(table, "columns of different length");
    if (!column.nulls().empty() && column.nulls().size() != column.rows()) {
      return refused(table, "null marks of another length than their column");
    }
    plan.rows = column.rows();
    plan.varying.push_back(column);
  }
  // The server would report it for a parameter; COPY and arrays would be cut or misread.
  for (const SqlColumn& column : plan.varying) {
    for (const std::string_view text : column.text_values()) {
      if (text.find('\0') != std::string_view::npos)
        return refused(table, "a text with a zero byte", Errc::invalid_text);
    }
  }
  return success();
}

int compare(const SqlColumn& column, std::size_t a, std::size_t b) noexcept {
  if (column.shape() == SqlColumn::Shape::integers) {
    const auto values = column.integer_values();
    return values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0;
  }
  return column.text_values()[a].compare(column.text_values()[b]);
}

/// Rows are usually in the order of their keys: then the server need not look for repeated keys.
bool strictly_ascending(const Plan& plan) noexcept {
  std::vector<const SqlColumn*> keys;
  for (const std::string_view key : plan.table->key) {
    for (const SqlColumn& column : plan.varying) {
      if (column.name() == key) keys.push_back(&column);
    }
  }
  for (std::size_t row = 1; row < plan.rows; ++row) {
    int order = 0;
    for (const SqlColumn* key : keys) {
      order = compare(*key, row - 1, row);
      if (order != 0) break;
    }
    if (order >= 0) return false;
  }
  return true;
}

std::string join(std::span<const SqlColumn> columns, std::string_view prefix) {
  std::string out;
  for (const SqlColumn& column : columns) {
    out.append(out.empty() ? "" : ", ").append(prefix).append(column.name());
  }
  return out;
}

/// INSERT INTO t (...) <rows> ON CONFLICT ...; parameter `first` is the tenant, then the constants.
std::string insert_sql(const Plan& plan, std::string_view source, std::string_view order, int first) {
  std::string names;
  std::string values;
  const auto add = [&](std::string_view name, std::string_view value) {
    names.append(names.empty() ? "" : ", ").append(name);
    values.append(values.empty() ? "" : ", ").append(value);
  };
  int parameter = first;
  if (plan.of_tenant) add("tenant_id", "$" + std::to_string(parameter++) + "::uuid");
  for (const SqlColumn& column : plan.constants) add(column.name(), "$" + std::to_string(parameter++));
  for (const SqlColumn& column : plan.varying) add(column.name(), "u." + std::string(column.name()));
  const bool one = source.empty();
  std::string keys;
  std::string repeated;
  for (const std::string_view key : plan.table->key) {
    keys.append(keys.empty() ? "" : ", ").append(key);
    const bool varies = std::any_of(plan.varying.begin(), plan.varying.end(),
                                    [&](const SqlColumn& column) { return column.name() == key; });
    if (varies) repeated.append(repeated.empty() ? "" : ", ").append("u.").append(key);
  }
  std::string sql = "INSERT INTO " + std::string(plan.table->table) + " (" + names + ") ";
  if (one) {
    sql += "VALUES (" + values + ")";
  } else if (plan.repeats && plan.conflict == OnConflict::update) {
    sql += "SELECT DISTINCT ON (" + repeated + ") " + values + " FROM " + std::string(source) + " ORDER BY " +
           repeated + ", " + std::string(order) + " DESC";
  } else {
    sql += "SELECT " + values + " FROM " + std::string(source);
  }
  if (plan.conflict == OnConflict::fail) return sql;
  sql += " ON CONFLICT (" + std::string(plan.of_tenant ? "tenant_id, " : "") + keys + ") DO ";
  std::string updates;
  const auto update = [&](std::string_view name) {
    if (!plan.is_key(name)) {
      updates.append(updates.empty() ? "" : ", ").append(name).append(" = excluded.").append(name);
    }
  };
  for (const SqlColumn& column : plan.constants) update(column.name());
  for (const SqlColumn& column : plan.varying) update(column.name());
  return sql + (plan.conflict == OnConflict::update && !updates.empty() ? "UPDATE SET " + updates : "NOTHING");
}

std::string key_of(const Plan& plan, char way) {
  std::string key(plan.table->table);
  key += way;
  key += static_cast<char>('0' + static_cast<int>(plan.conflict) * 2 + (plan.repeats ? 1 : 0));
  for (const SqlColumn& column : plan.constants) key.append(1, '=').append(column.name());
  for (const SqlColumn& column : plan.varying) key.append(1, ',').append(column.name());
  return key;
}

void add_constants(Parameters& parameters, const Plan& plan, const std::string& tenant) {
  if (plan.of_tenant) parameters.add_literal(tenant);
  for (const SqlColumn& column : plan.constants) parameters.add(column.constant_value());
}

std::int64_t changed_by(const PgResult& result) { return std::strtoll(PQcmdTuples(result.get()), nullptr, 10); }

Result<std::int64_t> write_row(Connection& connection, Plan plan, std::size_t row, const std::string& tenant,
                               const CallContext& context) {
  for (const SqlColumn& column : plan.varying) {
    plan.constants.push_back(SqlColumn::constant(column.name(), column.at(row)));
  }
  plan.varying.clear();
  plan.repeats = false;
  Parameters parameters;
  add_constants(parameters, plan, tenant);
  const auto sql = [&] { return insert_sql(plan, {}, {}, 1); };
  STK_TRY(const auto result, connection.run_keyed(key_of(plan, '1'), sql, plan.table->table, parameters, context));
  return changed_by(result);
}

Result<std::int64_t> write_arrays(Connection& connection, const Plan& plan, const std::string& tenant,
                                  const CallContext& context) {
  std::vector<std::string> arrays;
  arrays.reserve(plan.varying.size());
  Parameters parameters;
  for (const SqlColumn& column : plan.varying) {
    arrays.push_back(array_literal(column, plan.rows));
    parameters.add_literal(arrays.back());
  }
  add_constants(parameters, plan, tenant);
  const auto sql = [&] {
    std::string source = "unnest(";
    int parameter = 0;
    for (const SqlColumn& column : plan.varying) {
      source.append(parameter > 0 ? ", $" : "$").append(std::to_string(parameter + 1));
      source += column.shape() == SqlColumn::Shape::integers ? "::bigint[]" : "::text[]";
      ++parameter;
    }
    source += ") WITH ORDINALITY AS u(" + join(plan.varying, "") + ", stk_row)";
    return insert_sql(plan, source, "u.stk_row", parameter + 1);
  };
  STK_TRY(const auto result, connection.run_keyed(key_of(plan, 'a'), sql, plan.table->table, parameters, context));
  return changed_by(result);
}

Result<std::int64_t> write_copied(Connection& connection, const Plan& plan, const std::string& tenant,
                                  const CallContext& context) {
  const std::string name(plan.table->table);
  const std::string staging = "pg_temp.stage_" + name;
  const std::string columns = join(plan.varying, "");
  // With the types of the table, without its constraints. Dropped when this call ends, because the next one may differ.
  STK_TRY(connection.run(
      "CREATE TEMP TABLE stage_" + name + " ON COMMIT DROP AS SELECT " + columns + " FROM " + name + " WITH NO DATA",
      name, context));
  std::size_t row = 0;
  const auto fill = [&](std::string& buffer) {
    while (row < plan.rows && buffer.size() < kCopyChunk) append_copy_line(buffer, plan.varying, row++);
    return row < plan.rows;
  };
  STK_TRY(connection.copy_in("COPY " + staging + " (" + columns + ") FROM STDIN", name, fill, context));
  Parameters parameters;
  add_constants(parameters, plan, tenant);
  STK_TRY(const auto result,
          connection.run_once(insert_sql(plan, staging + " AS u", "u.ctid", 1), name, parameters, context));
  STK_TRY(connection.run("DROP TABLE " + staging, name, context));
  return changed_by(result);
}

}  // namespace

Result<std::int64_t> bulk_write(Connection& connection, Plane plane, const std::string& tenant, std::string_view table,
                                OnConflict conflict, std::span<const SqlColumn> columns, const CallContext& context) {
  const auto& tables = connection.options().schema.tables;
  const auto known =
      std::find_if(tables.begin(), tables.end(), [&](const TableKey& key) { return key.table == table; });
  if (known == tables.end()) return refused(table, "unknown table");
  if (known->plane != plane) return Error(Errc::store_wrong_plane, "upsert into " + std::string(table)).during(table);
  for (const std::string_view key : known->key) {
    const bool given = std::any_of(columns.begin(), columns.end(), [&](const SqlColumn& c) { return c.name() == key; });
    if (!given) return refused(table, "the key column " + std::string(key) + " is missing");
  }
  Plan plan;
  plan.table = &*known;
  plan.conflict = conflict;
  plan.of_tenant = plane == Plane::tenant;
  STK_TRY(measure(plan, table, columns));
  if (plan.rows == 0) return std::int64_t{0};
  if (plan.rows == 1) return write_row(connection, std::move(plan), 0, tenant, context);
  plan.repeats = !strictly_ascending(plan);
  const bool key_varies = std::any_of(plan.varying.begin(), plan.varying.end(),
                                      [&](const SqlColumn& column) { return plan.is_key(column.name()); });
  if (!key_varies) {
    // Rows with the same key are adjacent.
    std::int64_t changed = 0;
    for (std::size_t row = 0; row < plan.rows; ++row) {
      STK_TRY(const auto one, write_row(connection, plan, row, tenant, context));
      changed += one;
    }
    return changed;
  }
  return plan.rows < kCopyFrom ? write_arrays(connection, plan, tenant, context)
                               : write_copied(connection, plan, tenant, context);
}

}  // namespace stocktracker::inline v0::postgres
