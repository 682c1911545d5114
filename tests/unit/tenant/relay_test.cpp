#include <algorithm>
#include <atomic>
#include <thread>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tenant/relay.hpp"
#include "tests/support/house.hpp"
#include "tests/support/shop.hpp"

namespace st = stocktracker;

namespace {

// After so many changes, of whatever plane, the process is dead.
class Mortal final : public st::Storage {
 public:
  class Plane final : public st::Database {
   public:
    Plane(int& left, st::Database& database, std::shared_ptr<st::Database> owned = {})
        : left_(left), database_(database), owned_(std::move(owned)) {}
    st::Plane plane() const noexcept override { return database_.plane(); }
    st::Result<void> transact(const st::CallContext& context, st::TransactMode mode,
                              st::FunctionRef<st::Result<void>(st::Transaction&)> body) override {
      if (mode != st::TransactMode::read && left_-- <= 0) return st::Errc::internal;
      return database_.transact(context, mode, body);
    }

   private:
    int& left_;
    st::Database& database_;
    std::shared_ptr<st::Database> owned_;
  };

  Mortal(std::shared_ptr<st::Storage> storage, int steps)
      : left_(steps), storage_(std::move(storage)), control_(left_, storage_->control()) {}
  st::Database& control() override { return control_; }
  st::Result<std::shared_ptr<st::Database>> tenant(const st::TenantId& tenant) override {
    STK_TRY(auto database, storage_->tenant(tenant));
    st::Database& plane = *database;
    return std::make_shared<Plane>(left_, plane, std::move(database));
  }
  st::Result<void> create_tenant(const st::TenantId&, const st::CallContext&) override { return st::Errc::internal; }
  st::Result<void> destroy_tenant(const st::TenantId&, const st::CallContext&) override { return st::Errc::internal; }
  st::Result<st::BackupReport> backup(const std::string&, const st::CallContext&) override {
    return st::Errc::internal;
  }
  st::Result<void> restore_tenant(const st::TenantId&, const std::string&, const st::CallContext&) override {
    return st::Errc::internal;
  }
  st::Result<std::vector<st::StorageFinding>> examine(const st::CallContext& context) override {
    return storage_->examine(context);
  }

 private:
  int left_;
  std::shared_ptr<st::Storage> storage_;
  Plane control_;
};

std::vector<st::TenantEvent> all_events(const st::Engine& engine) {
  return engine.directory().events({}, 1'000).value();
}

}  // namespace

TEST_CASE("the directory lists the accounts of all tenants") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  auto engine = house.open(house.first);
  CHECK(engine.directory().accounts().collect().value().empty());
  const auto annas = house.seller(anna, house.first);
  const auto boriss = house.seller(boris, house.second);
  auto listed = engine.directory().accounts().collect().value();
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].tenant == anna);
  CHECK(listed[0].account == annas);
  CHECK(listed[0].channel == "wildberries");
  CHECK(listed[1].account == boriss);

  // The synchronisations that followed wait for a relay; each event arrives once.
  CHECK(engine.directory().relay().value() == 2);  // a connection carries its own tenant's events alone
  CHECK(engine.directory().relay().value() == 0);
  const auto events = all_events(engine);
  REQUIRE(events.size() == 4);
  CHECK(std::count_if(events.begin(), events.end(), [](const auto& e) { return e.topic == "account.connected"; }) == 2);
  CHECK(std::count_if(events.begin(), events.end(), [](const auto& e) { return e.topic == "sync.finished"; }) == 2);
  CHECK(engine.directory().events(events[1].id, 10).value().size() == 2);
  CHECK(engine.directory().events({}, 0).error().details().field == "most");

  // A tenant that goes takes its entries along.
  REQUIRE(engine.tenants().remove(anna));
  listed = engine.directory().accounts().collect().value();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].tenant == boris);
}

