// Backups row by row, and stores that are created from backups.
#include <stocktracker/assembly/backup.hpp>

#include <algorithm>
#include <filesystem>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/core/progress_stages.hpp>

#include "adapters/sqlite/draft.hpp"
#include "adapters/sqlite/private_folder.hpp"
#include "assembly/tenant_file.hpp"
#include "ports/damage.hpp"
#include "ports/forwarding_storage.hpp"
#include "sql/product_schema.hpp"
#include "tenant/event_log.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr Statement kTenants{"tenant.with_data",
                             "SELECT tenant_id FROM tenant WHERE state IN ('active', 'suspended') ORDER BY tenant_id"};
constexpr Statement kQuarantined{"tenant.quarantined",
                                 "SELECT tenant_id FROM tenant WHERE state = 'quarantined' ORDER BY tenant_id"};
constexpr Statement kAny{"tenant.any", "SELECT count(*) FROM tenant"};

Result<std::vector<TenantId>> tenants_in(Database& control, const Statement& which, const CallContext& context) {
  std::vector<TenantId> tenants;
  const auto read = [&](Transaction& tx) -> Result<void> {
    tenants.clear();
    STK_TRY(auto rows, tx.query(which));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const auto id, TenantId::parse(rows->text(0)));
      tenants.push_back(id);
    }
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return tenants;
}

Result<void> copy_tenant(Storage& from, Storage& to, const TenantId& source, const TenantId& target,
                         const CallContext& context) {
  STK_TRY(auto reading, from.tenant(source));
  STK_TRY(auto writing, to.tenant(target));
  return copy_plane(*reading, *writing, sql::product_schema(), context);
}

class RowBackups final : public ForwardingStorage {
 public:
  RowBackups(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock)
      : ForwardingStorage(std::move(storage)), clock_(std::move(clock)) {}

  Result<BackupReport> backup(const std::string& target, const CallContext& context) override {
    if (!context.tenant.is_nil()) {
      STK_TRY(write_tenant_file(next(), context.tenant, target, clock_, context));
      return BackupReport{{context.tenant}, {}};
    }
    STK_TRY(const auto draft, sqlite::Draft::begin(target));
    STK_TRY(auto report, write_all(draft->path(), context));
    STK_TRY(draft->become_target());
    return report;
  }

  Result<void> restore_tenant(const TenantId& tenant, const std::string& backup, const CallContext& context) override {
    std::error_code ignored;
    const bool of_all = fs::is_directory(backup, ignored);
    const std::string file = of_all ? backup + "/tenants/" + tenant.text() + ".db" : backup;
    if (!fs::exists(file, ignored)) return Error(Errc::not_found, "there is no " + file).during("restore");
    STK_TRY(next().tenant(tenant));
    return read_tenant_file(next(), tenant, file, clock_, context);
  }

 private:
  [[nodiscard]] Result<BackupReport> write_all(const std::string& path, const CallContext& context) {
    BackupReport report;
    {
      SqliteFolderOptions options;
      options.path = path;
      options.schema = sql::product_schema();
      options.clock = clock_;
      options.open_tenants = 1;
      STK_TRY(auto target, make_sqlite_folder(std::move(options)));
      STK_TRY(copy_plane(next().control(), target->control(), sql::product_schema(), context));
      STK_TRY(auto tenants, tenants_in(target->control(), kTenants, context));
      // What can be read of those is copied.
      STK_TRY(const auto quarantined, tenants_in(target->control(), kQuarantined, context));
      tenants.insert(tenants.end(), quarantined.begin(), quarantined.end());
      std::sort(tenants.begin(), tenants.end());
      for (std::size_t i = 0; i < tenants.size(); ++i) {
        STK_TRY(write_one(*target, tenants[i], report, context));
        context.report({kStageTenants, i + 1, tenants.size()});
      }
    }
    STK_TRY(sqlite::flush(path + "/control.db"));
    for (const TenantId& tenant : report.tenants) {
      STK_TRY(sqlite::flush(path + "/tenants/" + tenant.text() + ".db"));
    }
    STK_TRY(sqlite::flush(path + "/tenants"));
    STK_TRY(sqlite::flush(path));
    return report;
  }

  [[nodiscard]] Result<void> write_one(Storage& target, const TenantId& tenant, BackupReport& report,
                                       const CallContext& context) {
    STK_TRY(target.create_tenant(tenant, context));
    auto copied = copy_tenant(next(), target, tenant, tenant, context);
    if (copied) {
      report.tenants.push_back(tenant);
      return copied;
    }
    // Removed meanwhile, or damaged.
    if (copied.error().errc() != Errc::not_found && !is_of_one_tenant(copied.error())) return copied;
    STK_TRY(target.destroy_tenant(tenant, context));
    if (copied.error().errc() != Errc::not_found) report.skipped.push_back({tenant, std::move(copied).error()});
    return success();
  }

  std::shared_ptr<Clock> clock_;  // null: the system's
};

/// A folder store in `place` with the control plane of the backup; tenants' files are read one by one.
Result<std::shared_ptr<Storage>> read_control(const std::string& backup, const std::string& place,
                                              const std::shared_ptr<Clock>& clock, const CallContext& context) {
  ForeignFileOptions from;
  from.path = backup + "/control.db";
  from.schema = sql::product_schema();
  from.plane = Plane::control;
  from.clock = clock;
  STK_TRY(read_foreign_file(from, place + "/control.db", context));
  SqliteFolderOptions options;
  options.path = place;
  options.schema = sql::product_schema();
  options.clock = clock;
  return make_sqlite_folder(std::move(options));
}

