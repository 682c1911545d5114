// A process killed anywhere leaves a store that opens, adds up, and goes on as if nothing had been. So does one whose
// write-ahead log lost its end with the power.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <thread>

#ifdef STK_CRASH_POSTGRES
#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/postgres.hpp"
#endif
#include "tests/fault/kill_points.hpp"
#include "tests/fault/moment.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/older_store.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// A store as the first version left it.
void make_old(const std::string& store) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(store.c_str(), &db) == SQLITE_OK);
  const std::string sql = "DELETE FROM source WHERE name IN ('orders', 'prices'); " + back_to(1);
  REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

// Work that may be killed, and the store it begins with.
struct Scenario {
  const char* name;
  void (*prepare)(const std::string& folder);
  st::Result<void> (*work)(const std::string& folder);
};

void connected(const std::string& folder) { REQUIRE(each(folder, 0s, &Moment::connect)); }
void synced(const std::string& folder) {
  connected(folder);
  REQUIRE(each(folder, 1h, &Moment::sync));
}

const Scenario kScenarios[] = {
    {"connect", [](const std::string&) {}, [](const std::string& f) { return each(f, 0s, &Moment::connect); }},
    {"first sync", connected, [](const std::string& f) { return each(f, 1h, &Moment::sync); }},
    {"later sync", synced, [](const std::string& f) { return each(f, kSecondDay, &Moment::sync); }},
    {"group commits", synced,
     [](const std::string& f) -> st::Result<void> {
       Moment moment(f, kSecondDay);
       if (!moment.engine) return std::move(moment.engine).error();
       std::vector<std::thread> threads;
       for (int n = 0; n < kAccounts; ++n) threads.emplace_back([&, n] { (void)moment.sync(n); });
       for (auto& thread : threads) thread.join();
       return st::success();
     }},
    {"migration",
     [](const std::string& f) {
       synced(f);
       make_old(f + "/shop.db");
     },
     [](const std::string& f) { return each(f, kSecondDay, &Moment::sync); }},
};

const Scenario kTenants[] = {
    {"two tenants move in", [](const std::string&) {},
     [](const std::string& f) { return each(f, 0s, &Moment::connect); }},
    {"later sync of two tenants", synced, [](const std::string& f) { return each(f, kSecondDay, &Moment::sync); }},
    {"new keys for two tenants", synced,
     [](const std::string& f) -> st::Result<void> {
       Moment moment(f, kSecondDay);
       if (!moment.engine) return std::move(moment.engine).error();
       STK_TRY(moment.engine.value().keys().rotate_master());
       STK_TRY(moment.engine.value().keys().rotate_data());
       return st::success();
     }},
};

