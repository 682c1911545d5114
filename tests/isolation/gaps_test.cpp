// Gaps in the wall, each opened and closed again: opening the database names each.
#include <algorithm>
#include <functional>

#include <stocktracker/adapters/postgres.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

struct Gap {
  const char* opened;  // ROLE stands for the role that the application logs in as
  const char* closed;  // empty: by migrating again
  const char* named;
};

constexpr const char* kRule = "tenant_id = current_setting('stocktracker.tenant')::uuid";
constexpr const char* kControlRule = "tenant_id = current_setting('stocktracker.tenant')::uuid::text";

constexpr Gap kGaps[]{
    {"ALTER ROLE ROLE SUPERUSER", "ALTER ROLE ROLE NOSUPERUSER", "is a superuser"},
    {"ALTER ROLE ROLE BYPASSRLS", "ALTER ROLE ROLE NOBYPASSRLS", "bypasses row security"},
    {"GRANT wall_keeper TO ROLE", "REVOKE wall_keeper FROM ROLE", "owns item"},
    {"ALTER TABLE stocktracker_tenant.item DISABLE ROW LEVEL SECURITY",
     "ALTER TABLE stocktracker_tenant.item ENABLE ROW LEVEL SECURITY", "item has no row security"},
    {"ALTER TABLE stocktracker_tenant.item NO FORCE ROW LEVEL SECURITY",
     "ALTER TABLE stocktracker_tenant.item FORCE ROW LEVEL SECURITY", "item does not force row security"},
    {"ALTER POLICY tenant_wall ON stocktracker_tenant.item USING (true)",
     "ALTER POLICY tenant_wall ON stocktracker_tenant.item USING (RULE)", "item has another policy than ours"},
    {"ALTER POLICY tenant_wall ON stocktracker_tenant.item WITH CHECK (true)",
     "ALTER POLICY tenant_wall ON stocktracker_tenant.item WITH CHECK (RULE)", "item has another policy than ours"},
    {"ALTER POLICY tenant_wall ON stocktracker_tenant.item TO wall_keeper",
     "ALTER POLICY tenant_wall ON stocktracker_tenant.item TO PUBLIC", "item has another policy than ours"},
    {"DROP POLICY tenant_wall ON stocktracker_tenant.item; CREATE POLICY tenant_wall ON stocktracker_tenant.item FOR "
     "SELECT USING (RULE)",
     "DROP POLICY tenant_wall ON stocktracker_tenant.item; CREATE POLICY tenant_wall ON stocktracker_tenant.item USING "
     "(RULE) WITH CHECK (RULE)",
     "item has another policy than ours"},
    {"CREATE POLICY kind ON stocktracker_tenant.item USING (true)", "DROP POLICY kind ON stocktracker_tenant.item",
     "item has more policies than ours"},
    {"CREATE UNIQUE INDEX across ON stocktracker_tenant.item (id)", "DROP INDEX stocktracker_tenant.across",
     "item has a key that spans tenants"},
    {"ALTER TABLE stocktracker_control.member DISABLE ROW LEVEL SECURITY",
     "ALTER TABLE stocktracker_control.member ENABLE ROW LEVEL SECURITY", "member has no row security"},
    {"ALTER TABLE stocktracker_control.member NO FORCE ROW LEVEL SECURITY",
     "ALTER TABLE stocktracker_control.member FORCE ROW LEVEL SECURITY", "member does not force row security"},
    {"ALTER POLICY tenant_wall ON stocktracker_control.member USING (true)",
     "ALTER POLICY tenant_wall ON stocktracker_control.member USING (CONTROL)", "member has other policies than ours"},
    {"ALTER POLICY own_rows ON stocktracker_control.member USING (true)",
     "ALTER POLICY own_rows ON stocktracker_control.member USING (user_id = "
     "current_setting('stocktracker.user')::uuid::text)",
     "member has other policies than ours"},
    {"CREATE POLICY kind ON stocktracker_control.member USING (true)",
     "DROP POLICY kind ON stocktracker_control.member", "member has other policies than ours"},
    {"DROP POLICY own_rows ON stocktracker_control.member",
     "CREATE POLICY own_rows ON stocktracker_control.member FOR SELECT USING (user_id = "
     "current_setting('stocktracker.user')::uuid::text)",
     "member has other policies than ours"},
    {"CREATE UNIQUE INDEX across ON stocktracker_control.member (user_id)", "DROP INDEX stocktracker_control.across",
     "member has a key that spans tenants"},
    {"CREATE OR REPLACE FUNCTION stocktracker_control.enter(tenant uuid, writes boolean) RETURNS void LANGUAGE plpgsql "
     "AS $$ BEGIN PERFORM set_config('stocktracker.tenant', tenant::text, false); END $$",
     "", "enter(), by which tenants are set, is not ours"},
    {"CREATE TABLE stocktracker_tenant.part (tenant_id UUID NOT NULL PRIMARY KEY) PARTITION BY HASH (tenant_id); "
     "CREATE TABLE stocktracker_tenant.part_0 PARTITION OF stocktracker_tenant.part FOR VALUES WITH (MODULUS 1, "
     "REMAINDER 0); GRANT SELECT ON stocktracker_tenant.part_0 TO ROLE",
     "DROP TABLE stocktracker_tenant.part", "part_0, a partition, is open to this role"},
};

