// One tenant's data are damaged, each time as an attacker or a disk would do it; the others are served.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/backup.hpp>

#include "ports/damage.hpp"
#include "tenant/quarantine.hpp"
#include "tenant/relay.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/house.hpp"
#include "tests/support/sqlite_rows.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;

namespace {

class Log final : public st::Telemetry {
 public:
  void log(const st::LogEvent& event) noexcept override { ++events[std::string(event.name)]; }
  std::map<std::string, int> events;
};

class Audit final : public st::AuditSink {
 public:
  void record(const st::AuditEvent& event) noexcept override { events.push_back(event); }
  std::vector<st::AuditEvent> events;
};

std::string file_of(const House& house, const st::TenantId& tenant) {
  return house.folder.file("house") + "/tenants/" + tenant.text() + ".db";
}

void run_in(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

void write_noise(const std::string& path, std::streamoff from, std::size_t size) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(from);
  std::string noise;
  for (std::size_t i = 0; i < size; ++i) noise += static_cast<char>(i * 2'654'435'761U >> 13);
  file << noise;
}

// The page that a table begins with, and nothing else.
void spoil_table(const std::string& path, const std::string& table) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  const auto number = [&](const std::string& sql) {
    const std::string row = rows_of(db, sql).at(0);
    return std::stoll(row.substr(row.find(':', row.find(':') + 1) + 1));
  };
  const auto page = number("SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'");
  const auto size = number("PRAGMA page_size");
  sqlite3_close(db);
  write_noise(path, (page - 1) * size, static_cast<std::size_t>(size));
}

// Three sellers; the first one's id comes first everywhere, so that whatever stops at it reaches nobody else.
struct ThreeTenants : House {
  ThreeTenants() : third({.seed = 91, .offers = 40}) {
    std::vector<st::TenantId> tenants{tenant("one"), tenant("two"), tenant("three")};
    std::sort(tenants.begin(), tenants.end());
    victim = tenants[0];
    anna = tenants[1];
    boris = tenants[2];
    account = seller(victim, third);
    seller(anna, first);
    seller(boris, second);
    auto engine = open(first);
    REQUIRE(engine.backup(folder.file("victim.db"), {.tenant = victim}));
  }
  [[nodiscard]] std::string path() const { return file_of(*this, victim); }
  // Both have sold meanwhile, and what their synchronisations have to say waits for a relay.
  void sync_again() {
    const auto day = std::chrono::hours(30);
    for (st::testing::World* world : {&third, &second}) world->run_for(day, st::testing::every(day), [] {});
    seller(victim, third);
    seller(boris, second);
    st::EventId stamp(st::Uuid::v7(st::Instant::from_seconds(1), 1, 1));
    const auto store = st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value();
    REQUIRE(
        st::write_relay_hint(*store, victim, stamp, {}));  // the connection of the other has carried what it had to say
  }

  st::testing::World third;
  st::TenantId victim, anna, boris;
  st::AccountId account;
};

struct Attack {
  const char* name;
  void (*damage)(const ThreeTenants& house);
};

constexpr Attack kAttacks[] = {
    {"overwritten with noise",
     [](const ThreeTenants& house) { write_noise(house.path(), 0, fs::file_size(house.path())); }},
    {"cut in half", [](const ThreeTenants& house) { fs::resize_file(house.path(), fs::file_size(house.path()) / 2); }},
    {"emptied", [](const ThreeTenants& house) { fs::resize_file(house.path(), 0); }},
    {"replaced by another tenant's",
     [](const ThreeTenants& house) {
       fs::copy_file(file_of(house, house.boris), house.path(), fs::copy_options::overwrite_existing);
     }},
    {"replaced by the store of a seller",
     [](const ThreeTenants& house) {
       fs::remove(house.path());
       REQUIRE(st::open({.path = house.path()}));
     }},
    {"of a changed migration",
     [](const ThreeTenants& house) {
       run_in(house.path(), "UPDATE migration SET checksum = checksum + 1 WHERE number = 1");
     }},
    {"replaced by a pipe",
     [](const ThreeTenants& house) {
       fs::remove(house.path());
       REQUIRE(::mkfifo(house.path().c_str(), 0600) == 0);
     }},
    {"beside a pipe in place of its journal",
     [](const ThreeTenants& house) { REQUIRE(::mkfifo((house.path() + "-journal").c_str(), 0600) == 0); }},
    {"removed", [](const ThreeTenants& house) { fs::remove(house.path()); }},
};

bool names(const std::vector<st::StorageFinding>& findings, const st::TenantId& tenant) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const auto& finding) { return !finding.ok && finding.tenant == tenant; });
}

