// What only Yandex Market reports of an account, and its capabilities according to the API's manual.
#include "testing/world/yandex_market/face.hpp"

namespace stocktracker::inline v0::testing::world {

using namespace std::chrono_literals;

std::vector<std::uint32_t> YandexFace::listed_sizes() const {
  std::vector<std::uint32_t> all;
  for (std::uint32_t size = 0; size < catalogue_.sizes.size(); ++size) {
    if (listed(size)) all.push_back(size);
  }
  return all;
}

TrueOffer YandexFace::listed_offer(std::uint32_t size) const {
  const ShopOffer& one = offer(size);
  const Card& card = catalogue_.cards[catalogue_.sizes[size].card];
  return {one.offer_id,
          std::to_string(one.listing),
          one.offer_id,
          card.title,
          std::string(card.brand),
          "",
          catalogue_.barcodes_on(Shop::yandex_market, size)};
}

// A group is one place; its name contains its members.
std::vector<TrueWarehouse> YandexFace::listed_warehouses() const {
  std::vector<TrueWarehouse> own;
  std::string members;
  for (const std::size_t n : catalogue_.open_seller_warehouses()) {
    const std::string& name = catalogue_.seller_warehouses[n].name;
    if (in_group(n)) {
      members += (members.empty() ? "" : ", ") + name;
    } else {
      own.push_back({std::to_string(catalogue_.seller_warehouse_id(Shop::yandex_market, n)), name, true});
    }
  }
  if (!members.empty()) own.push_back({group_key(), "Group 1 (" + members + ")", true});
  return own;
}

void YandexFace::complete_stock(const TruePosition& position, TrueStock& row) const {
  row.reserved = position.reserved;
}

void YandexFace::complete_line(std::size_t, const TrueOrder& placed, TrueLine& line) const {
  line.order = placed.key.substr(0, placed.key.find('/'));
  line.article = placed.offer;
}

Capabilities YandexFace::capabilities() const {
  Capabilities can;
  can.offers_per_page = 100;
  can.stock_rows_per_page = 100;
  can.offers_per_fbs_request = 500;
  can.fbo_absent = Absent::unknown;  // 0 is reported; offers may be left out of either list
  can.fbs_absent = Absent::unknown;
  can.visibility_delay = 5min;
  can.orders_kept = 24h * 360;
  can.orders_complete = true;
  can.order_changes_timed = true;
  return can;
}

}  // namespace stocktracker::inline v0::testing::world
