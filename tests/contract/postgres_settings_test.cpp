// What a call sets on its connection counts for that call, and ends with it.
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>

#include "tests/isolation/wall.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/pgbouncer.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::TenantId kAnna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
const st::TenantId kBoris(st::Uuid::v7(st::Instant::from_seconds(11), 1, 1));

constexpr st::Statement kCount{"item.count", "SELECT count(*) FROM item"};
constexpr st::Statement kOffices{"office.count", "SELECT count(*) FROM office"};
constexpr st::Statement kLong{"office.long", "SELECT pg_sleep(20)"};

// One session of the server, whichever client it serves: each of its settings, the tenant, and what it holds.
class Session {
 public:
  explicit Session(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
    before_ = picture();
    REQUIRE(before_.size() > 300);
  }
  // What is other than it was at first; empty: nothing.
  [[nodiscard]] std::string left() const {
    const auto now = picture();
    std::string left;
    REQUIRE(now.size() == before_.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i] != before_[i]) left += now[i] + " (was " + before_[i] + ") ";
    }
    return left;
  }

 private:
  [[nodiscard]] std::vector<std::string> picture() const {
    // The name of the application goes with the client; a language brings settings with it at its first use.
    const char* sql =
        "SELECT name || '=' || coalesce(setting, '') FROM pg_settings WHERE name <> 'application_name' AND name "
        "NOT LIKE 'plpgsql.%' "
        "UNION ALL SELECT '0 backend=' || pg_backend_pid() "
        "UNION ALL SELECT '1 tenant=' || coalesce(current_setting('stocktracker.tenant', true), '') "
        "UNION ALL SELECT '2 role=' || current_user || ' ' || session_user "
        "UNION ALL SELECT '3 locks=' || count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' "
        "UNION ALL SELECT '4 tables=' || count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema() "
        "ORDER BY 1";
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql), &PQclear);
    INFO(PQerrorMessage(connection_.get()));
    REQUIRE(PQresultStatus(result.get()) == PGRES_TUPLES_OK);
    std::vector<std::string> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) rows.emplace_back(PQgetvalue(result.get(), row, 0));
    return rows;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::vector<std::string> before_;
};

st::Result<void> put(st::Transaction& tx, std::int64_t rows) {
  std::vector<std::int64_t> ids;
  for (std::int64_t id = 0; id < rows; ++id) ids.push_back(id);
  const std::array columns{st::SqlColumn::integers("id", ids), st::SqlColumn::constant("name", "n")};
  STK_TRY(tx.bulk_upsert("item", st::OnConflict::update, columns));
  return st::success();
}

st::Result<void> ask(st::Transaction& tx, const st::Statement& statement) {
  STK_TRY(tx.query(statement));
  return st::success();
}

st::PostgresOptions options_for(const std::string& url) {
  st::PostgresOptions options;
  options.url = url;
  options.schema = isolation::schema();
  options.connections = 2;
  return options;
}

}  // namespace

