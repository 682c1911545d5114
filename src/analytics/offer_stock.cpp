// The sums of one offer's positions.
#include <stocktracker/analytics/offer_stock.hpp>

#include <algorithm>

namespace stocktracker::inline v0 {

void add_position(OfferStock& stock, const StockPosition& position) {
  if (position.state == PositionState::gone) return;
  ++stock.positions;
  stock.observed_at = stock.observed_at ? std::min(*stock.observed_at, position.observed_at) : position.observed_at;
  if (!position.on_hand) {
    ++stock.unknown;
    return;
  }
  Quantity& sum = position.kind == StockKind::fbo ? stock.fbo : stock.fbs;
  const auto more = sum.plus(*position.on_hand);
  if (more) {
    sum = more.value();
  } else {
    ++stock.unknown;
  }
}

}  // namespace stocktracker::inline v0
