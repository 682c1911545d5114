// What an account holds on a marketplace, as complete rows, computed from goods and commerce alone, never from answers.
#include "testing/world/core/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

Money roubles(std::int64_t hundredths) { return {hundredths, Currency::rub()}; }

// The marketplace's warehouse with that key, as a reader of the API sees it.
const MarketplaceWarehouse* warehouse_of(const Catalogue& catalogue, Shop shop, const std::string& key) {
  for (const MarketplaceWarehouse& one : catalogue.marketplace_warehouses) {
    if (one.shop == shop && !one.hidden && std::to_string(one.id) == key) return &one;
  }
  return nullptr;
}

TrueStock stock_of(const Catalogue& catalogue, Shop shop, const TruePosition& position,
                   const std::vector<TrueWarehouse>& own) {
  TrueStock row;
  row.offer = position.offer;
  row.warehouse = position.warehouse;
  row.on_hand = position.on_hand;
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
  }
  return row;
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

}  // namespace

bool Face::reports_order(std::size_t index) const { return commerce_.log()[index].shop == shop_; }

AccountTruth Face::account(Instant now) const {
  AccountTruth account;
  account.offers.emplace();
  account.prices.emplace();
  for (const std::uint32_t size : listed_sizes()) {
    TrueOffer offer = listed_offer(size);
    const ShopPrice price = catalogue_.price_on(shop_, size);
    account.prices->push_back({offer.key, roubles(price.price), roubles(price.list_price), std::nullopt});
    account.offers->push_back(std::move(offer));
  }
  account.warehouses = listed_warehouses();
  account.stock.emplace();
  for (const TruePosition& position : truth(now)) {
    account.stock->push_back(stock_of(catalogue_, shop_, position, *account.warehouses));
    complete_stock(position, account.stock->back());
  }
  account.orders.emplace();
  const std::vector<TrueOrder> placed = orders();
  for (std::size_t n = 0; n < commerce_.log().size(); ++n) {
    if (!reports_order(n)) continue;
    const TrueOrder& order = placed[account.orders->size()];
    account.orders->push_back(line_of(order, catalogue_.price_on(shop_, commerce_.log()[n].size)));
    complete_line(n, order, account.orders->back());
  }
  account.now = now;
  account.numbers_may_be_texts = numbers_may_be_texts();
  account.capabilities = capabilities();
  account.capabilities->channel = entry_of(shop_).channel;
  account.capabilities->zone = "Europe/Moscow";
  account.capabilities->orders = true;
  account.capabilities->prices = true;
  return account;
}

}  // namespace stocktracker::inline v0::testing::world
