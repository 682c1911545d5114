// Creating and deleting, ended at every step by a process that dies, and finished by the next one.
#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "tenant/key_records.hpp"
#include "tenant/tenant_sealer.hpp"
#include "tenant/tenants_core.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

// After so many changes of the store, nothing works any more: the process is dead.
class Mortal final : public st::Storage {
 public:
  class Control final : public st::Database {
   public:
    explicit Control(Mortal& owner) : owner_(owner) {}
    st::Plane plane() const noexcept override { return st::Plane::control; }
    st::Result<void> transact(const st::CallContext& context, st::TransactMode mode,
                              st::FunctionRef<st::Result<void>(st::Transaction&)> body) override {
      if (mode != st::TransactMode::read) {
        STK_TRY(owner_.step());
      }
      return owner_.storage_->control().transact(context, mode, body);
    }

   private:
    Mortal& owner_;
  };

  explicit Mortal(std::shared_ptr<st::Storage> storage, int steps)
      : storage_(std::move(storage)), control_(*this), left_(steps) {}
  st::Database& control() override { return control_; }
  st::Result<std::shared_ptr<st::Database>> tenant(const st::TenantId& tenant) override {
    return storage_->tenant(tenant);
  }
  st::Result<void> create_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    STK_TRY(step());
    return storage_->create_tenant(tenant, context);
  }
  st::Result<void> destroy_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    STK_TRY(step());
    return storage_->destroy_tenant(tenant, context);
  }
  st::Result<st::BackupReport> backup(const std::string& target, const st::CallContext& context) override {
    return storage_->backup(target, context);
  }
  st::Result<void> restore_tenant(const st::TenantId& tenant, const std::string& backup,
                                  const st::CallContext& context) override {
    return storage_->restore_tenant(tenant, backup, context);
  }
  st::Result<std::vector<st::StorageFinding>> examine(const st::CallContext& context) override {
    return storage_->examine(context);
  }

 private:
  st::Result<void> step() {
    if (left_ == 0) return st::Errc::io_failed;
    --left_;
    return st::success();
  }
  std::shared_ptr<st::Storage> storage_;
  Control control_;
  int left_;
};

struct Process {
  explicit Process(const std::shared_ptr<st::Storage>& store, const std::shared_ptr<st::KeyProvider>& keys,
                   int steps = 1'000)
      : storage(std::make_shared<Mortal>(store, steps)),
        sealer(std::make_shared<st::TenantSealer>(st::make_sealer(keys), storage, clock)),
        tenants(storage, clock, std::make_shared<st::testing::SeededRandom>(7), sealer, true) {}
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<Mortal> storage;
  std::shared_ptr<st::TenantSealer> sealer;
  st::TenantsCore tenants;
};

std::int64_t keys_in(st::Storage& storage) {
  static constexpr st::Statement kCount{"test.keys", "SELECT count(*) FROM tenant_key"};
  std::int64_t count = -1;
  const auto read = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(auto rows, tx.query(kCount));
    STK_TRY(const bool any, rows->next());
    if (any) count = rows->integer(0);
    return st::success();
  };
  REQUIRE(storage.control().transact({}, st::TransactMode::read, read));
  return count;
}

struct Setting {
  Setting() {
    storage = st::make_sqlite_folder({.path = folder.file("store"), .schema = st::schema()}).value();
    keys = st::make_key_file({.path = folder.file("key"), .create = true}).value();
  }
  TempFolder folder;
  std::shared_ptr<st::Storage> storage;
  std::shared_ptr<st::KeyProvider> keys;
};

}  // namespace

TEST_CASE("a creation that was cut off anywhere is finished") {
  int unfinished = 0;
  for (int steps = 0; steps < 6; ++steps) {
    INFO("steps " << steps);
    Setting setting;
    const auto created = Process(setting.storage, setting.keys, steps).tenants.create("anna", {});
    unfinished += created ? 0 : 1;
    Process next(setting.storage, setting.keys);
    const auto recovered = next.tenants.recover({}).value();
    const auto record = next.tenants.record_named("anna", {}).value();
    if (!record) {
      CHECK(steps == 0);  // nothing was begun
      CHECK(recovered == 0);
      CHECK(next.tenants.create("anna", {}));
      continue;
    }
    CHECK(record->state == st::TenantState::active);
    CHECK(setting.storage->tenant(record->id));
    CHECK(keys_in(*setting.storage) == 1);
    CHECK(next.tenants.recover({}).value() == 0);
  }
  CHECK(unfinished == 4);
}

