// Walls with a hole: each hole is found by an attack, by name, and by the next opening of the database.
#include <stocktracker/adapters/postgres.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

struct Mutant {
  const char* name;
  const char* sql;                 // ROLE stands for the role that the application logs in as
  std::set<std::string> found_by;  // one of them at least
  bool told_at_opening;
};

std::vector<Mutant> mutants() {
  return {
      {"USING (true)",
       "ALTER POLICY tenant_wall ON stocktracker_tenant.item USING (true)",
       {"reading all rows", "reading a row by its key", "deleting all rows"},
       true},
      {"WITH CHECK (true)",
       "ALTER POLICY tenant_wall ON stocktracker_tenant.item WITH CHECK (true)",
       {"a row written for another tenant"},
       true},
      {"row security off",
       "ALTER TABLE stocktracker_tenant.item DISABLE ROW LEVEL SECURITY",
       {"reading all rows"},
       true},
      {"NO FORCE, and the owner's role",
       "ALTER TABLE stocktracker_tenant.item NO FORCE ROW LEVEL SECURITY; GRANT CREATE ON SCHEMA stocktracker_tenant "
       "TO ROLE; ALTER TABLE stocktracker_tenant.item OWNER TO ROLE",
       {"reading all rows"},
       true},
      {"BYPASSRLS", "ALTER ROLE ROLE BYPASSRLS", {"reading all rows"}, true},
      {"another policy beside ours",
       "CREATE POLICY kind ON stocktracker_tenant.item USING (true)",
       {"reading all rows"},
       true},
      {"SET for SET LOCAL",
       "CREATE OR REPLACE FUNCTION stocktracker_control.enter(tenant uuid, writes boolean) RETURNS void LANGUAGE "
       "plpgsql AS $$ BEGIN PERFORM set_config('stocktracker.tenant', tenant::text, false); END $$",
       {"an unset tenant raises after another was served"},
       true},
      {"the tenant is not in the key",
       "ALTER TABLE stocktracker_tenant.item DROP CONSTRAINT item_pkey; ALTER TABLE stocktracker_tenant.item ADD "
       "PRIMARY KEY (id)",
       {"the same key in two tenants"},
       true},
      {"members: USING (true)",
       "ALTER POLICY tenant_wall ON stocktracker_control.member USING (true)",
       {"reading all members"},
       true},
      {"members: WITH CHECK (true)",
       "ALTER POLICY tenant_wall ON stocktracker_control.member WITH CHECK (true)",
       {"a member added to another tenant"},
       true},
      {"members: row security off",
       "ALTER TABLE stocktracker_control.member DISABLE ROW LEVEL SECURITY",
       {"unlimited members raise", "reading all members"},
       true},
      {"members: a user reads all",
       "ALTER POLICY own_rows ON stocktracker_control.member USING (true)",
       {"reading the members of other users"},
       true},
      {"members: a user changes their rows",
       "DROP POLICY own_rows ON stocktracker_control.member; CREATE POLICY own_rows ON stocktracker_control.member "
       "USING (user_id = current_setting('stocktracker.user')::uuid::text)",
       {"changing members as a user"},
       true},
  };
}

struct Database {
  explicit Database(const std::string& role_name) : role(role_name), name(server.fresh_database()) {
    server.run("postgres", "CREATE ROLE " + role + " LOGIN IN ROLE stocktracker_app");
    st::PostgresOptions owner;
    owner.url = server.owner(name);
    owner.schema = isolation::schema();
    REQUIRE(st::migrate_postgres(owner));
  }
  st::Result<std::shared_ptr<st::Storage>> open() const {
    st::PostgresOptions options;
    options.url = server.url(name, role);
    options.schema = isolation::schema();
    options.connections = 1;
    return st::make_postgres_storage(std::move(options));
  }

  [[nodiscard]] isolation::RawInsert raw_insert() const {
    return [this](const std::string& set, const std::string& written) {
      try {
        server.run(name,
                   "BEGIN; SET LOCAL stocktracker.tenant = '" + set + "'; INSERT INTO stocktracker_tenant.item " +
                       "(tenant_id, id, name, amount) VALUES ('" + written + "', 99, 'x', 1); COMMIT",
                   role);
        return false;
      } catch (const std::runtime_error& refused) {
        return std::string(refused.what()).starts_with("42501");
      }
    };
  }

  PostgresServer& server = PostgresServer::shared();
  std::string role;
  std::string name;
};

}  // namespace

TEST_CASE("every access across the wall between tenants is refused") {
  const Database database("whole");
  auto storage = database.open().value();
  CHECK(isolation::attack(*storage, database.raw_insert()) == std::set<std::string>{});
}

TEST_CASE("every hole in the wall is found") {
  int number = 0;
  for (const Mutant& mutant : mutants()) {
    INFO(mutant.name);
    const Database database("mutant_" + std::to_string(++number));
    // Opened before the hole is made: who opens afterwards is warned.
    auto storage = database.open().value();
    std::string sql = mutant.sql;
    for (std::size_t at = sql.find("ROLE"); at != std::string::npos; at = sql.find("ROLE", at + 1)) {
      const bool is_placeholder = sql.compare(at, 10, "ROLE ROLE ") == 0 || sql.compare(at - 3, 7, "TO ROLE") == 0;
      if (sql.compare(at, 10, "ROLE ROLE ") == 0) at += 5;
      if (is_placeholder) sql.replace(at, 4, database.role);
    }
    database.server.run(database.name, sql);
    const auto through = isolation::attack(*storage, database.raw_insert());
    bool found = false;
    for (const std::string& attack : mutant.found_by) found = found || through.contains(attack);
    std::string attacks;
    for (const std::string& attack : through) attacks += attack + "; ";
    CAPTURE(attacks);
    CHECK(found);
    std::printf("mutant: %-32s found by: %s\n", mutant.name, attacks.c_str());
    storage.reset();
    const auto reopened = database.open();
    CHECK(reopened.has_value() != mutant.told_at_opening);
    if (mutant.told_at_opening && !reopened) CHECK(reopened.error().errc() == st::Errc::store_unwalled);
  }
}

TEST_CASE("superusers and owners are no applications") {
  PostgresServer& server = PostgresServer::shared();
  const Database database("ordinary");
  st::PostgresOptions options;
  options.url = server.owner(database.name);
  options.schema = isolation::schema();
  const auto as_owner = st::make_postgres_storage(std::move(options));
  REQUIRE_FALSE(as_owner);
  CHECK(as_owner.error().errc() == st::Errc::store_unwalled);
  CHECK(as_owner.error().message().find("stocktracker_app") != std::string::npos);
}