std::size_t finished_of(const st::Engine& engine, const st::TenantId& tenant) {
  const auto events = engine.directory().events({}, 1'000).value();
  return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [&](const auto& event) {
    return event.tenant == tenant && event.topic == "sync.finished";
  }));
}

}  // namespace

TEST_CASE("a backup of all tenants goes on past a tenant with a damaged file, and closes it") {
  for (const Attack& attack : kAttacks) {
    INFO(attack.name);
    ThreeTenants house;
    attack.damage(house);
    auto engine = house.open(house.first);
    const std::string all = house.folder.file("all");
    const auto report = engine.backup(all);
    REQUIRE(report);
    CHECK(report.value().tenants == std::vector{house.anna, house.boris});
    REQUIRE(report.value().skipped.size() == 1);
    CHECK(report.value().skipped[0].tenant == house.victim);
    for (const auto& tenant : {house.anna, house.boris}) {
      CHECK(everything_in(all + "/tenants/" + tenant.text() + ".db") == everything_in(file_of(house, tenant)));
    }
    CHECK_FALSE(fs::exists(all + "/tenants/" + house.victim.text() + ".db"));
    const auto record = engine.tenants().find(house.victim.text()).value();
    CHECK(record.state == st::TenantState::quarantined);
    CHECK_FALSE(record.reason.empty());
    // In the backup it is no tenant that has nothing, but one that is closed.
    const auto copy = st::open({.path = all, .read_only = true}).value();
    CHECK(copy.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);
    CHECK(copy.stock().columns({}, {.tenant = house.victim}).error().kind() == st::ErrorKind::corrupt);
    // Named, it is an error, and leaves nothing.
    CHECK_FALSE(engine.backup(house.folder.file("one.db"), {.tenant = house.victim}));
    CHECK_FALSE(fs::exists(house.folder.file("one.db")));
  }
}

TEST_CASE("a relay goes on past a tenant with a damaged file, and closes it") {
  for (const Attack& attack : kAttacks) {
    INFO(attack.name);
    ThreeTenants house;
    auto engine = house.open(house.first);
    REQUIRE(engine.directory().relay());
    const auto before = finished_of(engine, house.boris);
    house.sync_again();
    attack.damage(house);
    engine = house.open(house.first);
    REQUIRE(engine.directory().relay());
    CHECK(finished_of(engine, house.boris) == before + 1);
    CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);
    REQUIRE(engine.directory().relay());
    // What it had to say is not lost: its hint stays.
    REQUIRE(engine.tenants().restore(house.victim, house.folder.file("victim.db")));
    CHECK(engine.directory().relay());
  }
}

