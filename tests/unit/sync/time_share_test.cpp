// One slow source never costs another; what an answer speaks about; who holds the account, and for how long.
#include "tests/support/bazaar.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::CallContext in(st::Duration timeout) {
  st::CallContext context;
  context.timeout = timeout;
  return context;
}

// Waits until its time is over, as a slow vendor makes one wait.
st::Result<void> hang(Bazaar& bazaar, const st::CallContext& context) {
  STK_TRY(bazaar.clock->wait_until(context.deadline, context.stop));
  return context.check(bazaar.clock->now());
}

}  // namespace

TEST_CASE("slow orders cost neither catalogue nor stock") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.sell_from({"w"});
  bazaar.hold_fbo({{"A", 1}});
  bazaar.hold_fbs("w", {{"A", 2}});
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink&,
                      const st::CallContext& context) -> st::Result<st::OrderCoverage> {
    STK_TRY(hang(bazaar, context));
    return st::OrderCoverage{query.since, query.since};
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.orders = true;
  const auto run = stall.sync(options, in(15s));
  CHECK(run.state == st::RunState::partial);
  CHECK(stall.total().on_hand.units() == 3);
  const auto& orders = Stall::source(run, "orders");
  CHECK(orders.state == st::SourceState::failed);
  REQUIRE(orders.error);
  CHECK(orders.error->message() == "the time for this source ran out");
}

TEST_CASE("a slow source of stock leaves the others their share, and orders theirs") {
  for (const std::string slow : {"", "w1", "catalogue", "warehouses"}) {
    CAPTURE(slow);
    Bazaar bazaar;
    bazaar.list({"A"});
    bazaar.sell_from({"w1", "w2"});
    bazaar.hold_fbo({{"A", 1}});
    bazaar.hold_fbs("w1", {{"A", 2}});
    bazaar.hold_fbs("w2", {{"A", 4}});
    bool ordered = false;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink&,
                        const st::CallContext&) -> st::Result<st::OrderCoverage> {
      ordered = true;
      return st::OrderCoverage{query.since, query.since};
    };
    Stall stall(bazaar);
    stall.sync();
    stall.pass(1h);
    if (slow == "catalogue") {
      bazaar.offers = [&](st::OfferSink&, const st::CallContext& context) { return hang(bazaar, context); };
    } else if (slow == "warehouses") {
      bazaar.warehouses = [&](st::WarehouseSink&, const st::CallContext& context) { return hang(bazaar, context); };
    } else {
      bazaar.stock[slow] = [&](const st::StockQuery&, st::StockSink&, const st::CallContext& context) {
        return hang(bazaar, context);
      };
    }
    st::SyncOptions options;
    options.orders = true;
    const auto run = stall.sync(options, in(60s));
    CHECK(ordered);
    const std::string name = slow.empty() ? "fbo" : slow == "w1" ? "fbs:w1" : slow;
    for (const auto& source : run.sources) {
      CAPTURE(source.name);
      if (source.name == name) {
        CHECK(source.state == st::SourceState::failed);
      } else if (slow == "warehouses" && source.name.starts_with("fbs:")) {
        CHECK(source.state == st::SourceState::stale);
      } else {
        CHECK(source.state == st::SourceState::ok);
      }
    }
    CHECK(stall.total().on_hand.units() == 7);
  }
}

TEST_CASE("orders have their part of the time even where every source of stock takes all that it is given") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.sell_from({"w1", "w2"});
  for (const char* source : {"", "w1", "w2"}) {
    bazaar.stock[source] = [&](const st::StockQuery&, st::StockSink&, const st::CallContext& context) {
      return hang(bazaar, context);
    };
  }
  std::optional<st::Instant> asked;
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink&,
                      const st::CallContext&) -> st::Result<st::OrderCoverage> {
    asked = bazaar.clock->now();
    return st::OrderCoverage{query.since, query.since};
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.orders = true;
  const st::Instant began = bazaar.clock->now();
  const auto run = stall.sync(options, in(60s));
  REQUIRE(asked);
  // The account's lists and the marketplace's stock took half, the seller's warehouses three quarters of what was left.
  CHECK(*asked - began == 52500ms);
  CHECK(Stall::source(run, "orders").state == st::SourceState::ok);
}

