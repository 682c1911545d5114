// The sums of one offer over its warehouses.
#include <cstdint>
#include <limits>

#include <stocktracker/analytics/offer_stock.hpp>

#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::StockPosition position_of(st::StockKind kind, std::optional<std::int64_t> units, std::int64_t seen_micros = 5) {
  st::StockPosition position;
  position.kind = kind;
  position.state = units ? st::PositionState::known : st::PositionState::unknown;
  if (units) position.on_hand = st::Quantity::from_units(*units).value();
  position.observed_at = st::Instant::from_micros(seen_micros);
  return position;
}

}  // namespace

TEST_CASE("an offer's stock is summed by kind, and what is not known is counted beside the sums") {
  st::OfferStock stock;
  CHECK(stock.positions == 0);
  add_position(stock, position_of(st::StockKind::fbo, 3, 9));
  add_position(stock, position_of(st::StockKind::fbo, 4, 7));
  add_position(stock, position_of(st::StockKind::fbs, 10, 8));
  add_position(stock, position_of(st::StockKind::fbs, std::nullopt, 6));
  CHECK(stock.fbo.units() == 7);
  CHECK(stock.fbs.units() == 10);
  CHECK(stock.unknown == 1);
  CHECK(stock.positions == 4);
  CHECK(stock.observed_at == st::Instant::from_micros(6));
}

TEST_CASE("a warehouse that left the list is in no sum, and a value that does not fit is not known") {
  st::OfferStock stock;
  auto gone = position_of(st::StockKind::fbs, 5, 1);
  gone.state = st::PositionState::gone;
  add_position(stock, gone);
  CHECK(stock.positions == 0);
  CHECK_FALSE(stock.observed_at);
  add_position(stock, position_of(st::StockKind::fbo, std::numeric_limits<std::int64_t>::max()));
  add_position(stock, position_of(st::StockKind::fbo, 1));
  CHECK(stock.fbo.units() == std::numeric_limits<std::int64_t>::max());
  CHECK(stock.unknown == 1);
}

TEST_CASE("stored stock by offer is that of the account, without what left it") {
  Bazaar bazaar;
  bazaar.list({"A", "B", "C"});
  bazaar.hold_fbo({{"A", 3}});
  bazaar.sell_from({"w1", "w2"});
  bazaar.hold_fbs("w1", {{"A", 5}, {"B", 2}});
  bazaar.hold_fbs("w2", {{"B", 8}, {"C", 1}});
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  const auto text = [&] {
    std::string all;
    const auto offers = stall.engine.analytics().offer_stock(stall.account).value();
    for (const st::OfferStock& offer : offers) {
      all += offer.offer + "=" + std::to_string(offer.fbo.units()) + "+" + std::to_string(offer.fbs.units());
      all += " of " + std::to_string(offer.positions) + "; ";
    }
    return all;
  };
  CHECK(text() == "A=3+5 of 2; B=0+10 of 2; C=0+1 of 1; ");
  stall.pass(1h);
  bazaar.sell_from({"w1"});
  stall.sync();
  CHECK(text() == "A=3+5 of 2; B=0+2 of 1; C=0+0 of 0; ");
}
