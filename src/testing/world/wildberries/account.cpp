// What only Wildberries reports of an account, and its capabilities according to the API's manual.
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {

using namespace std::chrono_literals;

std::vector<std::uint32_t> WildberriesFace::listed_sizes() const {
  std::vector<std::uint32_t> all;
  for (const Card& card : catalogue_.cards) {
    if (!card.listed || card.trashed) continue;
    for (std::uint32_t size = card.first_size; size < card.first_size + card.sizes; ++size) all.push_back(size);
  }
  return all;
}

TrueOffer WildberriesFace::listed_offer(std::uint32_t size) const {
  const Size& one = catalogue_.sizes[size];
  const Card& card = catalogue_.cards[one.card];
  return {std::to_string(one.id),
          std::to_string(card.id),
          card.article,
          card.title,
          std::string(card.brand),
          std::string(one.name),
          catalogue_.barcodes_on(Shop::wildberries, size)};
}

std::vector<TrueWarehouse> WildberriesFace::listed_warehouses() const {
  std::vector<TrueWarehouse> own;
  for (const std::size_t n : catalogue_.open_seller_warehouses()) {
    const SellerWarehouse& one = catalogue_.seller_warehouses[n];
    own.push_back({std::to_string(one.id), one.name, !one.deleting});
  }
  return own;
}

void WildberriesFace::complete_stock(const TruePosition& position, TrueStock& row) const {
  if (row.kind == WarehouseKind::undisclosed) row.warehouse_name = row.region = kUndisclosedName;
  if (position.kind == StockKind::fbs) return;
  row.listing = position.listing;
  row.to_client = position.to_client;
  row.from_client = position.from_client;
}

void WildberriesFace::complete_line(std::size_t index, const TrueOrder& placed, TrueLine& line) const {
  const Size& size = catalogue_.sizes[commerce_.log()[index].size];
  line.listing = std::to_string(catalogue_.cards[size.card].id);
  line.warehouse_name = placed.warehouse_name;
}

Capabilities WildberriesFace::capabilities() const {
  Capabilities can;
  can.numeric_offer_keys = true;
  can.offers_per_page = 100;
  can.stock_rows_per_page = 250'000;
  can.offers_per_fbs_request = 1'000;
  can.fbo_absent = Absent::zero;     // the report has no rows of what there is none of
  can.fbs_absent = Absent::unknown;  // 0 is reported; a warehouse may be silent about an offer
  can.fbo_refresh = 30min;
  can.orders_kept = 24h * 31;
  can.order_changes_timed = true;
  return can;
}

}  // namespace stocktracker::inline v0::testing::world
