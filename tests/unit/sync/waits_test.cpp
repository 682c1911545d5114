// What a run keeps to while sources wait, and what its caller hears and may do meanwhile.
#include <atomic>
#include <mutex>

#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

TEST_CASE("a source that was asked to wait is asked again when the wait is over, and not before") {
  struct Case {
    st::Duration left;     // of the wait, when the next run begins
    st::Duration timeout;  // of that run
    bool asked;
  };
  const std::vector<Case> cases{{0s, 1h, true},     {1us, 1h, true},  {30s, 1h, true},   {30s + 1us, 1h, false},
                                {10min, 1h, false}, {10s, 20s, true}, {10s, 10s, false}, {10s, 10s + 1us, true},
                                {-1us, 1h, true},   {10s, 5s, false}};
  for (const Case& one : cases) {
    CAPTURE(one.left.count(), one.timeout.count());
    Bazaar bazaar;
    std::vector<st::Instant> asked;
    bool busy = true;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink&,
                        const st::CallContext&) -> st::Result<st::OrderCoverage> {
      asked.push_back(bazaar.clock->now());
      if (busy) return st::Error(st::Errc::vendor_throttled).retry_after(1h);
      return st::OrderCoverage{query.since, bazaar.clock->now()};
    };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.stock = false;
    options.orders = true;
    const auto first = stall.sync(options);
    const st::Instant over = bazaar.clock->now() + 1h;
    CHECK(Stall::source(first, "orders").state == st::SourceState::throttled);
    CHECK(Stall::source(first, "orders").retry_at == over);
    CHECK(stall.engine.sync().sources(stall.account).value().at(0).retry_at == over);
    busy = false;
    stall.pass(1h - one.left);
    const st::Instant begins = bazaar.clock->now();
    st::CallContext context;
    context.timeout = one.timeout;
    const auto second = stall.sync(options, context);
    const auto& orders = Stall::source(second, "orders");
    if (one.asked) {
      REQUIRE(asked.size() == 2);
      CHECK(asked[1] == std::max(over, begins));
      CHECK(orders.state == st::SourceState::ok);
      CHECK(orders.observed_at == asked[1]);  // not when the wait began
      CHECK_FALSE(stall.engine.sync().sources(stall.account).value().at(0).retry_at);
    } else {
      CHECK(asked.size() == 1);
      CHECK(orders.state == st::SourceState::throttled);
      CHECK(orders.retry_at == over);  // neither prolonged nor forgotten
      CHECK(orders.error.value().errc() == st::Errc::quota_reached);
      CHECK(bazaar.clock->now() == begins);
    }
  }
}

TEST_CASE("a run waits for a throttled source as long as the engine's retry policy allows, through every handle") {
  for (const bool by_handle : {false, true}) {
    for (const st::Duration left : {st::Duration(2min), st::Duration(2min + 1us)}) {
      CAPTURE(by_handle, left.count());
      Bazaar bazaar;
      bazaar.retry.max_wait = 2min;
      int asked = 0;
      bazaar.prices = [&](st::PriceSink&, const st::CallContext&) -> st::Result<void> {
        if (++asked == 1) return st::Error(st::Errc::vendor_throttled).retry_after(1h);
        return st::success();
      };
      Stall stall(bazaar);
      st::SyncOptions options;
      options.stock = false;
      options.prices = true;
      stall.sync(options);
      const st::Instant over = bazaar.clock->now() + 1h;
      stall.pass(1h - left);
      const auto handle = stall.engine.as({}, {.actor = "u", .permissions = st::Permissions::all()}).value();
      const auto run = (by_handle ? handle.sync() : stall.engine.sync()).run(stall.account, options).value();
      const bool waits = left <= 2min;
      CHECK(asked == (waits ? 2 : 1));
      CHECK(Stall::source(run, "prices").state == (waits ? st::SourceState::ok : st::SourceState::throttled));
      CHECK((bazaar.clock->now() >= over) == waits);
    }
  }
}

TEST_CASE("a stop ends the wait of a source at once, and only throttled sources have one") {
  Bazaar bazaar;
  st::Errc with = st::Errc::vendor_throttled;
  int asked = 0;
  bazaar.prices = [&](st::PriceSink&, const st::CallContext&) -> st::Result<void> {
    ++asked;
    return st::Error(with).retry_after(20s);
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.stock = false;
  options.prices = true;
  stall.sync(options);
  std::stop_source stop;
  stop.request_stop();
  st::CallContext stopped;
  stopped.stop = stop.get_token();
  CHECK(stall.engine.sync().run(stall.account, options, stopped).error().errc() == st::Errc::cancelled);
  CHECK(asked == 1);
  stall.pass(1h);
  with = st::Errc::vendor_unavailable;
  const auto failed = stall.sync(options);
  CHECK(Stall::source(failed, "prices").state == st::SourceState::failed);
  CHECK_FALSE(Stall::source(failed, "prices").retry_at);
  const st::Instant begins = bazaar.clock->now();
  stall.sync(options);
  CHECK(asked == 3);
  CHECK(bazaar.clock->now() == begins);
}

TEST_CASE("who started a run hears of its stages and of its waits") {
  struct Listener final : st::ProgressSink {
    void report(const st::Progress& step) noexcept override {
      const std::lock_guard lock(mutex);
      stages[std::string(step.stage)] = step.done;
    }
    void waiting() noexcept override { ++waits; }
    std::mutex mutex;
    std::map<std::string, std::uint64_t> stages;
    std::atomic<int> waits = 0;
  };
  Market market;
  Booth booth(market, "b1", 1);
  booth.bazaar.list(numbered_keys(3));
  booth.bazaar.sell_from({"w"});
  booth.bazaar.hold_fbo(numbered_units(0, 2, 5));
  booth.bazaar.stock["w"] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext& context) {
    context.waiting();
    return sink.rows(Bazaar::page("w", st::WarehouseKind::seller, {{"N0", 1}}));
  };
  const auto listener = std::make_shared<Listener>();
  st::CallContext context;
  context.progress = listener;
  context.actor = "anna";
  const auto run = booth.sync({}, context);
  CHECK(listener->stages == std::map<std::string, std::uint64_t>{
                                {"catalogue", 3}, {"commit", 0}, {"fbo", 2}, {"fbs:w", 1}, {"warehouses", 1}});
  CHECK(listener->waits == 6);  // each stage is a sign of life as well
  CHECK(run.actor == "anna");
  CHECK(booth.engine->sync().runs().collect().value().at(0).actor == "anna");
}

TEST_CASE("a run that is out of time keeps its account until what it has read is stored") {
  Market market;
  Booth first(market, "b1", 1);
  first.bazaar.list({"A"});
  Booth other(market, "b1", 2);
  REQUIRE(other.account == first.account);
  st::SyncOptions options;
  options.lease = 60s;
  int refused = 0;
  first.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext& context) {
    for (int i = 0; i < 20; ++i) {  // three minutes, of which the run had half of one
      market.clock->advance(9s);
      context.waiting();
      const auto second = other.engine->sync().run(other.account, options);
      refused += !second && second.error().errc() == st::Errc::run_in_progress ? 1 : 0;
    }
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 1}}));
  };
  st::CallContext context;
  context.timeout = 30s;
  const auto run = first.sync(options, context);
  CHECK(refused == 20);
  CHECK(Stall::source(run, "fbo").state == st::SourceState::ok);
}
