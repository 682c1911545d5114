// Backups of files and folders, and how they are restored.
#include <atomic>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <thread>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/backup.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/amiss.hpp"
#include "tests/support/house.hpp"
#include "tests/support/outbox.hpp"
#include "tests/support/shop.hpp"
#include "tests/support/sqlite_rows.hpp"
#include "tests/support/stepped_storage.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;

namespace {

std::string file_of(const House& house, const st::TenantId& tenant) {
  return house.folder.file("house") + "/tenants/" + tenant.text() + ".db";
}

// A restored file has a history of its own.
Tables rows_in(const std::string& path) {
  Tables tables = everything_in(path);
  tables.erase("migration");
  return tables;
}

// Of a control plane: the copy goes on with other numbers of events than its store.
Tables without_numbers(const std::string& path) {
  Tables tables = everything_in(path);
  REQUIRE(tables.erase("event_counter") == 1);
  return tables;
}

// Hears of each report by its number.
class Reports final : public st::ProgressSink {
 public:
  explicit Reports(std::function<void(int)> heard) : heard_(std::move(heard)) {}
  void report(const st::Progress&) noexcept override { heard_(count_++); }

 private:
  std::function<void(int)> heard_;
  int count_ = 0;
};

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

Tables of_no_time(Tables backup) {
  for (const char* table : {"outbox", "lease", "product_offer", "read_model"}) backup.at(table).clear();
  return backup;
}

// What a plane holds once this is restored: all of it, but the stamps of the credentials and what was of its own time.
Tables restored(Tables backup) {
  backup = of_no_time(std::move(backup));
  for (std::string& account : backup.at("account")) account.replace(account.rfind("3:36:"), 5 + 36 + 1, "3:0:|");
  return backup;
}

}  // namespace

TEST_CASE("a backup of a file holds every row of it") {
  TempFolder folder;
  Shop shop({.seed = 11, .offers = 60}, folder.file("shop.db"));
  shop.sync();
  const std::string copy = folder.file("copy.db");
  REQUIRE(shop.engine.backup(copy));
  const auto tables = without_numbers(copy);
  CHECK(tables.at("level").size() > 50);
  CHECK(tables.size() > 15);
  CHECK(tables == without_numbers(folder.file("shop.db")));
  // A whole restore is a backup's backup.
  const auto backup = st::open({.path = copy, .read_only = true}).value();
  REQUIRE(backup.backup(folder.file("again.db")));
  CHECK(without_numbers(folder.file("again.db")) == tables);
  CHECK(amiss(backup.doctor()) == "");
  CHECK(shop.engine.backup(copy).error().details().field == "target");
  CHECK(without_numbers(copy) == tables);
}

