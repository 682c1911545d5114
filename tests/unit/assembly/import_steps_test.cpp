// Imports that end before their end, and those that succeed.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <stop_token>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/backup.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/amiss.hpp"
#include "tests/support/foreign_file.hpp"
#include "tests/support/older_store.hpp"
#include "tests/support/shop.hpp"
#include "tests/support/stepped_storage.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;

namespace {

// Calls `then` when a stage is reported.
class At final : public st::ProgressSink {
 public:
  At(std::string stage, std::function<void()> then) : stage_(std::move(stage)), then_(std::move(then)) {}
  void report(const st::Progress& step) noexcept override {
    if (step.stage == stage_) then_();
  }

 private:
  std::string stage_;
  std::function<void()> then_;
};

// So many facts more, of one position.
void add_facts(const std::string& file, std::int64_t count) {
  REQUIRE(run_sql(file, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                            std::to_string(count) +
                            ") INSERT INTO ledger SELECT (SELECT min(offer_id) FROM offer), (SELECT min(warehouse_id) "
                            "FROM warehouse), i, 100000 + i, 1, i, i + 1, i, 1, 'an order' FROM n"));
}

// A process of its own imports the file as "guest" and is killed in the middle of it.
void import_and_be_killed(Customs& customs, const std::string& file) {
  customs.engine = st::open({.path = ":memory:"}).value();  // a child must not open what its parent has open
  const pid_t child = ::fork();
  if (child == 0) {
    st::CallContext context;
    context.progress = std::make_shared<At>("rows", [] { ::kill(::getpid(), SIGKILL); });
    const auto engine = st::open({.path = customs.house.folder.file("house") + "/"}).value();
    ::_exit(engine.import_tenant(file, "guest", context) ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  customs.engine = customs.house.open(customs.house.first);
}

}  // namespace

TEST_CASE("an import that is stopped or runs out of time leaves nothing, whatever it is at") {
  Customs customs;
  const std::string file = customs.file("large.db");
  add_facts(file, 20'000);
  for (const char* stage : {"copy", "rows"}) {
    INFO(stage);
    std::stop_source stop;
    st::CallContext context;
    context.stop = stop.get_token();
    int seen = 0;
    context.progress = std::make_shared<At>(stage, [&] {
      ++seen;
      stop.request_stop();
    });
    CHECK(customs.engine.import_tenant(file, "guest", context).error().errc() == st::Errc::cancelled);
    CHECK(seen > 0);
    CHECK(customs.traces() == customs.before);

    const auto clock = std::make_shared<st::testing::ManualClock>();
    st::ForeignFileOptions options{.path = file, .schema = st::schema(), .clock = clock};
    st::CallContext late{.timeout = std::chrono::seconds(1)};
    late.progress = std::make_shared<At>(stage, [&] { clock->advance(std::chrono::seconds(2)); });
    const auto read = st::read_foreign_file(options, customs.files.file("fresh.db"), late);
    CHECK(read.error().errc() == st::Errc::deadline_exceeded);
    CHECK(listing(customs.files.path().string()) == std::set<std::string>{file});
  }
  CHECK(customs.engine.import_tenant(file, "guest"));
}

TEST_CASE("an import that fails at any of its changes leaves nothing, and the next one succeeds") {
  TempFolder folder;
  const auto make = [&] {
    return std::make_shared<SteppedStorage>(
        st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value());
  };
  const auto storage = make();
  const auto engine = st::open({.storage = storage, .key_file = folder.file("house.key")}).value();
  const auto before = everything_in(folder.file("house/control.db"));
  const auto files = listing(folder.path().string());
  int failed = 0;
  while (true) {
    storage->before = [fails = storage->steps + failed](int step) -> st::Result<void> {
      if (step == fails) return st::Errc::store_full;
      return st::success();
    };
    const auto imported = engine.import_tenant(Export::shared().path(), "guest");
    storage->before = {};
    if (imported) break;
    INFO(failed);
    CHECK(imported.error().errc() == st::Errc::store_full);
    CHECK(everything_in(folder.file("house/control.db")) == before);
    CHECK(listing(folder.path().string()) == files);
    REQUIRE(++failed < 100);
  }
  CHECK(failed > 8);
  CHECK(House::picture(engine, Export::shared().tenant) == Export::shared().picture);
}

TEST_CASE("an import that is deleted while it is under way leaves nothing, whatever it is at") {
  TempFolder folder;
  const auto storage = std::make_shared<SteppedStorage>(
      st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value());
  const auto engine = st::open({.storage = storage, .key_file = folder.file("house.key")}).value();
  const auto before = everything_in(folder.file("house/control.db"));
  const auto files = listing(folder.path().string());
  int deleted = 0;
  for (int at = 0;; ++at) {
    INFO("deleted before step " << at);
    bool removed = false;
    storage->before = [&, from = storage->steps](int step) -> st::Result<void> {
      if (removed || step - from < at) return st::success();
      const auto tenant = engine.tenants().find("guest");  // from some step on
      removed = tenant && engine.tenants().remove(tenant.value().id);
      return st::success();
    };
    const bool imported = static_cast<bool>(engine.import_tenant(Export::shared().path(), "guest"));
    storage->before = {};
    REQUIRE(imported != removed);
    if (imported) break;
    ++deleted;
    CHECK(everything_in(folder.file("house/control.db")) == before);
    CHECK(listing(folder.path().string()) == files);
  }
  CHECK(deleted > 8);
  CHECK(amiss(engine.doctor()) == "");
}

TEST_CASE("an import of a tenant that another import brought and somebody removed leaves no data") {
  int removals = 0;
  for (int at = 0;; ++at) {
    INFO("imported by another and removed before step " << at);
    TempFolder folder;
    const std::shared_ptr<st::Storage> store =
        st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value();
    const auto stepped = std::make_shared<SteppedStorage>(store);
    const auto engine = st::open({.storage = stepped, .key_file = folder.file("house.key")}).value();
    const auto another = st::open({.storage = store, .key_file = folder.file("house.key")}).value();
    bool removed = false;
    bool tried = false;
    stepped->before = [&, from = stepped->steps](int step) -> st::Result<void> {
      if (tried || step - from < at) return st::success();
      tried = true;
      const auto tenant = another.import_tenant(Export::shared().path(), "guest");
      removed = tenant && another.tenants().remove(tenant.value().id);
      return st::success();
    };
    const bool imported = static_cast<bool>(engine.import_tenant(Export::shared().path(), "guest"));
    stepped->before = {};
    if (!tried) break;
    if (!removed) continue;  // ours was finished already
    ++removals;
    CHECK_FALSE(imported);
    CHECK(store->tenant(Export::shared().tenant).error().errc() == st::Errc::not_found);
    const auto control = everything_in(folder.file("house/control.db"));
    CHECK(control.at("tenant_key").empty());
    CHECK(control.at("account_directory").empty());
    CHECK(control.at("relay_hint").empty());
    CHECK(amiss(another.doctor()) == "");
  }
  CHECK(removals > 8);
}

TEST_CASE("a name or an id that is taken is found before anything is written") {
  Customs customs;
  const std::string file = customs.file("good.db");
  REQUIRE(customs.engine.tenants().create("taken"));
  customs.before = customs.traces();
  CHECK(customs.engine.import_tenant(file, "taken").error().errc() == st::Errc::already_exists);
  CHECK(customs.engine.import_tenant(file, "").error().errc() == st::Errc::invalid_argument);
  CHECK(customs.traces() == customs.before);
  REQUIRE(customs.engine.import_tenant(file, "guest"));
  customs.before = customs.traces();
  const auto again = customs.engine.import_tenant(file, "another");
  CHECK(again.error().errc() == st::Errc::already_exists);
  CHECK(customs.traces() == customs.before);
  CHECK(House::picture(customs.engine, Export::shared().tenant) == Export::shared().picture);
}

// Whoever deleted a tenant did so for good: its backups would bring it back under the id that audits name.
TEST_CASE("a tenant that was removed is not imported again") {
  Customs customs;
  const std::string file = customs.file("good.db");
  const auto guest = customs.engine.import_tenant(file, "guest").value();
  REQUIRE(customs.engine.tenants().remove(guest.id));
  customs.before = customs.traces();
  const auto again = customs.engine.import_tenant(file, "guest");
  REQUIRE_FALSE(again);
  CHECK(again.error().errc() == st::Errc::already_exists);
  CHECK(again.error().message().find("is deleted") != std::string::npos);
  CHECK(customs.traces() == customs.before);
}

TEST_CASE("an import that was killed does not disturb the next one, which clears up after it") {
  Customs customs;
  const std::string file = customs.file("large.db");
  add_facts(file, 20'000);
  import_and_be_killed(customs, file);
  std::string left;
  for (const auto& name : customs.traces().files) {
    if (fs::path(name).filename().string().starts_with("stocktracker-import-")) left = name;
  }
  REQUIRE_FALSE(left.empty());
  fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::hours(1));
  // Its record says so; nobody takes it for a tenant, and opening for writing leaves it alone.
  const auto unfinished = customs.house.open(customs.house.first).tenants().find("guest").value();
  CHECK(unfinished.state == st::TenantState::creating);
  CHECK(unfinished.reason.find("import") != std::string::npos);
  CHECK(customs.engine.stock().positions({}, {.tenant = unfinished.id}).collect().error().errc() ==
        st::Errc::not_found);
  REQUIRE(customs.engine.import_tenant(file, "guest"));
  CHECK_FALSE(fs::exists(left));
  CHECK(customs.engine.tenants().find("guest").value().state == st::TenantState::active);
  // What is left of a plane without a record is said, and not removed.
  const auto orphan = st::TenantId(st::Uuid::v7(st::Instant::from_seconds(5), 1, 2)).text();
  const std::string place = customs.house.folder.file("house") + "/tenants/";
  fs::copy_file(place + Export::shared().tenant.text() + ".db", place + orphan + ".db");
  fs::last_write_time(place + orphan + ".db", fs::file_time_type::clock::now() - std::chrono::hours(1));
  const auto reopened = customs.house.open(customs.house.first);
  const auto findings = reopened.doctor().value();
  CHECK(std::count_if(findings.begin(), findings.end(), [&](const st::StorageFinding& finding) {
          return finding.subject == "tenant " + orphan + " record" && !finding.ok;
        }) == 1);
  CHECK(fs::exists(place + orphan + ".db"));
}

TEST_CASE("an import that was killed can be deleted without a trace, and its file imported under another name") {
  Customs customs;
  const std::string file = customs.file("large.db");
  add_facts(file, 20'000);
  import_and_be_killed(customs, file);
  auto tenants = customs.engine.tenants();
  const auto unfinished = tenants.find("guest").value();
  CHECK(tenants.create("guest").error().errc() == st::Errc::already_exists);
  REQUIRE(tenants.remove(unfinished.id));
  CHECK(tenants.find("guest").error().errc() == st::Errc::not_found);
  CHECK(tenants.find(unfinished.id.text()).error().errc() == st::Errc::not_found);
  REQUIRE(customs.engine.import_tenant(file, "visitor"));
  CHECK(tenants.find("visitor").value().id == unfinished.id);
}

TEST_CASE("a good file and one of an older version are imported as they are") {
  for (const std::string& sql : {std::string("SELECT 1"), std::string("ANALYZE"), std::string("VACUUM"), back_to(1)}) {
    INFO(sql);
    Customs customs;
    const std::string file = customs.file("good.db");
    REQUIRE(run_sql(file, sql));
    const auto imported = customs.engine.import_tenant(file, "guest");
    REQUIRE((imported ? std::string() : imported.error().text()) == "");
    CHECK(House::picture(customs.engine, Export::shared().tenant) == Export::shared().picture);
    const st::CallContext as_guest{.tenant = Export::shared().tenant};
    CHECK(customs.engine.ledger().verify(as_guest).value().broken == 0);
    CHECK(amiss(customs.engine.doctor(as_guest)) == "");
    for (const auto& name : customs.traces().files) CHECK(name.find("stocktracker-") == std::string::npos);
  }
}

TEST_CASE("a store of one seller that is open and has a log is imported with what is in the log") {
  Customs customs;
  TempFolder own;
  const auto& world = customs.house.first;
  auto alone = st::open({.path = own.file("shop.db"),
                         .limits = st::LimitTable{},
                         .transport = world.transport(),
                         .clock = world.clock(),
                         .executor = st::make_inline_executor()})
                   .value();
  const auto account =
      alone.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))).value().id;
  REQUIRE(alone.sync().run(account).value().state == st::RunState::ok);
  REQUIRE(fs::file_size(own.file("shop.db-wal")) > 0);
  const auto guest = customs.engine.import_tenant(own.file("shop.db"), "guest").value();
  CHECK(House::picture(customs.engine, guest.id) == House::picture(alone, {}));
}

TEST_CASE("a backup with a trigger is not restored, and the tenant stays as it was") {
  House house;
  const auto anna = house.tenant("anna");
  house.seller(anna, house.first);
  auto engine = house.open(house.first);
  const std::string one = house.folder.file("one.db");
  const std::string all = house.folder.file("all");
  REQUIRE(engine.backup(one, {.tenant = anna}));
  REQUIRE(engine.backup(all));
  REQUIRE(engine.tenants().suspend(anna));
  const std::string picture = House::picture(engine, anna);
  for (const std::string& file : {one, all + "/tenants/" + anna.text() + ".db"}) {
    REQUIRE(run_sql(file, "CREATE TRIGGER steal AFTER INSERT ON level BEGIN DELETE FROM ledger; END"));
  }
  for (const std::string& backup : {one, all}) {
    const auto restored = engine.tenants().restore(anna, backup);
    REQUIRE_FALSE(restored);
    CHECK(restored.error().errc() == st::Errc::import_refused);
    CHECK_THAT(restored.error().text(), Catch::Contains("trigger steal"));
  }
  CHECK(House::picture(engine, anna) == picture);
  for (const auto& name : listing(house.folder.file("house"))) CHECK(name.find("import") == std::string::npos);
}

TEST_CASE("a backup of everything is read file by file, the control plane as well") {
  House house;
  const auto anna = house.tenant("anna");
  house.seller(anna, house.first);
  const auto engine = house.open(house.first);
  const auto empty = [&](const std::string& name) {
    return st::make_sqlite_folder({.path = house.folder.file(name), .schema = st::schema()}).value();
  };
  const std::string all = house.folder.file("all");
  REQUIRE(engine.backup(all));
  const std::string control =
      "INSERT INTO account_directory VALUES ('01931111-0000-7000-8000-000000000001', "
      "'01931111-0000-7000-8000-000000000002', CAST(x'ff' AS TEXT))";
  const std::string trigger = "CREATE TRIGGER steal AFTER INSERT ON level BEGIN DELETE FROM ledger; END";
  REQUIRE(run_sql(all + "/control.db", control));
  const auto first = empty("first");
  const auto refused = st::restore_all(all, *first);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().text(), Catch::Contains("table account_directory, row 1, column channel") ||
                                         Catch::Contains("table account_directory, row 2, column channel"));
  REQUIRE(run_sql(all + "/control.db", "DELETE FROM account_directory WHERE tenant_id LIKE '01931111%'"));
  const std::string of_anna = all + "/tenants/" + anna.text() + ".db";
  REQUIRE(run_sql(of_anna, trigger));
  CHECK_THAT(st::restore_all(all, *first).error().text(), Catch::Contains("trigger steal"));
  REQUIRE(run_sql(of_anna, "DROP TRIGGER steal"));
  REQUIRE(st::restore_all(all, *first));
  const auto restored = st::open({.path = house.folder.file("first")}).value();
  CHECK(House::picture(restored, anna) == House::picture(engine, anna));
}

