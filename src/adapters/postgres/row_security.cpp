// Row level security in SQL: what is made with the tables, what is checked before they are used, how a tenant is set.
#include "adapters/postgres/row_security.hpp"

#include <initializer_list>
#include <string_view>

#include "sql/schema/walled.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

// Roles belong to the server, not to the database: the migration of another database may make the same one at this
// moment, so that "duplicate" is no failure. NOLOGIN: people and programs log in by roles of their own, which are
// granted this one.
constexpr std::string_view kRole = R"sql(
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app_role}') THEN
    CREATE ROLE {app_role} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
)sql";

constexpr std::string_view kSchemas = R"sql(
CREATE SCHEMA IF NOT EXISTS stocktracker_control;
CREATE SCHEMA IF NOT EXISTS stocktracker_tenant;
)sql";

constexpr std::string_view kMigrationTable = R"sql(
CREATE TABLE IF NOT EXISTS stocktracker_control.migration (
  plane TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  checksum BIGINT NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (plane, number)
);
)sql";

// The tenants that have a place in the tenant plane: enter() lets nobody else in.
constexpr std::string_view kTenantTable = R"sql(
CREATE TABLE IF NOT EXISTS stocktracker_control.tenant_plane (
  tenant_id UUID NOT NULL PRIMARY KEY
);
)sql";

// What each connection of a pool has committed last: asked for where a commit was not answered. A number of the
// server's own transactions would not do: after a crash it gives some of them out again.
constexpr std::string_view kCommitTable = R"sql(
CREATE TABLE IF NOT EXISTS stocktracker_control.commit_mark (
  connection UUID NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT now()
);
)sql";

// What is left of request limits: a row for each seller and kind of token, by the hash of their names. Half of each
// page stays free, so that an update, which each request is, finds room beside the row.
constexpr std::string_view kQuotaTable = R"sql(
CREATE TABLE IF NOT EXISTS stocktracker_control.quota_block (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  words TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
)sql";

// The body of enter(tenant, writes). wall_gaps() compares it with what the database holds, to the letter: with any
// change here, of white space too, databases must be migrated before they are opened.
constexpr std::string_view kEnterBody =
    " BEGIN"
    // Writers of one tenant follow each other, as in a file: what a body reads stays true until it commits.
    " IF writes THEN PERFORM pg_advisory_xact_lock(hashtextextended(tenant::text, 5713)); END IF;"
    // A tenant that was removed must not get rows again from a process that still serves it.
    " PERFORM 1 FROM stocktracker_control.tenant_plane p WHERE p.tenant_id = tenant;"
    " IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'ST404', MESSAGE = 'there is no tenant ' || tenant::text;"
    " END IF;"
    // `true`: until the transaction ends. A setting of the session would be there for the pool's next client.
    " PERFORM set_config('stocktracker.tenant', tenant::text, true);"
    " END ";

// A search path of its own: nobody can slip functions in under the names that the body calls.
constexpr std::string_view kEnterFunction = R"sql(
CREATE OR REPLACE FUNCTION stocktracker_control.enter(tenant uuid, writes boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $enter${enter_body}$enter$;
)sql";

// No more than the application does: it neither changes the history of migrations nor renames tenants.
constexpr std::string_view kFoundationGrants = R"sql(
GRANT USAGE ON SCHEMA stocktracker_control, stocktracker_tenant TO {app_role};
GRANT SELECT ON stocktracker_control.migration TO {app_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON stocktracker_control.commit_mark, stocktracker_control.quota_block
  TO {app_role};
GRANT SELECT, INSERT, DELETE ON stocktracker_control.tenant_plane TO {app_role};
REVOKE ALL ON FUNCTION stocktracker_control.enter(uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stocktracker_control.enter(uuid, boolean) TO {app_role};
)sql";

// Tables of the tenant plane without a policy. Partitions are left out: they are reached through their table alone.
constexpr std::string_view kUnwalledTables = R"sql(
SELECT c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'stocktracker_tenant' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
ORDER BY 1
)sql";

// Rows are written without naming a tenant: they get the one that is set. current_setting() without its second
// argument raises where none is set, so that a forgotten enter() is an error, not an empty answer.
constexpr std::string_view kTenantDefault = R"sql(
ALTER TABLE {table} ALTER COLUMN tenant_id SET DEFAULT current_setting('stocktracker.tenant')::uuid;
)sql";

// ENABLE is for the application's role; FORCE is for the owner of the table, whom policies would pass over otherwise.
constexpr std::string_view kRowSecurity = R"sql(
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
)sql";

