// Storage: both planes of a server, and its tenants.
#include <algorithm>
#include <mutex>
#include <set>

#include "adapters/postgres/database.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/row_security.hpp"
#include "adapters/postgres/transaction.hpp"
#include "ports/damage.hpp"
#include "ports/tenant_unset.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

std::string list_of(const std::vector<std::string>& gaps) {
  std::string list;
  for (const std::string& gap : gaps) list.append(list.empty() ? "" : "; ").append(gap);
  return list;
}

class PostgresStorage final : public Storage {
 public:
  explicit PostgresStorage(std::shared_ptr<Pool> pool)
      : pool_(std::move(pool)), control_(pool_, Plane::control, TenantId()) {}

  Database& control() override { return control_; }

  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    STK_TRY(named(tenant));
    if (!knows(tenant)) {
      STK_TRY(auto lease, pool_->take(tenant, {}));
      STK_TRY(const auto there, lease->run(one_sql("SELECT 1 FROM", tenant), "tenant", {}));
      if (PQntuples(there.get()) == 0) {
        return Error(Errc::not_found, "there is no tenant " + tenant.text()).about("tenant");
      }
      const std::lock_guard lock(mutex_);
      known_.insert(tenant);
    }
    // Each transaction checks by itself whether the tenant still exists.
    return std::make_shared<PostgresDatabase>(pool_, Plane::tenant, tenant);
  }

  Result<void> create_tenant(const TenantId& tenant, const CallContext& given) override {
    STK_TRY(named(tenant));
    const CallContext context = started(given);
    STK_TRY(auto lease, pool_->take(tenant, context));
    STK_TRY(lease->run("INSERT INTO stocktracker_control.tenant_plane (tenant_id) VALUES ('" + tenant.text() +
                           "') ON CONFLICT DO NOTHING",
                       "create_tenant", context));
    return success();
  }

  Result<void> destroy_tenant(const TenantId& tenant, const CallContext& given) override {
    STK_TRY(named(tenant));
    const CallContext context = started(given);
    {
      const std::lock_guard lock(mutex_);
      known_.erase(tenant);
    }
    STK_TRY(auto lease, pool_->take(tenant, context));
    auto destroyed = destroy(*lease, tenant, context);
    if (!destroyed && lease->in_transaction() && !lease->run("ROLLBACK", "rollback", {})) lease->spoil();
    if (!destroyed && destroyed.error().errc() == Errc::not_found) return success();
    return destroyed;
  }

  Result<BackupReport> backup(const std::string&, const CallContext&) override { return elsewhere(); }
  Result<void> restore_tenant(const TenantId&, const std::string&, const CallContext&) override { return elsewhere(); }

  Result<std::vector<StorageFinding>> examine(const CallContext& given) override {
    const CallContext context = started(given);
    std::vector<StorageFinding> findings;
    auto taken = pool_->take({}, context);
    if (!taken) {
      findings.push_back({"connection", false, taken.error().text()});
      return findings;
    }
    Pool::Lease lease = std::move(taken).value();
    STK_TRY(const auto version, lease->run("SHOW server_version", "examine", context));
    findings.push_back({"server", true, std::string("PostgreSQL ") + PQgetvalue(version.get(), 0, 0)});
    const auto history = check_history(*lease, context);
    findings.push_back({"schema", history.has_value(), history ? "all migrations applied" : history.error().text()});
    STK_TRY(const auto gaps, wall_gaps(*lease, context));
    findings.push_back({"wall", gaps.empty(), gaps.empty() ? "covers every table" : list_of(gaps)});
    if (!context.tenant.is_nil()) {
      STK_TRY(auto rows, examine_rows(*lease, context));
      findings.push_back(std::move(rows));
    }
    return findings;
  }

 private:
  static Result<void> named(const TenantId& tenant) {
    if (!tenant.is_nil()) return success();
    return tenant_unset();
  }
  static Error elsewhere() { return {Errc::unsupported, "a database on a server is copied row by row, not as a file"}; }
  static std::string one_sql(const char* what, const TenantId& tenant) {
    return std::string(what) + " stocktracker_control.tenant_plane WHERE tenant_id = '" + tenant.text() + "'";
  }
  [[nodiscard]] CallContext started(const CallContext& context) const {
    return context.started(Connection::now_by(pool_->options()));
  }
  [[nodiscard]] bool knows(const TenantId& tenant) {
    const std::lock_guard lock(mutex_);
    return known_.contains(tenant);
  }

  [[nodiscard]] Result<void> destroy(Connection& connection, const TenantId& tenant, const CallContext& context) const {
    // Waits for the tenant's writers to end; afterwards they find it removed.
    STK_TRY(connection.run("BEGIN; SET LOCAL search_path = stocktracker_tenant; " + enter_sql(tenant.text(), true),
                           "destroy_tenant", context));
    for (const TableKey& table : pool_->options().schema.tables) {
      if (table.plane != Plane::tenant) continue;
      STK_TRY(connection.run("DELETE FROM " + std::string(table.table), "destroy_tenant", context));
    }
    STK_TRY(connection.run(one_sql("DELETE FROM", tenant) + "; COMMIT", "destroy_tenant", context));
    return success();
  }

  /// Reads every row of the tenant, to find rows that the server cannot read.
  [[nodiscard]] Result<StorageFinding> examine_rows(Connection& connection, const CallContext& context) const {
    const std::string tenant = context.tenant.text();
    std::string_view table;
    auto read = read_rows(connection, table, context);
    if (connection.in_transaction() && !connection.run("ROLLBACK", "rollback", {})) connection.spoil();
    // An interrupted check is not a finding about the rows.
    STK_TRY(context.check(connection.now()));
    if (read) return StorageFinding{"tenant " + tenant + " rows", true, "all can be read", context.tenant};
    const bool damaged = is_damage(read.error());
    std::string detail = (table.empty() ? "" : std::string(table) + ": ") + read.error().text();
    if (damaged)
      detail +=
          "; repair the database server first (its disk, or its own backup): until then its rows cannot be repaired";
    return StorageFinding{"tenant " + tenant + " rows", false, std::move(detail), context.tenant, damaged};
  }

  /// `at` receives the table that is being read.
  [[nodiscard]] Result<void> read_rows(Connection& connection, std::string_view& at, const CallContext& context) const {
    STK_TRY(
        connection.run("BEGIN; SET LOCAL search_path = stocktracker_tenant; " + enter_sql(context.tenant.text(), false),
                       "examine", context));
    for (const TableKey& table : pool_->options().schema.tables) {
      if (table.plane != Plane::tenant) continue;
      at = table.table;
      // Counts by reading the rows, with values that are stored separately: an index alone could not answer that.
      STK_TRY(connection.run("SELECT count(t.*) FROM " + std::string(table.table) + " t", "examine", context));
    }
    return success();
  }

  std::shared_ptr<Pool> pool_;
  PostgresDatabase control_;
  std::mutex mutex_;
  std::set<TenantId> known_;
};

