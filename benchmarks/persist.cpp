// Persisting answers, beside inserting the same rows with bare SQLite.
#include <benchmark/benchmark.h>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "columns_channel.hpp"
#include "limits.hpp"

namespace {

namespace st = stocktracker;

constexpr int kOffers = 20'000;
constexpr int kWarehouses = 5;

st::Engine engine_at(const std::string& path) {
  return st::open({.path = path,
                   .executor = st::make_inline_executor(),
                   .connectors = {std::make_shared<bench::ColumnsFactory>(std::make_shared<bench::Stock>())}})
      .value();
}

st::Account account_of(st::Engine& engine) {
  return engine.accounts().connect({.channel = st::Channel("columns"), .parts = {}}).value();
}

void persist_limit(benchmark::State& state) {
  std::vector<bench::TableRows> rows;
  {
    const std::string path = bench::fresh_db("persist-rows.db");
    st::Engine engine = engine_at(path);
    if (!engine.sync().run(account_of(engine).id)) std::abort();
    rows = bench::dump(path);
  }
  for (auto _ : state) {
    state.PauseTiming();
    sqlite3* db = bench::create(bench::fresh_db("persist-limit.db"));
    state.ResumeTiming();
    bench::raw_inserts(db, rows);
    state.PauseTiming();
    sqlite3_close(db);
    state.ResumeTiming();
  }
}
BENCHMARK(persist_limit)->Unit(benchmark::kMillisecond);

void persist(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    {
      st::Engine engine = engine_at(bench::fresh_db("persist.db"));
      const st::Account account = account_of(engine);
      state.ResumeTiming();
      const auto run = engine.sync().run(account.id);
      if (!run || run.value().changes().added != kOffers * kWarehouses) state.SkipWithError("not persisted");
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
}
BENCHMARK(persist)->Unit(benchmark::kMillisecond);

}  // namespace
