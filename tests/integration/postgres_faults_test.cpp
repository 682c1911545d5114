// A server that dies, is full, or has no connection to spare: nothing acknowledged is lost, nothing is applied twice.
#include <sys/mount.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/skip.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));

constexpr st::Statement kAmount{"item.amount", "SELECT amount FROM item WHERE id = $1"};

st::PostgresOptions options_for(const PostgresServer& server, const std::string& database, const std::string& role) {
  st::PostgresOptions options;
  options.url = server.url(database, role);
  options.schema = isolation::schema();
  options.connect_timeout = 2s;
  return options;
}

std::shared_ptr<st::Storage> opened(PostgresServer& server, const std::string& database) {
  REQUIRE(st::migrate_postgres(options_for(server, database, "postgres")));
  auto storage = st::make_postgres_storage(options_for(server, database, "shop")).value();
  REQUIRE(storage->create_tenant(kAnna, {}));
  return storage;
}

st::Result<void> put(st::Database& database, std::int64_t id, std::int64_t amount,
                     const st::CallContext& context = {}) {
  const auto body = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(tx.upsert("item", st::OnConflict::update,
                      {st::SqlColumn::constant("id", id), st::SqlColumn::constant("name", "n"),
                       st::SqlColumn::constant("amount", amount)}));
    return st::success();
  };
  return database.transact(context, st::TransactMode::write, body);
}

std::int64_t amount_of(st::Database& database, std::int64_t id) {
  std::int64_t amount = 0;
  const auto body = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(auto rows, tx.query(kAmount, {id}));
    STK_TRY(const bool any, rows->next());
    amount = any ? rows->integer(0) : 0;
    return st::success();
  };
  REQUIRE(database.transact({}, st::TransactMode::read, body));
  return amount;
}

// Reads, adds one, writes: whether it was applied twice shows in the sum.
st::Result<void> increment(st::Database& database, std::int64_t id) {
  const auto body = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(auto rows, tx.query(kAmount, {id}));
    STK_TRY(const bool any, rows->next());
    STK_TRY(tx.upsert("item", st::OnConflict::update,
                      {st::SqlColumn::constant("id", id), st::SqlColumn::constant("name", "n"),
                       st::SqlColumn::constant("amount", (any ? rows->integer(0) : 0) + 1)}));
    return st::success();
  };
  return database.transact({}, st::TransactMode::write, body);
}

}  // namespace

TEST_CASE("a server that is killed under load is used again after it was started") {
  PostgresServer server;
  auto storage = opened(server, server.fresh_database());
  constexpr int kThreads = 4;
  std::atomic<bool> done = false;
  std::array<std::atomic<int>, kThreads> acknowledged{};
  std::atomic<int> unknown = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> strange = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      while (!done) {
        auto database = storage->tenant(kAnna);
        const auto reported = database ? increment(*database.value(), number) : st::Result<void>(database.error());
        if (reported) {
          ++acknowledged[static_cast<std::size_t>(number)];
          continue;
        }
        // Of a server that is away, and of nothing else.
        const bool away = reported.error().kind() == st::ErrorKind::unavailable;
        if (!away && ++strange == 1) std::printf("%s\n", reported.error().text().c_str());
        ++(reported.error().message().find("is not known") != std::string::npos ? unknown : refused);
        std::this_thread::sleep_for(20ms);
      }
    });
  }
  for (int round = 0; round < 6; ++round) {
    std::this_thread::sleep_for(400ms);
    server.kill_now();
    std::this_thread::sleep_for(100ms);
    server.start();
  }
  std::this_thread::sleep_for(400ms);
  done = true;
  for (std::thread& thread : threads) thread.join();
  auto database = storage->tenant(kAnna).value();
  int total = 0;
  CHECK(strange == 0);
  for (int number = 0; number < kThreads; ++number) {
    const int reported = acknowledged[static_cast<std::size_t>(number)];
    const auto stored = amount_of(*database, number);
    total += reported;
    CHECK(stored >= reported);
    CHECK(stored <= reported + unknown);
    CHECK(reported > 20);
  }
  std::printf("killed 6 times: %d increments acknowledged and counted, %d refused, %d unknown\n", total, refused.load(),
              unknown.load());
}

