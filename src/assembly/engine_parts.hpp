/// The parts of an engine, shared by its services.
#pragma once

#include <functional>

#include <stocktracker/assembly/engine.hpp>

#include "identity/members_core.hpp"
#include "identity/users_core.hpp"
#include "inventory/inventory_core.hpp"
#include "marketplace/accounts_core.hpp"
#include "ports/guarded_ports.hpp"
#include "sync/sync_core.hpp"
#include "tenant/events_core.hpp"
#include "tenant/key_rotation.hpp"
#include "tenant/relay.hpp"
#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {

struct Engine::Parts {
  Ports ports;
  std::shared_ptr<GuardedTelemetry> telemetry;
  std::shared_ptr<KeyProvider> keys;             ///< null: credentials are not stored
  std::shared_ptr<const Quarantine> quarantine;  ///< null in a single-tenant store
  std::shared_ptr<TenantsCore> tenants;
  std::shared_ptr<UsersCore> users;
  std::shared_ptr<const MembersCore> members;
  std::shared_ptr<KeyRotation> key_rotation;
  std::shared_ptr<RelayCore> relay;
  std::shared_ptr<AccountsCore> accounts;
  std::shared_ptr<InventoryCore> inventory;
  std::shared_ptr<SyncCore> sync;
  std::shared_ptr<EventsCore> events;
  std::function<void()> end_threads;  ///< of the network and the executor that `open` has made; may be called again
};

}  // namespace stocktracker::inline v0