// Runs the work in a process of its own; true when it was killed.
bool killed(const Scenario& scenario, const std::string& folder, std::int64_t die_at, bool torn) {
  auto& plan = kill_points::plan();
  plan.wal_flushed = 0;
  const pid_t child = ::fork();
  if (child == 0) {
    plan.changes = 0;
    plan.torn = torn;
    plan.die_at = die_at;
    const bool done = scenario.work(folder).has_value();
    ::_exit(done ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  plan.die_at = 0;  // this process counts on
  if (WIFSIGNALED(status)) return true;
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

void copy_store(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

// What a power cut may do to the log: bytes that were not flushed are lost from some point on, or are zeros.
void cut_power(const std::string& store, std::mt19937_64& dice) {
  const std::string wal = store + "-wal";
  std::error_code none;
  const auto size = static_cast<std::int64_t>(fs::file_size(wal, none));
  const std::int64_t flushed = kill_points::plan().wal_flushed;
  fs::remove(store + "-shm", none);
  if (size <= flushed || !fs::exists(wal)) return;
  const auto left = flushed + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(size - flushed));
  fs::resize_file(wal, static_cast<std::uintmax_t>(left));
  if (dice() % 2 == 0) fs::resize_file(wal, static_cast<std::uintmax_t>(size));
}

void kill_everywhere(const Scenario& scenario, int points, bool power) {
  TempFolder scratch;
  const std::string base = scratch.file("base");
  const std::string copy = scratch.file("copy");
  fs::create_directory(base);
  scenario.prepare(base);
  copy_store(base, copy);
  REQUIRE_FALSE(killed(scenario, copy, 0, false));
  const std::int64_t changes = kill_points::plan().changes;
  REQUIRE(changes > 5);
  const Picture expected = carry_on(copy);
  CAPTURE(scenario.name, kinds_in(expected));
  REQUIRE(kinds_in(expected).size() == 9);

  const std::uint64_t seed = 20'261'123;
  std::mt19937_64 dice(seed);
  int dead = 0;
  for (int n = 0; n < points; ++n) {
    const auto at = 1 + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(changes));
    const bool torn = dice() % 2 == 0;
    CAPTURE(scenario.name, seed, n, at, torn, power);
    copy_store(base, copy);
    // Threads meet in another order each time: the work may end before the point.
    dead += killed(scenario, copy, at, torn) ? 1 : 0;
    if (power) cut_power(copy + "/shop.db", dice);
    const Picture seen = carry_on(copy);
    for (const auto& [position, value] : expected) {
      CAPTURE(position);
      REQUIRE((seen.count(position) != 0 ? seen.at(position) : "nothing") == value);
    }
    REQUIRE(seen.size() == expected.size());
  }
  CHECK(dead > points / 2);
}

}  // namespace

TEST_CASE("killed at any change of a file, a store goes on as if undisturbed") {
  for (const Scenario& scenario : kScenarios) kill_everywhere(scenario, 40, false);
}

TEST_CASE("killed at any change of a file, a folder of tenants goes on, with every key and every account") {
  stores.tenants = true;
  for (const Scenario& scenario : kTenants) kill_everywhere(scenario, 30, false);
  stores.tenants = false;
}

TEST_CASE("killed at any change of a file during a run that the guard holds, a store knows the stock it knew") {
  const Scenario held{"held run", synced, held_run};
  TempFolder scratch;
  const std::string base = scratch.file("base");
  const std::string copy = scratch.file("copy");
  fs::create_directory(base);
  synced(base);
  const Picture before = stock_of(Moment(base, kSecondDay), 0);
  REQUIRE(before.size() > 40);
  copy_store(base, copy);
  REQUIRE_FALSE(killed(held, copy, 0, false));
  const std::int64_t changes = kill_points::plan().changes;
  REQUIRE(changes > 5);
  std::mt19937_64 dice(20'261'127);
  int dead = 0;
  for (int n = 0; n < 20; ++n) {
    const auto at = 1 + static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(changes));
    CAPTURE(n, at, changes);
    copy_store(base, copy);
    dead += killed(held, copy, at, n % 2 == 0) ? 1 : 0;
    REQUIRE(stock_of(Moment(copy, kSecondDay), 0) == before);
    if (n % 4 == 0) REQUIRE(kinds_in(carry_on(copy)).size() == 9);
  }
  CHECK(dead > 10);
}

TEST_CASE("a log that lost its end with the power leaves an earlier state, and the store goes on") {
  for (const Scenario& scenario : kScenarios) kill_everywhere(scenario, 12, true);
}

#ifdef STK_CRASH_POSTGRES
// The server lives on: what the dead had not committed is not there, and its locks are gone with it.
TEST_CASE("killed while it writes to a server, a process leaves what it had committed, and the next one goes on") {
  stores.tenants = true;
  kill_points::plan().sends = true;
  PostgresServer& server = PostgresServer::shared();
  std::string database;
  const auto options = [&] {
    st::PostgresOptions made;
    made.schema = st::schema();
    made.url = server.app(database);
    made.connections = 2;
    return made;
  };
  stores.make = [&] { return st::make_postgres_storage(options()).value(); };
  const auto begin = [&](const std::string& folder) {
    database = server.fresh_database();
    auto owner = options();
    owner.url = server.owner(database);
    REQUIRE(st::migrate_postgres(owner));
    fs::create_directory(folder);
    synced(folder);
  };
  TempFolder scratch;
  begin(scratch.file("calm"));
  REQUIRE_FALSE(killed(kTenants[1], scratch.file("calm"), 0, false));
  const std::int64_t changes = kill_points::plan().changes;
  REQUIRE(changes > 50);
  const Picture expected = carry_on(scratch.file("calm"));
  REQUIRE(kinds_in(expected).size() == 9);
  int dead = 0;
  constexpr int kMoments = 6;
  for (int n = 0; n < kMoments; ++n) {
    const std::int64_t at = 1 + (2 * n + 1) * changes / (2 * kMoments);
    CAPTURE(n, at, changes);
    const std::string folder = scratch.file(std::to_string(n));
    begin(folder);
    dead += killed(kTenants[1], folder, at, n % 2 == 0) ? 1 : 0;
    const Picture seen = carry_on(folder);
    REQUIRE(seen == expected);
  }
  CHECK(dead == kMoments);
  stores.make = nullptr;
  kill_points::plan().sends = false;
  stores.tenants = false;
}
#endif
