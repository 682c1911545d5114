// What an account holds on a marketplace, as complete rows, computed from goods and commerce alone, never from answers.
#include <algorithm>

#include "testing/world/ozon/face.hpp"
#include "testing/world/wildberries/face.hpp"
#include "testing/world/yandex_market/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

using namespace std::chrono_literals;

Money roubles(std::int64_t hundredths) { return {hundredths, Currency::rub()}; }

TruePrice price_of(std::string offer, const ShopPrice& price) {
  return {std::move(offer), roubles(price.price), roubles(price.list_price), std::nullopt};
}

// The marketplace's warehouse with that key, as a reader of the API sees it.
const MarketplaceWarehouse* warehouse_of(const Catalogue& catalogue, Shop shop, const std::string& key) {
  for (const MarketplaceWarehouse& one : catalogue.marketplace_warehouses) {
    if (one.shop == shop && !one.hidden && std::to_string(one.id) == key) return &one;
  }
  return nullptr;
}

// Positions as rows; `reserves`: the channel reports reserved units.
std::vector<TrueStock> stock_of(const Catalogue& catalogue, Shop shop, const std::vector<TruePosition>& positions,
                                const std::vector<TrueWarehouse>& own, bool reserves) {
  std::vector<TrueStock> rows;
  for (const TruePosition& position : positions) {
    TrueStock row;
    row.offer = position.offer;
    row.warehouse = position.warehouse;
    row.on_hand = position.on_hand;
    if (reserves) row.reserved = position.reserved;
    if (position.kind == StockKind::fbs) {
      row.kind = WarehouseKind::seller;
      for (const TrueWarehouse& one : own) {
        if (one.key == position.warehouse) row.warehouse_name = one.name;
      }
    } else if (const MarketplaceWarehouse* one = warehouse_of(catalogue, shop, position.warehouse)) {
      row.warehouse_name = one->name;
      row.region = one->region;
    } else {
      row.kind = WarehouseKind::undisclosed;
      row.warehouse_name = row.region = kUndisclosedName;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Members of a line that every channel reports.
TrueLine line_of(const TrueOrder& order, const ShopPrice& price) {
  TrueLine line;
  line.key = order.key;
  line.offer = order.offer;
  line.status = order.status;
  line.kind = order.kind;
  line.quantity = order.quantity;
  line.price = roubles(price.price);
  line.ordered_at = order.ordered_at;
  line.changed_at = order.changed_at;
  return line;
}

// Capabilities that the three marketplaces share.
Capabilities usual(const Channel& channel) {
  Capabilities can;
  can.channel = channel;
  can.zone = "Europe/Moscow";
  can.orders = true;
  can.prices = true;
  return can;
}

}  // namespace

AccountTruth WildberriesFace::account(Instant now) const {
  AccountTruth truth;
  std::vector<TrueOffer> offers;
  std::vector<TruePrice> prices;
  for (const Card& card : catalogue_.cards) {
    if (!card.listed || card.trashed) continue;
    for (std::uint32_t s = card.first_size; s < card.first_size + card.sizes; ++s) {
      const Size& size = catalogue_.sizes[s];
      const std::string key = std::to_string(size.chrt_id);
      offers.push_back({key, std::to_string(card.nm_id), card.article, card.title, std::string(card.brand),
                        std::string(size.tech_size), catalogue_.barcodes_on(Shop::wildberries, s)});
      prices.push_back(price_of(key, catalogue_.price_on(Shop::wildberries, s)));
    }
  }
  std::vector<TrueWarehouse> own;
  for (const std::size_t n : catalogue_.open_seller_warehouses()) {
    const SellerWarehouse& one = catalogue_.seller_warehouses[n];
    own.push_back({std::to_string(one.id), one.name, !one.deleting});
  }
  const std::vector<TruePosition> positions = this->truth(now);
  truth.stock = stock_of(catalogue_, Shop::wildberries, positions, own, false);
  for (std::size_t n = 0; n < positions.size(); ++n) {
    if (positions[n].kind == StockKind::fbs) continue;
    (*truth.stock)[n].listing = positions[n].listing;
    (*truth.stock)[n].to_client = positions[n].to_client;
    (*truth.stock)[n].from_client = positions[n].from_client;
  }
  const std::vector<TrueOrder> orders = this->orders();
  std::vector<TrueLine> lines;
  for (const Order& order : commerce_.log()) {
    if (order.shop != Shop::wildberries) continue;
    const TrueOrder& placed = orders[lines.size()];
    TrueLine line = line_of(placed, catalogue_.price_on(Shop::wildberries, order.size));
    line.listing = std::to_string(catalogue_.cards[catalogue_.sizes[order.size].card].nm_id);
    line.warehouse_name = placed.warehouse_name;
    lines.push_back(std::move(line));
  }
  truth.offers = std::move(offers);
  truth.prices = std::move(prices);
  truth.warehouses = std::move(own);
  truth.orders = std::move(lines);
  Capabilities can = usual(Channel::wildberries);
  can.numeric_offer_keys = true;
  can.offers_per_page = 100;
  can.stock_rows_per_page = 250'000;
  can.offers_per_fbs_request = 1'000;
  can.fbo_absent = Absent::zero;     // the report has no rows of what there is none of
  can.fbs_absent = Absent::unknown;  // 0 is reported; a warehouse may be silent about an offer
  can.fbo_refresh = 30min;
  can.orders_kept = 24h * 31;
  can.order_changes_timed = true;
  truth.capabilities = can;
  return truth;
}

AccountTruth OzonFace::account(Instant now) const {
  AccountTruth truth;
  std::vector<TrueOffer> offers;
  std::vector<TruePrice> prices;
  for (const auto& [article, size] : by_offer_) {
    if (!listed(size)) continue;
    offers.push_back({article, std::to_string(offer(size).listing), article,
                      catalogue_.cards[catalogue_.sizes[size].card].title, "", "",
                      catalogue_.barcodes_on(Shop::ozon, size)});
    prices.push_back(price_of(article, catalogue_.price_on(Shop::ozon, size)));
  }
  std::vector<TrueWarehouse> own;
  for (const std::size_t n : catalogue_.open_seller_warehouses()) {
    own.push_back(
        {std::to_string(catalogue_.seller_warehouse_id(Shop::ozon, n)), catalogue_.seller_warehouses[n].name, true});
  }
  const std::vector<TruePosition> positions = this->truth(now);
  truth.stock = stock_of(catalogue_, Shop::ozon, positions, own, true);
  for (std::size_t n = 0; n < positions.size(); ++n) (*truth.stock)[n].listing = positions[n].listing;
  const std::vector<TrueOrder> orders = this->orders();
  std::vector<TrueLine> lines;
  for (std::size_t n = 0; n < commerce_.log().size(); ++n) {
    const Order& order = commerce_.log()[n];
    if (order.shop != Shop::ozon || quirks_.without_article.count(n) != 0 || quirks_.without_dates.count(n) != 0)
      continue;
    const TrueOrder& placed = orders[lines.size()];
    TrueLine line = line_of(placed, catalogue_.price_on(Shop::ozon, order.size));
    line.order = posting_number(n);
    line.article = placed.offer;
    line.warehouse =
        std::to_string(order.fbs ? catalogue_.seller_warehouse_id(Shop::ozon, commerce_.fbs()[order.row].warehouse)
                                 : catalogue_.marketplace_warehouses[commerce_.fbo()[order.row].warehouse].id);
    line.warehouse_name = placed.warehouse_name;
    lines.push_back(std::move(line));
  }
  truth.offers = std::move(offers);
  truth.prices = std::move(prices);
  truth.warehouses = std::move(own);
  truth.orders = std::move(lines);
  truth.numbers_may_be_texts = true;
  Capabilities can = usual(Channel::ozon);
  can.offers_per_page = 1'000;
  can.stock_rows_per_page = 1'000;
  can.offers_per_fbs_request = 1'000;
  can.fbo_absent = Absent::zero;  // both lists are of what there is
  can.fbs_absent = Absent::zero;
  can.fbo_by_offers = true;
  can.orders_kept = 24h * 364;
  can.orders_by_period = true;
  can.orders_complete = true;
  truth.capabilities = can;
  return truth;
}

AccountTruth YandexFace::account(Instant now) const {
  AccountTruth truth;
  std::vector<TrueOffer> offers;
  std::vector<TruePrice> prices;
  for (const std::uint32_t size : listed_sizes()) {
    const ShopOffer& one = offer(size);
    const Card& card = catalogue_.cards[catalogue_.sizes[size].card];
    offers.push_back({one.offer_id, std::to_string(one.listing), one.offer_id, card.title, std::string(card.brand), "",
                      catalogue_.barcodes_on(Shop::yandex_market, size)});
    prices.push_back(price_of(one.offer_id, catalogue_.price_on(Shop::yandex_market, size)));
  }
  // A group is one place; its name contains its members.
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
  truth.stock = stock_of(catalogue_, Shop::yandex_market, this->truth(now), own, true);
  const std::vector<TrueOrder> orders = this->orders();
  std::vector<TrueLine> lines;
  for (const Order& order : commerce_.log()) {
    if (order.shop != Shop::yandex_market) continue;
    const TrueOrder& placed = orders[lines.size()];
    TrueLine line = line_of(placed, catalogue_.price_on(Shop::yandex_market, order.size));
    line.order = placed.key.substr(0, placed.key.find('/'));
    line.article = placed.offer;
    lines.push_back(std::move(line));
  }
  truth.offers = std::move(offers);
  truth.prices = std::move(prices);
  truth.warehouses = std::move(own);
  truth.orders = std::move(lines);
  truth.numbers_may_be_texts = true;
  Capabilities can = usual(Channel::yandex_market);
  can.offers_per_page = 100;
  can.stock_rows_per_page = 100;
  can.offers_per_fbs_request = 500;
  can.fbo_absent = Absent::unknown;  // 0 is reported; offers may be left out of either list
  can.fbs_absent = Absent::unknown;
  can.visibility_delay = 5min;
  can.orders_kept = 24h * 360;
  can.orders_complete = true;
  can.order_changes_timed = true;
  truth.capabilities = can;
  return truth;
}

}  // namespace stocktracker::inline v0::testing::world
