#include <benchmark/benchmark.h>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "limits.hpp"

namespace {

namespace st = stocktracker;

constexpr int kOffers = 20'000;
constexpr int kWarehouses = 5;

// A channel whose answers are columns already: what is measured is persisting, not decoding.
class Columns final : public st::Connector {
 public:
  const st::Capabilities& capabilities() const noexcept override {
    static const st::Capabilities data{
        .channel = st::Channel("columns"), .numeric_offer_keys = true, .fbo_absent = st::Absent::zero};
    return data;
  }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext&) override {
    return st::SellerIdentity{"1", "columns"};
  }
  st::Result<void> list_offers(st::OfferSink&, const st::CallContext&) override { return st::success(); }
  st::Result<void> list_warehouses(st::WarehouseSink&, const st::CallContext&) override { return st::success(); }
  st::Result<void> fetch_stock(const st::StockQuery&, st::StockSink& sink, const st::CallContext&) override {
    st::StockColumns columns;
    for (int w = 0; w < kWarehouses; ++w)
      columns.warehouses.push_back({std::to_string(w + 1), "Склад", "", st::WarehouseKind::marketplace});
    for (int row = 0; row < kOffers * kWarehouses; ++row) {
      columns.offer.push(316'000'000 + row / kWarehouses * 37);
      columns.listing.push(147'000'000 + row / 20);
      columns.warehouse.push_back(static_cast<std::uint32_t>(row % kWarehouses));
      columns.on_hand.push_back(row * 7 % 200);
      columns.to_client.push_back(row % 11);
      columns.from_client.push_back(row % 3);
    }
    return sink.rows(std::move(columns));
  }
};

class ColumnsFactory final : public st::ConnectorFactory {
 public:
  st::Channel channel() const noexcept override { return st::Channel("columns"); }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials&, const st::ConnectorPorts&) override {
    return std::make_shared<Columns>();
  }
};

st::Engine engine_at(const std::string& path) {
  return st::open(
             {.path = path, .executor = st::make_inline_executor(), .connectors = {std::make_shared<ColumnsFactory>()}})
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
