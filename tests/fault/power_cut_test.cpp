// A house of tenants whose machine loses its power at any moment: no tenant's file is ever without its record or key,
// and what was acknowledged is there. Each tenant sells on a marketplace of its own, and of a run that is recorded as
// done its stock, its orders and its prices are there together.
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/fault/disk_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;

namespace {

// What an operation promised when it returned, and how many changes had been made by then.
struct Promise {
  std::size_t at;
  std::string tenant;
  st::TenantState state;
};

// Positions, order lines and prices.
using Counts = std::array<std::size_t, 3>;

Counts counts(const st::Engine& engine, const st::AccountId& account, const st::CallContext& context) {
  const auto positions = engine.stock().positions({.account = account}, context).collect();
  const auto lines = engine.orders().lines({.account = account}, context).collect();
  const auto prices = engine.prices().list({.account = account}, context).collect();
  REQUIRE((positions && lines && prices));
  return {positions.value().size(), lines.value().size(), prices.value().size()};
}

struct Town {
  Town() { world.clock()->advance(std::chrono::hours(24 * 5)); }  // there are orders
  st::Engine open(const std::string& house) {
    return st::open({.path = house + "/",
                     .key_file = folder.file("key"),
                     .limits = st::LimitTable{},
                     .transport = world.transport(),
                     .clock = world.clock(),
                     .random = std::make_shared<st::testing::SeededRandom>(++opened),
                     .executor = st::make_inline_executor()})
        .value();
  }
  void promise(const std::string& tenant, st::TenantState state) {
    ids[tenant] = ids.contains(tenant) ? ids[tenant] : id;
    promises.push_back({disk_log::size(), tenant, state});
  }
  void move_in(const std::string& name) {
    auto engine = open(house());
    id = engine.tenants().create(name).value().id;
    promise(name, st::TenantState::active);
  }
  void trade(const std::string& name) {
    auto engine = open(house());
    const st::CallContext context{.tenant = ids.at(name)};
    const auto account = engine.accounts().connect(credentials(name), {}, context);
    REQUIRE(account);
    const auto run = engine.sync().run(account.value().id, {.orders = true, .prices = true}, context);
    REQUIRE(run);
    REQUIRE(run.value().state == st::RunState::ok);
    const Counts now = counts(engine, account.value().id, context);
    for (const std::size_t rows : now) REQUIRE(rows > 0);
    seen[name].insert(now);
  }
  [[nodiscard]] st::Credentials credentials(const std::string& name) const {
    if (name == "anna") return st::wildberries::credentials(world.token(st::Channel::wildberries));
    if (name == "boris") return st::ozon::credentials(world.seller(st::Channel::ozon), world.token(st::Channel::ozon));
    return st::yandex_market::credentials(world.token(st::Channel::yandex_market));
  }
  [[nodiscard]] std::string house() const { return folder.file("disk/house"); }

  TempFolder folder;
  st::testing::World world{
      {.seed = 5, .offers = 4, .channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market}}};
  std::uint64_t opened = 0;
  st::TenantId id;
  std::map<std::string, st::TenantId> ids;
  std::vector<Promise> promises;
  std::map<std::string, std::set<Counts>> seen;  // by tenant, after each run
  std::map<std::string, std::size_t> done;       // images in which a run of a tenant was done
};

void live(Town& town) {
  for (const char* name : {"anna", "boris", "vera"}) {
    town.move_in(name);
    town.trade(name);
  }
  town.trade("anna");
  REQUIRE(town.open(town.house()).tenants().suspend(town.ids.at("boris")));
  town.promise("boris", st::TenantState::suspended);
  REQUIRE(town.open(town.house()).tenants().remove(town.ids.at("vera")));
  town.promise("vera", st::TenantState::deleted);
  town.move_in("dora");
  town.trade("dora");
  town.trade("anna");
}

std::int64_t keys_of(const std::string& house, const st::TenantId& tenant) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((house + "/control.db").c_str(), &db) == SQLITE_OK);
  const std::string sql = "SELECT count(*) FROM tenant_key WHERE tenant_id = '" + tenant.text() + "'";
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t count = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return count;
}

// All that a run stored, or nothing of it.
void check_rows(Town& town, const st::Engine& engine, const st::Tenant& tenant, const st::AccountId& account) {
  const st::CallContext context{.tenant = tenant.id};
  const auto runs = engine.sync().runs({.account = account}, context).collect();
  REQUIRE(runs);
  const bool done = std::any_of(runs.value().begin(), runs.value().end(),
                                [](const st::SyncRun& run) { return run.state == st::RunState::ok; });
  const Counts now = counts(engine, account, context);
  CAPTURE(done, now[0], now[1], now[2]);
  CHECK((done ? town.seen[tenant.name].contains(now) : now == Counts()));
  if (done) ++town.done[tenant.name];
}

