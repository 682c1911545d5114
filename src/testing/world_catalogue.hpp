// The seller, the goods and the warehouses of a world: made once from the seed, and from then on only read, but for the
// marks of cards that went to the trash or out of the list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/time.hpp>
#include <stocktracker/testing/world.hpp>

namespace stocktracker::inline v0::testing::world {

inline constexpr std::uint32_t kNone = 0xFFFF'FFFF;

struct Seller {
  std::string name;
  std::string sid;  // UUID
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
  std::int64_t chrt_id = 0;
  std::uint32_t card = 0;
  std::uint32_t first_barcode = 0;
  std::uint32_t barcodes = 0;
  std::string_view tech_size;  // "0": the goods have one size
  std::string_view wb_size;
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
  std::int64_t nm_id = 0;
  std::int64_t imt_id = 0;
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
};

struct SellerWarehouse {
  std::int64_t id = 0;
  std::int64_t office_id = 0;
  std::string name;
  int cargo_type = 1;
  int delivery_type = 1;
  bool deleting = false;
  bool processing = false;
};

struct Catalogue {
  std::uint64_t seed = 0;
  Seller seller;
  std::vector<Card> cards;               // ascending nmID
  std::vector<Size> sizes;               // ascending chrtID, those of a card in a row
  std::vector<Barcode> barcodes;         // those of a size in a row
  std::vector<std::uint32_t> by_update;  // cards by (updated, nmID)
  std::vector<MarketplaceWarehouse> marketplace_warehouses;
  std::vector<SellerWarehouse> seller_warehouses;

  // kNone when there is none.
  [[nodiscard]] std::uint32_t card_of(std::int64_t nm_id) const noexcept;
  [[nodiscard]] std::uint32_t size_of(std::int64_t chrt_id) const noexcept;
};

inline constexpr std::int64_t kUndisclosedId = -999'999;
inline constexpr std::string_view kUndisclosedName = "Склад WB";

[[nodiscard]] Catalogue make_catalogue(const WorldOptions& options);

// Parts of it, for the generator.
void add_cards(const WorldOptions& options, Catalogue& catalogue);
void add_warehouses(const WorldOptions& options, Catalogue& catalogue);
[[nodiscard]] Seller make_seller(std::uint64_t seed);

}  // namespace stocktracker::inline v0::testing::world