TEST_CASE("a reader learns that the store was restored to a time before its cursor, also when newer events have come") {
  for (const bool many : {false, true}) {
    CAPTURE(many);
    const TempFolder folder;
    const std::string copy = folder.file("copy");
    st::CallContext context;
    const auto publish = [&](const std::string& path, int from, int to) {
      std::shared_ptr<st::Storage> storage;
      if (many) {
        storage = st::make_sqlite_folder({.path = path, .schema = st::schema()}).value();
      } else {
        storage = st::make_sqlite_storage({.path = path, .schema = st::schema()}).value();
      }
      const auto tenant = many ? context.tenant : st::kDefaultTenant;
      for (int n = from; n <= to; ++n) {
        const st::Instant at = st::Instant::from_seconds(1'795'300'000 + n);
        const st::EventId event(st::Uuid::v7(at, static_cast<std::uint64_t>(n), 1));
        REQUIRE(put_event(*storage, tenant, event, st::kSyncFinished, "{}", at));
      }
    };
    const auto opened = [](const std::string& path) {
      return st::open({.path = path, .executor = st::make_inline_executor()}).value();
    };
    const std::string place = folder.file(many ? "house" : "shop.db");
    std::int64_t kept = 0;
    std::int64_t seen = 0;
    {
      auto engine = opened(many ? place + "/" : place);
      if (many) context.tenant = engine.tenants().create("anna").value().id;
      publish(place, 1, 3);
      kept = engine.events().newest(context).value();
      REQUIRE(kept == 3);
      REQUIRE(engine.backup(copy));
      publish(place, 4, 6);
      seen = engine.events().newest(context).value();
      REQUIRE(seen == 6);  // the store itself goes on without a gap
    }
    const auto restored = opened(copy);
    const auto is_gone = [&](std::int64_t cursor) {
      const auto events = restored.events().after(cursor, {}, context);
      return !events && events.error().errc() == st::Errc::cursor_gone && events.error().details().field == "cursor";
    };
    CHECK(is_gone(seen));
    CHECK(restored.events().after(kept, {}, context).value().empty());
    const std::int64_t begins_now = restored.events().newest(context).value();
    publish(copy, 11, 20);
    CHECK(restored.events().after(begins_now, {}, context).value().size() == 10);
    REQUIRE(restored.events().newest(context).value() > seen);
    CHECK(is_gone(kept + 1));
    CHECK(is_gone(seen));
    CHECK(restored.events().after(kept, {}, context).value().size() == 10);
    CHECK(restored.events().after(restored.events().oldest(context).value(), {}, context).value().size() == 13);
  }
}

TEST_CASE("a store that is restored twice gives no number to two events, and one without events goes on with others") {
  for (const bool many : {false, true}) {
    CAPTURE(many);
    const TempFolder folder;
    st::CallContext context;
    const auto opened = [](const std::string& path) {
      return st::open({.path = path, .executor = st::make_inline_executor()}).value();
    };
    const auto publish = [&](st::Engine& engine, const std::string& path, int number) {
      {
        const st::TenantId tenant = many ? context.tenant : st::kDefaultTenant;
        const st::Instant at = st::Instant::from_seconds(1'795'300'000 + number);
        const st::EventId event(st::Uuid::v7(at, static_cast<std::uint64_t>(number), 1));
        const auto storage = many ? st::make_sqlite_folder({.path = path, .schema = st::schema()}).value()
                                  : st::make_sqlite_storage({.path = path, .schema = st::schema()}).value();
        REQUIRE(put_event(*storage, tenant, event, st::kSyncFinished, "{}", at));
      }
      return engine.events().newest(context).value();
    };
    const std::string place = folder.file(many ? "house" : "shop.db");
    const std::string copy = folder.file("copy");
    {
      auto engine = opened(many ? place + "/" : place);
      if (many) context.tenant = engine.tenants().create("anna").value().id;
      REQUIRE(engine.events().newest(context).value() == 0);
      REQUIRE(engine.backup(copy));
      REQUIRE(publish(engine, place, 1) == 1);
    }
    std::int64_t last = 1;
    for (int times = 0; times < 2; ++times) {
      const std::string again = folder.file("again" + std::to_string(times));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      REQUIRE(st::restore_store(copy, again));
      auto engine = opened(again);
      const std::int64_t newest = publish(engine, again, 2 + times);
      CHECK(newest > last);
      const auto events = engine.events().after(last, {}, context);
      REQUIRE_FALSE(events);
      CHECK(events.error().errc() == st::Errc::cursor_gone);
      last = newest;
    }
  }
}

TEST_CASE("the deadline of a backup is one of the engine's clock") {
  for (const bool many : {false, true}) {
    CAPTURE(many);
    const TempFolder folder;
    // Behind the clock of the machine.
    const auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'700'000'000));
    auto opened = st::open({.path = folder.file("store") + (many ? "/" : ""), .clock = clock});
    REQUIRE(opened);
    const st::CallContext context{.deadline = clock->now() + std::chrono::minutes(1)};
    CHECK(opened.value().backup(folder.file("copy"), context));
  }
}

TEST_CASE("the deadline of a backup by rows, and of what is made of it, is one of the given clock") {
  for (const bool many : {false, true}) {
    CAPTURE(many);
    const TempFolder folder;
    const auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'700'000'000));
    const st::CallContext context{.deadline = clock->now() + std::chrono::minutes(1)};
    const auto stored = [&](const std::string& name) -> std::shared_ptr<st::Storage> {
      return st::make_sqlite_folder({.path = folder.file(name), .schema = st::schema(), .clock = clock}).value();
    };
    const std::string all = folder.file("all");
    std::string one = folder.file("one.db");
    if (many) {
      auto opened = st::open({.storage = stored("store"), .clock = clock});
      REQUIRE(opened);
      auto tenants = opened.value().tenants();
      const auto anna = tenants.create("anna", context);
      REQUIRE(anna);
      st::CallContext as_anna = context;
      as_anna.tenant = anna.value().id;
      REQUIRE(opened.value().backup(all, context));
      REQUIRE(opened.value().backup(one, as_anna));
      CHECK(opened.value().export_tenant(folder.file("export.db"), as_anna));
      REQUIRE(tenants.suspend(anna.value().id, context));
      CHECK(tenants.restore(anna.value().id, one, context));
      const auto empty = stored("empty");
      CHECK(st::restore_all(all, *empty, context, clock));
    } else {
      REQUIRE(st::open({.path = folder.file("store"), .clock = clock}).value().backup(all, context));
    }
    CHECK(st::restore_store(all, folder.file("again"), context, clock));
    const auto late = st::restore_store(all, folder.file("late"), {.timeout = st::Duration(0)}, clock);
    REQUIRE_FALSE(late);
    CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  }
}

TEST_CASE("a backup that is taken while the store is written holds one moment of it") {
  TempFolder folder;
  Shop shop({.seed = 12, .offers = 60}, folder.file("shop.db"));
  shop.sync();
  std::atomic<bool> done = false;
  std::atomic<int> failed = 0;
  std::thread writer([&] {
    while (!done) {
      shop.world.run_for(std::chrono::hours(3), st::testing::every(std::chrono::hours(3)), [] {});
      if (!shop.engine.sync().run(shop.account.id)) ++failed;
    }
  });
  for (int i = 0; i < 8; ++i) {
    const std::string copy = folder.file("copy" + std::to_string(i) + ".db");
    const auto backed = shop.engine.backup(copy);
    CHECK((backed ? "" : backed.error().text()) == "");
    if (!backed) continue;
    const auto engine = st::open({.path = copy, .read_only = true}).value();
    CHECK(amiss(engine.doctor()) == "");
    CHECK(engine.ledger().verify().value().broken == 0);
  }
  done = true;
  writer.join();
  CHECK(failed == 0);
}

TEST_CASE("a backup of a folder holds every row of every tenant") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  house.seller(anna, house.first);
  house.seller(boris, house.second);
  const std::string copy = house.folder.file("copy");
  {
    auto engine = house.open(house.first);
    REQUIRE(engine.backup(copy));
    CHECK(engine.backup(copy).error().details().field == "target");
  }
  CHECK(without_numbers(copy + "/control.db") == without_numbers(house.folder.file("house") + "/control.db"));
  CHECK(entries(fs::path(copy) / "tenants") == 2);
  for (const auto& tenant : {anna, boris}) {
    CHECK(everything_in(copy + "/tenants/" + tenant.text() + ".db") == everything_in(file_of(house, tenant)));
  }
  const auto engine = st::open({.path = copy, .read_only = true}).value();
  const auto of_house = house.open(house.first);
  CHECK(House::picture(engine, anna) == House::picture(of_house, anna));
  CHECK(House::picture(engine, boris) == House::picture(of_house, boris));
}

TEST_CASE("one tenant is put back, row by row, and nobody else") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto annas = house.seller(anna, house.first);
  house.seller(boris, house.second);
  const st::CallContext as_anna{.tenant = anna};
  const std::string copy = house.folder.file("anna.db");
  auto engine = house.open(house.first);
  REQUIRE(engine.backup(copy, as_anna));
  const auto then = rows_in(copy);
  CHECK(then == rows_in(file_of(house, anna)));
  house.first.run_for(std::chrono::hours(30), st::testing::every(std::chrono::hours(30)), [] {});
  REQUIRE(engine.sync().run(annas, as_anna).value().state == st::RunState::ok);
  CHECK(then != rows_in(file_of(house, anna)));

  // Only while nothing else can write.
  auto tenants = engine.tenants();
  CHECK(tenants.restore(anna, copy).error().message().find("suspend it before") != std::string::npos);
  const auto boriss = rows_in(file_of(house, boris));
  REQUIRE(tenants.suspend(anna));
  const auto another = house.open(house.first);  // another process that has the file open
  const std::string later = House::picture(another, anna);
  REQUIRE(tenants.restore(anna, copy));
  CHECK(rows_in(file_of(house, anna)) == restored(then));
  CHECK(rows_in(file_of(house, boris)) == boriss);
  CHECK(House::picture(another, anna) == House::picture(engine, anna));
  CHECK(House::picture(another, anna) != later);
  REQUIRE(tenants.resume(anna));
  CHECK(engine.sync().run(annas, as_anna).value().state == st::RunState::ok);
  CHECK(House::picture(engine, anna).size() > 1'000);
  CHECK(engine.ledger().verify(as_anna).value().broken == 0);

  // A folder's backup serves as well.
  const std::string all = house.folder.file("all");
  REQUIRE(engine.backup(all));
  const auto in_all = rows_in(all + "/tenants/" + anna.text() + ".db");
  REQUIRE(tenants.suspend(anna));
  REQUIRE(tenants.restore(anna, all));
  CHECK(rows_in(file_of(house, anna)) == of_no_time(in_all));
}

// Whoever was promised that a tenant's data are gone does not find them on the disk again.
TEST_CASE("a tenant that is removed while it is restored stays removed, whatever the restore is at") {
  int removals = 0;
  int while_copied = 0;
  for (const bool copying : {false, true}) {  // before a step, or while the copy is read
    for (int at = 0;; ++at) {
      INFO("removed at " << at << (copying ? " of the copy" : " of the steps"));
      TempFolder folder;
      const std::string copy = folder.file("anna.db");
      const std::shared_ptr<st::Storage> store =
          st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value();
      const auto stepped = std::make_shared<SteppedStorage>(store);
      // The folder's own restore replaces the file; into a storage of the caller's the rows are copied.
      st::OpenOptions options{.key_file = folder.file("house.key")};
      if (copying) {
        options.path = folder.file("house") + "/";
      } else {
        options.storage = stepped;
      }
      const auto engine = st::open(std::move(options)).value();
      const auto another = st::open({.storage = store, .key_file = folder.file("house.key")}).value();
      const auto anna = engine.tenants().create("anna").value().id;
      REQUIRE(engine.backup(copy, {.tenant = anna}));
      REQUIRE(engine.tenants().suspend(anna));
      bool removed = false;
      const auto remove_at = [&](int now) {
        if (!removed && now >= at) removed = static_cast<bool>(another.tenants().remove(anna));
      };
      st::CallContext context;
      if (copying) {
        context.progress = std::make_shared<Reports>(remove_at);
      } else {
        stepped->before = [&, from = stepped->steps](int step) -> st::Result<void> {
          remove_at(step - from);
          return st::success();
        };
      }
      const auto done = engine.tenants().restore(anna, copy, context);
      stepped->before = {};
      if (!removed) {
        CHECK(done);
        break;
      }
      ++removals;
      while_copied += copying ? 1 : 0;
      CHECK_FALSE(done);
      CHECK(store->tenant(anna).error().errc() == st::Errc::not_found);
      CHECK(entries(fs::path(folder.file("house")) / "tenants") == 0);
      const auto control = everything_in(folder.file("house/control.db"));
      CHECK(control.at("tenant_key").empty());
      CHECK(control.at("account_directory").empty());
      CHECK(amiss(another.doctor()) == "");
    }
  }
  CHECK(removals > while_copied + 5);
  CHECK(while_copied > 0);
}

TEST_CASE("a restored tenant takes over no account of another, and nothing that its backup had to announce") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto annas = house.seller(anna, house.first);
  const auto boriss = house.seller(boris, house.second);
  const std::string copy = house.folder.file("anna.db");
  auto engine = house.open(house.first);
  REQUIRE(engine.backup(copy, {.tenant = anna}));
  std::string sql;
  for (const auto& [table, rows] : everything_in(copy)) {
    for (const st::TableKey& known : st::schema().tables) {
      if (known.table != table) continue;
      for (const st::Column& column : known.columns) {
        if (column.name == "account_id") {
          sql += "UPDATE " + table + " SET account_id = '" + boriss.text() + "' WHERE account_id = '" + annas.text() +
                 "';";
        }
      }
    }
  }
  const std::string event = R"({"account":"x","channel":"y"})";
  sql += "INSERT INTO outbox VALUES ('01931111-0000-7000-8000-000000000009', 'account.connected', '" + event + "', 1);";
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(copy.c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);

  REQUIRE(engine.tenants().suspend(anna));
  REQUIRE(engine.tenants().restore(anna, copy));
  const auto accounts = engine.accounts().list({.tenant = anna}).collect().value();
  REQUIRE(accounts.size() == 1);
  CHECK(accounts.front().id != boriss);
  CHECK(engine.directory().relay().value() <= 1);  // boris's own
  const auto entries = engine.directory().accounts().collect();
  REQUIRE(entries);
  CHECK(entries.value().size() == 2);
  CHECK(everything_in(file_of(house, anna)).at("outbox").empty());
}

