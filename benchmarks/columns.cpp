// Reading a million positions as columns, beside reading the same numbers and names with bare SQLite.
#include <benchmark/benchmark.h>

#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "limits.hpp"

namespace {

namespace st = stocktracker;

constexpr std::int64_t kRows = 1'000'000;
constexpr int kWarehouses = 10;
constexpr const char* kAccount = "01930000-0000-7000-8000-00000000000a";

// A store with a million positions of 100,000 offers, written straight into the product's tables.
const std::string& store() {
  static const std::string path = bench::filled_store("columns.db", [](const bench::RunSql& run) {
    const std::string account = std::string("'") + kAccount + "'";
    const std::string n = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ";
    run("INSERT INTO source VALUES (1, " + account + ", 'fbo', 0, 1, 2, 1790000000000000, NULL, NULL, NULL, NULL)");
    run(n + std::to_string(kRows / kWarehouses) + ") INSERT INTO offer SELECT i + 1, " + account +
        ", cast(i + 316000000 AS TEXT), '147', 'art-' || i, 'title', 'brand', '42', 0, i FROM n");
    run(n + std::to_string(kWarehouses) + ") INSERT INTO warehouse SELECT i + 1, " + account +
        ", 1, 0, cast(i AS TEXT), 'Склад ' || i, 'Центр' FROM n");
    run(n + std::to_string(kRows) +
        ") INSERT INTO level SELECT 1, i / 10 + 1, i % 10 + 1, i % 7, NULL, 1, 0, 0, 1 FROM n");
  });
  return path;
}

// Reads every name.
std::uint64_t bare_offer_scan(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db, "SELECT offer_id, offer_key, listing, article, title, brand, size, state FROM offer", -1,
                     &statement, nullptr);
  std::uint64_t sum = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 1; i < 7; ++i) {
      (void)sqlite3_column_text(statement, i);
      sum += static_cast<std::uint64_t>(sqlite3_column_bytes(statement, i));
    }
  }
  sqlite3_finalize(statement);
  return sum;
}

// The same numbers and names, read and added up.
void columns_limit(benchmark::State& state) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(store().c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(bench::bare_level_scan(db) + bare_offer_scan(db));
  sqlite3_close(db);
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(columns_limit)->Unit(benchmark::kMillisecond);

void columns(benchmark::State& state) {
  auto engine = st::open({.path = store(), .read_only = true}).value();
  const auto account = st::AccountId::parse(kAccount).value();
  for (auto _ : state) {
    const auto read = engine.stock().columns({.account = account});
    if (!read || read.value().rows() != kRows) state.SkipWithError("wrong rows");
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(columns)->Unit(benchmark::kMillisecond);

}  // namespace