Result<void> refuse_gaps(Connection& connection) {
  STK_TRY(const auto gaps, wall_gaps(connection, {}));
  if (gaps.empty()) return success();
  return Error(Errc::store_unwalled, "the wall between tenants has a gap: " + list_of(gaps) +
                                         "; log in as a member of " + connection.options().app_role +
                                         " that owns nothing")
      .during("open");
}

}  // namespace
}  // namespace stocktracker::inline v0::postgres

namespace stocktracker::inline v0 {

Result<std::shared_ptr<Storage>> make_postgres_storage(PostgresOptions options) {
  STK_TRY(options.validate());
  const int warm = std::max(1, options.warm_connections);
  auto pool = std::make_shared<postgres::Pool>(std::move(options));
  STK_TRY(pool->warm(warm, {}));
  {
    STK_TRY(auto lease, pool->take({}, {}));
    STK_TRY(postgres::check_history(*lease, {}));
    STK_TRY(postgres::refuse_gaps(*lease));
    // Marks of connections that ended long ago.
    auto forgotten =
        lease->run("DELETE FROM stocktracker_control.commit_mark WHERE at < now() - interval '1 day'", "open", {});
    if (!forgotten && forgotten.error().errc() != Errc::store_read_only) return std::move(forgotten).error();
  }
  return std::make_shared<postgres::PostgresStorage>(std::move(pool));
}

Result<std::vector<std::string>> migrate_postgres(const PostgresOptions& options, const CallContext& given) {
  STK_TRY(options.validate());
  const CallContext context = given.started(postgres::Connection::now_by(options));
  STK_TRY(auto connection, postgres::Connection::open(options, context));
  return postgres::migrate(*connection, context);
}

}  // namespace stocktracker::inline v0
