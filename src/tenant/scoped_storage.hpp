/// ScopedStorage: gives access to one tenant's plane of a store, and nothing else. The second wall behind `enter`.
#pragma once

#include <memory>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Errc::tenant_mismatch for every other tenant, for the nil id, for the control plane and for calls about the complete
/// store: a service that forgot to call `enter` reaches nothing.
[[nodiscard]] std::shared_ptr<Storage> scoped(std::shared_ptr<Storage> storage, const TenantId& tenant);

}  // namespace stocktracker::inline v0