// USING: which rows are seen, changed and deleted. WITH CHECK: which rows may be written, so that no row is made for
// another tenant or given away. For all commands and all roles, as nothing else is named.
constexpr std::string_view kPolicy = R"sql(
CREATE POLICY tenant_wall ON {table}
  USING (tenant_id = current_setting('stocktracker.tenant')::uuid)
  WITH CHECK (tenant_id = current_setting('stocktracker.tenant')::uuid);
)sql";

// Walled tables of the control plane: a transaction sets a tenant or a user, and the nil id for the other one
// (ports/row_scope.cpp). Where neither is set, the empty text is no id, and the statement fails. Who reads across
// tenants reads the rows of one user, and writes none.
constexpr std::string_view kControlPolicies = R"sql(
CREATE POLICY tenant_wall ON {table}
  USING (tenant_id = current_setting('stocktracker.tenant')::uuid::text)
  WITH CHECK (tenant_id = current_setting('stocktracker.tenant')::uuid::text);
CREATE POLICY own_rows ON {table} FOR SELECT
  USING (user_id = current_setting('stocktracker.user')::uuid::text);
)sql";

// Of the walled tables, those that are there. Their names are constants of this library.
constexpr std::string_view kWalledControlTables = R"sql(
SELECT c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'stocktracker_control' AND c.relkind = 'r' AND c.relname = ANY ('{{walled}}'::name[])
  AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
ORDER BY 1
)sql";

// The policy narrows this to one tenant's rows. No TRUNCATE: it knows no policies.
constexpr std::string_view kTableGrant = R"sql(
GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {app_role};
)sql";

// Tables of the control plane, without those that kFoundationGrants names: they have narrower privileges.
constexpr std::string_view kControlTables = R"sql(
SELECT relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'stocktracker_control' AND c.relkind = 'r'
  AND c.relname NOT IN ('migration', 'tenant_plane', 'commit_mark', 'quota_block')
ORDER BY 1
)sql";

// The conditions of kControlPolicies, as the server writes them out.
constexpr std::string_view kControlRule = "(tenant_id = ((current_setting('stocktracker.tenant'::text))::uuid)::text)";
constexpr std::string_view kUserRule = "(user_id = ((current_setting('stocktracker.user'::text))::uuid)::text)";

// One row for each gap. Superusers, roles with BYPASSRLS and owners pass over policies or can drop them; a policy
// counts as ours if it holds for all commands ('*') and roles ('{0}'), is the only one (permissive ones add up) and
// says what kPolicy says, as the server writes it out. A unique key that does not begin with the tenant would show, by
// a conflict, what another tenant has. A partition that is open to the role is reached past its table's policy.
constexpr std::string_view kGaps = R"sql(
WITH tenant_table AS (
  SELECT c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'stocktracker_tenant' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
), control_table AS (
  SELECT c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'stocktracker_control' AND c.relkind = 'r' AND c.relname = ANY ('{{walled}}'::name[])
), walled_table AS (
  SELECT * FROM tenant_table UNION ALL SELECT * FROM control_table
)
SELECT 'role ' || rolname || ' is a superuser'
FROM pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL
SELECT 'role ' || rolname || ' bypasses row security'
FROM pg_roles WHERE rolname = current_user AND rolbypassrls
UNION ALL
SELECT 'role ' || current_user || ' owns ' || c.relname
FROM walled_table c WHERE pg_has_role(current_user, c.relowner, 'USAGE')
UNION ALL
SELECT c.relname || ' has no row security'
FROM walled_table c WHERE NOT c.relrowsecurity
UNION ALL
SELECT c.relname || ' does not force row security'
FROM walled_table c WHERE NOT c.relforcerowsecurity
UNION ALL
SELECT c.relname || ' has another policy than ours'
FROM tenant_table c
WHERE (
  SELECT count(*) FROM pg_policy p
  WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive
    AND p.polroles = '{0}'
    AND pg_get_expr(p.polqual, p.polrelid) = $$(tenant_id = (current_setting('stocktracker.tenant'::text))::uuid)$$
    AND pg_get_expr(p.polwithcheck, p.polrelid) = $$(tenant_id = (current_setting('stocktracker.tenant'::text))::uuid)$$
) <> 1
UNION ALL
SELECT c.relname || ' has more policies than ours'
FROM tenant_table c WHERE (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) > 1
UNION ALL
SELECT c.relname || ' has other policies than ours'
FROM control_table c
WHERE (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) <> 2
  OR NOT EXISTS (
    SELECT 1 FROM pg_policy p
    WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive AND '{0}' = p.polroles
      AND pg_get_expr(p.polqual, p.polrelid) = $${control_rule}$$
      AND pg_get_expr(p.polwithcheck, p.polrelid) = $${control_rule}$$)
  OR NOT EXISTS (
    SELECT 1 FROM pg_policy p
    WHERE p.polrelid = c.oid AND p.polcmd = 'r' AND p.polpermissive AND '{0}' = p.polroles
      AND pg_get_expr(p.polqual, p.polrelid) = $${user_rule}$$)
