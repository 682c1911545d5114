// Backups of a store on PostgreSQL, row by row.
#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/backup.hpp>

#include "tests/support/house.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/sqlite_rows.hpp"

namespace st = stocktracker;

namespace {

// Rows of a tenant's table on the server, in the words of the server; of a file, in the same words.
std::vector<std::string> on_server(const std::string& database, const st::TenantId& tenant, const st::TableKey& table) {
  std::string columns;
  for (const auto& column : table.columns) {
    const std::string name(column.name);
    columns += columns.empty() ? "" : " || '|' || ";
    columns += column.type == st::Column::Type::blob ? "coalesce(upper(encode(" + name + ", 'hex')), '-')"
                                                     : "coalesce(" + name + "::text, '-')";
  }
  const std::string rows = "SELECT " + columns + " FROM stocktracker_tenant." + std::string(table.table) +
                           " WHERE tenant_id = '" + tenant.text() + "'";
  auto found = PostgresServer::shared().run(database, rows);
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> in_file(const std::string& path, const st::TableKey& table) {
  std::string columns;
  for (const auto& column : table.columns) {
    const std::string name(column.name);
    columns += columns.empty() ? "" : " || '|' || ";
    columns +=
        column.type == st::Column::Type::blob ? "coalesce(hex(" + name + "), '-')" : "coalesce(" + name + ", '-')";
  }
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  auto rows = rows_of(db, "SELECT " + columns + " FROM " + std::string(table.table));
  sqlite3_close(db);
  for (std::string& row : rows) {
    row = row.substr(row.find(':', row.find(':') + 1) + 1);  // without type and size
    row.pop_back();
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

TEST_CASE("a backup of a database holds every row, and goes back row by row") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto annas = house.seller(anna, house.first);
  house.seller(boris, house.second);
  auto engine = house.open(house.first);
  const std::string all = house.folder.file("all");
  REQUIRE(engine.backup(all));
  std::size_t rows = 0;
  std::size_t tables = 0;
  for (const auto& table : st::schema().tables) {
    if (table.plane != st::Plane::tenant) continue;
    ++tables;
    for (const auto& tenant : {anna, boris}) {
      INFO(table.table);
      const auto stored = on_server(house.place, tenant, table);
      rows += stored.size();
      CHECK(in_file(all + "/tenants/" + tenant.text() + ".db", table) == stored);
    }
  }
  CHECK(tables == 23);
  CHECK(rows > 500);

  // Into another database: the same rows again, and it lives on.
  House second;
  second.tenant("soon gone");
  const st::CallContext as_anna{.tenant = anna};
  st::PostgresOptions options;
  options.url = PostgresServer::shared().app(second.place);
  options.schema = st::schema();
  auto target = st::make_postgres_storage(std::move(options)).value();
  CHECK(st::restore_all(all, *target).error().errc() == st::Errc::already_exists);
  House third;
  third.open(third.first);
  st::PostgresOptions of_third;
  of_third.url = PostgresServer::shared().app(third.place);
  of_third.schema = st::schema();
  target = st::make_postgres_storage(std::move(of_third)).value();
  REQUIRE(st::restore_all(all, *target));
  for (const auto& table : st::schema().tables) {
    if (table.plane != st::Plane::tenant) continue;
    INFO(table.table);
    for (const auto& tenant : {anna, boris}) {
      CHECK(on_server(third.place, tenant, table) == on_server(house.place, tenant, table));
    }
  }
  // Keys are in no backup: they come along by themselves.
  std::filesystem::copy_file(house.folder.file("house.key"), third.folder.file("house.key"),
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(House::picture(third.open(third.first), anna) == House::picture(engine, anna));

  // One tenant, after more has happened to it.
  const std::string one = house.folder.file("anna.db");
  REQUIRE(engine.backup(one, as_anna));
  const std::string then = House::picture(engine, anna);
  const std::string of_boris = House::picture(engine, boris);
  house.first.run_for(std::chrono::hours(30), st::testing::every(std::chrono::hours(30)), [] {});
  REQUIRE(engine.sync().run(annas, as_anna).value().state == st::RunState::ok);
  CHECK(House::picture(engine, anna) != then);
  auto tenants = engine.tenants();
  CHECK_FALSE(tenants.restore(anna, one));
  REQUIRE(tenants.suspend(anna));
  REQUIRE(tenants.suspend(boris));
  CHECK(tenants.restore(boris, one).error().errc() == st::Errc::store_unreadable);
  REQUIRE(tenants.restore(anna, one));
  CHECK(House::picture(engine, anna) == then);
  CHECK(House::picture(engine, boris) == of_boris);
  REQUIRE(tenants.resume(anna));
  CHECK(engine.sync().run(annas, as_anna).value().state == st::RunState::ok);
  CHECK(engine.ledger().verify(as_anna).value().broken == 0);
}

TEST_CASE("the columns that are copied are all columns") {
  House house;
  house.open(house.first);
  for (const auto& table : st::schema().tables) {
    INFO(table.table);
    const bool control = table.plane == st::Plane::control;
    auto there = PostgresServer::shared().run(
        house.place, "SELECT column_name FROM information_schema.columns WHERE table_name = '" +
                         std::string(table.table) + "' AND table_schema = 'stocktracker_" +
                         (control ? "control'" : "tenant' AND column_name <> 'tenant_id'") +
                         " ORDER BY ordinal_position");
    std::vector<std::string> known;
    for (const auto& column : table.columns) known.emplace_back(column.name);
    CHECK(there == known);
  }
  // And no table of the server is unknown to copies. The rest is each database's own: what was migrated and committed
  // there, which tenants have a place, and the limits, which are counted where they are shared.
  auto tables = PostgresServer::shared().run(
      house.place,
      "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN "
      "('stocktracker_control', 'stocktracker_tenant') AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND "
      "c.relname NOT IN ('migration', 'commit_mark', 'tenant_plane', 'quota_block')");
  std::vector<std::string> known;
  for (const auto& table : st::schema().tables) known.emplace_back(table.table);
  std::sort(tables.begin(), tables.end());
  std::sort(known.begin(), known.end());
  CHECK(tables == known);
}
