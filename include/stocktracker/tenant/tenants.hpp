/// @file
/// Tenants: manages the customers of an installation, for its operator.
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
  bool deleted = false;   ///< include deleted ones
  int page_size = 1'000;  ///< 1 to 10,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

class TenantsCore;

/// Handle; cheap to copy, thread-safe. The context's tenant is ignored. A single-file store has only its default
/// tenant: every change of tenants is Errc::unsupported.
///
/// @code
/// STK_TRY(const auto anna, engine.tenants().create("anna"));
/// STK_TRY(const auto suspended, engine.tenants().suspend(anna.id));  // may read, not change
/// STK_TRY(engine.tenants().restore(anna.id, "copies/anna.db"));      // stays suspended
/// STK_TRY(const auto active, engine.tenants().resume(anna.id));
/// @endcode
class STK_API Tenants {
 public:
  explicit Tenants(std::shared_ptr<TenantsCore> core) noexcept : core_(std::move(core)) {}

  /// The name has 1 to 120 bytes of UTF-8, is not blank, and has no control characters and no marks that turn the
  /// direction of writing; Errc::already_exists if it is taken.
  [[nodiscard]] Result<Tenant> create(std::string_view name, const CallContext& context = {});
  /// Ordered by id, which is the order of creation.
  [[nodiscard]] Pages<Tenant> list(const TenantQuery& query = {}, const CallContext& context = {}) const;
  /// By id text or name; deleted ones by id only. Errc::not_found.
  [[nodiscard]] Result<Tenant> find(std::string_view name, const CallContext& context = {}) const;
  /// Takes effect at the next transaction, in every process. Errc::invalid_argument unless the tenant is active.
  [[nodiscard]] Result<Tenant> suspend(const TenantId& tenant, const CallContext& context = {});
  /// Ends a suspension. Ends a quarantine, too, if the tenant's data pass their checks (all data are read), otherwise
  /// Errc::tenant_quarantined. Errc::invalid_argument in every other state.
  [[nodiscard]] Result<Tenant> resume(const TenantId& tenant, const CallContext& context = {});
  /// Permanent: first the tenant's key is deleted, so that its sealed credentials cannot be opened in any copy of its
  /// files, then its plane. An older backup of the complete store still contains the key, sealed by the master key:
  /// delete such backups in time. Running synchronisations of the tenant end with Errc::not_found. Success if it is
  /// already deleted.
  [[nodiscard]] Result<void> remove(const TenantId& tenant, const CallContext& context = {});
  /// Replaces the tenant's data by the content of a backup of it, of any age; the tenant's key must still exist.
  /// Errc::invalid_argument unless the tenant is suspended or quarantined, so that no data are written meanwhile and
  /// lost. Afterwards the tenant is suspended.
  [[nodiscard]] Result<void> restore(const TenantId& tenant, const std::string& backup,
                                     const CallContext& context = {});
  /// Finishes changes that a process left incomplete when it ended; returns the number of tenants. Opening for writing
  /// does this, too. A tenant that cannot be finished now is logged (`tenant.half_way`) and tried again next time.
  [[nodiscard]] Result<std::size_t> recover(const CallContext& context = {});

 private:
  std::shared_ptr<TenantsCore> core_;
};

}  // namespace stocktracker::inline v0
