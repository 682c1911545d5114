// A database of each released version is migrated to what a new one is.
#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/postgres.hpp"
#include "tests/support/released_migrations.hpp"

namespace st = stocktracker;

namespace {

// Columns, keys and checks, indexes: all that the product's tables are, as the server writes it.
constexpr const char* kObjects = R"sql(
WITH ours AS (SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname IN ('stocktracker_control', 'stocktracker_tenant'))
SELECT o.name || ' kind ' || o.relkind::text FROM ours o
UNION ALL
SELECT o.name || ' column ' || a.attnum || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' ||
       coalesce(l.collname, '-') || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT o.name || ' constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid) FROM ours o
JOIN pg_constraint c ON c.conrelid = o.oid
UNION ALL
SELECT o.name || ' index ' || pg_get_indexdef(i.indexrelid) FROM ours o JOIN pg_index i ON i.indrelid = o.oid
UNION ALL
SELECT o.name || ' partitions ' || pg_get_partkeydef(o.oid) FROM ours o WHERE o.relkind = 'p'
UNION ALL
SELECT o.name || ' policy ' || p.polname || ' ' || pg_get_expr(p.polqual, p.polrelid) FROM ours o
JOIN pg_policy p ON p.polrelid = o.oid
ORDER BY 1)sql";

constexpr const char* kHistory =
    "SELECT plane || ' ' || number || ' ' || checksum FROM stocktracker_control.migration ORDER BY plane, number";

std::size_t migrate(const std::string& database, const st::Schema& schema) {
  st::PostgresOptions options;
  options.url = PostgresServer::shared().owner(database);
  options.schema = schema;
  const auto done = st::migrate_postgres(options);
  REQUIRE((done ? std::string() : done.error().text()) == "");
  return done.value().size();
}

}  // namespace

TEST_CASE("PostgreSQL: a database of every released version is migrated to what a new one is") {
  PostgresServer& server = PostgresServer::shared();
  const std::string fresh = server.fresh_database();
  CHECK(migrate(fresh, st::schema()) == st::schema().migrations.size());
  const auto objects = server.run(fresh, kObjects);
  CHECK(objects.size() > 500);
  std::vector<std::string> history;
  for (const released::Migration& one : released::all()) {
    history.push_back(std::string(released::plane_name(one.plane)) + " " + std::to_string(one.number) + " " +
                      std::to_string(one.postgres_checksum));
  }
  CHECK(server.run(fresh, kHistory) == history);
  // Each step of each plane is taken from a database that ends just before it.
  const int control = released::newest(st::Plane::control);
  const int tenant = released::newest(st::Plane::tenant);
  for (int version = 1; version <= std::max(control, tenant); ++version) {
    INFO(version);
    const std::string database = server.fresh_database();
    const auto migrations = released::of_version(std::min(version, control), std::min(version, tenant));
    CHECK(migrate(database, {migrations, st::schema().tables}) == migrations.size());
    CHECK(migrate(database, st::schema()) == st::schema().migrations.size() - migrations.size());
    CHECK(server.run(database, kObjects) == objects);
    CHECK(server.run(database, kHistory) == history);
  }
}
