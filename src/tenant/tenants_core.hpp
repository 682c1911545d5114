/// TenantsCore: records of the control plane, shared by the tenant service, the gate and the sealer.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <stocktracker/ports/ports.hpp>
#include <stocktracker/tenant/tenants.hpp>

#include "ports/call_gate.hpp"
#include "tenant/quarantine.hpp"

namespace stocktracker::inline v0 {

class TenantSealer;

/// Errc::invalid_argument, field "name".
[[nodiscard]] Result<void> check_tenant_name(std::string_view name);

class TenantsCore {
 public:
  /// `storage` is the store itself, not the gated one. `sealer` may be null: then nothing is sealed; `audit` may be
  /// null, too. Without a quarantine, the failure of one tenant is the failure of the call.
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
  /// removed. Set it before the first call from another thread.
  void on_forget(std::function<void(const TenantId&)> forget) { forget_ = std::move(forget); }

  /// Deletes what later capabilities hold of a tenant in the control plane; called in the transaction in which a
  /// removal begins. Set it before the first call from another thread.
  void on_removal(std::function<Result<void>(Transaction&, const TenantId&)> clear) { clear_ = std::move(clear); }

  /// Calls of the services over this core are counted by the gate. Set it before the first call from another thread.
  void count_calls(std::shared_ptr<CallGate> gate) noexcept { calls_ = std::move(gate); }
  [[nodiscard]] Result<EnteredCall> begin(const CallContext& given) const { return begin_call(calls_, *clock_, given); }

  [[nodiscard]] Clock& clock() const noexcept { return *clock_; }
  [[nodiscard]] AuditSink* audit() const noexcept { return audit_.get(); }
  [[nodiscard]] Storage& storage() const noexcept { return *storage_; }

  [[nodiscard]] Result<Tenant> create(std::string_view name, const CallContext& context);
  using WithTenant = FunctionRef<Result<void>(Transaction&, const TenantId&)>;
  /// The first step of a creation, in one transaction with `also`. `finish_creation` does the rest, and so does
  /// `recover`.
  [[nodiscard]] Result<Tenant> begin_creation(std::string_view name, WithTenant also, const CallContext& context);
  /// Finishes a creation, from any step. May be repeated.
  [[nodiscard]] Result<void> finish_creation(const TenantId& tenant, const CallContext& context);
  /// The same with a given id; its plane may exist. Errc::already_exists if the id is in use.
  [[nodiscard]] Result<Tenant> adopt(const TenantId& tenant, std::string_view name, const CallContext& context);
  /// An import first writes its record, so that no plane is without one: as a tenant in state creating, which nobody
  /// uses and `recover` leaves alone. `import` identifies this attempt; a later attempt replaces one that was
  /// interrupted.
  [[nodiscard]] Result<Tenant> begin_import(const TenantId& tenant, std::string_view name, const std::string& import,
                                            const CallContext& context);
  /// True if no other attempt has replaced this one.
  [[nodiscard]] Result<bool> is_under_way(const TenantId& tenant, const std::string& import,
                                          const CallContext& context) const;
  /// Call after the plane was filled. Errc::store_constraint if another attempt has replaced this one: then it is not
  /// known which attempt has written the stored rows. If the other attempt has finished, its tenant is quarantined;
  /// otherwise it cannot finish.
  [[nodiscard]] Result<void> confirm_filled(const TenantId& tenant, const std::string& import,
                                            const CallContext& context);
  /// The plane is complete. Errc::store_constraint if another attempt has replaced this one.
  [[nodiscard]] Result<void> finish_import(const TenantId& tenant, const std::string& import,
                                           const CallContext& context);
  /// Removes every trace of the attempt: record, key, directory, plane.
  [[nodiscard]] Result<void> withdraw_import(const TenantId& tenant, const std::string& import,
                                             const CallContext& context);
  /// Errc::already_exists if the name or the id is in use; for a nil id only the name is checked.
  [[nodiscard]] Result<void> must_be_free(const TenantId& tenant, std::string_view name,
                                          const CallContext& context) const;
  [[nodiscard]] Result<std::optional<Tenant>> record(const TenantId& tenant, const CallContext& context) const;
  [[nodiscard]] Result<std::optional<Tenant>> record_named(std::string_view name, const CallContext& context) const;
  /// Up to `most` tenants after `after`, by id.
  [[nodiscard]] Result<std::vector<Tenant>> page(const TenantId& after, int most, bool deleted,
                                                 const CallContext& context) const;
  [[nodiscard]] Result<Tenant> change(const TenantId& tenant, TenantState from, TenantState to,
                                      const CallContext& context);
  /// Ends a suspension, or a quarantine if the tenant's data pass their checks.
  [[nodiscard]] Result<Tenant> resume(const TenantId& tenant, const CallContext& context);
  [[nodiscard]] Result<void> remove(const TenantId& tenant, const CallContext& context);
  [[nodiscard]] Result<void> restore(const TenantId& tenant, const std::string& backup, const CallContext& context);
  [[nodiscard]] Result<std::size_t> recover(const CallContext& context);
  /// Errc::unsupported in a single-tenant store.
  [[nodiscard]] Result<void> need_many() const;

 private:
  [[nodiscard]] Result<Tenant> note_creation(const TenantId& tenant, std::string_view name, const std::string& reason,
                                             const CallContext& context);
  [[nodiscard]] Result<Tenant> note_creation(const TenantId& tenant, std::string_view name, const std::string& reason,
                                             WithTenant also, const CallContext& context);
  [[nodiscard]] Result<void> withdraw(const TenantId& tenant, const std::string& reason, const CallContext& context);
  /// Destroys the plane of a tenant without a record, or one that is being deleted or was deleted; true if it was one.
  [[nodiscard]] Result<bool> destroy_if_gone(const TenantId& tenant, const CallContext& context);
  /// Adapts the data that a backup brought back to this store and the present time.
  [[nodiscard]] Result<void> settle_restored(const TenantId& tenant, const CallContext& context);
  /// Finishes a deletion, from any step.
  [[nodiscard]] Result<void> finish_deletion(const TenantId& tenant, const CallContext& context);
  void forget(const TenantId& tenant) const;
  /// Call before the tenant goes from `from` to active: what processes hold of it in memory becomes invalid.
  [[nodiscard]] Result<void> begin_anew(const TenantId& tenant, TenantState from, const CallContext& context);
  /// Errc::tenant_quarantined, with the check that its data fail.
  [[nodiscard]] Result<void> must_be_sound(const TenantId& tenant, const CallContext& context) const;
  /// Returns the number of changed records.
  [[nodiscard]] Result<std::int64_t> move(const TenantId& tenant, TenantState from, TenantState to,
                                          const CallContext& context);

  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<Random> random_;
  const std::shared_ptr<TenantSealer> sealer_;
  const bool many_;
  std::function<void(const TenantId&)> forget_;
  std::function<Result<void>(Transaction&, const TenantId&)> clear_;
  const std::shared_ptr<AuditSink> audit_;
  const std::shared_ptr<const Quarantine> quarantine_;
  std::shared_ptr<CallGate> calls_;
};

}  // namespace stocktracker::inline v0