// Behind a pooler the session goes to somebody else next, with another tenant, other limits, or no tenant at all.
TEST_CASE("nothing that a call sets is left in the session that another client gets next") {
  PostgresServer& server = PostgresServer::shared();
  const Pooler pooler(server, 1);
  const std::string database = server.fresh_database();
  const auto of_owner = std::make_unique<Session>(pooler.url(database, "postgres"));
  st::PostgresOptions owner = options_for(pooler.url(database, "postgres"));
  owner.pooling = st::PostgresPooling::transaction;
  REQUIRE(st::migrate_postgres(owner));
  CHECK(of_owner->left() == "");
  REQUIRE(st::migrate_postgres(owner));  // with nothing to do
  CHECK(of_owner->left() == "");

  const Session session(pooler.url(database));
  st::PostgresOptions app = options_for(pooler.url(database));
  app.pooling = st::PostgresPooling::transaction;
  app.statement_timeout = 31s;
  app.lock_timeout = 17s;
  app.idle_timeout = 23s;
  const auto storage = st::make_postgres_storage(std::move(app)).value();
  CHECK(session.left() == "");
  int calls = 0;
  const auto after = [&](const char* what, const std::function<st::Result<void>()>& call) {
    INFO(what);
    const auto done = call();
    CHECK((done ? std::string() : done.error().text()) == "");
    CHECK(session.left() == "");
    ++calls;
  };
  after("a tenant is made", [&] { return storage->create_tenant(kAnna, {}); });
  after("another", [&] { return storage->create_tenant(kBoris, {}); });
  after("a tenant is found", [&]() -> st::Result<void> {
    STK_TRY(storage->tenant(kAnna));
    return st::success();
  });
  const auto anna = storage->tenant(kAnna).value();
  for (const auto mode : {st::TransactMode::read, st::TransactMode::write, st::TransactMode::bulk}) {
    const auto in_tenant = [](st::Transaction& tx) { return ask(tx, kCount); };
    const auto in_control = [](st::Transaction& tx) { return ask(tx, kOffices); };
    after("a tenant's body", [&] { return anna->transact({}, mode, in_tenant); });
    after("a hurried one", [&] { return anna->transact({.timeout = 9s}, mode, in_tenant); });
    after("a body of the control plane", [&] { return storage->control().transact({}, mode, in_control); });
    after("a body that fails", [&]() -> st::Result<void> {
      const auto failing = [&](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(in_tenant(tx));
        return st::Errc::invalid_argument;
      };
      const auto failed = anna->transact({}, mode, failing);
      return failed.error().errc() == st::Errc::invalid_argument ? st::success() : failed;
    });
  }
  for (const std::int64_t rows : {1, 20, 2'000}) {
    const auto body = [&](st::Transaction& tx) { return put(tx, rows); };
    after("rows are written", [&] { return anna->transact({}, st::TransactMode::bulk, body); });
  }
  after("an examination", [&]() -> st::Result<void> {
    STK_TRY(storage->examine({}));
    return st::success();
  });
  after("an examination of a tenant's rows", [&]() -> st::Result<void> {
    STK_TRY(storage->examine({.tenant = kAnna}));
    return st::success();
  });
  after("a tenant is destroyed", [&] { return storage->destroy_tenant(kBoris, {}); });
  after("one that is not there", [&] { return storage->destroy_tenant(kBoris, {}); });
  CHECK(calls == 22);
}

TEST_CASE("the server ends a statement, and waiting for another writer, at their limits") {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  REQUIRE(st::migrate_postgres(options_for(server.owner(database))));
  auto options = options_for(server.app(database));
  options.statement_timeout = 300ms;
  options.lock_timeout = 200ms;
  options.connections = 4;
  const auto storage = st::make_postgres_storage(std::move(options)).value();
  REQUIRE(storage->create_tenant(kAnna, {}));
  const auto anna = storage->tenant(kAnna).value();
  for (const auto mode : {st::TransactMode::read, st::TransactMode::write}) {
    const auto slow = [](st::Transaction& tx) { return ask(tx, kLong); };
    for (st::Database* plane : {&storage->control(), anna.get()}) {
      const auto ended = plane->transact({.timeout = 10s}, mode, slow);
      REQUIRE_FALSE(ended);
      CHECK(ended.error().errc() == st::Errc::store_busy);
      CHECK(ended.error().details().vendor_code == "57014");
      CHECK(ended.error().retryable());
    }
  }
  const auto hold = [&](st::Transaction& tx) -> st::Result<void> {
    STK_TRY(put(tx, 1));
    st::Result<void> other = st::success();
    std::thread([&] {
      const auto body = [](st::Transaction& second) { return put(second, 1); };
      other = anna->transact({.timeout = 10s}, st::TransactMode::write, body);
    }).join();
    CHECK(other.error().errc() == st::Errc::store_busy);
    CHECK(other.error().details().vendor_code == "55P03");
    return st::success();
  };
  CHECK(anna->transact({}, st::TransactMode::bulk, hold));
}