TEST_CASE("what was never asked for want of time is stale, not failed, and says why") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.sell_from({"w"});
  bazaar.hold_fbo({{"A", 1}});
  bazaar.hold_fbs("w", {{"A", 2}});
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    bazaar.clock->advance(2min);  // a connector that obeys no deadline
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 1}}));
  };
  Stall stall(bazaar);
  const auto run = stall.sync({}, in(60s));
  CHECK(Stall::source(run, "fbo").state == st::SourceState::ok);
  const auto& seller = Stall::source(run, "fbs:w");
  CHECK(seller.state == st::SourceState::stale);
  REQUIRE(seller.error);
  CHECK(seller.error->message() == "the run's time ended before this source was asked");
}

TEST_CASE(
    "an answer that speaks about an earlier time is stamped with it; older than what is known it is refused and said") {
  Bazaar bazaar;
  bazaar.list({"A"});
  Stall stall(bazaar);
  const st::Instant begin = bazaar.clock->now();
  const auto report = [&](st::Instant at, std::int64_t units) {
    bazaar.stock[""] = [at, units](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
      sink.speaks_of(at);
      return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", units}}));
    };
  };
  stall.pass(2h);
  report(begin + 90min, 7);
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.engine.stock().positions().collect().value().at(0).observed_at == begin + 90min);
  stall.pass(1h);
  report(begin + 60min, 99);
  const auto run = stall.sync();
  CHECK(run.state == st::RunState::partial);
  const auto& fbo = Stall::source(run, "fbo");
  CHECK(fbo.state == st::SourceState::stale);
  CHECK(fbo.disposition == st::Disposition::not_applied);
  CHECK(fbo.changes.dropped == 1);
  REQUIRE(fbo.error);
  CHECK(fbo.error->errc() == st::Errc::observation_too_old);
  CHECK(stall.picture() == "A@M=7");
  // In the account's health and in the event as well.
  const auto health = stall.engine.accounts().health(stall.account).value();
  CHECK(health.state == st::HealthState::failing);
  CHECK(health.reason.value().code == "observation_too_old");
  // A report from the future speaks about now.
  report(begin + 72h, 8);
  stall.sync();
  CHECK(stall.engine.stock().positions().collect().value().at(0).observed_at == bazaar.clock->now());
}

TEST_CASE("a run that shows life keeps its account, one that shows none loses it after thirty seconds") {
  TempFolder folder;
  for (const bool alive : {true, false}) {
    CAPTURE(alive);
    const std::string path = folder.path().string() + "/" + (alive ? "alive" : "dead") + ".db";
    Bazaar bazaar;
    bazaar.list({"A"});
    bazaar.hold_fbo({{"A", 1}});
    Stall first(bazaar, path, 1);
    std::optional<st::Result<st::SyncRun>> other;
    bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext& context) {
      for (int i = 0; i < 12; ++i) {
        bazaar.clock->advance(5s);
        if (alive) context.waiting();
      }
      if (!other) {
        Bazaar quick;
        quick.clock = bazaar.clock;
        quick.list({"A"});
        quick.hold_fbo({{"A", 2}});
        auto second = st::open({.path = path,
                                .clock = quick.clock,
                                .random = std::make_shared<st::testing::SeededRandom>(2),
                                .executor = st::make_inline_executor(),
                                .connectors = {std::make_shared<BazaarFactory>(quick)}})
                          .value();
        st::Credentials key;
        key.channel = Bazaar::kChannel;
        key.parts.push_back({"key", st::Secret::copy_of("k")});
        (void)second.accounts().connect(std::move(key)).value();
        other = second.sync().run(first.account);
      }
      return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 1}}));
    };
    const auto run = first.engine.sync().run(first.account);
    REQUIRE(other);
    if (alive) {
      CHECK(run.has_value());
      CHECK(other->error().errc() == st::Errc::run_in_progress);
      CHECK(first.picture() == "A@M=1");
    } else {
      CHECK(run.error().errc() == st::Errc::lease_lost);
      CHECK(other->has_value());
      CHECK(first.picture() == "A@M=2");
    }
  }
}