TEST_CASE("a new store is made from the rows of a backup, and from none with a trigger") {
  House house;
  const auto anna = house.tenant("anna");
  house.seller(anna, house.first);
  const auto engine = house.open(house.first);
  const std::string all = house.folder.file("all");
  REQUIRE(engine.backup(all));
  REQUIRE(st::restore_store(all, house.folder.file("second")));
  CHECK(House::picture(st::open({.path = house.folder.file("second")}).value(), anna) == House::picture(engine, anna));
  CHECK(st::restore_store(all, house.folder.file("second")).error().details().field == "target");
  const std::string trigger = "CREATE TRIGGER steal AFTER INSERT ON level BEGIN DELETE FROM ledger; END";
  REQUIRE(run_sql(all + "/tenants/" + anna.text() + ".db", trigger));
  CHECK_THAT(st::restore_store(all, house.folder.file("third")).error().text(), Catch::Contains("trigger steal"));
  CHECK_FALSE(fs::exists(house.folder.file("third")));

  Shop shop({.seed = 11, .offers = 30}, house.folder.file("shop.db"));
  shop.sync();
  const std::string copy = house.folder.file("copy.db");
  REQUIRE(shop.engine.backup(copy));
  REQUIRE(st::restore_store(copy, house.folder.file("again.db")));
  const auto again = st::open({.path = house.folder.file("again.db")}).value();
  CHECK(House::picture(again, st::TenantId()) == House::picture(shop.engine, st::TenantId()));
  REQUIRE(run_sql(copy, trigger));
  CHECK_THAT(st::restore_store(copy, house.folder.file("other.db")).error().text(), Catch::Contains("trigger steal"));
  CHECK_FALSE(fs::exists(house.folder.file("other.db")));
}

// unit_tenant "[measure]" -s
TEST_CASE("a million facts are imported at a rate that is printed", "[.][measure]") {
  Customs customs;
  const std::string file = customs.file("large.db");
  add_facts(file, 1'000'000);
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(customs.engine.import_tenant(file, "guest"));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << "1,000,000 facts, " << fs::file_size(file) / 1'000'000 << " MB: " << took.count() << " s\n";
}
