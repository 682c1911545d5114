// Rotation of master and data keys: ended at every step by a process that dies, and beside processes that work.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "tenant/key_rotation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wrapped_storage.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// A store for a process that ends: after so many changes, in either plane, nothing works any more.
class MortalStorage final : public st::Storage {
 public:
  struct Life {
    std::atomic<int> left;
    st::Result<void> step() {
      if (left.fetch_sub(1) <= 0) return st::Errc::io_failed;
      return st::success();
    }
  };
  class Plane final : public st::Database {
   public:
    Plane(std::shared_ptr<Life> life, std::shared_ptr<st::Storage> storage, std::shared_ptr<st::Database> tenant)
        : life_(std::move(life)), storage_(std::move(storage)), tenant_(std::move(tenant)) {}
    st::Plane plane() const noexcept override { return tenant_ ? st::Plane::tenant : st::Plane::control; }
    st::Result<void> transact(const st::CallContext& context, st::TransactMode mode,
                              st::FunctionRef<st::Result<void>(st::Transaction&)> body) override {
      if (mode != st::TransactMode::read) {
        STK_TRY(life_->step());
      }
      return (tenant_ ? *tenant_ : storage_->control()).transact(context, mode, body);
    }

   private:
    std::shared_ptr<Life> life_;
    std::shared_ptr<st::Storage> storage_;
    std::shared_ptr<st::Database> tenant_;  // null: the control plane
  };

  MortalStorage(std::shared_ptr<st::Storage> storage, int steps)
      : storage_(std::move(storage)), life_(std::make_shared<Life>()), control_(life_, storage_, nullptr) {
    life_->left = steps;
  }
  st::Database& control() override { return control_; }
  st::Result<std::shared_ptr<st::Database>> tenant(const st::TenantId& tenant) override {
    STK_TRY(auto plane, storage_->tenant(tenant));
    return std::make_shared<Plane>(life_, storage_, std::move(plane));
  }
  st::Result<void> create_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    return storage_->create_tenant(tenant, context);
  }
  st::Result<void> destroy_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
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
  std::shared_ptr<st::Storage> storage_;
  std::shared_ptr<Life> life_;
  Plane control_;
};

// One process: its own view of the keys, everything else shared.
struct Process {
  Process(const std::shared_ptr<st::Storage>& store, std::shared_ptr<st::KeyProvider> provider,
          std::shared_ptr<st::Clock> clock, int steps = 1'000'000)
      : storage(std::make_shared<MortalStorage>(store, steps)),
        keys(std::move(provider)),
        master(st::make_sealer(keys)),
        sealer(std::make_shared<st::TenantSealer>(master, storage, clock)),
        tenants(std::make_shared<st::TenantsCore>(storage, clock, std::make_shared<st::testing::SeededRandom>(7),
                                                  sealer, true)),
        rotation(st::KeyRotation::Parts{tenants, keys, master, sealer, nullptr}) {}

  // In the way of AccountsCore: warmed by taking the plane, sealed within a transaction.
  st::Result<void> put(const st::TenantId& tenant, const std::string& account, const std::string& text) {
    STK_TRY(const auto plane, storage->tenant(tenant));
    STK_TRY(sealer->warm(tenant, {}));
    const std::string owner = tenant.text();
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      for (const std::string name : {"token", "base_url"}) {
        const std::string row = account + "/" + name;
        const auto secret = st::Secret::copy_of(text + name);
        STK_TRY(const auto sealed, sealer->seal(secret, {owner, "credential", "sealed", row}));
        STK_TRY(tx.upsert("credential", st::OnConflict::update,
                          {st::SqlColumn::constant("account_id", account), st::SqlColumn::constant("name", name),
                           st::SqlColumn::constant("sealed", st::SqlValue::blob(sealed))}));
      }
      return st::success();
    };
    return plane->transact({}, st::TransactMode::write, write);
  }
  // The texts of all credentials of the tenant.
  st::Result<std::string> read(const st::TenantId& tenant) {
    STK_TRY(const auto plane, storage->tenant(tenant));
    STK_TRY(sealer->warm(tenant, {}));
    STK_TRY(const auto parts, st::read_sealed_parts(*plane, st::TransactMode::read, {}));
    const std::string owner = tenant.text();
    std::string all;
    for (const auto& part : parts) {
      const std::string row = part.row();
      STK_TRY(const auto text, sealer->open(part.sealed, {owner, "credential", "sealed", row}));
      all.append(text.reveal()).append(1, ' ');
    }
    return all;
  }

  std::shared_ptr<MortalStorage> storage;
  std::shared_ptr<st::KeyProvider> keys;
  std::shared_ptr<st::Sealer> master;
  std::shared_ptr<st::TenantSealer> sealer;
  std::shared_ptr<st::TenantsCore> tenants;
  st::KeyRotation rotation;
};

