// Random calls of eight threads over twenty tenants: no row of another one is ever seen or touched.
#include <atomic>
#include <cstdio>
#include <thread>

#include <stocktracker/adapters/sqlite.hpp>
#ifdef STK_POSTGRES
#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/postgres.hpp"
#endif

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

constexpr int kTenants = 20;
constexpr int kThreads = 8;
constexpr int kCalls = 100'000;

constexpr st::Statement kForeigners{"item.foreigners", "SELECT count(*) FROM item WHERE amount <> $1"};
constexpr st::Statement kAll{"item.all", "SELECT id, amount FROM item ORDER BY id"};
constexpr st::Statement kTouch{"item.touch", "UPDATE item SET name = 'touched' WHERE id = $1"};
constexpr st::Statement kDrop{"item.drop", "DELETE FROM item WHERE id = $1"};

struct Tally {
  std::atomic<int> foreign = 0;
  std::atomic<int> failed = 0;
  std::atomic<int> calls = 0;
  std::atomic<int> seen = 0;  // rows
};

st::Result<void> call(st::Database& database, std::int64_t owner, std::uint64_t dice, Tally& tally) {
  const auto id = static_cast<std::int64_t>(dice % 50);
  const auto body = [&](st::Transaction& tx) -> st::Result<void> {
    switch ((dice >> 8) % 6) {
      case 0:
      case 1: {
        STK_TRY(tx.upsert("item", st::OnConflict::update,
                          {st::SqlColumn::constant("id", id), st::SqlColumn::constant("name", "row"),
                           st::SqlColumn::constant("amount", owner)}));
        return st::success();
      }
      case 2: {
        STK_TRY(const auto touched, tx.execute(kTouch, {id}));
        if (touched > 1) ++tally.foreign;
        return st::success();
      }
      case 3: {
        STK_TRY(const auto dropped, tx.execute(kDrop, {id}));
        if (dropped > 1) ++tally.foreign;
        if ((dice >> 16) % 4 == 0) return st::Errc::invalid_argument;  // on purpose: rolled back
        return st::success();
      }
      case 4: {
        STK_TRY(auto rows, tx.query(kForeigners, {owner}));
        STK_TRY(const bool any, rows->next());
        if (!any || rows->integer(0) != 0) ++tally.foreign;
        return st::success();
      }
      default: {
        STK_TRY(auto rows, tx.query(kAll));
        while (true) {
          STK_TRY(const bool more, rows->next());
          if (!more) return st::success();
          ++tally.seen;
          if (rows->integer(1) != owner) ++tally.foreign;
        }
      }
    }
  };
  const bool reads = (dice >> 8) % 6 >= 4;
  return database.transact({}, reads ? st::TransactMode::read : st::TransactMode::write, body);
}

void storm(st::Storage& storage, std::uint64_t seed) {
  std::vector<st::TenantId> tenants;
  for (int i = 0; i < kTenants; ++i) {
    tenants.emplace_back(st::Uuid::v7(st::Instant::from_seconds(100 + i), 7, static_cast<std::uint64_t>(i)));
    REQUIRE(storage.create_tenant(tenants.back(), {}));
  }
  Tally tally;
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      std::uint64_t state = seed + static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15ULL;
      for (int i = 0; i < kCalls / kThreads; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const std::uint64_t dice = state >> 20;
        const auto owner = static_cast<std::int64_t>((state >> 55) % kTenants);
        auto database = storage.tenant(tenants[static_cast<std::size_t>(owner)]);
        const auto done = database ? call(*database.value(), owner, dice, tally) : st::Result<void>(database.error());
        ++tally.calls;
        if (!done && done.error().errc() != st::Errc::invalid_argument) {
          if (++tally.failed == 1)
            std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), done.error().text().c_str());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CAPTURE(seed);
  CHECK(tally.calls == kCalls);
  CHECK(tally.seen > 1'000);
  CHECK(tally.foreign == 0);
  CHECK(tally.failed == 0);
}

}  // namespace

TEST_CASE("a hundred thousand calls over a folder touch only their own tenant touch only their own tenant") {
  TempFolder folder;
  auto storage = st::make_sqlite_folder({.path = folder.file("house"), .schema = isolation::schema()}).value();
  for (const std::uint64_t seed : seeds_to_try(20'261'123, 20'261'123)) storm(*storage, seed);
}

#ifdef STK_POSTGRES
TEST_CASE("a hundred thousand calls over PostgreSQL touch only their own tenant touch only their own tenant") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  st::PostgresOptions options;
  options.schema = isolation::schema();
  options.url = server.owner(database);
  REQUIRE(st::migrate_postgres(options));
  options.url = server.app(database);
  auto storage = st::make_postgres_storage(std::move(options)).value();
  for (const std::uint64_t seed : seeds_to_try(20'261'124, 20'261'124)) storm(*storage, seed);
}
#endif
