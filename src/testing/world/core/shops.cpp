// The shops other than Wildberries: their warehouses, the seller's offers there, and their prices.
#include <algorithm>
#include <utility>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

struct KnownWarehouse {
  std::int64_t id;
  std::string_view name;
};

constexpr std::array kOzon{
    KnownWarehouse{15431806189000, "ХОРУГВИНО_РФЦ"},      KnownWarehouse{23843917228000, "ПУШКИНО_1_РФЦ"},
    KnownWarehouse{19262731541000, "Екатеринбург_РФЦ"},   KnownWarehouse{22655170176000, "Новосибирск_РФЦ_НОВЫЙ"},
    KnownWarehouse{1020000039316000, "КАЗАНЬ_РФЦ_НОВЫЙ"}, KnownWarehouse{1020000115166000, "СПБ_ШУШАРЫ_РФЦ"},
    KnownWarehouse{18044570445000, "Ростов_на_Дону_РФЦ"}, KnownWarehouse{1020000134500000, "Гривно_РФЦ"}};
constexpr std::array kYandex{
    KnownWarehouse{147, "Яндекс.Маркет (Ростов-на-Дону)"},  KnownWarehouse{171, "Яндекс.Маркет (Томилино)"},
    KnownWarehouse{172, "Яндекс.Маркет (Софьино)"},         KnownWarehouse{300, "Яндекс.Маркет (Екатеринбург)"},
    KnownWarehouse{301, "Яндекс.Маркет (Санкт-Петербург)"}, KnownWarehouse{302, "Яндекс.Маркет (Самара)"},
    KnownWarehouse{304, "Яндекс.Маркет (Софьино КГТ)"},     KnownWarehouse{321, "Яндекс.Маркет (Новосибирск)"}};

// The article of a size, if each size is an offer of its own.
std::string own_article(const Card& card, const Size& size) {
  if (card.sizes == 1) return card.article;
  return card.article + "-" + std::string(size.tech_size);
}

}  // namespace

void add_shop_warehouses(const WorldOptions& options, Catalogue& catalogue) {
  auto& all = catalogue.marketplace_warehouses;
  // Wildberries' are always created, even if it is not one of the shops, so that all random numbers stay the same.
  const bool wildberries =
      std::find(catalogue.shops.begin(), catalogue.shops.end(), Shop::wildberries) != catalogue.shops.end();
  catalogue.warehouses_of[index_of(Shop::wildberries)] = {0, wildberries ? static_cast<std::uint32_t>(all.size()) : 0};
  for (const Shop shop : catalogue.shops) {
    if (shop == Shop::wildberries) continue;
    const auto first = static_cast<std::uint32_t>(all.size());
    const auto& known = shop == Shop::ozon ? kOzon : kYandex;
    for (std::size_t n = 0; n < static_cast<std::size_t>(options.marketplace_warehouses); ++n) {
      const KnownWarehouse& one = known[n % known.size()];
      const std::size_t lap = n / known.size();
      MarketplaceWarehouse warehouse;
      warehouse.id = one.id + static_cast<std::int64_t>(lap) * 1'000;
      warehouse.name = std::string(one.name) + (lap == 0 ? "" : "_" + std::to_string(lap + 1));
      warehouse.shop = shop;
      all.push_back(std::move(warehouse));
    }
    catalogue.warehouses_of[index_of(shop)] = {first, static_cast<std::uint32_t>(options.marketplace_warehouses)};
  }
}

// Most goods are sold everywhere with one article and barcode; some are not, and for some nothing shows that they are.
void add_shop_offers(Catalogue& catalogue) {
  for (const Shop shop : catalogue.shops) {
    if (shop == Shop::wildberries) continue;
    auto& offers = catalogue.offers[index_of(shop)];
    offers.resize(catalogue.sizes.size());
    std::int64_t listing = shop == Shop::ozon ? 310'000'000 : 101'000'000'000;
    std::int64_t sku = 1'150'000'000;
    for (std::uint32_t size = 0; size < offers.size(); ++size) {
      Stream stream(catalogue.seed, Purpose::shop_offers, index_of(shop), size);
      listing += stream.between(1, 4'000);
      sku += stream.between(1, 9'000);
      const int way = static_cast<int>(stream.between(0, 99));
      if (way < 8) continue;
      ShopOffer& offer = offers[size];
      offer.listing = listing;
      offer.sku = sku;
      offer.offer_id = own_article(catalogue.cards[catalogue.sizes[size].card], catalogue.sizes[size]);
      // Yandex Market removes spaces at the ends.
      while (shop == Shop::yandex_market && offer.offer_id.ends_with(' ')) offer.offer_id.pop_back();
      if (way < 16) offer.offer_id = "0" + std::to_string(7'000'000 + size) + (shop == Shop::ozon ? "-oz" : "-ym");
      offer.own_barcode = way >= 13 && way < 20;
    }
  }
}

bool Catalogue::sold_on(Shop shop, std::size_t size) const noexcept {
  if (std::find(shops.begin(), shops.end(), shop) == shops.end()) return false;
  return shop == Shop::wildberries || !offers[index_of(shop)][size].offer_id.empty();
}

std::vector<std::string> Catalogue::barcodes_on(Shop shop, std::size_t size) const {
  const Size& one = sizes[size];
  if (shop != Shop::wildberries && offers[index_of(shop)][size].own_barcode) {
    return {"OZN" + std::to_string(offers[index_of(shop)][size].listing)};
  }
  std::vector<std::string> texts;
  for (std::uint32_t b = one.first_barcode; b < one.first_barcode + one.barcodes; ++b) {
    texts.push_back(barcodes[b].text());
  }
  return texts;
}

ShopPrice Catalogue::price_on(Shop shop, std::size_t size) const noexcept {
  // Sizes of a card cost the same; prices differ by a few per cent between shops.
  Stream card(seed, Purpose::prices, sizes[size].card);
  const std::int64_t list = card.between(200, 20'000);
  Stream own(seed, Purpose::prices, sizes[size].card, 1 + index_of(shop));
  ShopPrice price;
  price.list_price = list * 100;
  price.price = price.list_price * (100 - own.between(5, 60)) / 100;
  return price;
}

std::int64_t Catalogue::seller_warehouse_id(Shop shop, std::size_t warehouse) const noexcept {
  const std::int64_t id = seller_warehouses[warehouse].id;
  switch (shop) {
    case Shop::wildberries:
      return id;
    case Shop::ozon:
      return 1'020'000'000'000'000 + id * 1'000;
    case Shop::yandex_market:
      return 2'000'000 + id;
  }
  return id;
}

}  // namespace stocktracker::inline v0::testing::world