TEST_CASE("a tenant with a damaged file is closed for reading and writing until it is restored") {
  for (const Attack& attack : kAttacks) {
    INFO(attack.name);
    ThreeTenants house;
    const st::CallContext as_victim{.tenant = house.victim};
    const std::string then = House::picture(house.open(house.first), house.victim);
    attack.damage(house);
    auto engine = house.open(house.third);
    const auto refused = engine.sync().run(house.account, as_victim);
    CHECK(refused.error().errc() == st::Errc::tenant_quarantined);
    CHECK(engine.stock().columns({}, as_victim).error().errc() == st::Errc::tenant_quarantined);
    CHECK(engine.stock().columns({}, as_victim).error().message().find("restore") != std::string::npos);
    CHECK(engine.stock().columns({}, {.tenant = house.anna}));
    // Resuming looks at the file first.
    CHECK(engine.tenants().resume(house.victim).error().errc() == st::Errc::tenant_quarantined);
    CHECK(engine.tenants().suspend(house.victim).error().errc() == st::Errc::invalid_argument);
    CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);

    REQUIRE(engine.tenants().restore(house.victim, house.folder.file("victim.db")));
    const auto record = engine.tenants().find(house.victim.text()).value();
    CHECK(record.state == st::TenantState::suspended);
    CHECK(record.reason.empty());
    CHECK(House::picture(engine, house.victim) == then);
    REQUIRE(engine.tenants().resume(house.victim));
    CHECK(engine.sync().run(house.account, as_victim).value().state == st::RunState::ok);
  }
}

TEST_CASE("doctor names a tenant with a damaged file, and examines the others") {
  for (const Attack& attack : kAttacks) {
    INFO(attack.name);
    ThreeTenants house;
    attack.damage(house);
    const auto reader = st::open({.path = house.folder.file("house"), .read_only = true}).value();
    CHECK(names(reader.doctor().value(), house.victim));
    CHECK(reader.tenants().find(house.victim.text()).value().state == st::TenantState::active);  // it may not write
    auto engine = house.open(house.first);
    const auto findings = engine.doctor().value();
    CHECK(names(findings, house.victim));
    CHECK_FALSE(names(findings, house.anna));
    CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);
    CHECK(std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
      return finding.subject == "ledger" && finding.ok && finding.detail.find("of 2 tenants") != std::string::npos;
    }));
    CHECK(names(engine.doctor().value(), house.victim));
  }
}

TEST_CASE("a pipe in place of the control plane is refused, not waited for") {
  ThreeTenants house;
  const std::string control = house.folder.file("house") + "/control.db";
  fs::remove(control);
  REQUIRE(::mkfifo(control.c_str(), 0600) == 0);
  for (const bool read_only : {false, true}) {
    const auto refused = st::open({.path = house.folder.file("house"), .read_only = read_only});
    CHECK(refused.error().errc() == st::Errc::store_unreadable);
    CHECK(refused.error().message().find(control) != std::string::npos);
  }
}

TEST_CASE("a page that is damaged inside of a tenant's file closes the tenant when a transaction meets it") {
  ThreeTenants house;
  const st::CallContext as_victim{.tenant = house.victim};
  spoil_table(house.path(), "level");
  auto engine = house.open(house.first);
  CHECK(engine.accounts().list(as_victim).collect());  // other pages are read
  CHECK(engine.stock().positions({}, as_victim).collect().error().errc() == st::Errc::tenant_quarantined);
  CHECK(engine.accounts().list(as_victim).collect().error().errc() == st::Errc::tenant_quarantined);
  CHECK(engine.stock().positions({}, {.tenant = house.anna}).collect());
  // Sound again by other means: the operator put the file back.
  fs::remove(house.path());
  fs::copy_file(house.folder.file("victim.db"), house.path());
  CHECK(engine.tenants().resume(house.victim).value().state == st::TenantState::active);
  CHECK(engine.stock().positions({}, as_victim).collect());
}

TEST_CASE("a quarantined tenant can be removed") {
  ThreeTenants house;
  write_noise(house.path(), 0, fs::file_size(house.path()));
  auto engine = house.open(house.first);
  CHECK_FALSE(engine.stock().columns({}, {.tenant = house.victim}));
  CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);
  REQUIRE(engine.tenants().remove(house.victim));
  const auto record = engine.tenants().find(house.victim.text()).value();
  CHECK(record.state == st::TenantState::deleted);
  CHECK(record.reason.empty());
  CHECK_FALSE(fs::exists(house.path()));
}

