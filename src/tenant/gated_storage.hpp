/// @file
/// GatedStorage: hands out a tenant's plane as its state allows.
#pragma once

#include <stocktracker/ports/database.hpp>

#include "tenant/tenant_sealer.hpp"
#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {

/// The state is read at each call, from the control plane: what another process decided holds at once. A tenant with
/// data that turn out to be damaged is quarantined at once. `sealer` and `quarantine` may be null.
[[nodiscard]] std::shared_ptr<Storage> gated(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<Storage> storage,
                                             std::shared_ptr<TenantSealer> sealer,
                                             std::shared_ptr<const Quarantine> quarantine, bool read_only);

}  // namespace stocktracker::inline v0
