#include <stocktracker/assembly/engine.hpp>

#include "assembly/draft.hpp"
#include "assembly/engine_parts.hpp"
#include "assembly/tenant_file.hpp"
#include "assembly/tenant_import.hpp"
#include "ports/audited.hpp"

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
Result<void> Engine::backup(const std::string& target, const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  return audited(parts_->ports, {"store.backup", context.tenant, target}, context,
                 parts_->ports.storage->backup(target, context));
}

Result<void> Engine::export_tenant(const std::string& target, const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  return audited(parts_->ports, {"tenant.export", context.tenant, target}, context, write_tenant(target, context));
}

Result<Tenant> Engine::import_tenant(const std::string& file, std::string_view name, const CallContext& given) const {
  const CallContext context = given.started(parts_->ports.clock->now());
  auto taken = take_in(file, name, context);
  const TenantId tenant = taken ? taken.value().id : TenantId();
  return audited(parts_->ports, {"tenant.import", tenant, std::string(name)}, context, std::move(taken));
}

Result<void> Engine::write_tenant(const std::string& target, const CallContext& context) const {
  STK_TRY(const auto known, parts_->tenants->record(context.tenant, context));
  if (!known) return Error(Errc::not_found, "there is no tenant " + context.tenant.text()).about("tenant");
  STK_TRY(Draft::must_be_new(target));
  const Draft draft(target);
  STK_TRY(parts_->tenants->storage().backup(draft.path(), context));
  STK_TRY(strip_tenant_file(draft.path(), context.tenant, context));
  return draft.become_target();
}

Result<Tenant> Engine::take_in(const std::string& file, std::string_view name, const CallContext& context) const {
  return TenantImport(*parts_, context).run(file, name);
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
