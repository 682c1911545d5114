// What a run asks for, what it reports of itself, and what a dry one leaves.
#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

TEST_CASE("a run asks for orders and prices only where it should and where the channel has them") {
  for (const bool wanted : {true, false}) {
    for (const bool can : {true, false}) {
      CAPTURE(wanted, can);
      Bazaar bazaar;
      bazaar.can.orders = bazaar.can.prices = can;
      Stall stall(bazaar);
      st::SyncOptions options;
      options.orders = wanted;
      const auto orders = stall.sync(options);
      CHECK(orders.sources.size() == (wanted && can ? 4 : 3));
      CHECK(orders.sources.back().name == (wanted && can ? "orders" : "fbo"));
      options.orders = false;
      options.prices = wanted;
      const auto prices = stall.sync(options);
      CHECK(prices.sources.back().name == (wanted && can ? "prices" : "fbo"));
    }
  }
}

TEST_CASE("each run with news leaves one event with its numbers, one without news none") {
  Market market;
  Booth booth(market, "b1", 1);
  Bazaar& bazaar = booth.bazaar;
  bazaar.can.fbs_absent = st::Absent::unknown;
  bazaar.list(numbered_keys(3));
  bazaar.sell_from({"w"});
  bazaar.hold_fbo(numbered_units(0, 2, 5));
  bazaar.hold_fbs("w", numbered_units(0, 2, 5));
  std::size_t before = market.events().size();
  const auto news = [&](const st::SyncRun& run) {
    const auto all = market.events();
    const std::size_t fresh = all.size() - before;
    before = all.size();
    REQUIRE(fresh <= 1);
    if (fresh == 0) return std::string();
    // The events are sorted by their ids, and these by time.
    const std::string& row = all.back();
    CHECK(row.find("sync.finished") != std::string::npos);
    CHECK(row.find(run.id.text()) != std::string::npos);
    CHECK(row.find(booth.account.text()) != std::string::npos);
    const std::size_t begin = row.find("\"state\"");
    return row.substr(begin, row.find('}') - begin);
  };
  const auto next = [&] {
    market.clock->advance(1h);
    return booth.sync();
  };
  CHECK(news(next()) == R"("state":"ok","added":7,"changed":0,"zeroed":0,"kept":0)");
  CHECK(booth.engine->directory().relay().value() == 0 + before);
  before = 0;
  CHECK(news(next()).empty());
  CHECK(booth.engine->directory().relay().value() == 0);
  bazaar.list(numbered_keys(4));
  CHECK(news(next()) == R"("state":"ok","added":1,"changed":0,"zeroed":0,"kept":0)");
  bazaar.hold_fbo(numbered_units(0, 2, 6));
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":2,"zeroed":0,"kept":0)");
  bazaar.hold_fbo(numbered_units(0, 1, 6));
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":1,"zeroed":1,"kept":0)");
  bazaar.hold_fbs("w", numbered_units(0, 1, 5));
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":0,"zeroed":0,"kept":1)");
  CHECK(news(next()).empty());
  bazaar.sell_from({});  // a warehouse that left the list: nothing of it is counted any more
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":0,"zeroed":2,"kept":0)");
  CHECK(booth.engine->directory().relay().value() == 5);
  before = 0;
  const auto complete = bazaar.stock[""];
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Errc::connect_failed;
  };
  CHECK(news(next()) == R"("state":"partial","added":0,"changed":0,"zeroed":0,"kept":0)");
  bazaar.stock[""] = complete;
  CHECK(news(next()).empty());
  // Nobody hears of a dry run.
  bazaar.hold_fbo(numbered_units(0, 2, 9));
  st::SyncOptions dry;
  dry.dry_run = true;
  CHECK(news(booth.sync(dry)).empty());
}

TEST_CASE("a dry run leaves nothing but its own record, whatever it would have done") {
  Market market;
  Booth booth(market, "b1", 1);
  Bazaar& bazaar = booth.bazaar;
  const auto furnish = [&](int count, std::int64_t amount) {
    bazaar.list(numbered_keys(count));
    bazaar.sell_from({"w" + std::to_string(count)});
    bazaar.hold_fbo(numbered_units(0, count, amount));
    bazaar.hold_fbs("w" + std::to_string(count), numbered_units(0, count, amount));
    bazaar.prices = [=](st::PriceSink& sink, const st::CallContext&) {
      const st::PriceRow row{"N0", st::Money(amount, st::Currency::rub()), std::nullopt, std::nullopt};
      return sink.prices({&row, 1});
    };
    bazaar.orders = [=, &bazaar](const st::OrderQuery& query, st::OrderSink& sink,
                                 const st::CallContext&) -> st::Result<st::OrderCoverage> {
      st::OrderLineRow row;
      row.key = row.order = "k";
      row.quantity = amount;
      row.ordered_at = row.changed_at = bazaar.clock->now() - 1min;
      STK_TRY(sink.lines({&row, 1}));
      return st::OrderCoverage{query.since, bazaar.clock->now()};
    };
  };
  const std::vector<std::string> records{"lease", "run", "run_source"};
  furnish(30, 5);
  auto dry = everything();
  dry.dry_run = true;
  for (const bool first_load : {true, false}) {
    for (const bool accept : {false, true}) {
      CAPTURE(first_load, accept);
      const auto before = stored_rows(*market.storage, records);
      dry.accept_mass_zero = accept;
      market.clock->advance(1h);
      const auto run = booth.sync(dry);
      CHECK(run.dry_run);
      CHECK(run.changes().added > 0);
      CHECK(stored_rows(*market.storage, records) == before);
      CHECK(booth.engine->sync().runs().collect().value().at(0).to_json() == run.to_json());
    }
    if (first_load) booth.sync(everything());
    furnish(12, 6);
  }
}

TEST_CASE("the fence of an account's lease grows with each run that takes it") {
  Market market;
  Booth booth(market, "b1", 1);
  const auto fence = [&] {
    const std::string row = stored_rows(*market.storage).at("lease").at(0);
    const std::size_t second = row.find('|', row.find('|') + 1);
    return std::stoll(row.substr(second + 1));
  };
  booth.sync();
  std::int64_t last = fence();
  CHECK(last > 0);
  for (int i = 0; i < 3; ++i) {
    booth.sync();
    CHECK(fence() > last);
    last = fence();
  }
}

TEST_CASE("what a source ends as follows from the kind of its failure; our own breaker speaks for what opened it") {
  using S = st::SourceState;
  const std::vector<std::pair<st::Errc, S>> cases{{st::Errc::vendor_throttled, S::throttled},
                                                  {st::Errc::quota_reached, S::throttled},
                                                  {st::Errc::vendor_unauthorized, S::denied},
                                                  {st::Errc::credentials_missing, S::denied},
                                                  {st::Errc::vendor_forbidden, S::denied},
                                                  {st::Errc::address_refused, S::denied},
                                                  {st::Errc::vendor_payment_required, S::denied},
                                                  {st::Errc::vendor_unavailable, S::failed},
                                                  {st::Errc::vendor_contradiction, S::failed},
                                                  {st::Errc::deadline_exceeded, S::failed},
                                                  {st::Errc::internal, S::failed}};
  for (const auto& [errc, state] : cases) {
    CAPTURE(to_string(errc));
    CHECK(st::state_of(st::Error(errc)) == state);
    CHECK(st::state_of(st::Error(st::Errc::breaker_open).because(st::Error(errc))) == state);
    CHECK(st::state_of(st::Error(st::Errc::connect_failed).because(st::Error(errc))) == S::failed);
  }
  CHECK(st::state_of(st::Error(st::Errc::breaker_open)) == S::failed);
}