TEST_CASE("a deletion that was cut off anywhere is finished, and its key is the first to go") {
  int unfinished = 0;
  for (int steps = 0; steps < 5; ++steps) {
    INFO("steps " << steps);
    Setting setting;
    Process maker(setting.storage, setting.keys);
    const auto anna = maker.tenants.create("anna", {}).value().id;
    const auto removed = Process(setting.storage, setting.keys, steps).tenants.remove(anna, {});
    unfinished += removed ? 0 : 1;
    CHECK(keys_in(*setting.storage) == (steps == 0 ? 1 : 0));
    Process next(setting.storage, setting.keys);
    CHECK(next.tenants.recover({}).value() == (steps == 0 || removed ? 0 : 1));
    const auto record = next.tenants.record(anna, {}).value();
    REQUIRE(record);
    CHECK(record->state == (steps == 0 ? st::TenantState::active : st::TenantState::deleted));
    CHECK(static_cast<bool>(setting.storage->tenant(anna)) == (steps == 0));
    CHECK(keys_in(*setting.storage) == (steps == 0 ? 1 : 0));
  }
  CHECK(unfinished == 3);
}

TEST_CASE("a process that removed a tenant holds no key of it any more") {
  Setting setting;
  Process process(setting.storage, setting.keys);
  const auto anna = process.tenants.create("anna", {}).value().id;
  const std::string id = anna.text();
  const st::SealContext where{id, "credential", "sealed", "row"};
  const auto sealed = process.sealer->seal(st::Secret::copy_of("token"), where).value();
  REQUIRE(process.tenants.remove(anna, {}));
  CHECK(process.sealer->seal(st::Secret::copy_of("token"), where).error().errc() == st::Errc::key_missing);
  CHECK(process.sealer->open(sealed, where).error().errc() == st::Errc::key_missing);
  CHECK(process.sealer->warm(anna, {}).error().errc() == st::Errc::not_found);
  CHECK(keys_in(*setting.storage) == 0);
}

TEST_CASE("two processes that make a tenant's key at once have one") {
  Setting setting;
  Process one(setting.storage, setting.keys);
  Process two(setting.storage, setting.keys);
  const auto anna = one.tenants.create("anna", {}).value().id;
  const std::string id = anna.text();
  const st::SealContext where{id, "credential", "sealed", "row"};
  REQUIRE(two.sealer->warm(anna, {}));
  const auto sealed = one.sealer->seal(st::Secret::copy_of("token"), where).value();
  const auto opened = two.sealer->open(sealed, where).value();
  CHECK(opened.equals(st::Secret::copy_of("token")));
  // Not warmed, not at hand: sealing never begins a transaction of its own.
  Process three(setting.storage, setting.keys);
  CHECK(three.sealer->open(sealed, where).error().errc() == st::Errc::key_missing);
  CHECK(keys_in(*setting.storage) == 1);
}

TEST_CASE("a tenant's key opens for its tenant and number alone") {
  // Put into another row, by somebody who can write the control plane, it must open nothing there.
  Setting setting;
  Process process(setting.storage, setting.keys);
  const auto anna = process.tenants.create("anna", {}).value().id;
  const auto boris = process.tenants.create("boris", {}).value().id;
  auto rows = st::read_data_keys(setting.storage->control(), {}, {}).value();
  REQUIRE(rows.size() == 2);
  const auto master = st::make_sealer(setting.keys);
  for (const auto& row : rows) {
    const std::string own = row.tenant.text();
    const std::string other = (row.tenant == anna ? boris : anna).text();
    CHECK(master->open(row.sealed, {own, "tenant_key", "sealed", "1"}));
    CHECK(master->open(row.sealed, {other, "tenant_key", "sealed", "1"}).error().errc() == st::Errc::seal_broken);
    CHECK(master->open(row.sealed, {own, "tenant_key", "sealed", "2"}).error().errc() == st::Errc::seal_broken);
  }
  REQUIRE(st::replace_data_key(setting.storage->control(), rows[0], rows[1].sealed, {}).value());
  Process later(setting.storage, setting.keys);
  CHECK(later.sealer->warm(rows[0].tenant, {}).error().errc() == st::Errc::seal_broken);
  CHECK(later.sealer->warm(rows[1].tenant, {}));
}
