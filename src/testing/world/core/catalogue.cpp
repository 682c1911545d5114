// Creates the seller, the goods and the warehouses.
#include "testing/world/core/catalogue.hpp"

#include <algorithm>

namespace stocktracker::inline v0::testing::world {

const ShopEntry& entry_of(Shop shop) noexcept {
  static constexpr std::array<const ShopEntry*, kShops> kEntries{&kWildberriesShop, &kOzonShop, &kYandexMarketShop};
  return *kEntries[index_of(shop)];
}

std::string Barcode::text() const {
  std::string text = std::to_string(number);
  const auto wanted = static_cast<std::size_t>(digits);
  if (text.size() < wanted) text.insert(0, wanted - text.size(), '0');
  return text;
}

std::uint32_t Catalogue::card_of(std::int64_t id) const noexcept {
  const auto found = std::lower_bound(cards.begin(), cards.end(), id,
                                      [](const Card& card, std::int64_t wanted) { return card.id < wanted; });
  if (found == cards.end() || found->id != id) return kNone;
  return static_cast<std::uint32_t>(found - cards.begin());
}

std::uint32_t Catalogue::size_of(std::int64_t id) const noexcept {
  const auto found = std::lower_bound(sizes.begin(), sizes.end(), id,
                                      [](const Size& size, std::int64_t wanted) { return size.id < wanted; });
  if (found == sizes.end() || found->id != id) return kNone;
  return static_cast<std::uint32_t>(found - sizes.begin());
}

Catalogue make_catalogue(const WorldOptions& options) {
  Catalogue catalogue;
  catalogue.seed = options.seed;
  catalogue.seller = make_seller(options.seed);
  for (std::size_t n = 0; n < kShops; ++n) {
    const auto shop = static_cast<Shop>(n);
    if (std::find(options.channels.begin(), options.channels.end(), entry_of(shop).channel) != options.channels.end()) {
      catalogue.shops.push_back(shop);
    }
  }
  add_warehouses(options, catalogue);
  add_shop_warehouses(options, catalogue);
  add_cards(options, catalogue);
  add_shop_offers(catalogue);
  return catalogue;
}

std::vector<std::size_t> Catalogue::open_seller_warehouses() const {
  std::vector<std::size_t> open;
  for (std::size_t n = 0; n < seller_warehouses.size(); ++n) {
    if (!seller_warehouses[n].closed) open.push_back(n);
  }
  return open;
}

}  // namespace stocktracker::inline v0::testing::world
