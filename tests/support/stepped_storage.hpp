// A store that counts: `before` runs before each transaction and each change of a plane, and may let it fail.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <stocktracker/ports/database.hpp>

// Not for several threads. What `before` does to the same store through the stepped one is not counted.
class SteppedStorage final : public stocktracker::Storage {
 public:
  using Before = std::function<stocktracker::Result<void>(int step)>;

  explicit SteppedStorage(std::shared_ptr<stocktracker::Storage> storage)
      : storage_(std::move(storage)), control_(*this, {storage_, &storage_->control()}) {}

  stocktracker::Database& control() override { return control_; }
  stocktracker::Result<std::shared_ptr<stocktracker::Database>> tenant(const stocktracker::TenantId& tenant) override {
    STK_TRY(auto database, storage_->tenant(tenant));
    return std::make_shared<Stepped>(*this, std::move(database));
  }
  stocktracker::Result<void> create_tenant(const stocktracker::TenantId& tenant,
                                           const stocktracker::CallContext& context) override {
    STK_TRY(step());
    return storage_->create_tenant(tenant, context);
  }
  stocktracker::Result<void> destroy_tenant(const stocktracker::TenantId& tenant,
                                            const stocktracker::CallContext& context) override {
    STK_TRY(step());
    return storage_->destroy_tenant(tenant, context);
  }
  stocktracker::Result<stocktracker::BackupReport> backup(const std::string& target,
                                                          const stocktracker::CallContext& context) override {
    STK_TRY(step());
    return storage_->backup(target, context);
  }
  stocktracker::Result<void> restore_tenant(const stocktracker::TenantId& tenant, const std::string& file,
                                            const stocktracker::CallContext& context) override {
    STK_TRY(step());
    return storage_->restore_tenant(tenant, file, context);
  }
  stocktracker::Result<std::vector<stocktracker::StorageFinding>> examine(
      const stocktracker::CallContext& context) override {
    return storage_->examine(context);
  }

  Before before;
  int steps = 0;

 private:
  class Stepped final : public stocktracker::Database {
   public:
    Stepped(SteppedStorage& owner, std::shared_ptr<stocktracker::Database> database)
        : owner_(owner), database_(std::move(database)) {}
    stocktracker::Plane plane() const noexcept override { return database_->plane(); }
    stocktracker::Result<void> transact(
        const stocktracker::CallContext& context, stocktracker::TransactMode mode,
        stocktracker::FunctionRef<stocktracker::Result<void>(stocktracker::Transaction&)> body) override {
      STK_TRY(owner_.step());
      return database_->transact(context, mode, body);
    }

   private:
    SteppedStorage& owner_;
    std::shared_ptr<stocktracker::Database> database_;
  };

  stocktracker::Result<void> step() {
    if (busy_) return stocktracker::success();
    const int now = steps++;
    if (!before) return stocktracker::success();
    busy_ = true;
    auto done = before(now);
    busy_ = false;
    return done;
  }

  std::shared_ptr<stocktracker::Storage> storage_;
  Stepped control_;
  bool busy_ = false;
};