TEST_CASE("an opening goes on past a tenant that cannot be finished, and reports it") {
  ThreeTenants house;
  auto log = std::make_shared<Log>();
  const std::string control = house.folder.file("house") + "/control.db";
  const auto open = [&] { return st::open({.path = house.folder.file("house"), .telemetry = log}); };
  run_in(control, "UPDATE tenant SET state = 'creating' WHERE tenant_id = '" + house.victim.text() + "'");
  write_noise(house.path(), 0, fs::file_size(house.path()));
  {
    auto opened = open();
    REQUIRE(opened);
    CHECK(log->events["tenant.half_way"] == 1);
    CHECK(opened.value().tenants().find(house.victim.text()).value().state == st::TenantState::creating);
    CHECK(opened.value().stock().columns({}, {.tenant = house.anna}));
  }
  // Half deleted, and what lies in its place cannot be removed.
  run_in(control, "UPDATE tenant SET state = 'deleting' WHERE tenant_id = '" + house.victim.text() + "'");
  fs::remove(house.path());
  fs::create_directories(house.path() + "/inside");
  {
    REQUIRE(open());
    CHECK(log->events["tenant.half_way"] == 2);
  }
  fs::remove_all(house.path());
  CHECK(open().value().tenants().find(house.victim.text()).value().state == st::TenantState::deleted);
}

TEST_CASE("what is the machine's fault, or passes, closes no tenant") {
  using st::Errc;
  for (const Errc code : {Errc::io_failed, Errc::store_full, Errc::store_busy, Errc::store_read_only, Errc::store_newer,
                          Errc::store_older, Errc::store_unreachable, Errc::cancelled, Errc::deadline_exceeded,
                          Errc::internal, Errc::not_found, Errc::key_missing}) {
    CHECK_FALSE(st::is_damage(code));
  }
  const auto of = [](Errc code, const char* vendor, const char* vendor_code) {
    st::ErrorDetails details;
    details.vendor = vendor;
    details.vendor_code = vendor_code;
    return st::Error(code, std::move(details));
  };
  CHECK(st::is_damage(of(Errc::store_corrupt, "sqlite", "11")));
  CHECK(st::is_damage(of(Errc::store_corrupt, "postgresql", "XX001")));
  CHECK(st::is_damage(of(Errc::store_corrupt, "postgresql", "XX002")));        // an index that is damaged
  CHECK(st::is_damage(of(Errc::store_unreadable, "sqlite", "")));              // looked at, and another's
  CHECK_FALSE(st::is_damage(of(Errc::store_corrupt, "postgresql", "XX000")));  // any fault of the server
  CHECK_FALSE(st::is_damage(of(Errc::store_unreadable, "sqlite", "14")));      // too many open files, permissions
  CHECK_FALSE(st::is_of_one_tenant(of(Errc::io_failed, "sqlite", "778")));     // a disk that cannot be written
  CHECK(st::is_of_one_tenant(of(Errc::io_failed, "sqlite", "266")));           // a sector that cannot be read

  // A file that a newer version has migrated: not read by this one, skipped, open for that one.
  ThreeTenants house;
  run_in(house.path(),
         "INSERT INTO migration SELECT plane, number + 1, 'later', 1, 1 FROM migration ORDER BY number DESC LIMIT 1");
  auto engine = house.open(house.first);
  CHECK(engine.stock().columns({}, {.tenant = house.victim}).error().errc() == Errc::store_newer);
  CHECK(engine.backup(house.folder.file("all")).value().skipped.size() == 1);
  CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::active);
  // Everybody's files at once: a disk that is not mounted.
  const std::string tenants = house.folder.file("house") + "/tenants";
  fs::rename(tenants, tenants + ".away");
  CHECK(engine.stock().columns({}, {.tenant = house.anna}).error().errc() == Errc::io_failed);
  // An empty folder in its place: the point where it is mounted.
  fs::create_directory(tenants);
  for (const st::TenantId& tenant : {house.victim, house.anna, house.boris}) {
    auto fresh = house.open(house.first);
    CHECK(fresh.stock().columns({}, {.tenant = tenant}).error().errc() == Errc::not_found);
    CHECK(fresh.tenants().find(tenant.text()).value().state == st::TenantState::active);
  }
  fs::remove_all(tenants);
  fs::rename(tenants + ".away", tenants);
  CHECK(engine.stock().columns({}, {.tenant = house.anna}));
}

