// Row level security: made with the tables, checked before they are used.
#include "adapters/postgres/wall.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

constexpr const char* kEnter =
    " BEGIN IF writes THEN PERFORM pg_advisory_xact_lock(hashtextextended(tenant::text, 5713)); END IF;"
    " PERFORM 1 FROM stocktracker_control.tenant_plane p WHERE p.tenant_id = tenant;"
    " IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'ST404', MESSAGE = 'there is no tenant ' || tenant::text;"
    " END IF; PERFORM set_config('stocktracker.tenant', tenant::text, true); END ";

// Tables of the tenant plane, partitions left out: those are reached through their table alone.
constexpr const char* kTables =
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'stocktracker_tenant' AND c.relkind IN ('r', 'p') AND NOT c.relispartition";

std::vector<std::string> texts_of(const PgResult& result) {
  std::vector<std::string> texts;
  for (int row = 0; row < PQntuples(result.get()); ++row) texts.emplace_back(PQgetvalue(result.get(), row, 0));
  return texts;
}

}  // namespace

std::string foundation_sql(const std::string& app_role) {
  // Roles belong to the whole server: another database's migration may make the same one just now.
  return "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + app_role + "') THEN CREATE ROLE " +
         app_role +
         " NOLOGIN; END IF; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;"
         "CREATE SCHEMA IF NOT EXISTS stocktracker_control;"
         "CREATE SCHEMA IF NOT EXISTS stocktracker_tenant;"
         "CREATE TABLE IF NOT EXISTS stocktracker_control.migration (plane TEXT COLLATE \"C\" NOT NULL,"
         " number BIGINT NOT NULL, name TEXT NOT NULL, checksum BIGINT NOT NULL,"
         " applied_at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (plane, number));"
         "CREATE TABLE IF NOT EXISTS stocktracker_control.tenant_plane (tenant_id UUID NOT NULL PRIMARY KEY);"
         // What each connection of a pool has committed last: asked for where a commit was not answered. A number of
         // the server's own transactions would not do: after a crash it gives some of them out again.
         "CREATE TABLE IF NOT EXISTS stocktracker_control.commit_mark (connection UUID NOT NULL PRIMARY KEY,"
         " number BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now());"
         // What is left of request limits: a row for each seller and kind of token, by the hash of their names.
         "CREATE TABLE IF NOT EXISTS stocktracker_control.quota_block (name TEXT COLLATE \"C\" NOT NULL PRIMARY KEY,"
         " words TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now()) WITH (fillfactor = 50);"
         // Writers of one tenant follow each other, as in a file: what a body reads stays true until it commits.
         "CREATE OR REPLACE FUNCTION stocktracker_control.enter(tenant uuid, writes boolean) RETURNS void"
         " LANGUAGE plpgsql SET search_path = pg_catalog AS $enter$" +
         kEnter +
         "$enter$;"
         "GRANT USAGE ON SCHEMA stocktracker_control, stocktracker_tenant TO " +
         app_role +
         ";"
         "GRANT SELECT ON stocktracker_control.migration TO " +
         app_role +
         ";"
         "GRANT SELECT, INSERT, UPDATE, DELETE ON stocktracker_control.commit_mark, "
         "stocktracker_control.quota_block TO " +
         app_role +
         ";"
         "GRANT SELECT, INSERT, DELETE ON stocktracker_control.tenant_plane TO " +
         app_role +
         ";"
         "REVOKE ALL ON FUNCTION stocktracker_control.enter(uuid, boolean) FROM PUBLIC;"
         "GRANT EXECUTE ON FUNCTION stocktracker_control.enter(uuid, boolean) TO " +
         app_role + ";";
}

