/// @file
/// ScopedStorage: one tenant's plane of a store, and nothing else of it. The wall behind `enter`.
#pragma once

#include <memory>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Errc::tenant_mismatch for every other tenant, for the nil id, for the control plane and for whatever concerns the
/// store: a service that forgot to enter the handle's tenant reaches nothing.
[[nodiscard]] std::shared_ptr<Storage> scoped(std::shared_ptr<Storage> storage, const TenantId& tenant);

}  // namespace stocktracker::inline v0
