/// @file
/// Tenants: the customers of an installation, as its operator sees them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/tenant/tenant.hpp>

namespace stocktracker::inline v0 {

struct TenantQuery {
  bool deleted = false;   ///< those too
  int page_size = 1'000;  ///< 1 to 10,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

class TenantsCore;

/// Handle; cheap to copy, thread-safe. The context's tenant does not matter here. A store in one file has its default
/// tenant alone: whatever would change that is Errc::unsupported.
class STK_API Tenants {
 public:
  explicit Tenants(std::shared_ptr<TenantsCore> core) noexcept : core_(std::move(core)) {}

  /// 1 to 120 bytes, no control characters; Errc::store_constraint when the name is taken.
  [[nodiscard]] Result<Tenant> create(std::string_view name, const CallContext& context = {});
  /// By id, that is in the order of their making.
  [[nodiscard]] Pages<Tenant> list(const TenantQuery& query = {}, const CallContext& context = {}) const;
  /// By id text or name, deleted ones by id alone; Errc::not_found.
  [[nodiscard]] Result<Tenant> find(std::string_view name, const CallContext& context = {}) const;
  /// From the next transaction on, in every process. Errc::invalid_argument unless active.
  [[nodiscard]] Result<Tenant> suspend(const TenantId& tenant, const CallContext& context = {});
  /// Ends a suspension. Ends a quarantine too, when the tenant's data pass their checks (which reads them all),
  /// otherwise Errc::tenant_quarantined. Errc::invalid_argument in every other state.
  [[nodiscard]] Result<Tenant> resume(const TenantId& tenant, const CallContext& context = {});
  /// For ever: first the tenant's key is destroyed, which closes its sealed credentials in every copy of its files,
  /// then its plane. A backup of the whole store that was made before holds the key as well, sealed by the master key:
  /// such backups are to be thrown away in time. Running synchronisations of it end with Errc::not_found. Harmless when
  /// deleted.
  [[nodiscard]] Result<void> remove(const TenantId& tenant, const CallContext& context = {});
  /// The tenant's data become what a backup of them holds, the tenant's own or an older one; its key must still be
  /// there. Errc::invalid_argument unless it is suspended or quarantined: nothing that is written meanwhile may be lost
  /// unseen. Afterwards it is suspended.
  [[nodiscard]] Result<void> restore(const TenantId& tenant, const std::string& backup,
                                     const CallContext& context = {});
  /// Finishes what a process that ended left half-way; how many tenants that were. Opening for writing does it too. A
  /// tenant that cannot be finished now is reported to the telemetry (`tenant.half_way`) and tried again next time.
  [[nodiscard]] Result<std::size_t> recover(const CallContext& context = {});

 private:
  std::shared_ptr<TenantsCore> core_;
};

}  // namespace stocktracker::inline v0
