// A program that uses the installed add-on for PostgreSQL.
#include <cstdio>

#include <stocktracker/adapters/postgres.hpp>

int main() {
  stocktracker::PostgresOptions options;
  options.url = "postgresql://shop@/shop?host=/nonexistent";
  const auto storage = stocktracker::make_postgres_storage(std::move(options));
  const bool reported = !storage && storage.error().errc() == stocktracker::Errc::store_unreachable;
  std::printf("stocktracker::postgres %s\n", reported ? "reports that no server is there" : "is wrong");
  return reported ? 0 : 1;
}