/// For the functions that are called without an engine.
CallContext started(const CallContext& given, const std::shared_ptr<Clock>& clock) {
  return given.started((clock ? clock : make_system_clock())->now());
}

/// In the private copy of the backup, so that the new store never has the numbers of the backup.
Result<void> skip_numbers(Storage& copy, const CallContext& context) {
  const Instant now = make_system_clock()->now();
  const auto skip = [now](Transaction& tx) { return skip_numbers_of_restoration(tx, now); };
  return copy.control().transact(context, TransactMode::write, skip);
}

}  // namespace

std::shared_ptr<Storage> with_row_backups(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock) {
  return std::make_shared<RowBackups>(std::move(storage), std::move(clock));
}

Result<void> restore_all(const std::string& backup, Storage& empty, const CallContext& given,
                         const std::shared_ptr<Clock>& clock) {
  const CallContext context = started(given, clock);
  bool taken = false;
  const auto look = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kAny));
    STK_TRY(const bool any, rows->next());
    taken = any && rows->integer(0) > 0;
    return success();
  };
  STK_TRY(empty.control().transact(context, TransactMode::read, look));
  if (taken) {
    return Error(Errc::already_exists, "the store has tenants; restore one of them, or name an empty store");
  }
  STK_TRY(const auto place, sqlite::PrivateFolder::make({}));
  STK_TRY(const auto control, read_control(backup, place.path(), clock, context));
  STK_TRY(const auto tenants, tenants_in(control->control(), kTenants, context));
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    STK_TRY(empty.create_tenant(tenants[i], context));
    STK_TRY(read_tenant_file(empty, tenants[i], backup + "/tenants/" + tenants[i].text() + ".db", clock, context));
    context.report({kStageTenants, i + 1, tenants.size()});
  }
  // Closed in the new store, as in the old one: what the backup holds of them is copied, and they are restored one by
  // one.
  STK_TRY(const auto quarantined, tenants_in(control->control(), kQuarantined, context));
  for (const TenantId& tenant : quarantined) {
    STK_TRY(empty.create_tenant(tenant, context));
    auto copied = read_tenant_file(empty, tenant, backup + "/tenants/" + tenant.text() + ".db", clock, context);
    if (!copied && copied.error().errc() != Errc::not_found && !is_of_one_tenant(copied.error())) return copied;
  }
  STK_TRY(skip_numbers(*control, context));
  // Done last: until then the store has no tenants, and the call may be repeated.
  return copy_plane(control->control(), empty.control(), sql::product_schema(), context);
}

namespace {

Result<void> flush_store(const std::string& path) {
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(path, failed)) {
    if (!entry.is_directory(failed)) {
      STK_TRY(sqlite::flush(entry.path().string()));
    }
  }
  STK_TRY(sqlite::flush(path + "/tenants"));
  return sqlite::flush(path);
}

/// Copies one plane of a single-file store, through a file that holds its checked rows.
Result<void> restore_plane(const std::string& backup, Plane plane, Storage& into, const std::shared_ptr<Clock>& clock,
                           const CallContext& context) {
  STK_TRY(const auto place, sqlite::PrivateFolder::make({}));
  ForeignFileOptions from;
  from.path = backup;
  from.schema = sql::product_schema();
  from.plane = plane;
  from.clock = clock;
  if (plane == Plane::tenant) from.new_owner = kDefaultTenant;
  const std::string rows = place.path() + "/rows.db";
  STK_TRY(read_foreign_file(from, rows, context));
  std::vector<Migration> migrations;
  for (const Migration& one : sql::product_schema().migrations) {
    if (one.plane == plane) migrations.push_back(one);
  }
  SqliteOptions options;
  options.path = rows;
  options.schema = {migrations, sql::product_schema().tables};
  options.clock = clock;
  STK_TRY(const auto source, make_sqlite_storage(std::move(options)));
  if (plane == Plane::control) {
    STK_TRY(skip_numbers(*source, context));
    return copy_plane(source->control(), into.control(), sql::product_schema(), context);
  }
  STK_TRY(auto reading, source->tenant(kDefaultTenant));
  STK_TRY(auto writing, into.tenant(kDefaultTenant));
  return copy_plane(*reading, *writing, sql::product_schema(), context);
}

}  // namespace

Result<void> restore_store(const std::string& backup, const std::string& target, const CallContext& given,
                           const std::shared_ptr<Clock>& clock) {
  const CallContext context = started(given, clock);
  STK_TRY(const auto draft, sqlite::Draft::begin(target));
  if (fs::is_directory(backup)) {
    {
      SqliteFolderOptions options;
      options.path = draft->path();
      options.schema = sql::product_schema();
      options.clock = clock;
      STK_TRY(auto folder, make_sqlite_folder(std::move(options)));
      STK_TRY(restore_all(backup, *folder, context, clock));
    }
    STK_TRY(flush_store(draft->path()));
    return draft->become_target();
  }
  {
    SqliteOptions options;
    options.path = draft->path();
    options.schema = sql::product_schema();
    options.clock = clock;
    STK_TRY(auto file, make_sqlite_storage(std::move(options)));
    STK_TRY(restore_plane(backup, Plane::tenant, *file, clock, context));
    STK_TRY(restore_plane(backup, Plane::control, *file, clock, context));
  }
  STK_TRY(sqlite::flush(draft->path()));
  return draft->become_target();
}

}  // namespace stocktracker::inline v0
