// Applies migrations as the owner of the tables, and checks their history.
#include "adapters/postgres/migrations.hpp"

#include <algorithm>
#include <cstdlib>

#include <stocktracker/core/progress_stages.hpp>

#include "adapters/postgres/row_security.hpp"
#include "adapters/postgres/transaction.hpp"
#include "sql/applied_migrations.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

constexpr const char* kRemedy = "run stocktracker migrate as the role that owns the tables";

/// FNV-1a, 64 bits: resists accidents.
std::int64_t checksum(const Migration& migration) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : migration.postgres) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash);
}

std::string title(const Migration& migration) {
  return std::string(plane_name(migration.plane)) + " " + std::to_string(migration.number) + " (" +
         std::string(migration.name) + ")";
}

Result<std::vector<AppliedMigration>> applied_in(Connection& connection, const CallContext& context) {
  std::vector<AppliedMigration> applied;
  STK_TRY(const auto there,
          connection.run("SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                         "n.nspname = 'stocktracker_control' AND c.relname = 'migration'",
                         "migration", context));
  if (PQntuples(there.get()) == 0) return applied;
  STK_TRY(const auto rows, connection.run("SELECT plane, number, checksum FROM stocktracker_control.migration "
                                          "ORDER BY plane, number",
                                          "migration", context));
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    applied.push_back({PQgetvalue(rows.get(), row, 0), std::strtoll(PQgetvalue(rows.get(), row, 1), nullptr, 10),
                       std::strtoll(PQgetvalue(rows.get(), row, 2), nullptr, 10)});
  }
  return applied;
}

const Migration* missing(const std::vector<AppliedMigration>& applied, std::span<const Migration> known) {
  const auto next = std::find_if(known.begin(), known.end(),
                                 [&](const Migration& migration) { return !is_applied(applied, migration); });
  return next == known.end() ? nullptr : &*next;
}

/// Empty if nothing is missing.
Result<std::string> apply_next(Connection& connection, const CallContext& context) {
  STK_TRY(connection.run("BEGIN; SELECT pg_advisory_xact_lock(571313, 1)", "migration", context));
  STK_TRY(connection.run(foundation_sql(connection.options().app_role), "migration", context));
  // Read again under the lock: another process may be migrating the same database.
  STK_TRY(const auto applied, applied_in(connection, context));
  const auto& known = connection.options().schema.migrations;
  STK_TRY(check_applied("the database", known, applied, checksum));
  const Migration* next = missing(applied, known);
  std::string done;
  if (next != nullptr) {
    const std::string schema(schema_of(next->plane));
    auto changed =
        connection.run("SET LOCAL search_path = " + schema + "; " + std::string(next->postgres), "migration", context);
    if (!changed) {
      return Error(changed.error().errc(), "migration " + title(*next) + " failed; nothing of it was kept")
          .during("migration")
          .because(changed.error());
    }
    Parameters parameters;
    parameters.add(plane_name(next->plane));
    parameters.add(std::int64_t{next->number});
    parameters.add(next->name);
    parameters.add(checksum(*next));
    STK_TRY(
        connection.run_once("INSERT INTO stocktracker_control.migration (plane, number, name, checksum) "
                            "VALUES ($1, $2, $3, $4)",
                            "migration", parameters, context));
    STK_TRY(raise_wall(connection, context));
    done = title(*next);
  }
  STK_TRY(connection.run("COMMIT", "migration", context));
  return done;
}

}  // namespace

Result<void> check_history(Connection& connection, const CallContext& context) {
  STK_TRY(const auto applied, applied_in(connection, context));
  const auto& known = connection.options().schema.migrations;
  STK_TRY(check_applied("the database", known, applied, checksum));
  const Migration* next = missing(applied, known);
  if (next != nullptr) {
    return Error(Errc::store_older, "the database lacks migration " + title(*next) + "; " + kRemedy)
        .during("migration");
  }
  // The driver's own tables have no migrations: each run of migrate creates missing ones.
  STK_TRY(const auto limits,
          connection.run("SELECT to_regclass('stocktracker_control.quota_block') IS NULL", "migration", context));
  if (*PQgetvalue(limits.get(), 0, 0) == 'f') return success();
  return Error(Errc::store_older, std::string("the database lacks the table of limits; ") + kRemedy)
      .during("migration");
}

Result<std::vector<std::string>> migrate(Connection& connection, const CallContext& context) {
  std::vector<std::string> done;
  while (true) {
    auto one = apply_next(connection, context);
    if (!one) {
      // Best effort: a connection that is closed rolls back, too.
      if (connection.in_transaction()) static_cast<void>(connection.run("ROLLBACK", "migration", {}));
      return std::move(one).error();
    }
    if (one.value().empty()) return done;
    done.push_back(std::move(one).value());
    context.report({kStageMigrations, done.size(), connection.options().schema.migrations.size()});
  }
}

}  // namespace stocktracker::inline v0::postgres
