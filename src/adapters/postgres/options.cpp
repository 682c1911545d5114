// Validates URLs and options.
#include <algorithm>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/core/problems.hpp>

#include "adapters/postgres/server_identity.hpp"

namespace stocktracker::inline v0 {
namespace {

bool is_name(const std::string& name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 63 && (name[0] < '0' || name[0] > '9') &&
         std::all_of(name.begin(), name.end(), good);
}

}  // namespace

Result<void> PostgresOptions::validate() const {
  Problems problems;
  postgres::check_url(*this, problems);
  problems.require(connections >= 1 && connections <= 1'000, "connections", "must be between 1 and 1000");
  problems.require(warm_connections >= 0 && warm_connections <= connections, "warm_connections",
                   "must be between 0 and connections");
  problems.require(connect_timeout > Duration::zero(), "connect_timeout", "must be positive");
  problems.require(lock_timeout > Duration::zero(), "lock_timeout", "must be positive");
  problems.require(take_timeout > Duration::zero(), "take_timeout", "must be positive");
  problems.require(idle_timeout >= std::chrono::seconds(1) && idle_timeout <= std::chrono::hours(1), "idle_timeout",
                   "must be from a second to an hour");
  problems.require(statement_timeout > Duration::zero(), "statement_timeout", "must be positive");
  problems.require(is_name(app_role), "app_role", "must be lower-case letters, digits and _, at most 63");
  for (const Plane plane : {Plane::control, Plane::tenant}) {
    int expected = 1;
    for (const Migration& migration : schema.migrations) {
      if (migration.plane != plane) continue;
      problems.require(migration.number == expected, "schema.migrations", "must be numbered 1, 2, ... in each plane");
      problems.require(!migration.postgres.empty(), "schema.migrations", "must have their PostgreSQL text");
      expected = migration.number + 1;
    }
  }
  for (const TableKey& table : schema.tables) {
    const auto same = std::count_if(schema.tables.begin(), schema.tables.end(),
                                    [&](const TableKey& other) { return other.table == table.table; });
    problems.require(same == 1, "schema.tables", "must name each table once, over both planes");
    problems.require(!table.key.empty(), "schema.tables", "must give each table a key");
  }
  return problems.result("PostgresOptions");
}

}  // namespace stocktracker::inline v0
