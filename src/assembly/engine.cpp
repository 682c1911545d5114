// Engine: gives out services over one set of parts.
#include <stocktracker/analytics/analytics.hpp>
#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/identity/members.hpp>
#include <stocktracker/identity/users.hpp>
#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/offers.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/sync/sync.hpp>
#include <stocktracker/tenant/events.hpp>
#include <stocktracker/tenant/settings.hpp>

#include <algorithm>
#include <filesystem>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "adapters/sqlite/draft.hpp"
#include "assembly/engine_parts.hpp"
#include "assembly/tenant_file.hpp"
#include "assembly/tenant_import.hpp"
#include "ports/audited.hpp"
#include "ports/call_gate.hpp"
#include "tenant/event_log.hpp"

namespace stocktracker::inline v0 {

namespace {

/// Tenants with data when the backup began that are not in it: their data are missing.
Result<void> find_missing(const Engine::Parts& parts, const std::vector<Tenant>& before, BackupReport& report) {
  for (const Tenant& tenant : before) {
    const bool held = std::binary_search(report.tenants.begin(), report.tenants.end(), tenant.id);
    const bool skipped = std::any_of(report.skipped.begin(), report.skipped.end(),
                                     [&](const SkippedTenant& one) { return one.tenant == tenant.id; });
    if (held || skipped || tenant.state == TenantState::creating || tenant.state == TenantState::deleting) continue;
    const auto opened = parts.tenants->storage().tenant(tenant.id);
    if (opened) continue;
    if (opened.error().errc() != Errc::not_found) return opened.error();
    STK_TRY(const auto now_is, parts.tenants->record(tenant.id, {}));
    if (now_is && now_is->state == tenant.state) report.skipped.push_back({tenant.id, opened.error()});
  }
  return success();
}

/// A restore of the backup must not treat a tenant with missing data as a tenant without data.
Result<void> close_in_backup(const std::string& backup, const Engine::Parts& parts, const BackupReport& report,
                             const CallContext& context) {
  {
    SqliteFolderOptions options;
    options.path = backup;
    options.schema = schema();
    options.clock = parts.ports.clock;  // the deadline of the context is one of it
    STK_TRY(auto copy, make_sqlite_folder(std::move(options)));
    const Quarantine quarantine(std::move(copy), parts.ports.clock, nullptr, nullptr);
    for (const SkippedTenant& one : report.skipped) {
      STK_TRY(quarantine.close(one.tenant, "its data are not in this backup: " + reason_of(one.why), context));
    }
  }
  return sqlite::flush(backup + "/control.db");
}

/// A reader that saw events which the backup does not have learns that they are gone, if the backup becomes the store.
Result<void> skip_numbers_in(const std::string& backup, const std::shared_ptr<Clock>& clock,
                             const CallContext& context) {
  std::error_code ignored;
  const bool many = std::filesystem::is_directory(backup, ignored);
  {
    std::shared_ptr<Storage> copy;
    if (many) {
      STK_TRY(copy, make_sqlite_folder({.path = backup, .schema = schema(), .clock = clock}));
    } else {
      STK_TRY(copy, make_sqlite_storage({.path = backup, .schema = schema(), .clock = clock}));
    }
    const auto skip = [](Transaction& tx) { return skip_numbers_of_backup(tx); };
    STK_TRY(copy->control().transact(context, TransactMode::write, skip));
  }
  if (!many) return sqlite::flush(backup);
  STK_TRY(sqlite::flush(backup + "/control.db"));
  return sqlite::flush(backup);  // the log of the copy is gone for good
}

/// Backs up all tenants; those that cannot be read are left out, and closed.
Result<BackupReport> back_up_all(const Engine::Parts& parts, const std::vector<Tenant>& tenants,
                                 const std::string& target, const CallContext& context) {
  STK_TRY(const auto draft, sqlite::Draft::begin(target));
  STK_TRY(auto report, parts.ports.storage->backup(draft->path(), context));
  STK_TRY(find_missing(parts, tenants, report));
  for (const SkippedTenant& one : report.skipped) {
    static_cast<void>(parts.quarantine->close_if_damaged(one.tenant, one.why, context));
  }
  if (report.tenants.empty() && !report.skipped.empty()) return std::move(report.skipped.front().why);
  if (!report.skipped.empty()) {
    STK_TRY(close_in_backup(draft->path(), parts, report, context));
  }
  STK_TRY(skip_numbers_in(draft->path(), parts.ports.clock, context));
  STK_TRY(draft->become_target());
  return report;
}

}  // namespace

Tenants Engine::tenants() const { return Tenants(parts_->tenants); }
Users Engine::users() const { return Users(parts_->users); }
Members Engine::members() const { return Members(parts_->members); }
Keys Engine::keys() const { return Keys(parts_->key_rotation); }
Directory Engine::directory() const { return Directory(parts_->relay); }
Events Engine::events() const { return Events(parts_->events); }
Settings Engine::settings() const { return Settings(std::shared_ptr<const Ports>(parts_, &parts_->ports)); }
Accounts Engine::accounts() const { return Accounts(parts_->accounts); }
Sync Engine::sync() const { return Sync(parts_->sync); }
Offers Engine::offers() const { return Offers(parts_->inventory); }
Stock Engine::stock() const { return Stock(parts_->inventory); }
Ledger Engine::ledger() const { return Ledger(parts_->inventory); }
Orders Engine::orders() const { return Orders(parts_->inventory); }
Prices Engine::prices() const { return Prices(parts_->inventory); }
Listings Engine::listings() const { return Listings(parts_->inventory); }
Analytics Engine::analytics() const { return Analytics(parts_->inventory); }
Result<BackupReport> Engine::backup(const std::string& target, const CallContext& given) const {
  STK_TRY(const auto context, begin_call(parts_->ports.calls, *parts_->ports.clock, given));
  return audited(parts_->ports, {"store.backup", context.tenant, target}, context, write_backup(target, context));
}

Result<BackupReport> Engine::write_backup(const std::string& target, const CallContext& context) const {
  if (!parts_->quarantine) {
    STK_TRY(const auto draft, sqlite::Draft::begin(target));
    STK_TRY(auto report, parts_->ports.storage->backup(draft->path(), context));
    STK_TRY(skip_numbers_in(draft->path(), parts_->ports.clock, context));
    STK_TRY(draft->become_target());
    return report;
  }
  if (!context.tenant.is_nil()) {
    auto report = parts_->ports.storage->backup(target, context);
    if (!report) static_cast<void>(parts_->quarantine->close_if_damaged(context.tenant, report.error(), context));
    return report;
  }
  STK_TRY(const auto all, tenants().list({}, context).collect());
  return back_up_all(*parts_, all, target, context);
}

Result<void> Engine::export_tenant(const std::string& target, const CallContext& given) const {
  STK_TRY(const auto context, begin_call(parts_->ports.calls, *parts_->ports.clock, given));
  return audited(parts_->ports, {"tenant.export", context.tenant, target}, context, write_tenant(target, context));
}

Result<Tenant> Engine::import_tenant(const std::string& file, std::string_view name, const CallContext& given) const {
  STK_TRY(const auto context, begin_call(parts_->ports.calls, *parts_->ports.clock, given));
  auto taken = take_in(file, name, context);
  const TenantId tenant = taken ? taken.value().id : TenantId();
  return audited(parts_->ports, {"tenant.import", tenant, std::string(name)}, context, std::move(taken));
}

Result<void> Engine::write_tenant(const std::string& target, const CallContext& context) const {
  STK_TRY(const auto known, parts_->tenants->record(context.tenant, context));
  if (!known) return Error(Errc::not_found, "there is no tenant " + context.tenant.text()).about("tenant");
  STK_TRY(const auto draft, sqlite::Draft::begin(target));
  STK_TRY(parts_->tenants->storage().backup(draft->path(), context));
  STK_TRY(strip_tenant_file(draft->path(), context.tenant, parts_->ports.clock, context));
  return draft->become_target();
}

Result<Tenant> Engine::take_in(const std::string& file, std::string_view name, const CallContext& context) const {
  return TenantImport(*parts_, context).run(file, name);
}

Result<void> Engine::close(Duration grace) const {
  STK_TRY(parts_->ports.calls->close(grace));
  if (parts_->end_threads) parts_->end_threads();
  return success();
}

Clock& Engine::clock() const { return *parts_->ports.clock; }

}  // namespace stocktracker::inline v0
