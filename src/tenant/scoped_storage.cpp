// ScopedStorage: opens one tenant's plane and no other.
#include "tenant/scoped_storage.hpp"

namespace stocktracker::inline v0 {
namespace {

Error out_of_reach(const char* what) {
  return Error(Errc::tenant_mismatch, std::string("the handle of a tenant does not reach ") + what).about("tenant");
}

class ClosedControl final : public Database {
 public:
  Result<void> transact(const CallContext& context, TransactMode, FunctionRef<Result<void>(Transaction&)>) override {
    return out_of_reach("the control plane").in(context);
  }
  Plane plane() const noexcept override { return Plane::control; }
};

class ScopedStorage final : public Storage {
 public:
  ScopedStorage(std::shared_ptr<Storage> storage, const TenantId& tenant)
      : storage_(std::move(storage)), tenant_(tenant) {}

  Database& control() override { return control_; }
  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    if (tenant != tenant_) return out_of_reach("another tenant");
    return storage_->tenant(tenant_);
  }
  Result<void> create_tenant(const TenantId&, const CallContext& context) override { return refused(context); }
  Result<void> destroy_tenant(const TenantId&, const CallContext& context) override { return refused(context); }
  Result<BackupReport> backup(const std::string&, const CallContext& context) override { return refused(context); }
  Result<void> restore_tenant(const TenantId&, const std::string&, const CallContext& context) override {
    return refused(context);
  }
  Result<std::vector<StorageFinding>> examine(const CallContext& context) override { return refused(context); }

 private:
  static Error refused(const CallContext& context) { return out_of_reach("the store").in(context); }

  const std::shared_ptr<Storage> storage_;
  const TenantId tenant_;
  ClosedControl control_;
};

}  // namespace

std::shared_ptr<Storage> scoped(std::shared_ptr<Storage> storage, const TenantId& tenant) {
  return std::make_shared<ScopedStorage>(std::move(storage), tenant);
}

}  // namespace stocktracker::inline v0
