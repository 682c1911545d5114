// The same suite through a pooler that gives a connection for one transaction only.
#include <chrono>
#include <fstream>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/database_contract.hpp>
#include <stocktracker/testing/limiter_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

// Two connections to the server serve all of ours.
class Pooler {
 public:
  explicit Pooler(PostgresServer& server) : server_(server) {
    std::ofstream(server.folder() + "/users.txt") << "\"shop\" \"\"\n";
    std::ofstream(server.folder() + "/pgbouncer.ini")
        << "[databases]\n* = host=" << server.folder() << " port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
        << "unix_socket_dir = " << server.folder() << "\nauth_type = trust\nauth_file = " << server.folder()
        << "/users.txt\npool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 200\n";
    process_ = server.spawn({"/usr/sbin/pgbouncer", server.folder() + "/pgbouncer.ini"});
    for (int i = 0; i < 200; ++i) {
      if (PQping(url("postgres").c_str()) == PQPING_OK) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw std::runtime_error("PgBouncer does not start");
  }
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;
  ~Pooler() {
    kill(process_, SIGTERM);
    int status = 0;
    waitpid(process_, &status, 0);
  }
  [[nodiscard]] std::string url(const std::string& database) const {
    return "host=" + server_.folder() + " port=6432 user=shop dbname=" + database;
  }

 private:
  PostgresServer& server_;
  pid_t process_ = 0;
};

class PooledDatabases final : public st::testing::StorageFactory {
 public:
  st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
    database_ = server_.fresh_database();
    STK_TRY(auto storage, again(schema));
    STK_TRY(storage->create_tenant(st::kDefaultTenant, {}));
    return storage;
  }
  st::Result<std::shared_ptr<st::Storage>> again(const st::Schema& schema) override {
    st::PostgresOptions owner;
    owner.url = server_.owner(database_);
    owner.schema = schema;
    STK_TRY(st::migrate_postgres(owner));
    st::PostgresOptions app;
    app.url = pooler_.url(database_);
    app.schema = schema;
    app.pooling = st::PostgresPooling::transaction;
    return st::make_postgres_storage(std::move(app));
  }

 private:
  PostgresServer& server_ = PostgresServer::shared();
  Pooler pooler_{server_};
  std::string database_;
};

}  // namespace

TEST_CASE("PostgreSQL behind PgBouncer keeps the database contract") {
  PooledDatabases databases;
  CatchCheck check;
  st::testing::database_contract(databases, check);
  CHECK(check.expectations() > 120);
}

TEST_CASE("limits in a database behind PgBouncer keep the limiter contract") {
  auto& server = PostgresServer::shared();
  const Pooler pooler(server);
  const std::string database = server.fresh_database();
  st::PostgresOptions owner;
  owner.url = server.owner(database);
  owner.schema = st::schema();
  REQUIRE(st::migrate_postgres(owner));
  const auto make = [&](st::LimitTable limits) -> st::Result<std::unique_ptr<st::QuotaTree>> {
    server.run(database, "DELETE FROM stocktracker_control.quota_block");
    st::PostgresOptions app;
    app.url = pooler.url(database);
    app.pooling = st::PostgresPooling::transaction;
    app.clock = std::make_shared<st::testing::ManualClock>();
    STK_TRY(auto memory, st::make_postgres_quota(std::move(app)));
    return std::make_unique<st::QuotaTree>(std::move(limits), std::move(memory));
  };
  CatchCheck check;
  st::testing::limiter_contract(make, check);
  CHECK(check.expectations() > 500);
}

TEST_CASE("a silent body holds its tenant no longer than the limit behind PgBouncer, either") {
  auto& server = PostgresServer::shared();
  const Pooler pooler(server);
  const std::string database = server.fresh_database();
  st::PostgresOptions owner;
  owner.url = server.owner(database);
  owner.schema = st::schema();
  REQUIRE(st::migrate_postgres(owner));
  st::PostgresOptions app;
  app.url = pooler.url(database);
  app.schema = st::schema();
  app.pooling = st::PostgresPooling::transaction;
  app.idle_timeout = std::chrono::seconds(1);
  const auto storage = st::make_postgres_storage(std::move(app)).value();
  REQUIRE(storage->create_tenant(st::kDefaultTenant, {}));
  constexpr st::Statement kAny{"any", "SELECT 1 FROM account"};
  int runs = 0;
  const auto silent = [&](st::Transaction& tx) -> st::Result<void> {
    ++runs;
    STK_TRY(tx.query(kAny, {}));
    std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
    STK_TRY(tx.query(kAny, {}));
    return st::success();
  };
  const auto refused = storage->tenant(st::kDefaultTenant).value()->transact({}, st::TransactMode::write, silent);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().details().vendor_code == "25P03");
  CHECK(runs == 2);
}