Result<void> raise_wall(Connection& connection, const CallContext& context) {
  const std::string& role = connection.options().app_role;
  STK_TRY(const auto fresh,
          connection.run("SELECT c.relname " + std::string(kTables) +
                             " AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) ORDER BY 1",
                         "wall", context));
  for (const std::string& name : texts_of(fresh)) {
    const std::string table = "stocktracker_tenant." + name;
    const std::string rule = "tenant_id = current_setting('stocktracker.tenant')::uuid";
    STK_TRY(connection.run("ALTER TABLE " + table + " ALTER COLUMN tenant_id SET DEFAULT " +
                               "current_setting('stocktracker.tenant')::uuid;"
                               "ALTER TABLE " +
                               table +
                               " ENABLE ROW LEVEL SECURITY;"
                               "ALTER TABLE " +
                               table +
                               " FORCE ROW LEVEL SECURITY;"
                               "CREATE POLICY tenant_wall ON " +
                               table + " USING (" + rule + ") WITH CHECK (" + rule +
                               ");"
                               "GRANT SELECT, INSERT, UPDATE, DELETE ON " +
                               table + " TO " + role,
                           "wall", context));
  }
  STK_TRY(const auto control,
          connection.run("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                         "n.nspname = 'stocktracker_control' AND c.relkind = 'r' AND c.relname NOT IN ('migration', "
                         "'tenant_plane', 'commit_mark', 'quota_block') ORDER BY 1",
                         "wall", context));
  for (const std::string& name : texts_of(control)) {
    STK_TRY(connection.run("GRANT SELECT, INSERT, UPDATE, DELETE ON stocktracker_control." + name + " TO " + role,
                           "wall", context));
  }
  return success();
}

Result<std::vector<std::string>> wall_gaps(Connection& connection, const CallContext& context) {
  const std::string tables(kTables);
  const std::string rule =
      "'" + std::string("(tenant_id = (current_setting(''stocktracker.tenant''::text))::uuid)") + "'";
  const std::string sql =
      "SELECT 'role ' || rolname || ' is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper "
      "UNION ALL SELECT 'role ' || rolname || ' bypasses row security' FROM pg_roles "
      "WHERE rolname = current_user AND rolbypassrls "
      "UNION ALL SELECT 'role ' || current_user || ' owns ' || c.relname " +
      tables +
      " AND pg_has_role(current_user, c.relowner, 'USAGE') "
      "UNION ALL SELECT c.relname || ' has no row security' " +
      tables +
      " AND NOT c.relrowsecurity "
      "UNION ALL SELECT c.relname || ' does not force row security' " +
      tables +
      " AND NOT c.relforcerowsecurity "
      "UNION ALL SELECT c.relname || ' has another policy than ours' " +
      tables +
      " AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive "
      "AND p.polroles = '{0}' AND pg_get_expr(p.polqual, p.polrelid) = " +
      rule + " AND pg_get_expr(p.polwithcheck, p.polrelid) = " + rule +
      ") <> 1 "
      "UNION ALL SELECT c.relname || ' has more policies than ours' " +
      tables +
      " AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) > 1 "
      "UNION ALL SELECT c.relname || ' has a key that spans tenants' " +
      tables +
      " AND EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
      "WHERE i.indrelid = c.oid AND i.indisunique AND a.attname <> 'tenant_id') "
      "UNION ALL SELECT 'enter(), by which tenants are set, is not ours' WHERE NOT EXISTS (SELECT 1 FROM pg_proc f "
      "JOIN "
      "pg_namespace n ON n.oid = f.pronamespace WHERE n.nspname = 'stocktracker_control' AND f.proname = 'enter' AND "
      "f.prosrc = $enter$" +
      std::string(kEnter) +
      "$enter$) "
      "UNION ALL SELECT p.relname || ', a partition, is open to this role' FROM pg_class p JOIN pg_namespace n ON "
      "n.oid = p.relnamespace WHERE n.nspname = 'stocktracker_tenant' AND p.relispartition AND p.relkind = 'r' AND "
      "has_table_privilege(p.oid, 'SELECT, INSERT, UPDATE, DELETE') ORDER BY 1";
  STK_TRY(const auto gaps, connection.run(sql, "wall", context));
  return texts_of(gaps);
}

std::string enter_sql(const std::string& tenant, bool writes) {
  // The id's own text: hexadecimal digits and dashes.
  return "SELECT stocktracker_control.enter('" + tenant + "', " + (writes ? "true" : "false") + ")";
}

}  // namespace stocktracker::inline v0::postgres
