// Stock at an earlier time, from a store with a million ledger entries, beside the bare lookup.
#include <benchmark/benchmark.h>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "limits.hpp"

namespace {

namespace st = stocktracker;

constexpr int kOffers = 5'000;
constexpr int kWarehouses = 10;
constexpr int kEntries = 20;  // per position: 1,000,000 in all
constexpr std::int64_t kStart = 1'790'000'000'000'000;
constexpr std::int64_t kStep = 1'800'000'000;

// A store with a million entries, written straight into the product's tables.
const std::string& store() {
  static const std::string path = bench::filled_store("as-of.db", [](const bench::RunSql& run) {
    const std::string n = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ";
    run("INSERT INTO source VALUES (1, '01930000-0000-7000-8000-00000000000a', 'fbo', 0, 1, 2, " +
        std::to_string(kStart) + ", NULL, NULL, NULL, NULL)");
    run(n + std::to_string(kOffers) +
        ") INSERT INTO offer SELECT i + 1, '01930000-0000-7000-8000-00000000000a', cast(i + 316000000 AS TEXT), '147', "
        "'art-' || i, 'title', 'brand', '42', 0, i FROM n");
    run(n + std::to_string(kWarehouses) +
        ") INSERT INTO warehouse SELECT i + 1, '01930000-0000-7000-8000-00000000000a', 1, 0, cast(i AS TEXT), 'Склад ' "
        "|| i, 'Центр' FROM n");
    run(n + std::to_string(kOffers * kWarehouses) +
        ") INSERT INTO level SELECT 1, i / 10 + 1, i % 10 + 1, 5, NULL, 0, 0, 0, " + std::to_string(kEntries) +
        " FROM n");
    run(n + std::to_string(kOffers * kWarehouses * kEntries) +
        ") INSERT INTO ledger SELECT i / 200 + 1, i / 20 % 10 + 1, " + std::to_string(kStart) + " + i % 20 * " +
        std::to_string(kStep) + ", i % 20 + 1, 1, i % 20, i % 20 + 1, " + std::to_string(kStart) + " + i % 20 * " +
        std::to_string(kStep) + ", NULL, NULL FROM n");
  });
  return path;
}

constexpr std::int64_t kThen = kStart + kStep * 11;

// The same lookup, prepared once: the offer by key, then its positions with the last entry before the instant.
void as_of_limit(benchmark::State& state) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(store().c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_stmt* by_key = nullptr;
  sqlite3_stmt* lookup = nullptr;
  sqlite3_prepare_v2(db, "SELECT offer_id, account_id FROM offer WHERE account_id = ?2 AND offer_key = ?1", -1, &by_key,
                     nullptr);
  sqlite3_prepare_v2(
      db,
      "SELECT o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state, w.warehouse_key, "
      "w.name, w.region, "
      "w.kind, s.kind, l.source_id, l.offer_id, l.warehouse_id, g.observed_at, g.kind, g.before_qty, g.after_qty "
      "FROM offer o JOIN source s ON s.account_id = o.account_id JOIN level l ON l.source_id = s.source_id AND "
      "l.offer_id = o.offer_id "
      "JOIN warehouse w ON w.warehouse_id = l.warehouse_id "
      "JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = "
      "(SELECT h.seq FROM ledger h WHERE h.offer_id = l.offer_id AND h.warehouse_id = l.warehouse_id AND h.observed_at "
      "<= ?2 "
      "ORDER BY h.observed_at DESC, h.seq DESC LIMIT 1) WHERE o.offer_id = ?1 ORDER BY l.source_id, l.warehouse_id",
      -1, &lookup, nullptr);
  std::int64_t at = 0;
  for (auto _ : state) {
    const std::string key = std::to_string(316'000'000 + at);
    at = (at + 4'799) % kOffers;
    sqlite3_bind_text(by_key, 1, key.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(by_key, 2, "01930000-0000-7000-8000-00000000000a", -1, SQLITE_STATIC);
    sqlite3_step(by_key);
    sqlite3_bind_int64(lookup, 1, sqlite3_column_int64(by_key, 0));
    sqlite3_bind_int64(lookup, 2, kThen);
    std::int64_t sum = 0;
    int rows = 0;
    while (sqlite3_step(lookup) == SQLITE_ROW) {
      for (int i = 0; i < 12; ++i) sum += sqlite3_column_bytes(lookup, i);
      sum += sqlite3_column_int64(lookup, 16) + sqlite3_column_int64(lookup, 19);
      ++rows;
    }
    if (rows != kWarehouses) state.SkipWithError("rows are missing");
    benchmark::DoNotOptimize(sum);
    sqlite3_reset(lookup);
    sqlite3_reset(by_key);
  }
  sqlite3_finalize(lookup);
  sqlite3_finalize(by_key);
  sqlite3_close(db);
}
BENCHMARK(as_of_limit)->Unit(benchmark::kMicrosecond);

void as_of(benchmark::State& state) {
  auto engine = st::open({.path = store(), .read_only = true}).value();
  const auto account = st::AccountId::parse("01930000-0000-7000-8000-00000000000a").value();
  std::int64_t at = 0;
  for (auto _ : state) {
    st::PositionQuery query{.account = account, .as_of = st::Instant::from_micros(kThen)};
    query.offer = std::to_string(316'000'000 + at);
    at = (at + 4'799) % kOffers;
    const auto rows = engine.stock().positions(query).collect();
    if (!rows || rows.value().size() != kWarehouses || rows.value()[0].on_hand->units() != 12)
      state.SkipWithError("wrong rows");
  }
}
BENCHMARK(as_of)->Unit(benchmark::kMicrosecond);

}  // namespace
