// Clients that lose answers, freeze, vanish or crowd the pool: others go on, and nothing is applied twice.
#include <signal.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <functional>
#include <new>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/postgres_relay.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
const st::TenantId kBoris(st::Uuid::v7(st::Instant::from_seconds(11), 1, 1));

constexpr st::Statement kAmount{"item.amount", "SELECT amount FROM item WHERE id = $1"};

st::PostgresOptions options_for(const std::string& url) {
  st::PostgresOptions options;
  options.url = url;
  options.schema = isolation::schema();
  options.connect_timeout = 2s;
  return options;
}

// With both tenants in it.
std::string migrated(PostgresServer& server) {
  const std::string database = server.fresh_database();
  REQUIRE(st::migrate_postgres(options_for(server.owner(database))));
  const auto storage = st::make_postgres_storage(options_for(server.app(database))).value();
  REQUIRE(storage->create_tenant(kAnna, {}));
  REQUIRE(storage->create_tenant(kBoris, {}));
  return database;
}

st::Result<void> add_one(st::Transaction& tx, std::int64_t id) {
  STK_TRY(auto rows, tx.query(kAmount, {id}));
  STK_TRY(const bool any, rows->next());
  STK_TRY(tx.upsert("item", st::OnConflict::update,
                    {st::SqlColumn::constant("id", id), st::SqlColumn::constant("name", "n"),
                     st::SqlColumn::constant("amount", (any ? rows->integer(0) : 0) + 1)}));
  return st::success();
}

st::Result<void> increment(st::Database& database, std::int64_t id, const st::CallContext& context = {}) {
  const auto body = [&](st::Transaction& tx) { return add_one(tx, id); };
  return database.transact(context, st::TransactMode::write, body);
}

std::int64_t amount_of(PostgresServer& server, const std::string& database, std::int64_t id) {
  const auto rows =
      server.run(database, "SELECT amount FROM stocktracker_tenant.item WHERE id = " + std::to_string(id));
  return rows.empty() ? 0 : std::stoll(rows.front());
}

SteadyClock::duration time_of(const std::function<void()>& work) {
  const auto before = SteadyClock::now();
  work();
  return SteadyClock::now() - before;
}

double seconds(SteadyClock::duration time) { return std::chrono::duration<double>(time).count(); }

// Seen by a child that is forked afterwards.
struct Common {
  std::atomic<bool> inside = false;
  std::atomic<bool> leave = false;
  std::atomic<int> runs = 0;
};

Common& common() {
  void* const memory = ::mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *new (memory) Common;
}

}  // namespace

TEST_CASE("four writers over one connection that is cut at every other COMMIT write everything exactly once") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = migrated(server);
  PostgresRelay relay(server);
  auto options = options_for(relay.url(database, "shop"));
  options.connections = 1;
  auto storage = st::make_postgres_storage(std::move(options)).value();
  relay.cut_commits(4);
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  const auto took = time_of([&] {
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        for (int n = 0; n < kEach; ++n) {
          const auto done = increment(*storage->tenant(kAnna).value(), writer, {.timeout = 20s});
          if (!done && ++failed == 1) std::printf("%s\n", done.error().text().c_str());
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
  });
  CHECK(failed == 0);
  for (int writer = 0; writer < kWriters; ++writer) CHECK(amount_of(server, database, writer) == kEach);
  CHECK(relay.cut_before() > 20);
  CHECK(relay.cut_after() > 20);
  std::printf("cut before %d COMMITs and after %d; %d writes in %.1f s\n", relay.cut_before(), relay.cut_after(),
              kWriters * kEach, seconds(took));
}

TEST_CASE("a call that gets no connection in time is refused, whatever its deadline") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = migrated(server);
  auto options = options_for(server.app(database));
  options.connections = 1;
  options.take_timeout = 200ms;
  auto storage = st::make_postgres_storage(std::move(options)).value();
  auto anna = storage->tenant(kAnna).value();
  auto boris = storage->tenant(kBoris).value();
  const auto body = [&](st::Transaction&) -> st::Result<void> {
    std::thread([&] {
      const auto refused = increment(*boris, 1);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().errc() == st::Errc::overloaded);
      CHECK(refused.error().message().find("1 of 1 are in use") != std::string::npos);
      CHECK(increment(*boris, 1, {.timeout = 20ms}).error().errc() == st::Errc::deadline_exceeded);
    }).join();
    return st::success();
  };
  CHECK(anna->transact({}, st::TransactMode::write, body));
  CHECK(increment(*boris, 1));
}

