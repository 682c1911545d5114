/// @file
/// What the tenant service, the gate and the sealer share: the records of the control plane.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <stocktracker/ports/ports.hpp>
#include <stocktracker/tenant/tenants.hpp>

#include "tenant/quarantine.hpp"

namespace stocktracker::inline v0 {

class TenantSealer;

class TenantsCore {
 public:
  /// `storage` is the store itself, not the gate before it. `sealer` may be null: nothing is sealed then; `audit` too.
  /// Without a quarantine the failure of one tenant is the failure of the call.
  TenantsCore(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock, std::shared_ptr<Random> random,
              std::shared_ptr<TenantSealer> sealer, bool many, std::shared_ptr<AuditSink> audit = {},
              std::shared_ptr<const Quarantine> quarantine = {}) noexcept
      : storage_(std::move(storage)),
        clock_(std::move(clock)),
        random_(std::move(random)),
        sealer_(std::move(sealer)),
        many_(many),
        audit_(std::move(audit)),
        quarantine_(std::move(quarantine)) {}

  /// `forget` drops what this process holds of a tenant in memory; called when the tenant is suspended, restored or
  /// removed. To be set before the first call from another thread.
  void on_forget(std::function<void(const TenantId&)> forget) { forget_ = std::move(forget); }

  [[nodiscard]] Clock& clock() const noexcept { return *clock_; }
  [[nodiscard]] AuditSink* audit() const noexcept { return audit_.get(); }
  [[nodiscard]] Storage& storage() const noexcept { return *storage_; }

  [[nodiscard]] Result<Tenant> create(std::string_view name, const CallContext& context);
  /// The same with an id that it has already; its plane may be there. Errc::store_constraint when the id is known.
  [[nodiscard]] Result<Tenant> adopt(const TenantId& tenant, std::string_view name, const CallContext& context);
  /// An import notes its record first, so that no plane is ever without one: as a tenant that is being made, which
  /// nobody uses and `recover` leaves alone. `import` names this attempt; a later one takes the place of one that was
  /// cut off.
  [[nodiscard]] Result<Tenant> begin_import(const TenantId& tenant, std::string_view name, const std::string& import,
                                            const CallContext& context);
  /// Whether no other attempt took its place.
  [[nodiscard]] Result<bool> is_under_way(const TenantId& tenant, const std::string& import,
                                          const CallContext& context) const;
  /// After the plane was filled. Errc::store_constraint when another attempt took its place: then nobody knows whose
  /// rows lie there. What the other has finished is quarantined, and what it has not it cannot finish any more.
  [[nodiscard]] Result<void> confirm_filled(const TenantId& tenant, const std::string& import,
                                            const CallContext& context);
  /// The plane is complete: Errc::store_constraint when another attempt took its place.
  [[nodiscard]] Result<void> finish_import(const TenantId& tenant, const std::string& import,
                                           const CallContext& context);
  /// No trace of the attempt is left: record, key, directory, plane.
  [[nodiscard]] Result<void> withdraw_import(const TenantId& tenant, const std::string& import,
                                             const CallContext& context);
  /// Errc::store_constraint when the name or the id is taken; a nil id asks about the name alone.
  [[nodiscard]] Result<void> must_be_free(const TenantId& tenant, std::string_view name,
                                          const CallContext& context) const;
  [[nodiscard]] Result<std::optional<Tenant>> record(const TenantId& tenant, const CallContext& context) const;
  [[nodiscard]] Result<std::optional<Tenant>> record_named(std::string_view name, const CallContext& context) const;
  /// Up to `most` behind `after`, by id.
  [[nodiscard]] Result<std::vector<Tenant>> page(const TenantId& after, int most, bool deleted,
                                                 const CallContext& context) const;
  [[nodiscard]] Result<Tenant> change(const TenantId& tenant, TenantState from, TenantState to,
                                      const CallContext& context);
  /// Ends a suspension; a quarantine too, when the tenant's data pass their checks.
  [[nodiscard]] Result<Tenant> resume(const TenantId& tenant, const CallContext& context);
  [[nodiscard]] Result<void> remove(const TenantId& tenant, const CallContext& context);
  [[nodiscard]] Result<void> restore(const TenantId& tenant, const std::string& backup, const CallContext& context);
  [[nodiscard]] Result<std::size_t> recover(const CallContext& context);
  /// Errc::unsupported in a store for one.
  [[nodiscard]] Result<void> need_many() const;

 private:
  [[nodiscard]] Result<Tenant> note_creation(const TenantId& tenant, std::string_view name, const std::string& reason,
                                             const CallContext& context);
  /// The rest of a creation, from any step.
  [[nodiscard]] Result<void> finish_creation(const TenantId& tenant, const CallContext& context);
  [[nodiscard]] Result<void> withdraw(const TenantId& tenant, const std::string& reason, const CallContext& context);
  /// The plane of a tenant that has no record, or is being deleted or was; whether it is one.
  [[nodiscard]] Result<bool> destroy_if_gone(const TenantId& tenant, const CallContext& context);
  /// What a backup brought back, as this store and this time have it.
  [[nodiscard]] Result<void> settle_restored(const TenantId& tenant, const CallContext& context);
  /// The rest of a deletion, from any step.
  [[nodiscard]] Result<void> finish_deletion(const TenantId& tenant, const CallContext& context);
  void forget(const TenantId& tenant) const;
  /// Before the tenant goes from `from` to active: what processes held of it before counts no more.
  [[nodiscard]] Result<void> begin_anew(const TenantId& tenant, TenantState from, const CallContext& context);
  /// Errc::tenant_quarantined, with what its data fail.
  [[nodiscard]] Result<void> must_be_sound(const TenantId& tenant, const CallContext& context) const;
  /// How many records changed.
  [[nodiscard]] Result<std::int64_t> move(const TenantId& tenant, TenantState from, TenantState to,
                                          const CallContext& context);

  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<Random> random_;
  const std::shared_ptr<TenantSealer> sealer_;
  const bool many_;
  std::function<void(const TenantId&)> forget_;
  const std::shared_ptr<AuditSink> audit_;
  const std::shared_ptr<const Quarantine> quarantine_;
};

}  // namespace stocktracker::inline v0
