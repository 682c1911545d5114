/// GatedStorage: opens a tenant's plane as far as the tenant's state permits.
#pragma once

#include <stocktracker/ports/database.hpp>

#include "tenant/tenant_sealer.hpp"
#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {

/// The state is read from the control plane at each call, so that a change by another process takes effect at once. A
/// tenant is quarantined as soon as its data are found damaged. `sealer` and `quarantine` may be null.
[[nodiscard]] std::shared_ptr<Storage> gated(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<Storage> storage,
                                             std::shared_ptr<TenantSealer> sealer,
                                             std::shared_ptr<const Quarantine> quarantine, bool read_only);

}  // namespace stocktracker::inline v0