constexpr const char* kTexts = "firstbase_url firsttoken secondbase_url secondtoken ";

// Three tenants with two accounts of two parts each.
struct Setting {
  Setting() {
    storage = st::make_sqlite_folder({.path = folder.file("store"), .schema = st::schema()}).value();
    auto maker = process(1'000'000, true);
    for (const char* name : {"anna", "boris", "clara"}) {
      const auto tenant = maker.tenants->create(name, {}).value().id;
      REQUIRE(maker.put(tenant, "a1", "first"));
      REQUIRE(maker.put(tenant, "a2", "second"));
      all.push_back(tenant);
    }
  }
  Process process(int steps = 1'000'000, bool create = false) {
    return {storage, st::make_key_file({.path = key_path(), .create = create}).value(), clock, steps};
  }
  Process process_with(const std::string& lines) {
    return {storage, st::make_key_text(st::Secret::copy_of(lines), "lines").value(), clock};
  }
  [[nodiscard]] std::string key_path() const { return folder.file("key"); }
  [[nodiscard]] std::vector<std::string> key_lines() const {
    std::ifstream file(key_path());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  void everything_opens() {
    auto fresh = process();
    for (const auto& tenant : all) {
      const auto texts = fresh.read(tenant);
      CHECK((texts ? texts.value() : texts.error().text()) == kTexts);
    }
  }

  TempFolder folder;
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<st::Storage> storage;
  std::vector<st::TenantId> all;
};

std::int64_t sealed_by_others(const st::KeyStatus& status) {
  std::int64_t count = 0;
  for (const auto& use : status.master) count += use.current ? 0 : use.sealed;
  return count;
}

}  // namespace

TEST_CASE("a rotation of the master key that was cut off anywhere is finished, and everything opens all the time") {
  int unfinished = 0;
  for (int steps = 0; steps < 5; ++steps) {
    INFO("steps " << steps);
    Setting setting;
    const std::string old_line = setting.key_lines().front();
    const auto report = setting.process(steps).rotation.rotate_master({}, {});
    unfinished += report ? 0 : 1;
    CHECK(setting.key_lines().size() == 2);
    setting.everything_opens();

    auto next = setting.process();
    const auto finished = next.rotation.rotate_master({}, {}).value();
    // What was begun is finished with its key; what was complete is followed by another.
    CHECK(finished.made == (report ? 1 : 0));
    CHECK(finished.sealed_anew == (report ? 3 : 3 - steps));
    CHECK(finished.left == 0);
    CHECK(finished.failures.empty());
    CHECK(sealed_by_others(next.rotation.status({}).value()) == 0);
    setting.everything_opens();

    // The old lines can go; alone they open nothing any more.
    const std::string current = setting.key_lines().front();
    std::ofstream(setting.key_path()) << current << "\n";
    setting.everything_opens();
    auto thief = setting.process_with(old_line);
    for (const auto& tenant : setting.all) {
      CHECK(thief.read(tenant).error().errc() == st::Errc::key_missing);
    }
  }
  CHECK(unfinished == 3);
}

