// ReadOnlyStorage: passes on what reads.
#include "ports/read_only_storage.hpp"

#include "ports/forwarding_storage.hpp"

namespace stocktracker::inline v0 {
namespace {

Error refused(const CallContext& context) {
  return Error(Errc::store_read_only, "the engine was opened for reading only").in(context);
}

class ReadOnlyDatabase final : public Database {
 public:
  /// `kept` keeps `database` alive; null: somebody else does.
  ReadOnlyDatabase(Database& database, std::shared_ptr<Database> kept) : database_(database), kept_(std::move(kept)) {}

  Plane plane() const noexcept override { return database_.plane(); }
  Result<void> transact(const CallContext& context, TransactMode mode,
                        FunctionRef<Result<void>(Transaction&)> body) override {
    if (mode != TransactMode::read) return refused(context);
    return database_.transact(context, mode, body);
  }

 private:
  Database& database_;
  const std::shared_ptr<Database> kept_;
};

class ReadOnlyStorage final : public ForwardingStorage {
 public:
  explicit ReadOnlyStorage(std::shared_ptr<Storage> storage)
      : ForwardingStorage(std::move(storage)), control_(next().control(), nullptr) {}

  Database& control() override { return control_; }
  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    STK_TRY(auto database, next().tenant(tenant));
    Database& opened = *database;
    return std::make_shared<ReadOnlyDatabase>(opened, std::move(database));
  }
  Result<void> create_tenant(const TenantId&, const CallContext& context) override { return refused(context); }
  Result<void> destroy_tenant(const TenantId&, const CallContext& context) override { return refused(context); }
  Result<void> restore_tenant(const TenantId&, const std::string&, const CallContext& context) override {
    return refused(context);
  }

 private:
  ReadOnlyDatabase control_;
};

}  // namespace

std::shared_ptr<Storage> read_only(std::shared_ptr<Storage> storage) {
  return std::make_shared<ReadOnlyStorage>(std::move(storage));
}

}  // namespace stocktracker::inline v0
