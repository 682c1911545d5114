// A house of tenants whose machine loses its power at any moment: no tenant's file is ever without its record or key,
// and what was acknowledged is there.
#include <sqlite3.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/fault/cuts.hpp"
#include "tests/fault/disk_log.hpp"
#include "tests/support/amiss.hpp"
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

struct Town {
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
    const auto account =
        engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries)), {}, context);
    REQUIRE(account);
    REQUIRE(engine.sync().run(account.value().id, context).value().state == st::RunState::ok);
  }
  [[nodiscard]] std::string house() const { return folder.file("disk/house"); }

  TempFolder folder;
  st::testing::World world{{.seed = 5, .offers = 4}};
  std::uint64_t opened = 0;
  st::TenantId id;
  std::map<std::string, st::TenantId> ids;
  std::vector<Promise> promises;
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

// Of every tenant that lives: its file is sound, and its key opens its credentials.
void check_alive(const st::Engine& engine, const std::string& house, const st::Tenant& tenant) {
  INFO(tenant.name);
  CHECK(fs::exists(house + "/tenants/" + tenant.id.text() + ".db"));
  CHECK(keys_of(house, tenant.id) == 1);
  const st::CallContext context{.tenant = tenant.id};
  const auto accounts = engine.accounts().list(context).collect();
  REQUIRE(accounts);
  for (const st::Account& account : accounts.value()) {
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
    if (tenant.state != st::TenantState::deleted) check_alive(engine, house, tenant);
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
  CHECK(amiss(engine.doctor()) == "");
}

}  // namespace

TEST_CASE("a power cut at any moment leaves no tenant's file without its record and key") {
  const Cuts cuts(150);
  Town town;
  fs::create_directory(town.folder.file("disk"));
  disk_log::record(town.folder.file("disk"));
  live(town);
  disk_log::stop();
  const std::size_t changes = disk_log::size();
  REQUIRE(changes > 200);
  // A cut right after a promise is the one that breaks it.
  std::vector<std::size_t> best;
  for (const Promise& promise : town.promises) best.push_back(promise.at);
  REQUIRE(cuts.images > 0);
  for (int i = 0; i < cuts.images; ++i) {
    const std::uint64_t seed = cuts.seed + static_cast<std::uint64_t>(i);
    const std::size_t cut = Cuts::place(seed, 0, best);
    INFO(Cuts::again(seed, cut));
    const std::string image = town.folder.file("image");
    disk_log::cut_power(cut, seed, image);
    check_image(town, image + "/house", cut);
    fs::remove_all(image);
    cuts.report(i + 1);
  }
  std::printf("%d power cuts in a log of %zu changes\n", cuts.images, changes);
}
