// Copies every row of a plane, by the schema.
#include "tenant/plane_copy.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <stocktracker/core/progress_stages.hpp>

#include "ports/row_scope.hpp"
#include "sql/schema/walled.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kRowsAtOnce = 4'096;

/// Drivers cache a statement by the address of its text, so it must not move.
std::string_view kept(std::string text) {
  static std::mutex mutex;
  static std::set<std::string> texts;
  const std::lock_guard lock(mutex);
  return *texts.insert(std::move(text)).first;
}

std::string listed(const TableKey& table) {
  std::string names;
  for (const Column& column : table.columns) names.append(names.empty() ? "" : ", ").append(column.name);
  return names;
}

/// Rows of one table that are being copied.
class Batch {
 public:
  explicit Batch(const TableKey& table) : table_(table), columns_(table.columns.size()) {
    has_blobs_ = std::any_of(table.columns.begin(), table.columns.end(),
                             [](const Column& column) { return column.type == Column::Type::blob; });
  }
  /// Blobs are written one by one, because they are few.
  [[nodiscard]] bool full() const noexcept { return rows_ == (has_blobs_ ? 1 : kRowsAtOnce); }

  void take(const RowCursor& row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const int at = static_cast<int>(i);
      Values& values = columns_[i];
      values.nulls.push_back(row.is_null(at) ? 1 : 0);
      if (table_.columns[i].type == Column::Type::integer) {
        values.integers.push_back(row.integer(at));
      } else {
        values.texts.emplace_back(row.text(at));
      }
    }
    ++rows_;
  }

  Result<void> write(Transaction& to) {
    if (rows_ == 0) return success();
    std::vector<SqlColumn> columns;
    for (std::size_t i = 0; i < columns_.size(); ++i) columns.push_back(column(i));
    STK_TRY(to.bulk_upsert(table_.table, OnConflict::fail, columns));
    columns_.assign(columns_.size(), {});
    rows_ = 0;
    return success();
  }

 private:
  struct Values {
    std::vector<std::int64_t> integers;
    std::deque<std::string> texts;
    std::vector<std::string_view> views;
    std::vector<std::uint8_t> nulls;
  };

  SqlColumn column(std::size_t i) {
    const Column& column = table_.columns[i];
    Values& values = columns_[i];
    if (column.type == Column::Type::integer) return SqlColumn::integers(column.name, values.integers, values.nulls);
    if (has_blobs_) {
      const std::string& text = values.texts.front();
      const SqlValue value = values.nulls.front() != 0           ? SqlValue()
                             : column.type == Column::Type::blob ? SqlValue::blob(text)
                                                                 : SqlValue(text);
      return SqlColumn::constant(column.name, value);
    }
    values.views.assign(values.texts.begin(), values.texts.end());
    return SqlColumn::texts(column.name, values.views, values.nulls);
  }

  const TableKey& table_;
  std::vector<Values> columns_;
  std::size_t rows_ = 0;
  bool has_blobs_ = false;
};

std::string key_of(const TableKey& table) {
  std::string keys;
  for (const std::string_view key : table.key) keys.append(keys.empty() ? "" : ", ").append(key);
  return keys;
}

/// `done`: rows of this table and those before.
Result<void> copy_rows(Transaction& from, const Statement& which, std::span<const SqlValue> values, Transaction& to,
                       const TableKey& table, std::uint64_t& done, const CallContext& context) {
  STK_TRY(auto rows, from.query(which, values));
  Batch batch(table);
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return batch.write(to);
    batch.take(*rows);
    ++done;
    if (batch.full()) {
      STK_TRY(batch.write(to));
      context.report({kStageRows, done, 0});
    }
  }
}

Result<void> copy_table(Transaction& from, Transaction& to, const TableKey& table, std::uint64_t& done,
                        const CallContext& context) {
  const std::string name(table.table);
  STK_TRY(to.execute({table.table, kept("DELETE FROM " + name)}));
  const Statement all{table.table, kept("SELECT " + listed(table) + " FROM " + name + " ORDER BY " + key_of(table))};
  return copy_rows(from, all, {}, to, table, done, context);
}

Result<std::vector<TenantId>> tenants_of(Transaction& control) {
  static constexpr Statement kIds{"tenant.ids", "SELECT tenant_id FROM tenant ORDER BY tenant_id"};
  std::vector<TenantId> tenants;
  STK_TRY(auto rows, control.query(kIds));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return tenants;
    STK_TRY(const auto tenant, TenantId::parse(rows->text(0)));
    tenants.push_back(tenant);
  }
}

/// A walled table shows the rows of one tenant at a time (ports/row_scope.hpp).
Result<void> copy_walled_table(Transaction& from, Transaction& to, const TableKey& table, std::uint64_t& done,
                               const CallContext& context) {
  const std::string name(table.table);
  const Statement wipe{table.table, kept("DELETE FROM " + name + " WHERE tenant_id = $1")};
  const Statement all{table.table, kept("SELECT " + listed(table) + " FROM " + name +
                                        " WHERE tenant_id = $1 ORDER BY " + key_of(table))};
  STK_TRY(const auto tenants, tenants_of(from));
  for (const TenantId& tenant : tenants) {
    const std::string id = tenant.text();
    const SqlValue values[] = {id};
    STK_TRY(limit_rows(from, tenant));
    STK_TRY(limit_rows(to, tenant));
    STK_TRY(to.execute(wipe, values));
    STK_TRY(copy_rows(from, all, values, to, table, done, context));
  }
  return success();
}

bool is_walled(const TableKey& table) {
  const auto& walled = sql::kWalledTables;
  return table.plane == Plane::control && std::find(walled.begin(), walled.end(), table.table) != walled.end();
}

}  // namespace

Result<void> copy_plane(Database& from, Database& to, const Schema& schema, const CallContext& context) {
  const Plane plane = from.plane();
  const auto read = [&](Transaction& source) -> Result<void> {
    const auto write = [&](Transaction& target) -> Result<void> {
      std::uint64_t done = 0;
      for (const TableKey& table : schema.tables) {
        if (table.plane != plane) continue;
        if (table.columns.empty()) {
          return Error(Errc::unsupported, "the schema does not list the columns of " + std::string(table.table));
        }
        STK_TRY(is_walled(table) ? copy_walled_table(source, target, table, done, context)
                                 : copy_table(source, target, table, done, context));
      }
      return success();
    };
    // A thread can have only one transaction: if both planes are files, the other one gets its own thread.
    return std::async(std::launch::async, [&] { return to.transact(context, TransactMode::bulk, write); }).get();
  };
  return from.transact(context, TransactMode::read, read);
}

Result<void> empty_tables(Database& database, std::span<const std::string_view> tables, const CallContext& context) {
  const auto write = [&](Transaction& tx) -> Result<void> {
    for (const std::string_view table : tables) {
      const Statement wipe{table, kept("DELETE FROM " + std::string(table))};
      STK_TRY(tx.execute(wipe));
    }
    return success();
  };
  return database.transact(context, TransactMode::bulk, write);
}

}  // namespace stocktracker::inline v0