TEST_CASE("a store in one file has a directory, too") {
  Shop shop;
  shop.sync();
  const auto listed = shop.engine.directory().accounts().collect().value();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].tenant == st::kDefaultTenant);
  CHECK(listed[0].account == shop.account.id);
  CHECK(shop.engine.directory().relay().value() == 1);
  CHECK(shop.engine.directory().rebuild({}));
  CHECK(shop.engine.directory().accounts().collect().value().size() == 1);
}

TEST_CASE("a relay that dies between the planes loses no event and repeats none") {
  TempFolder folder;
  constexpr int kEvents = 7;
  for (int steps = 0; steps < 2 * kEvents + 4; ++steps) {
    auto storage =
        st::make_sqlite_folder({.path = folder.file("s" + std::to_string(steps)), .schema = st::schema()}).value();
    auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000));
    const st::TenantId tenant(st::Uuid::v7(st::Instant::from_seconds(9), 1, 1));
    REQUIRE(storage->create_tenant(tenant, {}));
    auto plane = storage->tenant(tenant).value();
    for (int i = 0; i < kEvents; ++i) {
      const st::EventId event(st::Uuid::v7(st::Instant::from_seconds(50 + i), 1, 1));
      REQUIRE(st::write_relay_hint(*storage, tenant, event, {}));
      const st::AccountId account(st::Uuid::v7(st::Instant::from_seconds(90 + i), 1, 1));
      const std::string payload = "{\"account\":\"" + account.text() + "\",\"channel\":\"ozon\"}";
      const auto write = [&](st::Transaction& tx) {
        return st::publish_event(tx, event, "account.connected", payload, clock->now());
      };
      REQUIRE(plane->transact({}, st::TransactMode::write, write));
    }
    const auto dead = st::RelayCore(std::make_shared<Mortal>(storage, steps), clock).relay({});
    CHECK(dead.has_value() == (steps >= kEvents + 3));  // each event, the outbox, the hint, what is old
    st::RelayCore relay(storage, clock);
    const auto rest = relay.relay({});
    CHECK(rest.has_value());
    const std::size_t before = static_cast<std::size_t>(std::min(steps, kEvents));
    CHECK(rest.value() == kEvents - before);
    CHECK(relay.page({}, {}).value().size() == kEvents);
    CHECK(relay.events({}, 100, {}).value().size() == kEvents);
    CHECK(relay.relay({}).value() == 0);
  }
}

// The schedules are in relay_schedules_test.cpp; here threads may do what nobody thought of.
TEST_CASE("two relays at once carry each of two hundred events that a third thread reports exactly once") {
  TempFolder folder;
  auto storage = st::make_sqlite_folder({.path = folder.file("s"), .schema = st::schema()}).value();
  auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000));
  const st::TenantId tenant(st::Uuid::v7(st::Instant::from_seconds(9), 1, 1));
  REQUIRE(storage->create_tenant(tenant, {}));
  auto plane = storage->tenant(tenant).value();
  std::atomic<bool> done = false;
  std::atomic<std::size_t> carried = 0;
  std::atomic<int> failed = 0;
  const auto relay = [&] {
    st::RelayCore core(storage, clock);
    while (!done) {
      if (const auto some = core.relay({})) {
        carried += some.value();
      } else {
        ++failed;
      }
    }
  };
  std::thread first(relay);
  std::thread second(relay);
  for (int number = 1; number <= 200; ++number) {
    const st::EventId event(st::Uuid::v7(st::Instant::from_seconds(number), 1, 1));
    const auto write = [&](st::Transaction& tx) {
      return st::publish_event(tx, event, "sync.finished", "{}", clock->now());
    };
    CHECK(plane->transact({}, st::TransactMode::write, write));
    CHECK(st::write_relay_hint(*storage, tenant, event, {}));
  }
  done = true;
  first.join();
  second.join();
  st::RelayCore core(storage, clock);
  carried += core.relay({}).value();
  CHECK(failed == 0);
  CHECK(carried == 200);
  CHECK(core.events({}, 1'000, {}).value().size() == 200);
}
