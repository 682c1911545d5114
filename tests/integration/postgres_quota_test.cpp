// Limits in a database: the contract, several processes on it, clocks that differ, a server that goes away.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <new>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/limiter_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/property/http/shared_limits.hpp"
#include "tests/support/catch_check.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);

st::LimitTable table(st::Duration interval, int burst) {
  st::LimitTable made;
  made.limits.push_back({.vendor = "v", .interval = interval, .burst = burst});
  return made;
}

st::QuotaTag tag(std::string owner = "s") { return {"v", std::move(owner), "", ""}; }

st::PostgresOptions options_for(PostgresServer& server, const std::string& database, const std::string& role) {
  st::PostgresOptions options;
  options.url = server.url(database, role);
  options.schema = st::schema();
  options.connections = 4;
  options.connect_timeout = 2s;
  return options;
}

std::string migrated(PostgresServer& server) {
  const std::string database = server.fresh_database();
  REQUIRE(st::migrate_postgres(options_for(server, database, "postgres")));
  return database;
}

// Time is the caller's.
st::Result<std::shared_ptr<st::QuotaMemory>> virtual_memory(PostgresServer& server, const std::string& database) {
  auto options = options_for(server, database, "shop");
  options.clock = std::make_shared<st::testing::ManualClock>();
  return st::make_postgres_quota(std::move(options));
}

struct Common {
  std::atomic<std::int64_t> clock = 0;
  std::atomic<int> granted = 0;
};

}  // namespace

TEST_CASE("the limiter in a database keeps the limiter contract") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  const auto make = [&](st::LimitTable limits) -> st::Result<std::unique_ptr<st::QuotaTree>> {
    server.run(database, "DELETE FROM stocktracker_control.quota_block");
    STK_TRY(auto memory, virtual_memory(server, database));
    return std::make_unique<st::QuotaTree>(std::move(limits), std::move(memory));
  };
  CatchCheck check;
  st::testing::limiter_contract(make, check);
  CHECK(check.expectations() > 500);
}

TEST_CASE("four processes on one database get exactly what one would") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  void* const memory = ::mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Common& shared = *new (memory) Common;
  constexpr std::int64_t kSpan = 400'000;  // virtual microseconds
  std::vector<pid_t> children;
  for (int n = 0; n < 4; ++n) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto words = virtual_memory(server, database);
      if (!words) ::_exit(1);
      st::QuotaTree tree(table(4ms, 300), std::move(words).value());
      auto quota = tree.quota(tag(), "op");
      for (std::int64_t at = shared.clock.fetch_add(300); at < kSpan; at = shared.clock.fetch_add(300)) {
        const auto verdict = quota.take(kStart + st::Duration(at), 1);
        if (!verdict.asked) ::_exit(2);
        if (verdict.granted) ++shared.granted;
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(shared.granted <= 300 + kSpan / 4'000);
  CHECK(shared.granted >= (300 + kSpan / 4'000) * 99 / 100);
}

TEST_CASE("four processes share the limits of three marketplaces in a database") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  share_limits([&] { return virtual_memory(server, database).value(); }, 4, 4min);
}

TEST_CASE("machines with different clocks share limits by the server's clock") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  st::QuotaTree one(table(1h, 5), st::make_postgres_quota(options_for(server, database, "shop")).value());
  st::QuotaTree two(table(1h, 5), st::make_postgres_quota(options_for(server, database, "shop")).value());
  auto early = one.quota(tag(), "op");
  auto late = two.quota(tag(), "op");
  int granted = 0;
  // By its own clock each of the later ones would have refilled what the earlier one spent, again and again.
  for (int n = 0; n < 10; ++n) {
    granted += early.take(kStart, 1).granted ? 1 : 0;
    granted += late.take(kStart + 20h, 1).granted ? 1 : 0;
  }
  CHECK(granted == 5);
  const auto refused = late.take(kStart, 1);
  CHECK(refused.wait > 59min);
  CHECK(refused.wait <= 1h);
}

TEST_CASE("what one engine spent the next finds spent; no name is readable") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  {
    st::QuotaTree first(table(1h, 1), virtual_memory(server, database).value());
    CHECK(first.quota(tag("seller-canary"), "op").take(kStart, 1).granted);
  }
  st::QuotaTree second(table(1h, 1), virtual_memory(server, database).value());
  CHECK_FALSE(second.quota(tag("seller-canary"), "op").take(kStart + 1min, 1).granted);
  CHECK(second.quota(tag("other"), "op").take(kStart + 1min, 1).granted);
  const auto rows = server.run(database, "SELECT name || words FROM stocktracker_control.quota_block");
  CHECK(rows.size() == 2);
  for (const auto& row : rows) CHECK(row.find("canary") == std::string::npos);
  server.run(database, "UPDATE stocktracker_control.quota_block SET words = 'broken'");
  // What is damaged is spent, not full, and not an error for all time.
  const auto damaged = second.quota(tag("seller-canary"), "op").take(kStart + 2h, 1);
  CHECK(damaged.asked);
  CHECK(damaged.wait == 1h);
  CHECK(second.quota(tag("seller-canary"), "op").take(kStart + 3h, 1).granted);
}

TEST_CASE("the database keeps the contract of quota memories") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  const auto make = [&] {
    server.run(database, "DELETE FROM stocktracker_control.quota_block");
    return virtual_memory(server, database);
  };
  CatchCheck check;
  st::testing::quota_memory_contract(make, check);
  CHECK(check.expectations() > 200);
}

TEST_CASE("requests stop while the database server is away, and answers of that time are recorded afterwards") {
  PostgresServer server;
  const std::string database = migrated(server);
  auto options = options_for(server, database, "shop");
  options.clock = std::make_shared<st::testing::ManualClock>();
  st::QuotaTree tree(table(1s, 10), st::make_postgres_quota(std::move(options)).value());
  auto quota = tree.quota(tag(), "op");
  CHECK(quota.take(kStart, 1).granted);
  server.kill_now();
  const auto refused = quota.take(kStart, 1);
  CHECK_FALSE(refused.granted);
  CHECK_FALSE(refused.asked);
  quota.answered(kStart, {.headers = {.retry = 10min}, .throttled = true});
  server.start();
  const auto waits = quota.take(kStart, 1);
  CHECK(waits.asked);
  CHECK(waits.wait == 10min);
  CHECK(quota.take(kStart + 10min, 1).granted);
}

TEST_CASE("a database that an earlier version migrated lacks the table, and the error says so") {
  auto& server = PostgresServer::shared();
  const std::string database = migrated(server);
  server.run(database, "DROP TABLE stocktracker_control.quota_block");
  const auto refused = st::make_postgres_quota(options_for(server, database, "shop"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_older);
  const auto store = st::make_postgres_storage(options_for(server, database, "shop"));
  REQUIRE_FALSE(store);
  CHECK(store.error().errc() == st::Errc::store_older);
  CHECK(st::migrate_postgres(options_for(server, database, "postgres")));
  CHECK(st::make_postgres_quota(options_for(server, database, "shop")));
  CHECK(st::make_postgres_storage(options_for(server, database, "shop")));
}
