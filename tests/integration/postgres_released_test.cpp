// A database of each released version is migrated to what a new one is.
#include <map>

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

// The columns of the product's tables, without what the driver has of its own.
constexpr const char* kColumns = R"sql(
SELECT n.nspname || '.' || c.relname || '.' || a.attname || ' ' ||
       CASE format_type(a.atttypid, a.atttypmod) WHEN 'smallint' THEN 'integer' WHEN 'bigint' THEN 'integer'
            WHEN 'bytea' THEN 'blob' ELSE format_type(a.atttypid, a.atttypmod) END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname IN ('stocktracker_control', 'stocktracker_tenant') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT (n.nspname = 'stocktracker_control'
           AND c.relname IN ('migration', 'tenant_plane', 'commit_mark', 'quota_block'))
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum)sql";

// Indexes of tenants' tables that begin with another column: each look-up would go through the rows of all tenants.
constexpr const char* kWithoutTenant = R"sql(
SELECT i.indexrelid::regclass::text
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE n.nspname = 'stocktracker_tenant' AND a.attname IS DISTINCT FROM 'tenant_id')sql";

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

// SQL of a migration may say more than the descriptions: no copy would have it.
TEST_CASE(
    "PostgreSQL: the tables and columns that copies know are those of the database, and indexes begin with the "
    "tenant") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  migrate(database, st::schema());
  std::map<std::string, std::vector<std::string>> tables;
  for (const st::TableKey& table : st::schema().tables) {
    const bool is_tenants = table.plane == st::Plane::tenant;
    const std::string name =
        std::string(is_tenants ? "stocktracker_tenant." : "stocktracker_control.") + std::string(table.table);
    if (is_tenants) tables[name].push_back(name + ".tenant_id uuid");
    for (const st::Column& column : table.columns) {
      const char* type = column.type == st::Column::Type::integer ? " integer"
                         : column.type == st::Column::Type::text  ? " text"
                                                                  : " blob";
      tables[name].push_back(name + "." + std::string(column.name) + type);
    }
  }
  std::vector<std::string> described;
  for (const auto& [name, columns] : tables) described.insert(described.end(), columns.begin(), columns.end());
  CHECK(server.run(database, kColumns) == described);
  CHECK(server.run(database, kWithoutTenant) == std::vector<std::string>());
}
