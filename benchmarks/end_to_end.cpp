// A complete synchronisation, beside the sum of the bare passes.
#include <benchmark/benchmark.h>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "limits.hpp"
#include "payload_transport.hpp"

namespace {

namespace st = stocktracker;

const bench::Payloads& payloads() {
  static const bench::Payloads all = [] {
    auto made = bench::make_payloads({});
    // Bodies as a transport delivers them, for the bare pass.
    made.stock_page.reserve(made.stock_page.size() + st::kBodyPadding);
    for (auto& page : made.cards) page.reserve(page.size() + st::kBodyPadding);
    for (auto& answer : made.seller_stock) answer.body.reserve(answer.body.size() + st::kBodyPadding);
    return made;
  }();
  return all;
}

struct Shop {
  st::Engine engine;
  st::Account account;
};

Shop shop_at(const std::string& path) {
  auto engine = st::open({.path = path,
                          .limits = st::LimitTable{},
                          .transport = bench::make_payload_transport(payloads()),
                          .executor = st::make_inline_executor()})
                    .value();
  auto account = engine.accounts().connect(st::wildberries::credentials(st::Secret::copy_of("t"))).value();
  return {engine, account};
}

const std::vector<bench::TableRows>& rows() {
  static const std::vector<bench::TableRows> all = [] {
    const std::string path = bench::fresh_db("load-rows.db");
    Shop shop = shop_at(path);
    if (shop.engine.sync().run(shop.account.id).value().state != st::RunState::ok) std::abort();
    return bench::dump(path);
  }();
  return all;
}

void first_load_limit(benchmark::State& state) {
  rows();
  for (auto _ : state) {
    state.PauseTiming();
    sqlite3* db = bench::create(bench::fresh_db("load-limit.db"));
    state.ResumeTiming();
    benchmark::DoNotOptimize(bench::bare_pass(payloads()));
    bench::raw_inserts(db, rows());
    state.PauseTiming();
    sqlite3_close(db);
    state.ResumeTiming();
  }
}
BENCHMARK(first_load_limit)->Unit(benchmark::kMillisecond);

void first_load(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    {
      Shop shop = shop_at(bench::fresh_db("load.db"));
      state.ResumeTiming();
      const auto run = shop.engine.sync().run(shop.account.id);
      if (!run || run.value().state != st::RunState::ok) state.SkipWithError("not loaded");
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
}
BENCHMARK(first_load)->Unit(benchmark::kMillisecond);

void unchanged_limit(benchmark::State& state) {
  sqlite3* db = bench::create(bench::fresh_db("same-limit.db"));
  bench::raw_inserts(db, rows());
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench::bare_pass(payloads()));
    benchmark::DoNotOptimize(bench::bare_level_scan(db));
  }
  sqlite3_close(db);
}
BENCHMARK(unchanged_limit)->Unit(benchmark::kMillisecond);

void unchanged(benchmark::State& state) {
  Shop shop = shop_at(bench::fresh_db("same.db"));
  if (!shop.engine.sync().run(shop.account.id)) std::abort();
  for (auto _ : state) {
    const auto run = shop.engine.sync().run(shop.account.id);
    if (!run || run.value().changes().added + run.value().changes().changed != 0)
      state.SkipWithError("something changed");
  }
}
BENCHMARK(unchanged)->Unit(benchmark::kMillisecond);

}  // namespace
