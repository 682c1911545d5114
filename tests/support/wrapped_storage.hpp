// A store over another one, which passes everything on: what is derived from it counts, delays or fails what is asked
// of the store. stepped_storage.hpp and steps.hpp have two of these.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/ports/database.hpp>

class WrappedStorage : public stocktracker::Storage {
 public:
  explicit WrappedStorage(std::shared_ptr<stocktracker::Storage> storage)
      : storage_(std::move(storage)), control_(*this, {storage_, &storage_->control()}) {}

  stocktracker::Database& control() override { return control_; }
  stocktracker::Result<std::shared_ptr<stocktracker::Database>> tenant(const stocktracker::TenantId& tenant) override {
    STK_TRY(auto database, storage_->tenant(tenant));
    return std::make_shared<Wrapped>(*this, std::move(database));
  }
  stocktracker::Result<void> create_tenant(const stocktracker::TenantId& tenant,
                                           const stocktracker::CallContext& context) override {
    STK_TRY(before_change());
    return storage_->create_tenant(tenant, context);
  }
  stocktracker::Result<void> destroy_tenant(const stocktracker::TenantId& tenant,
                                            const stocktracker::CallContext& context) override {
    STK_TRY(before_change());
    return storage_->destroy_tenant(tenant, context);
  }
  stocktracker::Result<stocktracker::BackupReport> backup(const std::string& target,
                                                          const stocktracker::CallContext& context) override {
    STK_TRY(before_change());
    return storage_->backup(target, context);
  }
  stocktracker::Result<void> restore_tenant(const stocktracker::TenantId& tenant, const std::string& file,
                                            const stocktracker::CallContext& context) override {
    STK_TRY(before_change());
    return storage_->restore_tenant(tenant, file, context);
  }
  stocktracker::Result<std::vector<stocktracker::StorageFinding>> examine(
      const stocktracker::CallContext& context) override {
    return storage_->examine(context);
  }

 protected:
  using Body = stocktracker::FunctionRef<stocktracker::Result<void>(stocktracker::Transaction&)>;

  // Each transaction of each plane.
  virtual stocktracker::Result<void> transact(stocktracker::Database& plane, const stocktracker::CallContext& context,
                                              stocktracker::TransactMode mode, Body body) {
    return plane.transact(context, mode, body);
  }
  // Called before a tenant is made or removed, and before a copy is made or put back; an error prevents it.
  virtual stocktracker::Result<void> before_change() { return stocktracker::success(); }

 private:
  class Wrapped final : public stocktracker::Database {
   public:
    Wrapped(WrappedStorage& owner, std::shared_ptr<stocktracker::Database> database)
        : owner_(owner), database_(std::move(database)) {}
    stocktracker::Plane plane() const noexcept override { return database_->plane(); }
    stocktracker::Result<void> transact(const stocktracker::CallContext& context, stocktracker::TransactMode mode,
                                        Body body) override {
      return owner_.transact(*database_, context, mode, body);
    }

   private:
    WrappedStorage& owner_;
    std::shared_ptr<stocktracker::Database> database_;
  };

  std::shared_ptr<stocktracker::Storage> storage_;
  Wrapped control_;
};
