// The same suite through a pooler that gives a connection for one transaction only.
#include <chrono>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/testing/database_contract.hpp>
#include <stocktracker/testing/limiter_contract.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/pgbouncer.hpp"

namespace st = stocktracker;

namespace {

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
