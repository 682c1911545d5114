// GatedStorage: checks a tenant's state at every transaction, and closes a tenant with damaged data.
#include "tenant/gated_storage.hpp"

#include "ports/forwarding_storage.hpp"

namespace stocktracker::inline v0 {
namespace {

/// A tenant's plane. Its state is read again at every transaction, because a synchronisation holds the plane for
/// minutes.
class GatedDatabase final : public Database {
 public:
  GatedDatabase(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<const Quarantine> quarantine,
                std::shared_ptr<Database> database, const TenantId& tenant)
      : tenants_(std::move(tenants)),
        quarantine_(std::move(quarantine)),
        database_(std::move(database)),
        tenant_(tenant) {}

  Plane plane() const noexcept override { return Plane::tenant; }

  Result<void> transact(const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override {
    STK_TRY(const auto record, tenants_->record(tenant_, context));
    const TenantState state = record ? record->state : TenantState::deleted;
    if (state == TenantState::suspended && mode != TransactMode::read) {
      return Error(Errc::tenant_suspended, "tenant " + tenant_.text() + " is suspended").about("tenant").in(context);
    }
    if (state == TenantState::quarantined) return Quarantine::closed(tenant_, record->reason).in(context);
    if (state != TenantState::active && state != TenantState::suspended) {
      return Error(Errc::not_found, "there is no tenant " + tenant_.text()).about("tenant").in(context);
    }
    auto done = database_->transact(context, mode, body);
    // Only what the driver reports as corrupt; a row that a body cannot use is not damage of the file.
    if (done || !quarantine_ || done.error().details().vendor.empty()) return done;
    if (auto closed = quarantine_->close_if_damaged(tenant_, done.error(), context)) return std::move(*closed);
    return done;
  }

 private:
  const std::shared_ptr<TenantsCore> tenants_;
  const std::shared_ptr<const Quarantine> quarantine_;
  const std::shared_ptr<Database> database_;
  const TenantId tenant_;
};

class GatedStorage final : public ForwardingStorage {
 public:
  GatedStorage(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<Storage> storage,
               std::shared_ptr<TenantSealer> sealer, std::shared_ptr<const Quarantine> quarantine, bool read_only)
      : ForwardingStorage(std::move(storage)),
        tenants_(std::move(tenants)),
        sealer_(std::move(sealer)),
        quarantine_(std::move(quarantine)),
        read_only_(read_only) {}

  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    auto opened = next().tenant(tenant);
    if (!opened) {
      if (quarantine_) {
        if (auto closed = quarantine_->close_if_damaged(tenant, opened.error(), {})) return std::move(*closed);
      }
      return opened;
    }
    if (sealer_) {
      // A reader opens sealed texts if it has a key; it never makes a key.
      auto warmed = sealer_->warm(tenant, {});
      if (!warmed && !(read_only_ && warmed.error().errc() == Errc::store_read_only)) return std::move(warmed).error();
    }
    return std::make_shared<GatedDatabase>(tenants_, quarantine_, std::move(opened).value(), tenant);
  }

 private:
  const std::shared_ptr<TenantsCore> tenants_;
  const std::shared_ptr<TenantSealer> sealer_;
  const std::shared_ptr<const Quarantine> quarantine_;
  const bool read_only_;
};

}  // namespace

std::shared_ptr<Storage> gated(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<Storage> storage,
                               std::shared_ptr<TenantSealer> sealer, std::shared_ptr<const Quarantine> quarantine,
                               bool read_only) {
  return std::make_shared<GatedStorage>(std::move(tenants), std::move(storage), std::move(sealer),
                                        std::move(quarantine), read_only);
}

}  // namespace stocktracker::inline v0
