/// Reads the records of tenants in the control plane.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/ports/database.hpp>
#include <stocktracker/tenant/tenants.hpp>

namespace stocktracker::inline v0 {

[[nodiscard]] Result<std::optional<Tenant>> read_tenant(Database& control, const TenantId& tenant,
                                                        const CallContext& context);
[[nodiscard]] Result<std::optional<Tenant>> read_tenant_named(Database& control, std::string_view name,
                                                              const CallContext& context);
/// Up to `most` tenants after `after`, by id.
[[nodiscard]] Result<std::vector<Tenant>> read_tenants(Database& control, const TenantId& after, int most, bool deleted,
                                                       const CallContext& context);
/// Tenants whose creation or deletion was interrupted; imports are not among them.
[[nodiscard]] Result<std::vector<Tenant>> read_half_way_tenants(Database& control, const CallContext& context);
/// Call these two within a transaction of the control plane.
[[nodiscard]] Result<std::optional<Tenant>> read_tenant(Transaction& tx, const TenantId& tenant);
[[nodiscard]] Result<bool> has_tenant_record(Transaction& tx, std::string_view tenant);

/// An import is a tenant in state creating with this reason, which names the attempt. Shown to the operator unchanged.
[[nodiscard]] std::string reason_of_import(const std::string& import);
[[nodiscard]] bool is_import(const Tenant& tenant);

}  // namespace stocktracker::inline v0
