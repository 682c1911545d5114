// Ozon's entry in the world's table of shops: its warehouses, its ids, and what it makes of articles.
#include "testing/world/core/shop.hpp"

#include <array>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::array kWarehouses{KnownWarehouse{15431806189000, "ХОРУГВИНО_РФЦ", ""},
                                 KnownWarehouse{23843917228000, "ПУШКИНО_1_РФЦ", ""},
                                 KnownWarehouse{19262731541000, "Екатеринбург_РФЦ", ""},
                                 KnownWarehouse{22655170176000, "Новосибирск_РФЦ_НОВЫЙ", ""},
                                 KnownWarehouse{1020000039316000, "КАЗАНЬ_РФЦ_НОВЫЙ", ""},
                                 KnownWarehouse{1020000115166000, "СПБ_ШУШАРЫ_РФЦ", ""},
                                 KnownWarehouse{18044570445000, "Ростов_на_Дону_РФЦ", ""},
                                 KnownWarehouse{1020000134500000, "Гривно_РФЦ", ""}};

}  // namespace

constinit const ShopEntry kOzonShop{.channel = Channel::ozon,
                                    .warehouses = kWarehouses,
                                    .lap_ids = 1'000,
                                    .lap_head = "",
                                    .lap_separator = "_",
                                    .lists_cards = false,
                                    .listings_from = 310'000'000,
                                    .trims_articles = false,
                                    .article_tail = "-oz",
                                    .barcode_head = "OZN",
                                    .own_warehouses_from = 1'020'000'000'000'000,
                                    .own_warehouses_step = 1'000};

}  // namespace stocktracker::inline v0::testing::world