TEST_CASE(
    "a server that does not answer, a missing database and a password in the URL are refused, each by its error, a "
    "missing database and a password in the URL are refused, each by its error") {
  st::PostgresOptions options;
  options.url = "host=/nonexistent user=shop dbname=shop";
  options.schema = isolation::schema();
  const auto none = st::make_postgres_storage(std::move(options));
  REQUIRE_FALSE(none);
  CHECK(none.error().errc() == st::Errc::store_unreachable);
  CHECK(none.error().retryable());

  PostgresServer& server = PostgresServer::shared();
  st::PostgresOptions wrong;
  wrong.url = server.url("no_such_database", "shop");
  wrong.schema = isolation::schema();
  CHECK(st::make_postgres_storage(std::move(wrong)).error().errc() == st::Errc::store_unreadable);
  st::PostgresOptions secret;
  secret.url = "postgresql://shop:hunter2@localhost/shop";
  const auto refused = st::make_postgres_storage(std::move(secret));
  CHECK(refused.error().message().find("password") != std::string::npos);
  CHECK(refused.error().text().find("hunter2") == std::string::npos);
  st::PostgresOptions empty;
  empty.url = server.url(server.fresh_database(), "shop");
  empty.schema = isolation::schema();
  const auto older = st::make_postgres_storage(std::move(empty));
  CHECK(older.error().errc() == st::Errc::store_older);
  CHECK(older.error().message().find("stocktracker migrate") != std::string::npos);
}

TEST_CASE("a server without connections to spare serves with those that are open") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  server.run("postgres", "CREATE ROLE few LOGIN CONNECTION LIMIT 2 IN ROLE stocktracker_app");
  REQUIRE(st::migrate_postgres(options_for(server, database, "postgres")));
  auto options = options_for(server, database, "few");
  options.connections = 8;
  auto storage = st::make_postgres_storage(std::move(options)).value();
  REQUIRE(storage->create_tenant(kAnna, {}));
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      for (int i = 0; i < 20; ++i) {
        const auto reported = put(*storage->tenant(kAnna).value(), number, i);
        if (!reported && ++failed == 1) std::printf("%s\n", reported.error().text().c_str());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
}

TEST_CASE("a call's end ends what it waits for on the server") {
  PostgresServer& server = PostgresServer::shared();
  auto storage = opened(server, server.fresh_database());
  auto database = storage->tenant(kAnna).value();
  std::atomic<bool> inside = false;
  std::atomic<bool> leave = false;
  std::atomic<int> failed = 0;
  std::thread writer([&] {
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.upsert("item", st::OnConflict::update,
                        {st::SqlColumn::constant("id", 1), st::SqlColumn::constant("amount", 1)}));
      inside = true;
      while (!leave) std::this_thread::sleep_for(5ms);
      return st::success();
    };
    if (!database->transact({}, st::TransactMode::bulk, body)) ++failed;
  });
  while (!inside) std::this_thread::sleep_for(5ms);
  st::CallContext hurried;
  hurried.timeout = 150ms;
  const auto before = std::chrono::steady_clock::now();
  CHECK(put(*database, 2, 1, hurried).error().errc() == st::Errc::deadline_exceeded);
  CHECK(std::chrono::steady_clock::now() - before < 3s);
  std::stop_source source;
  st::CallContext stopped;
  stopped.stop = source.get_token();
  std::thread stopper([&] {
    std::this_thread::sleep_for(100ms);
    source.request_stop();
  });
  CHECK(put(*database, 3, 1, stopped).error().errc() == st::Errc::cancelled);
  stopper.join();
  leave = true;
  writer.join();
  CHECK(failed == 0);
  CHECK(put(*database, 4, 1));
  CHECK(amount_of(*database, 2) == 0);
}