TEST_CASE("a rotation of data keys that was cut off anywhere is finished, and everything opens all the time") {
  int unfinished = 0;
  constexpr int kSteps = 9;  // for each of three tenants: the key, and two accounts
  for (int steps = 0; steps <= kSteps; ++steps) {
    INFO("steps " << steps);
    Setting setting;
    const auto report = setting.process(steps).rotation.rotate_data({}, {}).value();
    // A tenant that fails does not keep the others from their turn.
    unfinished += report.failures.empty() ? 0 : 1;
    setting.everything_opens();
    auto next = setting.process();
    const auto finished = next.rotation.rotate_data({}, {}).value();
    CHECK(finished.failures.empty());
    CHECK(finished.left == 0);
    setting.everything_opens();
    const auto status = next.rotation.status({}).value();
    for (const auto& use : status.data) {
      CHECK(use.retired_at.has_value() == (use.credentials == 0));
      CHECK_FALSE(use.removable);  // nobody is so quick
    }
  }
  CHECK(unfinished == kSteps);
}

TEST_CASE("a rotation asks for one new key, and for another only on demand or when the last one is complete") {
  Setting setting;
  REQUIRE_FALSE(setting.process(1).rotation.rotate_master({}, {}));
  CHECK(setting.key_lines().size() == 2);
  CHECK(setting.process().rotation.rotate_master({.fresh = true}, {}).value().made == 1);
  CHECK(setting.key_lines().size() == 3);
  CHECK(setting.process().rotation.rotate_master({}, {}).value().made == 1);
  CHECK(setting.key_lines().size() == 4);
  setting.everything_opens();
}

TEST_CASE("keys from outside are not made here: what is stored is sealed anew by the one that became current") {
  Setting setting;
  const std::string old_line = setting.key_lines().front();
  const std::string new_line = "k-new QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";
  auto before = setting.process_with(old_line);
  const auto nothing = before.rotation.rotate_master({}, {}).value();
  CHECK(nothing.outside);
  CHECK(nothing.sealed_anew == 0);
  CHECK(before.rotation.rotate_master({.fresh = true}, {}).error().errc() == st::Errc::unsupported);
  auto after = setting.process_with(new_line + "\n" + old_line);
  const auto report = after.rotation.rotate_master({}, {}).value();
  CHECK(report.current == "k-new");
  CHECK(report.made == 0);
  CHECK(report.sealed_anew == 3);
  auto alone = setting.process_with(new_line);
  for (const auto& tenant : setting.all) CHECK(alone.read(tenant).value() == kTexts);
}

TEST_CASE("keys are rotated while another process reads and writes, and none of its credentials is lost") {
  Setting setting;
  auto worker = setting.process();
  std::atomic<bool> stop = false;
  std::atomic<bool> ended = false;
  std::atomic<int> rounds = 0;
  std::string failure;
  std::thread working([&] {
    while (!stop && failure.empty()) {
      for (const auto& tenant : setting.all) {
        const auto written = worker.put(tenant, rounds % 2 == 0 ? "a1" : "a2", rounds % 2 == 0 ? "first" : "second");
        const auto texts = worker.read(tenant);
        if (!written) failure = written.error().text();
        if (!texts || texts.value() != kTexts) failure = texts ? texts.value() : texts.error().text();
      }
      ++rounds;
    }
    ended = true;
  });
  // What was begun before the clock moved has ended, and all that runs has noticed the newest key.
  const auto wait_for_worker = [&] {
    for (const int seen = rounds; rounds < seen + 2 && !ended;) std::this_thread::yield();
  };
  auto keeper = setting.process();
  for (int n = 0; n < 12; ++n) {
    if (n % 2 == 0) {
      CHECK(keeper.rotation.rotate_master({}, {}).value().failures.empty());
    } else {
      CHECK(keeper.rotation.rotate_data({}, {}).value().failures.empty());
    }
    setting.clock->advance(31s);
    wait_for_worker();
    // The next rotation deletes the older keys.
    if (n % 3 == 0) setting.clock->advance(61min);
  }
  stop = true;
  working.join();
  CHECK(failure.empty());
  setting.everything_opens();
  CHECK(keeper.rotation.rotate_master({}, {}).value().left == 0);
  CHECK(keeper.rotation.rotate_data({}, {}).value().left == 0);
}

