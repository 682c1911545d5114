// GatedStorage: checks a tenant's state at every transaction, and closes a tenant with damaged data.
#include "tenant/gated_storage.hpp"

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

class GatedStorage final : public Storage {
 public:
  GatedStorage(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<Storage> storage,
               std::shared_ptr<TenantSealer> sealer, std::shared_ptr<const Quarantine> quarantine, bool read_only)
      : tenants_(std::move(tenants)),
        storage_(std::move(storage)),
        sealer_(std::move(sealer)),
        quarantine_(std::move(quarantine)),
        read_only_(read_only) {}

  Database& control() override { return storage_->control(); }

  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    auto opened = storage_->tenant(tenant);
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
  Result<void> create_tenant(const TenantId& tenant, const CallContext& context) override {
    return storage_->create_tenant(tenant, context);
  }
  Result<void> destroy_tenant(const TenantId& tenant, const CallContext& context) override {
    return storage_->destroy_tenant(tenant, context);
  }
  Result<BackupReport> backup(const std::string& target, const CallContext& context) override {
    return storage_->backup(target, context);
  }
  Result<void> restore_tenant(const TenantId& tenant, const std::string& backup, const CallContext& context) override {
    return storage_->restore_tenant(tenant, backup, context);
  }
  Result<std::vector<StorageFinding>> examine(const CallContext& context) override {
    return storage_->examine(context);
  }

 private:
  const std::shared_ptr<TenantsCore> tenants_;
  const std::shared_ptr<Storage> storage_;
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
