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

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#ifdef STK_CRASH_POSTGRES
#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/postgres.hpp"
#endif
#include "tests/fault/kill_points.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr int kAccounts = 3;
const st::Channel kChannels[kAccounts] = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};
constexpr auto kSecondDay = 24h;
constexpr auto kAfterwards = 30h;  // leases of the dead have run out

st::testing::WorldOptions shape(int account) {
  return {.seed = static_cast<std::uint64_t>(31 + account),
          .offers = 40,
          .marketplace_warehouses = 3,
          .channels = {kChannels[account]}};
}

// Each seller lives in a world of its own, on a marketplace of its own: a request goes to the world that gave its
// token.
class Sellers final : public st::HttpTransport {
 public:
  explicit Sellers(st::Duration after) {
    for (int n = 0; n < kAccounts; ++n) {
      worlds_.push_back(std::make_unique<st::testing::World>(shape(n)));
      worlds_.back()->clock()->advance(after);
      tokens_.push_back(token(n));
    }
  }
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    for (std::size_t n = 0; n < tokens_.size(); ++n) {
      for (const auto& header : request.secret_headers) {
        if (header.value.reveal() == tokens_[n].reveal()) return worlds_[n]->transport()->send(request, context);
      }
    }
    return st::Errc::connect_failed;
  }
  [[nodiscard]] st::Secret token(int seller) const {
    return worlds_[static_cast<std::size_t>(seller)]->token(kChannels[seller]);
  }
  [[nodiscard]] st::Credentials credentials(int seller) const {
    if (kChannels[seller] == st::Channel::ozon) {
      const std::string client = worlds_[static_cast<std::size_t>(seller)]->seller(st::Channel::ozon);
      return st::ozon::credentials(client, token(seller));
    }
    if (kChannels[seller] == st::Channel::yandex_market) return st::yandex_market::credentials(token(seller));
    return st::wildberries::credentials(token(seller));
  }
  [[nodiscard]] std::shared_ptr<st::Clock> clock() const { return worlds_.front()->clock(); }

 private:
  std::vector<std::unique_ptr<st::testing::World>> worlds_;
  std::vector<st::Secret> tokens_;
};

// How the stores of a scenario are opened: a file of one seller, a folder of two tenants, or what this makes.
bool with_tenants = false;
std::function<std::shared_ptr<st::Storage>()> make_storage;

// A moment in the life of a store with several sellers.
struct Moment {
  explicit Moment(const std::string& folder, st::Duration after = 0s)
      : sellers(std::make_shared<Sellers>(after)),
        engine(st::open(
            {.path = make_storage ? std::string() : folder + (with_tenants ? "/house/" : "/shop.db"),
             .storage = make_storage ? make_storage() : nullptr,
             .key_file = folder + "/shop.key",
             .limits = st::LimitTable{},
             .transport = sellers,
             .clock = sellers->clock(),
             .random = std::make_shared<st::testing::SeededRandom>(static_cast<std::uint64_t>(after.count()) + 1),
             .executor = st::make_inline_executor()})) {}

  // Of two tenants the first has the accounts 0 and 2, the second has 1.
  static std::string tenant_of(int account) { return account == 1 ? "boris" : "anna"; }
  [[nodiscard]] st::Result<st::CallContext> as(int account) const {
    st::CallContext context;
    if (!with_tenants) return context;
    STK_TRY(const auto tenant, engine.value().tenants().find(tenant_of(account)));
    context.tenant = tenant.id;
    return context;
  }
  st::Result<void> connect(int account) {
    if (with_tenants && !engine.value().tenants().find(tenant_of(account))) {
      STK_TRY(engine.value().tenants().create(tenant_of(account)));
    }
    STK_TRY(const auto context, as(account));
    auto made = engine.value().accounts().connect(sellers->credentials(account),
                                                  {.label = "shop " + std::to_string(account)}, context);
    if (!made) return std::move(made).error();
    return st::success();
  }
  [[nodiscard]] std::optional<st::AccountId> find(int account) const {
    const auto context = as(account);
    if (!context) return std::nullopt;
    const auto found = engine.value().accounts().find("shop " + std::to_string(account), context.value());
    if (found) return found.value().id;
    return std::nullopt;
  }
  [[nodiscard]] st::Result<st::SyncRun> run(int account) const {
    STK_TRY(const auto context, as(account));
    return engine.value().sync().run(*find(account), {.orders = true, .prices = true}, context);
  }
  st::Result<void> sync(int account) {
    auto done = run(account);
    if (!done) return std::move(done).error();
    return st::success();
  }

  std::shared_ptr<Sellers> sellers;
  st::Result<st::Engine> engine;
};

using Picture = std::map<std::string, std::string>;

