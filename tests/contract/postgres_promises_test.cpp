// What the driver promises beside the seam: who waits for whom, what is kept of what was written, and what an opening,
// an examination and a removal leave.
#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
const st::TenantId kBoris(st::Uuid::v7(st::Instant::from_seconds(11), 1, 1));

constexpr st::Statement kAmount{"item.amount", "SELECT amount FROM item WHERE id = $1"};
constexpr st::Statement kAll{"item.all", "SELECT id, name, amount FROM item ORDER BY id"};
constexpr st::Statement kLocked{"item.locked", "SELECT id FROM item FOR UPDATE"};

struct House {
  House() : database(server.fresh_database()) {
    REQUIRE(st::migrate_postgres(options(server.owner(database))));
    storage = open().value();
    REQUIRE(storage->create_tenant(kAnna, {}));
    REQUIRE(storage->create_tenant(kBoris, {}));
    anna = storage->tenant(kAnna).value();
  }
  static st::PostgresOptions options(const std::string& url) {
    st::PostgresOptions options;
    options.url = url;
    options.schema = isolation::schema();
    options.connections = 4;
    return options;
  }
  [[nodiscard]] st::Result<std::shared_ptr<st::Storage>> open() const {
    return st::make_postgres_storage(options(server.app(database)));
  }
  [[nodiscard]] std::string one(const std::string& sql) const { return server.run(database, sql).at(0); }
  [[nodiscard]] std::string finding(const std::string& subject) const {
    const auto findings = storage->examine({}).value();
    for (const auto& each : findings) {
      if (each.subject == subject) return (each.ok ? "ok: " : "not ok: ") + each.detail;
    }
    return "none";
  }

  PostgresServer& server = PostgresServer::shared();
  std::string database;
  std::shared_ptr<st::Storage> storage;
  std::shared_ptr<st::Database> anna;
};

constexpr auto add_one = [](st::Transaction& tx) -> st::Result<void> {
  STK_TRY(auto rows, tx.query(kAmount, {1}));
  STK_TRY(const bool any, rows->next());
  STK_TRY(tx.upsert("item", st::OnConflict::update,
                    {st::SqlColumn::constant("id", 1), st::SqlColumn::constant("name", "n"),
                     st::SqlColumn::constant("amount", (any ? rows->integer(0) : 0) + 1)}));
  return st::success();
};

}  // namespace

TEST_CASE("a writer that waits for another one of its tenant runs once, and sees what that one wrote; readers go on") {
  House house;
  std::atomic<int> second_runs = 0;
  std::thread second;
  bool second_done = false;
  bool read_done = false;
  const auto first = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(add_one(tx));
    second = std::thread([&] {
      const auto body = [&](st::Transaction& other) {
        ++second_runs;
        return add_one(other);
      };
      second_done = static_cast<bool>(house.anna->transact({}, st::TransactMode::write, body));
    });
    // Until the server itself says that the other one waits.
    while (house.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "0") {
      std::this_thread::sleep_for(2ms);
    }
    std::thread([&] {
      const auto read = [](st::Transaction& other) -> st::Result<void> {
        STK_TRY(other.query(kAll));
        return st::success();
      };
      read_done = static_cast<bool>(house.anna->transact({.timeout = 3s}, st::TransactMode::read, read));
    }).join();
    return st::success();
  };
  REQUIRE(house.anna->transact({}, st::TransactMode::write, first));
  second.join();
  CHECK(second_done);
  CHECK(read_done);
  CHECK(second_runs == 1);
  CHECK(house.one("SELECT amount FROM stocktracker_tenant.item WHERE id = 1") == "2");
}

TEST_CASE("a transaction that only reads takes no locks on rows, of either plane") {
  House house;
  const auto locks = [](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.query(kLocked));
    return st::success();
  };
  const auto refused = house.anna->transact({}, st::TransactMode::read, locks);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::store_read_only);
  CHECK(house.anna->transact({}, st::TransactMode::write, locks));
}