// Of every tenant that lives: its file is sound, and its key opens its credentials.
void check_alive(Town& town, const st::Engine& engine, const std::string& house, const st::Tenant& tenant) {
  INFO(tenant.name);
  CHECK(fs::exists(house + "/tenants/" + tenant.id.text() + ".db"));
  CHECK(keys_of(house, tenant.id) == 1);
  const st::CallContext context{.tenant = tenant.id};
  const auto accounts = engine.accounts().list(context).collect();
  REQUIRE(accounts);
  for (const st::Account& account : accounts.value()) {
    check_rows(town, engine, tenant, account.id);
    const auto run = engine.sync().run(account.id, {.dry_run = true}, context);
    const bool suspended = !run && run.error().errc() == st::Errc::tenant_suspended;
    if (!run && !suspended) FAIL_CHECK(run.error().text());
  }
}

void check_image(Town& town, const std::string& house, std::size_t cut) {
  auto engine = town.open(house);  // recovers
  std::map<st::TenantId, st::Tenant> records;
  const auto listed = engine.tenants().list({.deleted = true}).collect();
  REQUIRE(listed);
  for (const st::Tenant& tenant : listed.value()) records[tenant.id] = tenant;
  for (const auto& entry : fs::directory_iterator(house + "/tenants")) {
    if (entry.path().extension() != ".db") continue;
    const auto record = records.find(st::TenantId::parse(entry.path().stem().string()).value());
    INFO(entry.path().filename().string());
    REQUIRE(record != records.end());
    CHECK((record->second.state == st::TenantState::active || record->second.state == st::TenantState::suspended));
  }
  for (const auto& [id, tenant] : records) {
    if (tenant.state != st::TenantState::deleted) check_alive(town, engine, house, tenant);
  }
  std::map<std::string, st::TenantState> promised;
  for (const Promise& promise : town.promises) {
    if (promise.at <= cut) promised[promise.tenant] = promise.state;
  }
  for (const auto& [name, state] : promised) {
    INFO(name);
    const auto record = records.find(town.ids.at(name));
    REQUIRE(record != records.end());
    // What came next may have happened already.
    const bool later = state == st::TenantState::active && record->second.state != st::TenantState::active;
    CHECK((record->second.state == state || later));
    if (state == st::TenantState::deleted) {
      CHECK(keys_of(house, record->first) == 0);
      CHECK_FALSE(fs::exists(house + "/tenants/" + record->first.text() + ".db"));
    }
  }
  const auto findings = engine.doctor();
  REQUIRE(findings);
  for (const auto& finding : findings.value()) {
    INFO(finding.subject << ": " << finding.detail);
    CHECK(finding.ok);
  }
}

}  // namespace

TEST_CASE("a power cut at any moment leaves no tenant's file without its record and key") {
  const char* const asked = std::getenv("STK_POWER_CUTS");
  const char* const first = std::getenv("STK_POWER_SEED");
  const int images = asked != nullptr ? std::atoi(asked) : 150;
  std::uint64_t seed = first != nullptr ? std::strtoull(first, nullptr, 10) : 1;
  Town town;
  fs::create_directory(town.folder.file("disk"));
  disk_log::record(town.folder.file("disk"));
  live(town);
  disk_log::stop();
  const std::size_t changes = disk_log::size();
  REQUIRE(changes > 200);
  for (int i = 0; i < images; ++i, ++seed) {
    // A cut right after a promise is the one that breaks it.
    const std::size_t cut = seed % 3 == 0 ? town.promises[seed / 3 % town.promises.size()].at
                                          : static_cast<std::size_t>(seed * 0x9E3779B97F4A7C15ULL % (changes + 1));
    INFO("STK_POWER_SEED=" << seed << " STK_POWER_CUTS=1, cut after " << cut << " of " << changes << " changes");
    const std::string image = town.folder.file("image");
    disk_log::cut_power(cut, seed, image);
    check_image(town, image + "/house", cut);
    fs::remove_all(image);
    if (images > 200 && i % 100 == 99) std::fprintf(stderr, "%d of %d power cuts\n", i + 1, images);
  }
  if (images >= 100) {  // or one of them may be missing by chance
    for (const char* name : {"anna", "boris", "vera", "dora"}) {
      INFO(name);
      CHECK(town.done[name] > 0);
    }
  }
  std::printf("%d power cuts in a log of %zu changes\n", images, changes);
}
