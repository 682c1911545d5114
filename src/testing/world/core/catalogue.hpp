// The seller, the goods and the warehouses of a world: created once from the seed, then only read, except for the marks
// of cards that went to the trash or out of the list.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/time.hpp>
#include <stocktracker/testing/world.hpp>

#include "testing/world/core/shop.hpp"

namespace stocktracker::inline v0::testing::world {

inline constexpr std::uint32_t kNone = 0xFFFF'FFFF;
inline constexpr int kDeliveryWays = 5;

struct Seller {
  std::string name;
  std::string id;  // UUID
  std::string tin;
  std::string trade_mark;
};

// Digits are kept apart from the number: leading zeros count.
struct Barcode {
  std::uint64_t number = 0;
  int digits = 13;
  [[nodiscard]] std::string text() const;
};

struct Size {
  std::int64_t id = 0;
  std::uint32_t card = 0;
  std::uint32_t first_barcode = 0;
  std::uint32_t barcodes = 0;
  std::string_view name;  // "0": the goods have one size
  std::string_view local_name;
};

struct Subject {
  std::int64_t id = 0;
  std::string_view name;
};

struct Tag {
  std::int64_t id = 0;
  std::string_view name;
  std::string_view color;
};

struct Card {
  std::int64_t id = 0;
  std::int64_t group_id = 0;
  Instant created;
  Instant updated;
  std::uint32_t first_size = 0;
  std::uint32_t sizes = 0;
  Subject subject;
  std::string_view brand;
  std::string article;
  std::string title;
  int photos = 0;
  std::vector<Tag> tags;
  bool listed = true;  // false: not in the list, its stock is still reported
  bool trashed = false;
};

struct MarketplaceWarehouse {
  std::int64_t id = 0;
  std::string name;
  std::string region;
  bool hidden = false;
  Shop shop = kFirstShop;
};

// A size as a shop lists it that does not list cards: each size is an offer of its own, with the seller's article.
struct ShopOffer {
  std::string offer_id;  // empty: not sold there
  std::int64_t listing = 0;
  std::int64_t sku = 0;      // the unit of sale, if the shop has one
  bool own_barcode = false;  // has another barcode than elsewhere: nothing shows that it is the same
};

// In hundredths of a rouble.
struct ShopPrice {
  std::int64_t price = 0;
  std::int64_t list_price = 0;
};

struct Range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct SellerWarehouse {
  std::int64_t id = 0;
  std::int64_t drop_off_id = 0;  // where the seller hands over parcels
  std::string name;
  int goods_size = 1;    // of the goods that it takes: 1 ordinary, 2 and 3 oversized
  int delivery_way = 0;  // below kDeliveryWays; 0: the marketplace delivers
  bool deleting = false;
  bool processing = false;
  bool closed = false;  // no longer listed or reported
};

struct Catalogue {
  std::uint64_t seed = 0;
  Seller seller;
  std::vector<Card> cards;                                   // ascending id
  std::vector<Size> sizes;                                   // ascending id, those of a card are adjacent
  std::vector<Barcode> barcodes;                             // those of a size are adjacent
  std::vector<std::uint32_t> by_update;                      // cards by (updated, id)
  std::vector<MarketplaceWarehouse> marketplace_warehouses;  // those of a shop are adjacent
  std::vector<Shop> shops;                                   // where the seller sells, in the order of Shop
  std::array<Range, kShops> warehouses_of;                   // of marketplace_warehouses
  std::array<std::vector<ShopOffer>, kShops> offers;         // by size; none for shops that list cards
  std::vector<SellerWarehouse> seller_warehouses;

  // kNone if there is none.
  [[nodiscard]] std::uint32_t card_of(std::int64_t id) const noexcept;
  [[nodiscard]] std::uint32_t size_of(std::int64_t id) const noexcept;
  [[nodiscard]] bool sold_on(Shop shop, std::size_t size) const noexcept;
  // Barcodes of a size that the shop knows.
  [[nodiscard]] std::vector<std::string> barcodes_on(Shop shop, std::size_t size) const;
  [[nodiscard]] ShopPrice price_on(Shop shop, std::size_t size) const noexcept;
  // The listed ones, as indices into seller_warehouses.
  [[nodiscard]] std::vector<std::size_t> open_seller_warehouses() const;
  // A seller warehouse's id on a marketplace.
  [[nodiscard]] std::int64_t seller_warehouse_id(Shop shop, std::size_t warehouse) const noexcept;
};

[[nodiscard]] Catalogue make_catalogue(const WorldOptions& options);

// Parts of a catalogue, for the generator.
void add_cards(const WorldOptions& options, Catalogue& catalogue);
void add_warehouses(const WorldOptions& options, Catalogue& catalogue);
void add_shop_warehouses(const WorldOptions& options, Catalogue& catalogue);
void add_shop_offers(Catalogue& catalogue);
[[nodiscard]] Seller make_seller(std::uint64_t seed);

}  // namespace stocktracker::inline v0::testing::world
