// Shop: a marketplace of a world, and the entry with which it takes part in the world's goods.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <stocktracker/marketplace/channel.hpp>

namespace stocktracker::inline v0::testing::world {

enum class Shop : std::uint8_t { wildberries, ozon, yandex_market };
inline constexpr std::size_t kShops = 3;
[[nodiscard]] constexpr std::size_t index_of(Shop shop) noexcept { return static_cast<std::size_t>(shop); }

// The warehouses and the stock of this shop are drawn first, whether the seller sells there or not: the other shops
// change none of its numbers.
inline constexpr Shop kFirstShop{};

// A real warehouse.
struct KnownWarehouse {
  std::int64_t id = 0;
  std::string_view name;
  std::string_view region;
};

// The data of one shop, defined in the folder of its marketplace.
struct ShopEntry {
  Channel channel;
  // If a world needs more warehouses than these, they come again in laps, with other ids and numbered names.
  std::span<const KnownWarehouse> warehouses;
  std::int64_t lap_ids = 0;  // the distance between the ids of two laps
  std::string_view lap_head;
  std::string_view lap_separator;
  // True: the shop lists cards and sizes by the world's own ids. Other shops have offers, which the next four describe.
  bool lists_cards = false;
  std::int64_t listings_from = 0;
  bool trims_articles = false;    // spaces at the end of an article are removed
  std::string_view article_tail;  // of articles that the seller uses only here
  std::string_view barcode_head;  // of barcodes that only this shop knows
  // The id of a seller warehouse here is own_warehouses_from + own_warehouses_step * its id in the world.
  std::int64_t own_warehouses_from = 0;
  std::int64_t own_warehouses_step = 1;
};

extern const ShopEntry kWildberriesShop;
extern const ShopEntry kOzonShop;
extern const ShopEntry kYandexMarketShop;

[[nodiscard]] const ShopEntry& entry_of(Shop shop) noexcept;

}  // namespace stocktracker::inline v0::testing::world
