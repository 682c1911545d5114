// Creates sellers and warehouses.
#include <array>
#include <utility>

#include <stocktracker/core/uuid.hpp>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::array<std::string_view, 8> kSellerPlaces{"ул. Троицкая, Подольск, Московская обл.",
                                                        "Основной склад",
                                                        "Склад «Север», Мытищи",
                                                        "Шоурум, Тверская 7",
                                                        "Склад №1; возвраты",
                                                        "Резерв, Люберцы",
                                                        "ПВЗ Химки",
                                                        "Казань, ул. Баумана"};

// The n-th warehouse of a marketplace.
MarketplaceWarehouse warehouse_of(Shop shop, std::size_t n) {
  const ShopEntry& entry = entry_of(shop);
  const KnownWarehouse& known = entry.warehouses[n % entry.warehouses.size()];
  const std::size_t lap = n / entry.warehouses.size();
  MarketplaceWarehouse warehouse;
  warehouse.id = known.id + static_cast<std::int64_t>(lap) * entry.lap_ids;
  warehouse.name = known.name;
  if (lap > 0) {
    warehouse.name = std::string(entry.lap_head) + warehouse.name + std::string(entry.lap_separator);
    warehouse.name += std::to_string(lap + 1);
  }
  warehouse.region = known.region;
  warehouse.shop = shop;
  return warehouse;
}

}  // namespace

Seller make_seller(std::uint64_t seed) {
  constexpr std::array<std::string_view, 8> kSurnames{"Соколова М. В.", "Кузнецов А. И.", "Ёлкина Ю. С.",
                                                      "Щербаков Д. О.", "Гафурова Р. Х.", "Воробьёв П. Н.",
                                                      "Цой Е. А.",      "Лебедева О. Л."};
  constexpr std::array<std::string_view, 8> kMarks{"Северный ветер", "Льняная лавка", "Ёж и компания", "Дом \"Уют\"",
                                                   "Полярис",        "Вишнёвый сад",  "Щит",           "Берег"};
  Stream stream(seed, Purpose::seller);
  Seller seller;
  const std::string mark(kMarks[stream.below(kMarks.size())]);
  if (stream.chance(60)) {
    seller.name = "ИП " + std::string(kSurnames[stream.below(kSurnames.size())]);
    seller.tin = std::to_string(stream.between(100'000'000'000, 999'999'999'999));
  } else {
    seller.name = "ООО «" + mark + "»";
    seller.tin = std::to_string(stream.between(1'000'000'000, 9'999'999'999));
  }
  seller.trade_mark = mark;
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(stream.below(256));
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  seller.id = Uuid(bytes).text();
  return seller;
}

void add_warehouses(const WorldOptions& options, Catalogue& catalogue) {
  Stream stream(options.seed, Purpose::warehouses);
  auto& theirs = catalogue.marketplace_warehouses;
  const auto count = static_cast<std::size_t>(options.marketplace_warehouses);
  theirs.reserve(count);
  for (std::size_t n = 0; n < count; ++n) theirs.push_back(warehouse_of(kFirstShop, n));
  // Hidden warehouses are drawn without replacement.
  std::size_t to_hide = (count * static_cast<std::size_t>(options.undisclosed_percent) + 50) / 100;
  for (std::size_t n = 0; n < count; ++n) {
    if (stream.below(count - n) < to_hide) {
      theirs[n].hidden = true;
      --to_hide;
    }
  }
  std::int64_t id = stream.between(1'000, 900'000);
  for (std::size_t n = 0; n < static_cast<std::size_t>(options.seller_warehouses); ++n) {
    SellerWarehouse warehouse;
    id += stream.between(1, 5'000);
    warehouse.id = id;
    warehouse.drop_off_id = stream.between(10, 400);
    warehouse.name = std::string(kSellerPlaces[n % kSellerPlaces.size()]);
    if (n >= kSellerPlaces.size()) warehouse.name += " " + std::to_string(n / kSellerPlaces.size() + 1);
    warehouse.goods_size = static_cast<int>(stream.between(1, 3));
    warehouse.delivery_way = n == 0 ? 0 : static_cast<int>(stream.below(kDeliveryWays));
    // Reads are answered while a warehouse is being updated.
    warehouse.processing = n >= 2 && stream.chance(30);
    catalogue.seller_warehouses.push_back(std::move(warehouse));
  }
}

void add_shop_warehouses(const WorldOptions& options, Catalogue& catalogue) {
  auto& all = catalogue.marketplace_warehouses;
  for (const Shop shop : catalogue.shops) {
    const auto count = static_cast<std::uint32_t>(options.marketplace_warehouses);
    const auto first = shop == kFirstShop ? 0 : static_cast<std::uint32_t>(all.size());
    catalogue.warehouses_of[index_of(shop)] = {first, count};
    for (std::size_t n = 0; n < count && shop != kFirstShop; ++n) all.push_back(warehouse_of(shop, n));
  }
}

}  // namespace stocktracker::inline v0::testing::world
