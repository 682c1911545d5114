// Creates sellers and warehouses.
#include <array>
#include <utility>

#include <stocktracker/core/uuid.hpp>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

struct KnownWarehouse {
  std::int64_t id;
  std::string_view name;
  std::string_view region;
};

constexpr std::array kKnown{
    KnownWarehouse{507, "Коледино", "Центральный"},
    KnownWarehouse{120762, "Электросталь", "Центральный"},
    KnownWarehouse{117986, "Казань", "Приволжский"},
    KnownWarehouse{130744, "Краснодар", "Южный"},
    KnownWarehouse{1733, "Екатеринбург - Испытателей 14г", "Уральский"},
    KnownWarehouse{208277, "Невинномысск", "Северо-Кавказский"},
    KnownWarehouse{206348, "Тула", "Центральный"},
    KnownWarehouse{686, "Новосибирск", "Сибирский"},
    KnownWarehouse{117501, "Подольск", "Центральный"},
    KnownWarehouse{218623, "Подольск 3", "Центральный"},
    KnownWarehouse{2737, "Санкт-Петербург (Уткина Заводь)", "Северо-Западный"},
    KnownWarehouse{300571, "Екатеринбург - Перспективный 12/2", "Уральский"},
    KnownWarehouse{301809, "Котовск", "Центральный"},
    KnownWarehouse{206236, "Белые Столбы", "Центральный"},
    KnownWarehouse{1193, "Хабаровск", "Дальневосточный"},
    KnownWarehouse{301760, "Рязань (Тюшевское)", "Центральный"},
    KnownWarehouse{301805, "Новосемейкино", "Приволжский"},
    KnownWarehouse{300169, "Радумля", "Центральный"},
    KnownWarehouse{210001, "Чехов 2", "Центральный"},
    KnownWarehouse{301983, "Волгоград", "Южный"},
    KnownWarehouse{204939, "Астана", "Казахстан"},
    KnownWarehouse{90000204, "Атакент", "Казахстан"},
    KnownWarehouse{204615, "Минск", "Беларусь"},
    KnownWarehouse{324108, "Ташкент 2", "Узбекистан"},
};

constexpr std::array<std::string_view, 8> kSellerPlaces{"ул. Троицкая, Подольск, Московская обл.",
                                                        "Основной склад",
                                                        "Склад «Север», Мытищи",
                                                        "Шоурум, Тверская 7",
                                                        "Склад №1; возвраты",
                                                        "Резерв, Люберцы",
                                                        "ПВЗ Химки",
                                                        "Казань, ул. Баумана"};

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
  seller.sid = Uuid(bytes).text();
  return seller;
}

void add_warehouses(const WorldOptions& options, Catalogue& catalogue) {
  Stream stream(options.seed, Purpose::warehouses);
  auto& theirs = catalogue.marketplace_warehouses;
  const auto count = static_cast<std::size_t>(options.marketplace_warehouses);
  theirs.reserve(count);
  for (std::size_t n = 0; n < count; ++n) {
    const KnownWarehouse& known = kKnown[n % kKnown.size()];
    const std::size_t lap = n / kKnown.size();
    MarketplaceWarehouse warehouse;
    warehouse.id = known.id + static_cast<std::int64_t>(lap) * 1'000'000'000;
    warehouse.name =
        lap == 0 ? std::string(known.name) : "СЦ " + std::string(known.name) + " " + std::to_string(lap + 1);
    warehouse.region = std::string(known.region);
    theirs.push_back(std::move(warehouse));
  }
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
    warehouse.office_id = stream.between(10, 400);
    warehouse.name = std::string(kSellerPlaces[n % kSellerPlaces.size()]);
    if (n >= kSellerPlaces.size()) warehouse.name += " " + std::to_string(n / kSellerPlaces.size() + 1);
    warehouse.cargo_type = static_cast<int>(stream.between(1, 3));
    constexpr std::array<int, 5> kDeliveries{1, 2, 3, 5, 6};
    warehouse.delivery_type = n == 0 ? 1 : kDeliveries[stream.below(kDeliveries.size())];
    // Reads are answered while a warehouse is being updated.
    warehouse.processing = n >= 2 && stream.chance(30);
    catalogue.seller_warehouses.push_back(std::move(warehouse));
  }
}

}  // namespace stocktracker::inline v0::testing::world