TEST_CASE("a full disk refuses and loses nothing") {
  PostgresServer& server = PostgresServer::shared();
  const std::string place = server.folder() + "/small";
  std::filesystem::create_directory(place);
  if (mount("tmpfs", place.c_str(), "tmpfs", 0, "size=24m") != 0) {
    skipped("a file system in memory cannot be mounted here");
    return;
  }
  struct Unmount {
    const std::string& place;
    ~Unmount() { umount2(place.c_str(), MNT_DETACH); }
  } const unmount{place};
  REQUIRE(chown(place.c_str(), server.uid(), static_cast<gid_t>(-1)) == 0);
  server.run("postgres", "CREATE TABLESPACE small LOCATION '" + place + "'");
  server.run("postgres", "CREATE DATABASE cramped TEMPLATE template0 TABLESPACE small");
  {
    auto storage = opened(server, "cramped");
    auto database = storage->tenant(kAnna).value();
    REQUIRE(put(*database, 1, 5));
    std::vector<std::int64_t> ids(200'000);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i + 10);
    const std::string long_text(200, 'x');
    const auto fill = [&](st::Transaction& tx) -> st::Result<void> {
      const std::array columns{st::SqlColumn::integers("id", ids), st::SqlColumn::constant("name", long_text)};
      STK_TRY(tx.bulk_upsert("item", st::OnConflict::fail, columns));
      return st::success();
    };
    const auto full = database->transact({}, st::TransactMode::bulk, fill);
    REQUIRE_FALSE(full);
    CHECK(full.error().errc() == st::Errc::store_full);
    CHECK(amount_of(*database, 1) == 5);
    CHECK(put(*database, 1, 6));
    CHECK(amount_of(*database, 1) == 6);
  }
  server.run("postgres", "DROP DATABASE cramped WITH (FORCE)");
  server.run("postgres", "DROP TABLESPACE small");
}

TEST_CASE("two starters migrate one database, and one that was cut off goes on") {
  PostgresServer& server = PostgresServer::shared();
  for (int round = 0; round < 5; ++round) {
    const std::string database = server.fresh_database();
    std::atomic<int> applied = 0;
    std::vector<std::thread> starters;
    for (int i = 0; i < 4; ++i) {
      starters.emplace_back([&] {
        st::PostgresOptions options;
        options.url = server.owner(database);
        options.schema = st::schema();
        const auto done = st::migrate_postgres(options);
        if (!done) std::printf("%s\n", done.error().text().c_str());
        if (done) applied += static_cast<int>(done.value().size());
      });
    }
    for (std::thread& starter : starters) starter.join();
    CHECK(applied == static_cast<int>(st::schema().migrations.size()));
  }
  // An owner that is nothing else: the application's role is there already.
  server.run("postgres", "CREATE ROLE keeper LOGIN");
  server.run("postgres", "CREATE DATABASE kept OWNER keeper TEMPLATE template0");
  {
    st::PostgresOptions keeper;
    keeper.url = server.url("kept", "keeper");
    keeper.schema = st::schema();
    const auto done = st::migrate_postgres(keeper);
    CHECK((done ? std::string() : done.error().text()) == "");
    keeper.url = server.url("kept", "shop");
    const auto opened = st::make_postgres_storage(std::move(keeper));
    CHECK((opened ? std::string() : opened.error().text()) == "");
  }
  // Half of the list first, as if the process had ended there.
  const std::string database = server.fresh_database();
  st::PostgresOptions options;
  options.url = server.owner(database);
  const std::vector<st::Migration> half(st::schema().migrations.begin(), st::schema().migrations.end() - 1);
  options.schema = {half, st::schema().tables};
  CHECK(st::migrate_postgres(options).value().size() == half.size());
  options.schema = st::schema();
  CHECK(st::migrate_postgres(options).value().size() == 1);
  CHECK(st::migrate_postgres(options).value().empty());
  // One whose text fails leaves nothing of itself.
  std::vector<st::Migration> broken(st::schema().migrations.begin(), st::schema().migrations.end());
  broken.push_back({st::Plane::tenant, broken.back().number + 1, "broken", "",
                    "CREATE TABLE one (tenant_id UUID NOT NULL PRIMARY KEY); SELECT 1/0"});
  options.schema = {broken, st::schema().tables};
  CHECK(st::migrate_postgres(options).error().message().find("nothing of it was kept") != std::string::npos);
  CHECK(server.run(database, "SELECT count(*) FROM pg_class WHERE relname = 'one'") == std::vector<std::string>{"0"});
  options.schema = st::schema();
  CHECK(st::migrate_postgres(options).value().empty());
}
