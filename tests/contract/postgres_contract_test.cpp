// The database suite over PostgreSQL.
#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/testing/database_contract.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

class Databases final : public st::testing::StorageFactory {
 public:
  explicit Databases(std::string app_url_end = {}) : end_(std::move(app_url_end)) {}
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
    app.url = server_.app(database_);
    app.schema = schema;
    return st::make_postgres_storage(std::move(app));
  }

 private:
  PostgresServer& server_ = PostgresServer::shared();
  std::string database_;
  std::string end_;
};

}  // namespace

TEST_CASE("PostgreSQL keeps the database contract") {
  Databases databases;
  CatchCheck check;
  st::testing::database_contract(databases, check);
  CHECK(check.expectations() > 120);
}
