// The suite of the SQL interface: tenants and planes.
#include <atomic>
#include <thread>

#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing::contract {
namespace {

const TenantId kAnna(Uuid::v7(Instant::from_seconds(1), 1, 1));
const TenantId kBoris(Uuid::v7(Instant::from_seconds(2), 2, 2));

Subject of(const Subject& all, const TenantId& tenant, Check& check) {
  Subject one{all.storage, nullptr};
  auto database = all.storage->tenant(tenant);
  if (check.expect_ok(database, "a tenant's plane")) one.tenant = database.value();
  return one;
}

void apart(const Subject& s, Check& check) {
  check.begin("what one tenant writes another neither sees nor changes");
  const Subject anna = of(s, kAnna, check);
  const Subject boris = of(s, kBoris, check);
  if (!anna.tenant || !boris.tenant) return;
  // The same keys in both tenants.
  (void)check.expect_ok(anna.put(1, "anna's", 10), "anna writes");
  (void)check.expect_ok(boris.put(1, "boris's", 20), "boris writes the same key");
  (void)check.expect_ok(boris.put(2, "boris's second", 21), "and another");
  const auto annas = anna.count();
  check.expect(annas && annas.value() == 1, "anna has one row");
  static constexpr Statement kWipe{"item.wipe", "DELETE FROM item"};
  static constexpr Statement kTake{"item.take", "UPDATE item SET name = 'taken'"};
  (void)check.expect_ok(anna.write([&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto taken, tx.execute(kTake));
    check.expect(taken == 1, "an update without a condition reaches anna's row alone");
    STK_TRY(const auto wiped, tx.execute(kWipe));
    check.expect(wiped == 1, "a delete without a condition too");
    return success();
  }),
                        "anna wipes");
  (void)check.expect_ok(boris.read([&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kItem, {1}));
    STK_TRY(const bool any, rows->next());
    check.expect(any && rows->text(1) == "boris's" && rows->integer(2) == 20, "boris's row is as it was");
    return success();
  }),
                        "boris reads");
}

void unset(const Subject& s, Check& check) {
  check.begin("a call that names no tenant reaches none");
  check.expect_error(s.storage->tenant({}), Errc::tenant_unset, "the nil tenant");
  check.expect_error(s.storage->create_tenant({}, {}), Errc::tenant_unset, "made");
  check.expect_error(s.storage->destroy_tenant({}, {}), Errc::tenant_unset, "destroyed");
}

void lives(const Subject& s, Check& check) {
  check.begin("a tenant is made once and destroyed completely");
  const Subject anna = of(s, kAnna, check);
  if (!anna.tenant) return;
  (void)check.expect_ok(anna.put(1, "one", 1), "written");
  (void)check.expect_ok(s.storage->create_tenant(kAnna, {}), "made again");
  const auto kept = anna.count();
  check.expect(kept && kept.value() == 1, "what was there stays");
  (void)check.expect_ok(s.storage->destroy_tenant(kAnna, {}), "destroyed");
  (void)check.expect_ok(s.storage->destroy_tenant(kAnna, {}), "and again");
  check.expect_error(s.storage->tenant(kAnna), Errc::not_found, "it is gone");
  check.expect_error(anna.put(2, "two", 2), Errc::not_found, "a plane that was handed out before is gone, too");
  check.expect_error(anna.count(), Errc::not_found, "for reading as well");
  const Subject boris = of(s, kBoris, check);
  check.expect(boris.tenant && boris.put(1, "b", 1), "others are as they were");
  (void)check.expect_ok(s.storage->create_tenant(kAnna, {}), "made anew");
  const Subject anew = of(s, kAnna, check);
  if (!anew.tenant) return;
  const auto empty = anew.count();
  check.expect(empty && empty.value() == 0, "it is empty");
}

void broken_body(const Subject& s, Check& check) {
  check.begin("a tenant with a failed body leaves nothing to the next one");
  const Subject anna = of(s, kAnna, check);
  const Subject boris = of(s, kBoris, check);
  if (!anna.tenant || !boris.tenant) return;
  for (int round = 0; round < 20; ++round) {
    check.expect_error(anna.write([&](Transaction& tx) -> Result<void> {
      STK_TRY(put_item(tx, round, "anna's", 1));
      return Errc::internal;
    }),
                       Errc::internal, "anna's body breaks");
    const auto count = boris.count();
    check.expect(count && count.value() == round, "boris sees his own");
    (void)check.expect_ok(boris.put(round, "boris's", 1), "and writes");
  }
  const auto none = anna.count();
  check.expect(none && none.value() == 0, "nothing of anna's was kept");
}

