#include <cstdio>

#include <stocktracker/adapters/postgres.hpp>

int main() {
  stocktracker::PostgresOptions options;
  options.url = "postgresql://shop@/shop?host=/nonexistent";
  const auto storage = stocktracker::make_postgres_storage(std::move(options));
  const bool told = !storage && storage.error().errc() == stocktracker::Errc::store_unreachable;
  std::printf("stocktracker::postgres %s\n", told ? "tells that no server is there" : "is wrong");
  return told ? 0 : 1;
}