TEST_CASE("texts of every kind come back as they were, few and many at once, and of rows of one key the last counts") {
  House house;
  const std::vector<std::string> kinds{"",       "\\",       "\\N",     "\\.",       "a\tb", "a\nb", "a\rb",
                                       "a\\tb",  "\"",       "\"q\\\"", "{a,b}",     "NULL", "null", ",",
                                       "' OR 1", "\xd0\x96", " lead",   "trailing ", "%s$1", "\x01", "\x7f tab"};
  for (const std::size_t rows :
       {std::size_t{1}, std::size_t{21}, std::size_t{999}, std::size_t{1'000}, std::size_t{9'000}}) {
    INFO(rows << " rows");
    std::vector<std::int64_t> ids;
    std::vector<std::string_view> names;
    std::vector<std::int64_t> amounts;
    for (std::size_t row = 0; row < rows; ++row) {
      ids.push_back(static_cast<std::int64_t>(row / 2 * 2));  // each key twice, in a row
      names.emplace_back(kinds[row % kinds.size()]);
      amounts.push_back(row % 3 == 0 ? INT64_MIN + static_cast<std::int64_t>(row) : static_cast<std::int64_t>(row));
    }
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      const std::array columns{st::SqlColumn::integers("id", ids), st::SqlColumn::texts("name", names),
                               st::SqlColumn::integers("amount", amounts)};
      STK_TRY(tx.bulk_upsert("item", st::OnConflict::update, columns));
      STK_TRY(tx.bulk_upsert("item", st::OnConflict::ignore, columns));
      return st::success();
    };
    const auto written = house.anna->transact({}, st::TransactMode::bulk, write);
    REQUIRE((written ? std::string() : written.error().text()) == "");
    std::size_t wrong = 0;
    std::size_t seen = 0;
    const auto read = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto found, tx.query(kAll));
      while (true) {
        STK_TRY(const bool more, found->next());
        if (!more) return st::success();
        const std::size_t last = std::min(static_cast<std::size_t>(found->integer(0)) + 1, rows - 1);
        wrong += found->text(1) == names[last] && found->integer(2) == amounts[last] ? 0 : 1;
        ++seen;
      }
    };
    REQUIRE(house.anna->transact({}, st::TransactMode::read, read));
    CHECK(wrong == 0);
    CHECK(seen == (rows + 1) / 2);
  }
}

TEST_CASE("an examination says when the wall or the history of the database was changed meanwhile") {
  House house;
  CHECK(house.finding("wall").starts_with("ok"));
  CHECK(house.finding("schema").starts_with("ok"));
  house.server.run(house.database, "ALTER TABLE stocktracker_tenant.item NO FORCE ROW LEVEL SECURITY");
  CHECK(house.finding("wall") == "not ok: item does not force row security");
  house.server.run(house.database, "ALTER TABLE stocktracker_tenant.item FORCE ROW LEVEL SECURITY");
  CHECK(house.finding("wall").starts_with("ok"));
  const auto history = [&](const std::string& change, st::Errc code) {
    INFO(change);
    house.server.run(house.database, "CREATE TABLE kept AS TABLE stocktracker_control.migration; " + change);
    CHECK(house.finding("schema").starts_with("not ok"));
    const auto opened = house.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().errc() == code);
    house.server.run(house.database,
                     "DELETE FROM stocktracker_control.migration; INSERT INTO stocktracker_control.migration SELECT * "
                     "FROM kept; DROP TABLE kept");
    CHECK(house.open());
  };
  history("UPDATE stocktracker_control.migration SET checksum = checksum + 1 WHERE number = 1",
          st::Errc::store_migration);
  history("INSERT INTO stocktracker_control.migration VALUES ('tenant', 99, 'later', 1)", st::Errc::store_newer);
  history("DELETE FROM stocktracker_control.migration WHERE plane = 'tenant'", st::Errc::store_older);
}

TEST_CASE("an opening forgets which commits ended long ago, and no other") {
  House house;
  const std::string marks = "SELECT count(*) FROM stocktracker_control.commit_mark WHERE number = 77";
  house.server.run(house.database,
                   "INSERT INTO stocktracker_control.commit_mark VALUES (gen_random_uuid(), 77, now() - interval '23 "
                   "hours'), (gen_random_uuid(), 77, now() - interval '25 hours')");
  REQUIRE(house.open());
  CHECK(house.one(marks) == "1");
  house.server.run(house.database,
                   "INSERT INTO stocktracker_control.quota_block VALUES ('old', '00', now() - interval '32 days'), "
                   "('new', '00', now() - interval '30 days')");
  REQUIRE(st::make_postgres_quota(House::options(house.server.app(house.database))));
  CHECK(house.one("SELECT string_agg(name, ' ') FROM stocktracker_control.quota_block") == "new");
}

TEST_CASE("a tenant that is removed leaves no row, is not found by who knew it, and takes nobody else's along") {
  House house;
  const auto boris = house.storage->tenant(kBoris).value();
  REQUIRE(house.anna->transact({}, st::TransactMode::write, add_one));
  REQUIRE(boris->transact({}, st::TransactMode::write, add_one));
  REQUIRE(house.storage->destroy_tenant(kAnna, {}));
  REQUIRE(house.storage->destroy_tenant(kAnna, {}));
  CHECK(house.one("SELECT string_agg(tenant_id::text, ' ') FROM stocktracker_tenant.item") == kBoris.text());
  CHECK(house.storage->tenant(kAnna).error().errc() == st::Errc::not_found);
  CHECK(house.anna->transact({}, st::TransactMode::write, add_one).error().errc() == st::Errc::not_found);
  CHECK(house.anna->transact({}, st::TransactMode::read, add_one).error().errc() == st::Errc::not_found);
  REQUIRE(house.storage->create_tenant(kAnna, {}));
  REQUIRE(house.storage->create_tenant(kAnna, {}));
  CHECK(house.anna->transact({}, st::TransactMode::write, add_one));
  CHECK(house.one("SELECT amount FROM stocktracker_tenant.item WHERE tenant_id = '" + kAnna.text() + "'") == "1");
}