TEST_CASE("what is no backup of the tenant changes nothing") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  house.seller(anna, house.first);
  house.seller(boris, house.second);
  const std::string of_anna = house.folder.file("anna.db");
  auto engine = house.open(house.first);
  auto tenants = engine.tenants();
  REQUIRE(engine.backup(of_anna, {.tenant = anna}));
  REQUIRE(tenants.suspend(boris));
  const auto boriss = everything_in(file_of(house, boris));

  CHECK(tenants.restore(boris, of_anna).error().message().find(anna.text()) != std::string::npos);
  CHECK(tenants.restore(boris, house.folder.file("nothing.db")).error().errc() == st::Errc::not_found);
  CHECK_FALSE(fs::exists(house.folder.file("nothing.db")));
  const std::string single = house.folder.file("single.db");
  st::open({.path = single}).value();
  CHECK(tenants.restore(boris, single).error().errc() == st::Errc::store_unreadable);
  const std::string foreign = house.folder.file("foreign.db");
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(foreign.c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, "CREATE TABLE x (a)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  CHECK(tenants.restore(boris, foreign).error().errc() == st::Errc::import_refused);
  CHECK(tenants.restore(st::kDefaultTenant, of_anna).error().errc() == st::Errc::not_found);

  // Cut off in the middle: no draft, no target.
  std::stop_source stop;
  stop.request_stop();
  st::CallContext cancelled{.tenant = boris};
  cancelled.stop = stop.get_token();
  CHECK(engine.backup(house.folder.file("cut.db"), cancelled).error().errc() == st::Errc::cancelled);
  cancelled.tenant = {};
  CHECK(engine.backup(house.folder.file("cut"), cancelled).error().errc() == st::Errc::cancelled);
  CHECK(engine.backup(house.folder.file("no/such/folder/cut.db"), {.tenant = anna}).error().kind() !=
        st::ErrorKind::internal);
  for (const auto& entry : fs::directory_iterator(house.folder.path())) {
    CHECK(entry.path().string().find("cut") == std::string::npos);
    CHECK(entry.path().extension() != ".part");
  }
  CHECK(everything_in(file_of(house, boris)) == boriss);
  CHECK(engine.backup(house.folder.file("x.db"), {.tenant = st::TenantId(st::Uuid::v7(st::Instant(), 1, 2))})
            .error()
            .errc() == st::Errc::not_found);

  const auto memory = st::open({.path = ":memory:"}).value();
  CHECK(memory.backup(house.folder.file("memory.db")).error().errc() == st::Errc::unsupported);
}
