#include <stocktracker/assembly/engine.hpp>

#include <stocktracker/adapters/sqlite.hpp>

#include "assembly/draft.hpp"
#include "assembly/engine_parts.hpp"
#include "assembly/tenant_file.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {

namespace {

/// Of the context's tenant, or of all.
Result<StorageFinding> check_ledgers(const Engine& engine, bool many, const CallContext& context) {
  std::vector<TenantId> tenants{context.tenant};
  if (many && context.tenant.is_nil()) {
    tenants.clear();
    STK_TRY(const auto all, engine.tenants().list({}, context).collect());
    for (const Tenant& tenant : all) {
      if (tenant.state == TenantState::active || tenant.state == TenantState::suspended) tenants.push_back(tenant.id);
    }
  }
  LedgerCheck sum;
  CallContext each = context;
  for (const TenantId& tenant : tenants) {
    each.tenant = tenant;
    STK_TRY(auto check, engine.ledger().verify(each));
    sum.entries += check.entries;
    sum.positions += check.positions;
    sum.broken += check.broken;
    for (std::string& fault : check.faults) sum.faults.push_back(std::move(fault));
  }
  std::string detail = std::to_string(sum.entries) + " entries of " + std::to_string(sum.positions) + " positions";
  if (many) detail += " of " + std::to_string(tenants.size()) + " tenants";
  for (const std::string& fault : sum.faults) detail += "; " + fault;
  return StorageFinding{"ledger", sum.broken == 0, std::move(detail)};
}

}  // namespace

Tenants Engine::tenants() const { return Tenants(parts_->tenants); }
Keys Engine::keys() const { return Keys(parts_->key_rotation); }
Directory Engine::directory() const { return Directory(parts_->relay); }
Settings Engine::settings() const { return Settings(std::shared_ptr<const Ports>(parts_, &parts_->ports)); }
Accounts Engine::accounts() const { return Accounts(parts_->accounts); }
Sync Engine::sync() const { return Sync(parts_->sync); }
Stock Engine::stock() const { return Stock(parts_->inventory); }
Ledger Engine::ledger() const { return Ledger(parts_->inventory); }
Orders Engine::orders() const { return Orders(parts_->inventory); }
Prices Engine::prices() const { return Prices(parts_->inventory); }
Listings Engine::listings() const { return Listings(parts_->inventory); }
Analytics Engine::analytics() const { return Analytics(parts_->inventory); }
Result<void> Engine::backup(const std::string& target, const CallContext& context) const {
  return parts_->ports.storage->backup(target, context.started(parts_->ports.clock->now()));
}
Result<void> Engine::export_tenant(const std::string& target, const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  STK_TRY(const auto known, parts_->tenants->record(context.tenant, context));
  if (!known) return Error(Errc::not_found, "there is no tenant " + context.tenant.text()).about("tenant");
  STK_TRY(Draft::must_be_new(target));
  const Draft draft(target);
  STK_TRY(parts_->tenants->storage().backup(draft.path(), context));
  STK_TRY(strip_tenant_file(draft.path(), context.tenant, context));
  return draft.become_target();
}

Result<Tenant> Engine::import_tenant(const std::string& given_file, std::string_view name,
                                     const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  std::string file = given_file;
  std::shared_ptr<TenantFileOfStore> converted;
  auto owner = sqlite_owner(file);
  if (!owner) {
    // A store of one seller has no owner: its data become a new tenant's.
    STK_TRY(parts_->tenants->need_many());
    const TenantId fresh = parts_->ports.random->make_id<TenantId>(parts_->ports.clock->now());
    auto made = TenantFileOfStore::make(file, fresh, context);
    if (!made) return made.error().errc() == Errc::not_found ? std::move(owner).error() : std::move(made).error();
    converted = std::move(made).value();
    file = converted->path();
    owner = fresh;
  }
  const TenantId tenant = owner.value();
  STK_TRY(parts_->tenants->must_be_free(tenant, name, context));
  // The data first: a record without them would be taken for a tenant that has none.
  Storage& storage = parts_->tenants->storage();
  STK_TRY(storage.create_tenant(tenant, context));
  STK_TRY(storage.restore_tenant(tenant, file, context));
  STK_TRY(auto plane, storage.tenant(tenant));
  STK_TRY(empty_tables(*plane, kNotExported, context));
  STK_TRY(auto adopted, parts_->tenants->adopt(tenant, name, context));
  STK_TRY(parts_->relay->rebuild(tenant, context));
  return adopted;
}

Clock& Engine::clock() const { return *parts_->ports.clock; }

Result<std::vector<StorageFinding>> Engine::doctor(const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  STK_TRY(auto findings, parts_->ports.storage->examine(context));
  // Entries of a file that fails its own check would only repeat that.
  bool sound = true;
  for (const StorageFinding& finding : findings) sound = sound && (finding.ok || finding.subject.ends_with("journal"));
  if (sound) {
    STK_TRY(auto ledgers, check_ledgers(*this, parts_->tenants->need_many().has_value(), context));
    findings.push_back(std::move(ledgers));
  }
  if (parts_->keys) {
    const auto key = parts_->keys->current();
    findings.push_back({"key", key.has_value(), key ? "current key " + key.value().id : key.error().text()});
  }
  return findings;
}

}  // namespace stocktracker::inline v0