TEST_CASE("a relay waits a bounded time for a tenant that another process is writing") {
  ThreeTenants house;
  house.sync_again();
  run_in(house.path(),
         "INSERT INTO outbox (event_id, topic, payload, created_at) VALUES "
         "('01900000-0000-7000-8000-000000000001', 'sync.finished', '{}', 1)");
  Signal holds;
  Signal go;
  ChildProcess writer([&] {
    sqlite3* db = nullptr;
    if (sqlite3_open(house.path().c_str(), &db) != SQLITE_OK) return 1;
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK) return 2;
    holds.send_signal();
    go.wait();
    return sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK ? 0 : 3;
  });
  holds.wait();
  {
    auto engine = st::open({.path = house.folder.file("house")}).value();
    const auto before = finished_of(engine, house.boris);
    const auto began = std::chrono::steady_clock::now();
    const auto carried = engine.directory().relay();
    const auto took = std::chrono::steady_clock::now() - began;
    REQUIRE(carried);
    CHECK(finished_of(engine, house.boris) == before + 1);
    CHECK(took < std::chrono::seconds(6));  // two, where the machine is idle
    CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::active);
    go.send_signal();
    CHECK(writer.code() == 0);
    CHECK(engine.directory().relay());
  }
}

namespace {

// As a server whose rows of one tenant cannot be read.
class BrokenRows final : public st::Storage {
 public:
  class Plane final : public st::Database {
   public:
    st::Plane plane() const noexcept override { return st::Plane::tenant; }
    st::Result<void> transact(const st::CallContext&, st::TransactMode,
                              st::FunctionRef<st::Result<void>(st::Transaction&)>) override {
      st::ErrorDetails details;
      details.message = "invalid page in block 7 of relation base/5/16384";
      details.vendor = "postgresql";
      details.vendor_code = "XX001";
      return st::Error(st::Errc::store_corrupt, std::move(details));
    }
  };

  BrokenRows(std::shared_ptr<st::Storage> storage, const st::TenantId& broken)
      : storage_(std::move(storage)), broken_(broken) {}
  st::Database& control() override { return storage_->control(); }
  st::Result<std::shared_ptr<st::Database>> tenant(const st::TenantId& tenant) override {
    if (tenant == broken_) return std::shared_ptr<st::Database>(std::make_shared<Plane>());
    return storage_->tenant(tenant);
  }
  st::Result<void> create_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    return storage_->create_tenant(tenant, context);
  }
  st::Result<void> destroy_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    return storage_->destroy_tenant(tenant, context);
  }
  st::Result<st::BackupReport> backup(const std::string&, const st::CallContext&) override {
    return st::Errc::unsupported;
  }
  st::Result<void> restore_tenant(const st::TenantId&, const std::string&, const st::CallContext&) override {
    return st::Errc::unsupported;
  }
  st::Result<std::vector<st::StorageFinding>> examine(const st::CallContext&) override {
    return std::vector<st::StorageFinding>{};
  }

 private:
  std::shared_ptr<st::Storage> storage_;
  st::TenantId broken_;
};

}  // namespace

