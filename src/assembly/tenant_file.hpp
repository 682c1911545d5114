/// One tenant's plane as a file: the content of backups and exports.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// `target` must not exist; it appears complete, or not at all. Here and below deadlines are compared with `clock`;
/// null: the system's.
[[nodiscard]] Result<void> write_tenant_file(Storage& from, const TenantId& tenant, const std::string& target,
                                             const std::shared_ptr<Clock>& clock, const CallContext& context);

/// Replaces the tenant's plane by the checked rows of a file, see read_foreign_file.
[[nodiscard]] Result<void> read_tenant_file(Storage& to, const TenantId& tenant, const std::string& file,
                                            const std::shared_ptr<Clock>& clock, const CallContext& context);

/// Copies the tenant's file without what is not exported; no bytes of it remain in the copy.
[[nodiscard]] Result<void> strip_tenant_file(const std::string& file, const TenantId& tenant,
                                             const std::shared_ptr<Clock>& clock, const CallContext& context);

}  // namespace stocktracker::inline v0