TEST_CASE("a process that has the old master key alone opens what it knows, and seals nothing that would be lost") {
  Setting setting;
  const auto anna = setting.all.front();
  auto behind = setting.process_with(setting.key_lines().front());
  CHECK(behind.read(anna).value() == kTexts);
  auto keeper = setting.process();
  REQUIRE(keeper.rotation.rotate_master({}, {}));
  setting.clock->advance(10min);
  // Its data key was opened before: it goes on, reading and writing.
  CHECK(behind.read(anna).value() == kTexts);
  CHECK(behind.put(anna, "a1", "first"));
  REQUIRE(keeper.rotation.rotate_data({}, {}));
  CHECK(behind.read(anna).error().errc() == st::Errc::key_missing);
  setting.clock->advance(10min);
  // The new data key is closed to it; one that may be deleted soon must not seal.
  CHECK(behind.put(anna, "a1", "lost").error().errc() == st::Errc::key_missing);
  setting.everything_opens();
}

TEST_CASE("a credential or key that changes while it is sealed anew stays as it was changed") {
  Setting setting;
  const auto anna = setting.all.front();
  auto keeper = setting.process();
  const auto plane = setting.storage->tenant(anna).value();
  std::vector<st::ResealedPart> stale;
  const auto parts = st::read_sealed_parts(*plane, st::TransactMode::read, {}).value();
  for (const auto& part : parts) stale.push_back({part, part.sealed + "stale"});
  REQUIRE(keeper.put(anna, "a1", "fresh"));                  // the seller connects again
  CHECK(st::replace_parts(*plane, stale, {}).value() == 2);  // those of the other account
  REQUIRE(keeper.put(anna, "a2", "second"));
  CHECK(keeper.read(anna).value() == "freshbase_url freshtoken secondbase_url secondtoken ");

  const auto row = st::read_data_keys(setting.storage->control(), anna, {}).value().front();
  REQUIRE(keeper.rotation.rotate_master({}, {}));
  CHECK_FALSE(st::replace_data_key(setting.storage->control(), row, "stale", {}).value());
  CHECK(setting.process().read(anna));
}

TEST_CASE("what a process seals by an older key meanwhile is found by the next rotation") {
  Setting setting;
  const auto anna = setting.all.front();
  auto slow = setting.process();
  CHECK(slow.read(anna).value() == kTexts);
  auto keeper = setting.process();
  REQUIRE(keeper.rotation.rotate_data({}, {}));
  CHECK(slow.put(anna, "a1", "first"));  // within its half minute
  const auto found = keeper.rotation.rotate_data({}, {.tenant = anna}).value();
  CHECK(found.made == 0);
  CHECK(found.sealed_anew == 2);
  setting.clock->advance(31s);
  CHECK(slow.put(anna, "a2", "second"));
  CHECK(keeper.rotation.status({.tenant = anna}).value().data.back().credentials == 4);
  setting.everything_opens();
}

TEST_CASE("a replaced data key is deleted after an hour, and never while a credential or a suspended tenant needs it") {
  Setting setting;
  const auto [anna, boris] = std::pair(setting.all[0], setting.all[1]);
  auto slow = setting.process();
  CHECK(slow.read(anna).value() == kTexts);
  auto keeper = setting.process();
  REQUIRE(keeper.rotation.rotate_data({}, {}));
  CHECK(slow.put(anna, "a1", "first"));
  REQUIRE(keeper.tenants->change(boris, st::TenantState::active, st::TenantState::suspended, {}));
  const auto keys_of = [&](const st::TenantId& tenant) {
    return st::read_data_keys(setting.storage->control(), tenant, {}).value().size();
  };
  setting.clock->advance(1h);
  CHECK(keeper.rotation.discard_unused({}).value().deleted == 0);
  setting.clock->advance(1s);
  CHECK(keeper.rotation.status({.tenant = setting.all[2]}).value().data.front().removable);
  CHECK_FALSE(keeper.rotation.status({.tenant = anna}).value().data.front().removable);
  CHECK(keeper.rotation.discard_unused({}).value().deleted == 1);
  CHECK(keys_of(anna) == 2);
  CHECK(keys_of(boris) == 2);
  CHECK(keys_of(setting.all[2]) == 1);
  setting.everything_opens();
  // The next rotation finishes anna's, and deletes with it.
  CHECK(keeper.rotation.rotate_data({}, {.tenant = anna}).value().deleted == 1);
  CHECK(keys_of(anna) == 1);
  setting.everything_opens();
}

