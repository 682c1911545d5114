// What each shop sells: the seller's offers there, their barcodes and prices, and the ids of the seller's warehouses.
#include <algorithm>
#include <utility>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

// The article of a size, if each size is an offer of its own.
std::string own_article(const Card& card, const Size& size) {
  if (card.sizes == 1) return card.article;
  return card.article + "-" + std::string(size.name);
}

}  // namespace

// Most goods are sold everywhere with one article and barcode; some are not, and for some nothing shows that they are.
void add_shop_offers(Catalogue& catalogue) {
  for (const Shop shop : catalogue.shops) {
    const ShopEntry& entry = entry_of(shop);
    if (entry.lists_cards) continue;
    auto& offers = catalogue.offers[index_of(shop)];
    offers.resize(catalogue.sizes.size());
    std::int64_t listing = entry.listings_from;
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
      while (entry.trims_articles && offer.offer_id.ends_with(' ')) offer.offer_id.pop_back();
      if (way < 16) offer.offer_id = "0" + std::to_string(7'000'000 + size) + std::string(entry.article_tail);
      offer.own_barcode = way >= 13 && way < 20;
    }
  }
}

bool Catalogue::sold_on(Shop shop, std::size_t size) const noexcept {
  if (std::find(shops.begin(), shops.end(), shop) == shops.end()) return false;
  return entry_of(shop).lists_cards || !offers[index_of(shop)][size].offer_id.empty();
}

std::vector<std::string> Catalogue::barcodes_on(Shop shop, std::size_t size) const {
  const Size& one = sizes[size];
  if (!entry_of(shop).lists_cards && offers[index_of(shop)][size].own_barcode) {
    return {std::string(entry_of(shop).barcode_head) + std::to_string(offers[index_of(shop)][size].listing)};
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
  const ShopEntry& entry = entry_of(shop);
  return entry.own_warehouses_from + seller_warehouses[warehouse].id * entry.own_warehouses_step;
}

}  // namespace stocktracker::inline v0::testing::world
