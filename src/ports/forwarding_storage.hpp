/// A store over another one, which passes every call on: a store that changes some of the calls derives from it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

class ForwardingStorage : public Storage {
 public:
  explicit ForwardingStorage(std::shared_ptr<Storage> next) noexcept : next_(std::move(next)) {}

  Database& control() override { return next_->control(); }
  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override { return next_->tenant(tenant); }
  Result<void> create_tenant(const TenantId& tenant, const CallContext& context) override {
    return next_->create_tenant(tenant, context);
  }
  Result<void> destroy_tenant(const TenantId& tenant, const CallContext& context) override {
    return next_->destroy_tenant(tenant, context);
  }
  Result<BackupReport> backup(const std::string& target, const CallContext& context) override {
    return next_->backup(target, context);
  }
  Result<void> restore_tenant(const TenantId& tenant, const std::string& backup, const CallContext& context) override {
    return next_->restore_tenant(tenant, backup, context);
  }
  Result<std::vector<StorageFinding>> examine(const CallContext& context) override { return next_->examine(context); }

 protected:
  [[nodiscard]] Storage& next() const noexcept { return *next_; }

 private:
  const std::shared_ptr<Storage> next_;
};

}  // namespace stocktracker::inline v0