void add_account(Picture& all, const st::Engine& engine, const st::Account& account, const st::CallContext& context) {
  const auto positions = engine.stock().positions({.account = account.id}, context).collect().value();
  for (const auto& p : positions) {
    // Who has never seen a position that is sold out does not know of it.
    if (p.on_hand && p.on_hand->units() == 0) continue;
    all[account.label + "/" + p.offer.key + "@" + p.warehouse.key] =
        (p.on_hand ? std::to_string(p.on_hand->units()) : "?") + "/" + std::to_string(static_cast<int>(p.state));
  }
  const auto lines = engine.orders().lines({.account = account.id}, context).collect().value();
  for (const auto& line : lines) {
    all[account.label + "/order " + line.key] = line.offer + " " + std::to_string(line.quantity) + " " +
                                                to_string(line.status) + " " + std::to_string(line.changed_at.micros());
  }
  const auto prices = engine.prices().list({.account = account.id}, context).collect().value();
  for (const auto& price : prices) all[account.label + "/price of " + price.offer] = price.price.text();
}

Picture picture(const Moment& moment) {
  Picture all;
  const st::Engine& engine = moment.engine.value();
  for (const int first_of_tenant : {0, 1}) {
    if (first_of_tenant == 1 && !with_tenants) break;
    const auto context = moment.as(first_of_tenant).value();
    const auto accounts = engine.accounts().list(context).collect().value();
    REQUIRE(accounts.size() == (!with_tenants ? 3 : first_of_tenant == 0 ? 2 : 1));
    for (const auto& account : accounts) add_account(all, engine, account, context);
  }
  return all;
}

void check_sound(const Moment& moment) {
  const st::Engine& engine = moment.engine.value();
  const auto findings = engine.doctor().value();
  for (const auto& finding : findings) {
    INFO(finding.subject << ": " << finding.detail);
    REQUIRE(finding.ok);
  }
  for (const int account : {0, 1}) {
    const auto context = moment.as(account);
    if (context) REQUIRE(engine.ledger().verify(context.value()).value().broken == 0);
  }
}

// Opens the store after whatever happened to it, and brings every account up to date.
Picture carry_on(const std::string& folder) {
  Moment later(folder, kAfterwards);
  if (!later.engine) FAIL("open: " << later.engine.error().text());
  check_sound(later);
  for (int n = 0; n < kAccounts; ++n) {
    if (!later.find(n)) {
      const auto connected = later.connect(n);
      if (!connected) FAIL("connect: " << connected.error().text());
    }
    const auto run = later.run(n);
    if (!run) FAIL("sync: " << run.error().text());
    INFO(run.value().to_json());
    REQUIRE(run.value().state == st::RunState::ok);
  }
  check_sound(later);
  return picture(later);
}

// A store as the version before account health left it.
void make_old(const std::string& store) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(store.c_str(), &db) == SQLITE_OK);
  REQUIRE(
      sqlite3_exec(
          db,
          "DROP TABLE credential_fact; DROP TABLE account_health; DROP TABLE account_memory;"
          "DROP TABLE setting; DROP TABLE order_line; DROP TABLE order_coverage; DROP TABLE price;"
          "DROP TABLE offer_link; DROP TABLE offer_threshold; ALTER TABLE run DROP COLUMN accepted;"
          "ALTER TABLE run_source DROP COLUMN skipped; ALTER TABLE source DROP COLUMN absent; ALTER TABLE account DROP "
          "COLUMN credential_stamp; DELETE FROM "
          "migration WHERE plane = 'tenant' AND number >= 2",
          nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

// Work that may be killed, and the store it begins with.
struct Scenario {
  const char* name;
  void (*prepare)(const std::string& folder);
  st::Result<void> (*work)(const std::string& folder);
};

st::Result<void> each(const std::string& folder, st::Duration after, st::Result<void> (Moment::*what)(int)) {
  Moment moment(folder, after);
  if (!moment.engine) return std::move(moment.engine).error();
  for (int n = 0; n < kAccounts; ++n) {
    STK_TRY((moment.*what)(n));
  }
  return st::success();
}

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
  with_tenants = true;
  for (const Scenario& scenario : kTenants) kill_everywhere(scenario, 30, false);
  with_tenants = false;
}

TEST_CASE("a log that lost its end with the power leaves an earlier state, and the store goes on") {
  for (const Scenario& scenario : kScenarios) kill_everywhere(scenario, 12, true);
}

#ifdef STK_CRASH_POSTGRES
// The server lives on: what the dead had not committed is not there, and its locks are gone with it.
TEST_CASE("killed while it writes to a server, a process leaves what it had committed, and the next one goes on") {
  with_tenants = true;
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
  make_storage = [&] { return st::make_postgres_storage(options()).value(); };
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
  REQUIRE(expected.size() > 100);
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
  make_storage = nullptr;
  kill_points::plan().sends = false;
  with_tenants = false;
}
#endif
