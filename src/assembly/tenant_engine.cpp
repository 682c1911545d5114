// TenantEngine: the services of one tenant, each in the scope of its principal.
#include <stocktracker/assembly/tenant_engine.hpp>

#include <stocktracker/analytics/analytics.hpp>
#include <stocktracker/identity/members.hpp>
#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/inventory/listings.hpp>
#include <stocktracker/inventory/offers.hpp>
#include <stocktracker/inventory/prices.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/sync/sync.hpp>
#include <stocktracker/tenant/events.hpp>
#include <stocktracker/tenant/settings.hpp>

#include "assembly/engine_parts.hpp"
#include "ports/actor.hpp"
#include "tenant/scoped_storage.hpp"

namespace stocktracker::inline v0 {

/// The services' cores over the ports of one tenant. What they share with the engine is shared below the ports.
struct TenantEngine::Parts {
  Parts(Ports given, const Engine::Parts& engine)
      : ports(std::move(given)),
        accounts(std::make_shared<AccountsCore>(ports, *engine.accounts)),
        inventory(std::make_shared<InventoryCore>(ports)),
        sync(std::make_shared<SyncCore>(accounts, *engine.sync)),
        events(std::make_shared<EventsCore>(ports, engine.relay)),
        members(std::make_shared<const MembersCore>(ports, engine.tenants)) {}

  const Ports ports;
  const std::shared_ptr<AccountsCore> accounts;
  const std::shared_ptr<InventoryCore> inventory;
  const std::shared_ptr<SyncCore> sync;
  const std::shared_ptr<EventsCore> events;
  const std::shared_ptr<const MembersCore> members;
};

namespace {

/// In a store of many tenants its record must exist. A suspended tenant may be read; the gate refuses the rest.
Result<TenantId> known_tenant(const TenantsCore& tenants, const TenantId& given, const CallContext& context) {
  const Error unknown = Error(Errc::not_found, "there is no tenant " + given.text()).about("tenant");
  if (!tenants.need_many()) {
    if (given.is_nil() || given == kDefaultTenant) return kDefaultTenant;
    return unknown;
  }
  if (given.is_nil()) return Error(Errc::tenant_unset, "name the tenant of the handle").about("tenant");
  STK_TRY(const auto record, tenants.record(given, context));
  if (!record) return unknown;
  switch (record->state) {
    case TenantState::active:
    case TenantState::suspended:
    case TenantState::quarantined:
      return given;
    case TenantState::creating:
    case TenantState::deleting:
    case TenantState::deleted:
      break;
  }
  return unknown;
}

}  // namespace

Result<TenantEngine> Engine::as(const TenantId& given, Principal principal, const CallContext& context) const {
  Ports ports = parts_->ports;
  STK_TRY(const auto entered, begin_call(ports.calls, *ports.clock, context));
  if (principal.actor.empty()) return actor_error();
  STK_TRY(check_actor(principal.actor));
  STK_TRY(const auto tenant, known_tenant(*parts_->tenants, given, entered));
  ports.storage = scoped(std::move(ports.storage), tenant);
  ports.scope = std::make_shared<const Scope>(Scope{tenant, std::move(principal)});
  return TenantEngine(std::make_shared<const TenantEngine::Parts>(std::move(ports), *parts_));
}

const TenantId& TenantEngine::tenant() const noexcept { return parts_->ports.scope->tenant; }
const Principal& TenantEngine::principal() const noexcept { return parts_->ports.scope->principal; }
Events TenantEngine::events() const { return Events(parts_->events); }
Settings TenantEngine::settings() const { return Settings(std::shared_ptr<const Ports>(parts_, &parts_->ports)); }
Members TenantEngine::members() const { return Members(parts_->members); }
Accounts TenantEngine::accounts() const { return Accounts(parts_->accounts); }
Sync TenantEngine::sync() const { return Sync(parts_->sync); }
Offers TenantEngine::offers() const { return Offers(parts_->inventory); }
Stock TenantEngine::stock() const { return Stock(parts_->inventory); }
Ledger TenantEngine::ledger() const { return Ledger(parts_->inventory); }
Orders TenantEngine::orders() const { return Orders(parts_->inventory); }
Prices TenantEngine::prices() const { return Prices(parts_->inventory); }
Listings TenantEngine::listings() const { return Listings(parts_->inventory); }
Analytics TenantEngine::analytics() const { return Analytics(parts_->inventory); }
Clock& TenantEngine::clock() const noexcept { return *parts_->ports.clock; }

}  // namespace stocktracker::inline v0