// The look at the credentials waits for a process that is writing them: what such a process seals is seen, or comes too
// late for an old key.
class WritesMeanwhile final : public WrappedStorage {
 public:
  using WrappedStorage::WrappedStorage;
  std::function<void()> writer;  // in the middle of its transaction when a key is looked at

 private:
  st::Result<void> transact(st::Database& plane, const st::CallContext& context, st::TransactMode mode,
                            Body body) override {
    if (plane.plane() != st::Plane::tenant || !writer) return plane.transact(context, mode, body);
    const auto write = std::exchange(writer, nullptr);
    if (mode == st::TransactMode::write) write();
    const auto done = plane.transact(context, mode, body);
    if (mode == st::TransactMode::read) write();
    return done;
  }
};

TEST_CASE("a key is not deleted under a process that is sealing by it") {
  Setting setting;
  const st::TenantId anna = setting.all[0];
  // One that hangs, for two hours, before it writes: for it no time has passed.
  Process slow(setting.storage, st::make_key_file({.path = setting.key_path()}).value(),
               std::make_shared<st::testing::ManualClock>(setting.clock->now()));
  CHECK(slow.read(anna).value() == kTexts);
  REQUIRE(setting.process().rotation.rotate_data({}, {}));
  setting.clock->advance(2h);
  const auto between = std::make_shared<WritesMeanwhile>(setting.storage);
  between->writer = [&] { CHECK(slow.put(anna, "a1", "first")); };
  Process keeper(between, st::make_key_file({.path = setting.key_path()}).value(), setting.clock);
  CHECK(keeper.rotation.discard_unused({.tenant = anna}).value().deleted == 0);
  setting.everything_opens();
}

TEST_CASE("one tenant's damage does not stop the rotation of the others, and one that is removed gets no key") {
  Setting setting;
  const auto [anna, boris] = std::pair(setting.all[0], setting.all[1]);
  auto keeper = setting.process();
  const auto plane = setting.storage->tenant(anna).value();
  static constexpr st::Statement kSpoil{"test.spoil", "UPDATE credential SET sealed = $1 WHERE name = 'token'"};
  const auto spoil = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.execute(kSpoil, {st::SqlValue::blob("no sealed text")}));
    return st::success();
  };
  REQUIRE(plane->transact({}, st::TransactMode::write, spoil));
  const auto report = keeper.rotation.rotate_data({.fresh = true}, {}).value();
  CHECK(report.made == 3);
  CHECK(report.sealed_anew == 2 + 4 + 4);
  CHECK(report.left == 2);
  REQUIRE(report.failures.size() == 2);
  CHECK(report.failures.front().tenant == anna);
  CHECK(report.failures.front().error.errc() == st::Errc::seal_broken);

  // Removed between the look at the tenant and the new key.
  const st::DataKeyRow late{boris, 9, "sealed", setting.clock->now()};
  REQUIRE(keeper.tenants->remove(boris, {}));
  CHECK(st::add_data_key(setting.storage->control(), late, {}).error().errc() == st::Errc::not_found);
  CHECK(st::read_data_keys(setting.storage->control(), boris, {}).value().empty());
  CHECK(keeper.rotation.rotate_data({}, {.tenant = boris}).value().failures.size() == 1);
  CHECK(keeper.rotation.rotate_data({}, {.tenant = st::kDefaultTenant}).error().errc() == st::Errc::not_found);
}

TEST_CASE("a rotation that is asked to stop stops, and is no tenant's failure") {
  Setting setting;
  std::stop_source stop;
  stop.request_stop();
  const st::CallContext stopped{.stop = stop.get_token()};
  auto keeper = setting.process();
  CHECK(keeper.rotation.rotate_data({}, stopped).error().errc() == st::Errc::cancelled);
  CHECK(keeper.rotation.rotate_master({}, stopped).error().errc() == st::Errc::cancelled);
  setting.everything_opens();
}