std::string filled(std::string sql, const std::string& role) {
  const auto replace = [&](const std::string& word, const std::string& with) {
    for (auto at = sql.find(word); at != std::string::npos; at = sql.find(word, at + with.size())) {
      sql.replace(at, word.size(), with);
    }
  };
  replace("ALTER ROLE ROLE", "ALTER ROLE " + role);
  replace("TO ROLE", "TO " + role);
  replace("FROM ROLE", "FROM " + role);
  replace("RULE", kRule);
  replace("CONTROL", kControlRule);
  return sql;
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
    return "done";
  } catch (const std::runtime_error& refused) {
    return std::string(refused.what()).substr(0, 5);
  }
}

}  // namespace

TEST_CASE("each gap in the wall is named when the database is opened, and none when it is closed again") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  server.run("postgres", "CREATE ROLE wall_keeper NOLOGIN; CREATE ROLE wall_guest LOGIN IN ROLE stocktracker_app");
  st::PostgresOptions owner;
  owner.url = server.owner(database);
  owner.schema = isolation::schema();
  REQUIRE(st::migrate_postgres(owner));
  server.run(database,
             "GRANT USAGE, CREATE ON SCHEMA stocktracker_tenant TO wall_keeper; ALTER TABLE stocktracker_tenant.item "
             "OWNER TO wall_keeper");
  const auto open = [&] {
    st::PostgresOptions app;
    app.url = server.url(database, "wall_guest");
    app.schema = isolation::schema();
    return st::make_postgres_storage(std::move(app));
  };
  const auto opened = [&] {
    const auto storage = open();
    if (!storage) CHECK(storage.error().errc() == st::Errc::store_unwalled);
    return storage ? std::string() : storage.error().message();
  };
  REQUIRE(opened() == "");
  // An opening refuses; one that was open before reports it when it is examined.
  for (const Gap& gap : kGaps) {
    INFO(gap.opened);
    const auto before = open().value();
    server.run(database, filled(gap.opened, "wall_guest"));
    const std::string refused = opened();
    INFO(refused);
    CHECK(refused.find(gap.named) != std::string::npos);
    const auto findings = before->examine({}).value();
    const auto wall = std::find_if(findings.begin(), findings.end(),
                                   [](const st::StorageFinding& finding) { return finding.subject == "wall"; });
    REQUIRE(wall != findings.end());
    CHECK_FALSE(wall->ok);
    CHECK(wall->detail.find(gap.named) != std::string::npos);
    if (*gap.closed == '\0') {
      REQUIRE(st::migrate_postgres(owner));
    } else {
      server.run(database, filled(gap.closed, "wall_guest"));
    }
    REQUIRE(opened() == "");
  }
}

TEST_CASE("the application's role may do no more than the application needs") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  st::PostgresOptions owner;
  owner.url = server.owner(database);
  owner.schema = isolation::schema();
  REQUIRE(st::migrate_postgres(owner));
  server.run("postgres", "CREATE ROLE stranger LOGIN");
  const auto as = [&](const char* role, const std::string& sql) {
    INFO(role << ": " << sql);
    return refusal([&] { server.run(database, sql, role); });
  };
  CHECK(as("shop", "SELECT number FROM stocktracker_control.migration") == "done");
  CHECK(as("shop", "DELETE FROM stocktracker_control.migration") == "42501");
  CHECK(as("shop", "UPDATE stocktracker_control.migration SET checksum = 1") == "42501");
  CHECK(as("shop", "UPDATE stocktracker_control.tenant_plane SET tenant_id = tenant_id") == "42501");
  CHECK(as("shop", "TRUNCATE stocktracker_tenant.item") == "42501");
  CHECK(as("shop", "ALTER TABLE stocktracker_tenant.item DISABLE ROW LEVEL SECURITY") == "42501");
  CHECK(as("shop", "CREATE TABLE stocktracker_tenant.mine (id BIGINT)") == "42501");
  const std::string tenant = "'00000000-0000-7000-8000-000000000001'";
  server.run(database,
             "GRANT USAGE ON SCHEMA stocktracker_control, stocktracker_tenant TO stranger; INSERT INTO "
             "stocktracker_control.tenant_plane VALUES (" +
                 tenant + ")");
  const std::string enter = "SELECT stocktracker_control.enter(" + tenant + ", false)";
  CHECK(as("shop", enter) == "done");
  CHECK(as("stranger", enter) == "42501");
  CHECK(as("stranger", "SET stocktracker.tenant = " + tenant + "; SELECT * FROM stocktracker_tenant.item") == "42501");
  CHECK(as("stranger", "SELECT * FROM stocktracker_control.office") == "42501");
}
