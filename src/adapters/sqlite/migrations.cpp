// Applies migrations, and checks their history.
#include "adapters/sqlite/migrations.hpp"

#include <algorithm>
#include <string>

#include "adapters/sqlite/statement.hpp"
#include "core/hash.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS migration (plane TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, "
    "checksum INTEGER NOT NULL, applied_at INTEGER NOT NULL, PRIMARY KEY (plane, number)) STRICT, WITHOUT ROWID";

std::string title(const Migration& migration) {
  return std::string(plane_name(migration.plane)) + " migration " + std::to_string(migration.number) + " (" +
         std::string(migration.name) + ")";
}

using Handle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Result<Handle> prepare(Connection& connection, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(connection.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) return connection.error(code, "migration");
  return handle;
}

Result<std::int64_t> number_of(Connection& connection, std::string_view sql) {
  STK_TRY(auto handle, prepare(connection, sql));
  const int code = sqlite3_step(handle.get());
  if (code != SQLITE_ROW) return connection.error(code, "migration");
  return sqlite3_column_int64(handle.get(), 0);
}

Result<std::vector<AppliedMigration>> applied_in(Connection& connection) {
  std::vector<AppliedMigration> applied;
  // One query: between two, another process may create the tables. -1: not a store of this library.
  STK_TRY(const auto ours,
          number_of(connection,
                    "SELECT CASE WHEN sum(type = 'table' AND name = 'migration') > 0 THEN 1 WHEN count(*) = 0 THEN 0 "
                    "ELSE -1 END FROM sqlite_schema"));
  if (ours < 0) {
    return Error(
        Errc::store_migration,
        connection.options().path + " is a database of another program; name another file, nothing was changed");
  }
  if (ours == 0) return applied;
  STK_TRY(auto handle, prepare(connection, "SELECT plane, number, checksum FROM migration ORDER BY plane, number"));
  int code = sqlite3_step(handle.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(handle.get())) {
    const auto* const plane = reinterpret_cast<const char*>(sqlite3_column_text(handle.get(), 0));
    if (plane == nullptr) {
      return Error(Errc::store_corrupt, connection.options().path + ": a migration without a plane; restore a backup")
          .during("migration");
    }
    applied.push_back({plane, sqlite3_column_int64(handle.get(), 1), sqlite3_column_int64(handle.get(), 2)});
  }
  if (code != SQLITE_DONE) return connection.error(code, "migration");
  return applied;
}

Result<void> apply(Connection& connection, const Migration& migration) {
  auto changed = connection.run(std::string(migration.sqlite).c_str());
  if (!changed) {
    return Error(changed.error().errc(),
                 connection.options().path + ": " + title(migration) + " failed; nothing of it was kept")
        .during("migration")
        .because(changed.error());
  }
  STK_TRY(auto handle, prepare(connection,
                               "INSERT INTO migration (plane, number, name, checksum, applied_at) "
                               "VALUES (?, ?, ?, ?, ?)"));
  bind_value(handle.get(), 1, plane_name(migration.plane));
  bind_value(handle.get(), 2, migration.number);
  bind_value(handle.get(), 3, migration.name);
  bind_value(handle.get(), 4, migration_checksum(migration));
  bind_value(handle.get(), 5, connection.now().micros());
  const int code = sqlite3_step(handle.get());
  if (code != SQLITE_DONE) return connection.error(code, "migration");
  return success();
}

}  // namespace

std::int64_t migration_checksum(const Migration& migration) {
  return static_cast<std::int64_t>(hash64(migration.sqlite));
}

std::string history_table() {
  std::string sql(kTable);
  constexpr std::string_view kCondition = "IF NOT EXISTS ";
  return sql.erase(sql.find(kCondition), kCondition.size());
}

Result<void> check_history(Connection& connection, bool complete) {
  STK_TRY(const auto applied, applied_in(connection));
  STK_TRY(
      check_applied(connection.options().path, connection.options().schema.migrations, applied, migration_checksum));
  if (!complete) return success();
  for (const Migration& migration : connection.options().schema.migrations) {
    if (!is_applied(applied, migration)) {
      return Error(Errc::store_older, connection.options().path + " lacks " + title(migration) +
                                          "; open it once for writing (stocktracker migrate does), which applies it")
          .during("migration");
    }
  }
  return success();
}

Result<void> migrate(Connection& connection) {
  STK_TRY(check_history(connection, false));
  STK_TRY(connection.use_wal());
  // A file that another process is writing opens without waiting, unless there is something to apply.
  if (check_history(connection, true)) return success();
  while (true) {
    // Read again under the lock: another process may be migrating the same file.
    STK_TRY(connection.run("BEGIN IMMEDIATE"));
    struct Rollback {
      Connection& connection;
      ~Rollback() { connection.roll_back(); }
    } const rollback{connection};
    STK_TRY(const auto applied, applied_in(connection));
    STK_TRY(
        check_applied(connection.options().path, connection.options().schema.migrations, applied, migration_checksum));
    const auto& all = connection.options().schema.migrations;
    const auto next = std::find_if(all.begin(), all.end(), [&](const Migration& m) { return !is_applied(applied, m); });
    if (next == all.end()) return success();
    STK_TRY(connection.run(kTable));
    STK_TRY(apply(connection, *next));
    STK_TRY(connection.run("COMMIT"));
  }
}

}  // namespace stocktracker::inline v0::sqlite