// An hour counts from the moment at which a key was replaced: one that is moved on by every rotation is never deleted.
TEST_CASE("a key is replaced once: later rotations leave its time as it is") {
  Setting setting;
  const st::TenantId anna = setting.all[0];
  auto keeper = setting.process();
  const auto retired = [&](std::size_t at) {
    return st::read_data_keys(setting.storage->control(), anna, {}).value().at(at).retired_at;
  };
  REQUIRE(keeper.rotation.rotate_data({.fresh = true}, {.tenant = anna}));
  const st::Instant first = setting.clock->now();
  CHECK(retired(0) == first);
  setting.clock->advance(10min);
  REQUIRE(keeper.rotation.rotate_data({.fresh = true}, {.tenant = anna}));
  CHECK(retired(0) == first);
  CHECK(retired(1) == setting.clock->now());
  CHECK_FALSE(retired(2));
}

// Who removes a key by hand, from a vault say, goes by this.
TEST_CASE("a key is removable only for an active tenant with credentials that could be read") {
  Setting setting;
  auto keeper = setting.process();
  REQUIRE(keeper.rotation.rotate_data({}, {}));
  const auto removable = [&](const st::TenantId& tenant) {
    return keeper.rotation.status({.tenant = tenant}).value().data.front().removable;
  };
  setting.clock->advance(1h);
  CHECK_FALSE(removable(setting.all[0]));
  setting.clock->advance(1us);
  for (const st::TenantId& tenant : setting.all) CHECK(removable(tenant));
  REQUIRE(keeper.tenants->change(setting.all[1], st::TenantState::active, st::TenantState::suspended, {}));
  CHECK_FALSE(removable(setting.all[1]));
  REQUIRE(setting.storage->destroy_tenant(setting.all[2], {}));
  const auto status = keeper.rotation.status({.tenant = setting.all[2]}).value();
  CHECK(status.failures.size() == 1);
  CHECK_FALSE(status.data.front().credentials);
  CHECK_FALSE(status.data.front().removable);
  CHECK(removable(setting.all[0]));
  const auto own = keeper.rotation.status({.tenant = setting.all[0]}).value().data;
  CHECK(own.size() == 2);
  for (const auto& use : own) CHECK(use.tenant == setting.all[0]);
}

// The hour in which a replaced key may still be sealed by is counted on a clock that runs on.
TEST_CASE("a process with a clock that was set back still seals by the newest key") {
  Setting setting;
  const st::TenantId anna = setting.all[0];
  auto slow = setting.process();
  CHECK(slow.read(anna).value() == kTexts);
  setting.clock->step_back(30min);
  auto keeper = setting.process();
  REQUIRE(keeper.rotation.rotate_data({}, {.tenant = anna}));
  REQUIRE(slow.put(anna, "a1", "first"));
  const auto keys = keeper.rotation.status({.tenant = anna}).value().data;
  REQUIRE(keys.size() == 2);
  CHECK(keys.front().credentials == 0);
  CHECK(keys.back().credentials == 4);
}

TEST_CASE("no key is deleted while a credential cannot be read: it may be that credential's") {
  Setting setting;
  const st::TenantId anna = setting.all[0];
  auto keeper = setting.process();
  REQUIRE(keeper.rotation.rotate_data({}, {}));
  const auto spoil = [](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.upsert("credential", st::OnConflict::update,
                      {st::SqlColumn::constant("account_id", "a9"), st::SqlColumn::constant("name", "token"),
                       st::SqlColumn::constant("sealed", st::SqlValue::blob("?"))}));
    return st::success();
  };
  REQUIRE(setting.storage->tenant(anna).value()->transact({}, st::TransactMode::write, spoil));
  setting.clock->advance(2h);
  CHECK(keeper.rotation.discard_unused({}).value().deleted == 2);
  CHECK(st::read_data_keys(setting.storage->control(), anna, {}).value().size() == 2);
}

TEST_CASE("the state of keys names a master key that is missing, and shows no key") {
  Setting setting;
  auto without = setting.process_with("k-new QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=");
  const auto status = without.rotation.status({}).value();
  REQUIRE(status.master.size() == 2);
  CHECK(status.master[0].id == "k-new");
  CHECK(status.master[0].held);
  CHECK(status.master[0].sealed == 0);
  CHECK_FALSE(status.master[1].held);
  CHECK(status.master[1].sealed == 3);
  const auto report = without.rotation.rotate_master({}, {}).value();
  CHECK(report.failures.size() == 3);
  CHECK(report.left == 3);
  setting.everything_opens();
}