UNION ALL
SELECT c.relname || ' has a key that spans tenants'
FROM walled_table c
WHERE EXISTS (
  SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
  WHERE i.indrelid = c.oid AND i.indisunique AND a.attname <> 'tenant_id')
UNION ALL
SELECT 'enter(), by which tenants are set, is not ours'
WHERE NOT EXISTS (
  SELECT 1 FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
  WHERE n.nspname = 'stocktracker_control' AND f.proname = 'enter' AND f.prosrc = $enter${enter_body}$enter$)
UNION ALL
SELECT p.relname || ', a partition, is open to this role'
FROM pg_class p JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE n.nspname = 'stocktracker_tenant' AND p.relispartition AND p.relkind = 'r'
  AND has_table_privilege(p.oid, 'SELECT, INSERT, UPDATE, DELETE')
ORDER BY 1
)sql";

/// The statements one after the other, with `by` in the place of each `mark`.
class SqlText {
 public:
  SqlText(std::initializer_list<std::string_view> statements) {
    for (const std::string_view statement : statements) text_ += statement;
  }
  SqlText& with(std::string_view mark, std::string_view by) & {
    for (std::size_t at = text_.find(mark); at != std::string::npos; at = text_.find(mark, at + by.size())) {
      text_.replace(at, mark.size(), by);
    }
    return *this;
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

std::string walled_names() {
  std::string names;
  for (const std::string_view name : sql::kWalledTables) {
    names.append(names.empty() ? "" : ",").append(name);
  }
  return names;
}

std::vector<std::string> texts_of(const PgResult& result) {
  std::vector<std::string> texts;
  for (int row = 0; row < PQntuples(result.get()); ++row) texts.emplace_back(PQgetvalue(result.get(), row, 0));
  return texts;
}

}  // namespace

std::string foundation_sql(const std::string& app_role) {
  SqlText sql{kRole,        kSchemas,    kMigrationTable, kTenantTable,
              kCommitTable, kQuotaTable, kEnterFunction,  kFoundationGrants};
  return sql.with("{enter_body}", kEnterBody).with("{app_role}", app_role).text();
}

Result<void> raise_wall(Connection& connection, const CallContext& context) {
  const std::string& role = connection.options().app_role;
  STK_TRY(const auto fresh, connection.run(std::string(kUnwalledTables), "wall", context));
  for (const std::string& name : texts_of(fresh)) {
    SqlText sql{kTenantDefault, kRowSecurity, kPolicy, kTableGrant};
    sql.with("{table}", "stocktracker_tenant." + name).with("{app_role}", role);
    STK_TRY(connection.run(sql.text(), "wall", context));
  }
  SqlText walled{kWalledControlTables};
  walled.with("{walled}", walled_names());
  STK_TRY(const auto fresh_control, connection.run(walled.text(), "wall", context));
  for (const std::string& name : texts_of(fresh_control)) {
    SqlText sql{kRowSecurity, kControlPolicies};
    sql.with("{table}", "stocktracker_control." + name);
    STK_TRY(connection.run(sql.text(), "wall", context));
  }
  STK_TRY(const auto control, connection.run(std::string(kControlTables), "wall", context));
  for (const std::string& name : texts_of(control)) {
    SqlText sql{kTableGrant};
    sql.with("{table}", "stocktracker_control." + name).with("{app_role}", role);
    STK_TRY(connection.run(sql.text(), "wall", context));
  }
  return success();
}

Result<std::vector<std::string>> wall_gaps(Connection& connection, const CallContext& context) {
  SqlText sql{kGaps};
  sql.with("{enter_body}", kEnterBody).with("{walled}", walled_names());
  sql.with("{control_rule}", kControlRule).with("{user_rule}", kUserRule);
  STK_TRY(const auto gaps, connection.run(sql.text(), "wall", context));
  return texts_of(gaps);
}

std::string enter_sql(const std::string& tenant, bool writes) {
  // The id's own text: hexadecimal digits and dashes.
  return "SELECT stocktracker_control.enter('" + tenant + "', " + (writes ? "true" : "false") + ")";
}

}  // namespace stocktracker::inline v0::postgres
