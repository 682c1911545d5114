// Houses of this program stand on PostgreSQL.
#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/house.hpp"
#include "tests/support/postgres.hpp"

namespace {

namespace st = stocktracker;

std::shared_ptr<st::Storage> on_postgres(std::string& place) {
  PostgresServer& server = PostgresServer::shared();
  st::PostgresOptions options;
  options.schema = st::schema();
  if (place.empty()) {
    place = server.fresh_database();
    options.url = server.owner(place);
    REQUIRE(st::migrate_postgres(options).value().size() == options.schema.migrations.size());
  }
  options.url = server.app(place);
  return st::make_postgres_storage(std::move(options)).value();
}

const bool installed = [] {
  House::make_storage = &on_postgres;
  return true;
}();

}  // namespace