TEST_CASE("a process that freezes inside a body holds its tenant for the limit, and does its work when it goes on") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = migrated(server);
  Common& shared = common();
  const pid_t child = ::fork();
  if (child == 0) {
    auto options = options_for(server.app(database));
    options.idle_timeout = 2s;
    auto storage = st::make_postgres_storage(std::move(options));
    if (!storage) ::_exit(1);
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      ++shared.runs;
      STK_TRY(add_one(tx, 1));
      shared.inside = true;
      while (!shared.leave) std::this_thread::sleep_for(5ms);
      return add_one(tx, 2);
    };
    const auto done = storage.value()->tenant(kAnna).value()->transact({}, st::TransactMode::write, body);
    if (!done) std::printf("%s\n", done.error().text().c_str());
    std::fflush(stdout);
    ::_exit(done ? 0 : 2);
  }
  while (!shared.inside) std::this_thread::sleep_for(5ms);
  ::kill(child, SIGSTOP);
  auto storage = st::make_postgres_storage(options_for(server.app(database))).value();
  const auto boris = time_of([&] { CHECK(increment(*storage->tenant(kBoris).value(), 9)); });
  const auto waited = time_of([&] { CHECK(increment(*storage->tenant(kAnna).value(), 3)); });
  CHECK(boris < 1s);
  CHECK(waited > 1s);
  CHECK(waited < 4s);
  std::printf("frozen client, limit 2 s: the tenant's next writer waited %.2f s, another tenant's %.3f s\n",
              seconds(waited), seconds(boris));
  shared.leave = true;
  ::kill(child, SIGCONT);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(shared.runs == 2);
  CHECK(amount_of(server, database, 1) == 1);
  CHECK(amount_of(server, database, 2) == 1);
}

TEST_CASE("a client that vanishes without a word holds its tenant for the limit") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = migrated(server);
  PostgresRelay relay(server);
  auto options = options_for(relay.url(database, "shop"));
  options.idle_timeout = 2s;
  auto vanishing = st::make_postgres_storage(std::move(options)).value();
  std::atomic<bool> inside = false;
  std::atomic<bool> leave = false;
  std::thread client([&] {
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(add_one(tx, 1));
      inside = true;
      while (!leave) std::this_thread::sleep_for(5ms);
      return add_one(tx, 2);
    };
    // Nothing comes back to it any more; its own deadline ends it.
    CHECK_FALSE(vanishing->tenant(kAnna).value()->transact({.timeout = 4s}, st::TransactMode::write, body));
  });
  while (!inside) std::this_thread::sleep_for(5ms);
  relay.go_dark();
  auto storage = st::make_postgres_storage(options_for(server.app(database))).value();
  const auto waited = time_of([&] { CHECK(increment(*storage->tenant(kAnna).value(), 3)); });
  CHECK(waited > 1s);
  CHECK(waited < 4s);
  std::printf("vanished client, limit 2 s: the next writer waited %.2f s\n", seconds(waited));
  leave = true;
  client.join();
  CHECK(amount_of(server, database, 1) == 0);
  CHECK(amount_of(server, database, 3) == 1);
}

TEST_CASE("a body that computes for longer than the limit is run once more, then refused by name") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = migrated(server);
  auto options = options_for(server.app(database));
  options.idle_timeout = 1s;
  auto storage = st::make_postgres_storage(std::move(options)).value();
  auto anna = storage->tenant(kAnna).value();
  int runs = 0;
  const auto slow = [&](st::Transaction& tx) -> st::Result<void> {
    ++runs;
    STK_TRY(add_one(tx, 1));
    std::this_thread::sleep_for(1500ms);
    return add_one(tx, 1);
  };
  const auto refused = anna->transact({}, st::TransactMode::write, slow);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_rolled_back);
  CHECK(refused.error().details().vendor_code == "25P03");
  CHECK(refused.error().message().find("idle_timeout") != std::string::npos);
  CHECK(runs == 2);
  CHECK(amount_of(server, database, 1) == 0);
  // Reading holds nobody up, and a backup may take its time between two tables.
  const auto read = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.query(kAmount, {1}));
    std::this_thread::sleep_for(1500ms);
    STK_TRY(tx.query(kAmount, {1}));
    return st::success();
  };
  CHECK(anna->transact({}, st::TransactMode::read, read));
}

TEST_CASE("two hundred slow transactions of one tenant keep another's waiting for one of them at most") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = migrated(server);
  auto options = options_for(server.app(database));
  options.connections = 4;
  options.take_timeout = 5min;
  options.warm_connections = 4;
  auto storage = st::make_postgres_storage(std::move(options)).value();
  auto anna = storage->tenant(kAnna).value();
  auto boris = storage->tenant(kBoris).value();
  constexpr auto kSlow = 100ms;
  std::atomic<int> failed = 0;
  std::atomic<int> done = 0;
  std::vector<std::thread> crowd;
  for (int n = 0; n < 200; ++n) {
    crowd.emplace_back([&] {
      const auto body = [&](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(tx.query(kAmount, {1}));
        std::this_thread::sleep_for(kSlow);
        return st::success();
      };
      if (!anna->transact({}, st::TransactMode::read, body)) ++failed;
      ++done;
    });
  }
  std::this_thread::sleep_for(300ms);
  SteadyClock::duration longest{};
  int asked = 0;
  while (done < 150) {
    longest = std::max(longest, time_of([&] { failed += increment(*boris, 1) ? 0 : 1; }));
    ++asked;
    std::this_thread::sleep_for(50ms);
  }
  for (std::thread& one : crowd) one.join();
  CHECK(failed == 0);
  CHECK(asked > 10);
  CHECK(longest < 2s);  // by the order of arrival it would be five; a fair turn is 100 ms and what the machine adds
  std::printf("beside 200 transactions of 100 ms: %d of another tenant, each %.0f ms at most\n", asked,
              seconds(longest) * 1000);
}
