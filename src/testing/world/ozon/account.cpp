// What only Ozon reports of an account, and its capabilities according to the API's manual.
#include "testing/world/ozon/face.hpp"

namespace stocktracker::inline v0::testing::world {

using namespace std::chrono_literals;

std::vector<std::uint32_t> OzonFace::listed_sizes() const {
  std::vector<std::uint32_t> all;
  for (const auto& [article, size] : by_offer_) {
    if (listed(size)) all.push_back(size);
  }
  return all;
}

TrueOffer OzonFace::listed_offer(std::uint32_t size) const {
  const ShopOffer& one = offer(size);
  return {one.offer_id,
          std::to_string(one.listing),
          one.offer_id,
          catalogue_.cards[catalogue_.sizes[size].card].title,
          "",
          "",
          catalogue_.barcodes_on(Shop::ozon, size)};
}

std::vector<TrueWarehouse> OzonFace::listed_warehouses() const {
  std::vector<TrueWarehouse> own;
  for (const std::size_t n : catalogue_.open_seller_warehouses()) {
    own.push_back(
        {std::to_string(catalogue_.seller_warehouse_id(Shop::ozon, n)), catalogue_.seller_warehouses[n].name, true});
  }
  return own;
}

void OzonFace::complete_stock(const TruePosition& position, TrueStock& row) const {
  row.listing = position.listing;
  row.reserved = position.reserved;
}

void OzonFace::complete_line(std::size_t index, const TrueOrder& placed, TrueLine& line) const {
  const Order& order = commerce_.log()[index];
  line.order = posting_number(index);
  line.article = placed.offer;
  line.warehouse =
      std::to_string(order.fbs ? catalogue_.seller_warehouse_id(Shop::ozon, commerce_.fbs()[order.row].warehouse)
                               : catalogue_.marketplace_warehouses[commerce_.fbo()[order.row].warehouse].id);
  line.warehouse_name = placed.warehouse_name;
}

Capabilities OzonFace::capabilities() const {
  Capabilities can;
  can.offers_per_page = 1'000;
  can.stock_rows_per_page = 1'000;
  can.offers_per_fbs_request = 1'000;
  can.fbo_absent = Absent::zero;  // both lists are of what there is
  can.fbs_absent = Absent::zero;
  can.fbo_by_offers = true;
  can.orders_kept = 24h * 364;
  can.orders_by_period = true;
  can.orders_complete = true;
  return can;
}

}  // namespace stocktracker::inline v0::testing::world
