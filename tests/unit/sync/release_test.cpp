// A run that is ended from outside: its account is disconnected or released.
#include <utility>

#include "tests/support/bazaar.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// A bazaar that a second process looks at while the first one reads its stock.
struct Market {
  Market() {
    bazaar.list({"A"});
    bazaar.hold_fbo({{"A", 1}});
    REQUIRE(stall.sync().state == st::RunState::ok);
    bazaar.hold_fbo({{"A", 2}});
  }
  // Runs with `during` in the middle of the reading of stock.
  st::Result<st::SyncRun> run_with(std::function<void()> during) {
    auto read = bazaar.stock[""];
    bazaar.stock[""] = [this, read, during, asked = false](const st::StockQuery& query, st::StockSink& sink,
                                                           const st::CallContext& context) mutable -> st::Result<void> {
      if (std::exchange(asked, true)) return read(query, sink, context);  // `during` may run others
      during();
      bazaar.clock->advance(11s);  // more than a third of the lease
      context.waiting();
      return read(query, sink, context);
    };
    return stall.engine.sync().run(stall.account);
  }

  Bazaar bazaar;
  TempFolder folder;
  Stall stall{bazaar, folder.path().string() + "/shop.db"};
};

st::Engine other_process(Market& market) {
  return st::open({.path = market.folder.path().string() + "/shop.db",
                   .clock = market.bazaar.clock,
                   .random = std::make_shared<st::testing::SeededRandom>(9),
                   .executor = st::make_inline_executor(),
                   .connectors = {std::make_shared<BazaarFactory>(market.bazaar)}})
      .value();
}

}  // namespace

TEST_CASE("a run ends without a change when its account is disconnected") {
  Market market;
  const auto run = market.run_with([&] { REQUIRE(market.stall.engine.accounts().disconnect(market.stall.account)); });
  REQUIRE_FALSE(run);
  CHECK(run.error().errc() == st::Errc::lease_lost);
  CHECK(market.stall.picture() == "A@M=1");
  const auto runs = market.stall.engine.sync().runs().collect().value();
  CHECK(runs.front().state == st::RunState::failed);
}

TEST_CASE("a run of another process ends when its account is disconnected, whatever that process holds") {
  Market market;
  const auto run = market.run_with([&] { REQUIRE(other_process(market).accounts().disconnect(market.stall.account)); });
  REQUIRE_FALSE(run);
  CHECK(run.error().errc() == st::Errc::lease_lost);
  CHECK(market.stall.picture() == "A@M=1");
  // The credentials in this process's memory are of no use any more.
  CHECK(market.stall.engine.sync().run(market.stall.account).error().errc() == st::Errc::credentials_missing);
}

TEST_CASE("a run in progress keeps its account from a release that is not forced") {
  Market market;
  const auto run = market.run_with([&] {
    auto engine = other_process(market);
    const auto refused = engine.sync().release(market.stall.account);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::run_in_progress);
    CHECK(refused.error().details().retry_after == 30s);
  });
  REQUIRE(run);
  CHECK(market.stall.picture() == "A@M=2");
}

TEST_CASE("a forced release ends a run without a change, and another run may begin at once") {
  Market market;
  std::optional<st::RunId> released;
  const auto run = market.run_with([&] {
    auto engine = other_process(market);
    released = engine.sync().release(market.stall.account, {.force = true}).value();
  });
  REQUIRE_FALSE(run);
  CHECK(run.error().errc() == st::Errc::lease_lost);
  REQUIRE(released);
  CHECK(market.stall.picture() == "A@M=1");
  const auto runs = market.stall.engine.sync().runs().collect().value();
  CHECK(runs.front().id == *released);
  CHECK(runs.front().state == st::RunState::failed);
  CHECK(market.stall.sync().state == st::RunState::ok);
}

TEST_CASE("an account is free as soon as the run of a dead process is late with its sign of life") {
  Market market;
  std::optional<st::RunId> dead;
  // The other process takes the account, and never comes back to it while this test looks.
  const auto run = market.run_with([&] {
    dead = market.stall.engine.sync().runs().collect().value().front().id;
    auto engine = other_process(market);
    market.bazaar.clock->advance(20s);  // a third of the lease, and ten seconds
    CHECK(engine.sync().release(market.stall.account).error().errc() == st::Errc::run_in_progress);
    market.bazaar.clock->advance(1us);
    CHECK(engine.sync().release(market.stall.account).value() == dead);
    CHECK(engine.sync().runs().collect().value().front().state == st::RunState::failed);
    CHECK_FALSE(engine.sync().release(market.stall.account).value());
  });
  CHECK(run.error().errc() == st::Errc::lease_lost);
  CHECK(market.stall.picture() == "A@M=1");
}

TEST_CASE("a release of an account that no run holds changes nothing") {
  Market market;
  auto sync = market.stall.engine.sync();
  CHECK_FALSE(sync.release(market.stall.account).value());
  CHECK_FALSE(sync.release(market.stall.account, {.force = true}).value());
  CHECK(sync.runs().collect().value().front().state == st::RunState::ok);
  CHECK(sync.release({}).error().errc() == st::Errc::not_found);
}