/// No tenant waits for another tenant's writer.
void apart_in_time(const Subject& s, Check& check) {
  check.begin("a tenant's long writing keeps no other tenant waiting");
  const Subject anna = of(s, kAnna, check);
  const Subject boris = of(s, kBoris, check);
  if (!anna.tenant || !boris.tenant) return;
  std::atomic<bool> inside = false;
  std::atomic<bool> leave = false;
  Result<void> annas = success();
  std::thread writer([&] {
    const auto body = [&](Transaction& tx) -> Result<void> {
      STK_TRY(put_item(tx, 1, "anna's", 1));
      inside = true;
      while (!leave) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return success();
    };
    annas = anna.tenant->transact({}, TransactMode::bulk, body);
    inside = true;
  });
  while (!inside) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CallContext hurried;
  hurried.timeout = std::chrono::seconds(5);
  const auto put = [](Transaction& tx) -> Result<void> {
    STK_TRY(put_item(tx, 1, "boris's", 1));
    return success();
  };
  (void)check.expect_ok(boris.tenant->transact(hurried, TransactMode::write, put), "boris writes meanwhile");
  leave = true;
  writer.join();
  (void)check.expect_ok(annas, "anna ends");
}

/// Eight threads, as many tenants, the same keys: a row contains its owner's number.
void crowd(const Subject& s, Check& check) {
  check.begin("threads over many tenants meet no foreign row");
  constexpr int kTenants = 20;
  constexpr int kThreads = 8;
  constexpr int kCalls = 250;
  std::vector<TenantId> tenants;
  for (int i = 0; i < kTenants; ++i) {
    tenants.emplace_back(Uuid::v7(Instant::from_seconds(100 + i), 7, static_cast<std::uint64_t>(i)));
    if (!check.expect_ok(s.storage->create_tenant(tenants.back(), {}), "made")) return;
  }
  std::vector<int> foreign(kThreads), failed(kThreads);
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      const auto at = static_cast<std::size_t>(number);
      std::uint64_t state = static_cast<std::uint64_t>(number) * 7919 + 1;
      for (int call = 0; call < kCalls; ++call) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto owner = static_cast<std::int64_t>((state >> 33) % kTenants);
        auto database = s.storage->tenant(tenants[static_cast<std::size_t>(owner)]);
        if (!database) {
          ++failed[at];
          continue;
        }
        static constexpr Statement kForeigners{"item.foreigners", "SELECT count(*) FROM item WHERE amount <> $1"};
        const auto mode = (state >> 20) % 2 == 0 ? TransactMode::read : TransactMode::write;
        const auto body = [&](Transaction& tx) -> Result<void> {
          if (mode == TransactMode::write) {
            STK_TRY(put_item(tx, call % 10, "row", SqlValue(owner)));
          }
          STK_TRY(auto rows, tx.query(kForeigners, {owner}));
          STK_TRY(const bool any, rows->next());
          if (!any || rows->integer(0) != 0) ++foreign[at];
          return success();
        };
        if (!database.value()->transact({}, mode, body)) ++failed[at];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int number = 0; number < kThreads; ++number) {
    check.expect(foreign[static_cast<std::size_t>(number)] == 0, "no foreign row");
    check.expect(failed[static_cast<std::size_t>(number)] == 0, "no failure");
  }
}

}  // namespace

namespace {

void each(std::initializer_list<void (*)(const Subject&, Check&)> cases, StorageFactory& factory, Check& check) {
  for (const auto one : cases) {
    Subject subject;
    if (!prepare(factory, check, "a fresh storage for many", subject)) return;
    const auto made = subject.storage->create_tenant(kAnna, {});
    if (!made && made.error().errc() == Errc::unsupported) return;
    if (!check.expect_ok(made, "anna") || !check.expect_ok(subject.storage->create_tenant(kBoris, {}), "boris")) return;
    one(subject, check);
  }
}

}  // namespace

void tenant_cases(StorageFactory& factory, Check& check) {
  each({apart, unset, lives, broken_body, apart_in_time}, factory, check);
}
void crowd_case(StorageFactory& factory, Check& check) { each({crowd}, factory, check); }

}  // namespace stocktracker::inline v0::testing::contract