TEST_CASE("a backup by rows goes on past a tenant with unreadable rows, and closes it") {
  ThreeTenants house;
  const auto folder = st::make_sqlite_folder({.path = house.folder.file("house"), .schema = st::schema()}).value();
  auto engine = st::open({.storage = std::make_shared<BrokenRows>(folder, house.victim)}).value();
  const std::string all = house.folder.file("all");
  const auto report = engine.backup(all).value();
  CHECK(report.tenants == std::vector{house.anna, house.boris});
  REQUIRE(report.skipped.size() == 1);
  CHECK(report.skipped[0].tenant == house.victim);
  CHECK(engine.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);
  CHECK(engine.tenants().find(house.victim.text()).value().reason.find("block 7") != std::string::npos);
  CHECK_FALSE(fs::exists(all + "/tenants/" + house.victim.text() + ".db"));
  // The next one names it again.
  CHECK(engine.backup(house.folder.file("next")).value().skipped.size() == 1);
  // Such a backup goes into an empty store, where the tenant is closed as well.
  const std::string fresh = house.folder.file("fresh");
  const auto empty = st::make_sqlite_folder({.path = fresh, .schema = st::schema()}).value();
  REQUIRE(st::restore_all(all, *empty));
  const auto restored = st::open({.path = fresh}).value();
  CHECK(restored.tenants().find(house.victim.text()).value().state == st::TenantState::quarantined);
  CHECK(House::picture(restored, house.anna) == House::picture(house.open(house.first), house.anna));
}

TEST_CASE("a quarantine is reported and recorded once") {
  ThreeTenants house;
  auto log = std::make_shared<Log>();
  auto audit = std::make_shared<Audit>();
  const std::shared_ptr<st::Storage> storage =
      st::make_sqlite_folder({.path = house.folder.file("house"), .schema = st::schema()}).value();
  const st::Quarantine quarantine(storage, st::make_system_clock(), log, audit);
  const st::Error corrupt(st::Errc::store_corrupt, "page 3 is not what it was");
  const st::CallContext context{.actor = "scheduler", .request_id = "r-1"};
  CHECK(quarantine.close_if_damaged(house.victim, corrupt, context)->errc() == st::Errc::tenant_quarantined);
  CHECK(quarantine.close_if_damaged(house.victim, corrupt, context)->errc() == st::Errc::tenant_quarantined);
  CHECK(log->events["tenant.quarantined"] == 1);
  REQUIRE(audit->events.size() == 1);
  CHECK(audit->events[0].action == "tenant.quarantine");
  CHECK(audit->events[0].tenant == house.victim);
  CHECK(audit->events[0].actor == "scheduler");
  CHECK(audit->events[0].request_id == "r-1");
  // What was true when the error was made, and is not any more: the file is there and sound.
  CHECK_FALSE(quarantine.close_if_damaged(house.anna, st::Error(st::Errc::not_found, "there is no tenant"), context));
  CHECK_FALSE(quarantine.close_if_damaged(house.anna, st::Error(st::Errc::store_unreadable, "of no tenant"), context));
  CHECK(log->events["tenant.quarantined"] == 1);
}

// A row that one call cannot use is no damage of the file: the seller's other numbers stay open.
TEST_CASE("a row that cannot be used closes no tenant, in any call and however often it is read") {
  House house;
  const st::CallContext anna{.tenant = house.tenant("anna")};
  for (const std::string value : {"7 or so", "", "-1", "99999999999999999999"}) {
    CAPTURE(value);
    {
      const auto storage = st::make_sqlite_folder({.path = house.folder.file("house"), .schema = st::schema()}).value();
      const auto write = [&](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(tx.upsert("setting", st::OnConflict::update,
                          {st::SqlColumn::constant("name", "low_stock"), st::SqlColumn::constant("value", value)}));
        return st::success();
      };
      REQUIRE(storage->tenant(anna.tenant).value()->transact({}, st::TransactMode::write, write));
    }
    const auto engine = house.open(house.first);
    for (int i = 0; i < 3; ++i) {
      const auto settings = engine.settings().get(anna);
      REQUIRE_FALSE(settings);
      CHECK(settings.error().errc() == st::Errc::store_corrupt);
    }
    CHECK(engine.tenants().find("anna").value().state == st::TenantState::active);
    CHECK(engine.stock().positions({}, anna).collect().has_value());
  }
}
