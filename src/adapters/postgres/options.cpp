#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

// Never with libpq's own words: they quote what was given, and a password may be in it.
void check_url(const std::string& url, Problems& problems) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parts(PQconninfoParse(url.c_str(), &complaint));
  PQfreemem(complaint);
  if (!parts) return problems.add("url", "must be a postgresql:// URL or a list of key=value");
  for (const PQconninfoOption* part = parts.get(); part->keyword != nullptr; ++part) {
    const std::string_view keyword(part->keyword);
    const bool given = part->val != nullptr && *part->val != '\0';
    if (given && (keyword == "password" || keyword == "sslpassword")) {
      problems.add("url", "must not hold a password; give it apart, or in a password file (PGPASSFILE)");
    }
  }
}

bool is_name(const std::string& name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 63 && (name[0] < '0' || name[0] > '9') &&
         std::all_of(name.begin(), name.end(), good);
}

}  // namespace

Result<void> PostgresOptions::validate() const {
  Problems problems;
  check_url(url, problems);
  problems.require(connections >= 1 && connections <= 1'000, "connections", "must be between 1 and 1000");
  problems.require(warm_connections >= 0 && warm_connections <= connections, "warm_connections",
                   "must be between 0 and connections");
  problems.require(connect_timeout > Duration::zero(), "connect_timeout", "must be positive");
  problems.require(lock_timeout > Duration::zero(), "lock_timeout", "must be positive");
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
