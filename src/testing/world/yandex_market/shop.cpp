// Yandex Market's entry in the world's table of shops: its warehouses, its ids, and what it makes of articles.
#include "testing/world/core/shop.hpp"

#include <array>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::array kWarehouses{
    KnownWarehouse{147, "Яндекс.Маркет (Ростов-на-Дону)", ""},  KnownWarehouse{171, "Яндекс.Маркет (Томилино)", ""},
    KnownWarehouse{172, "Яндекс.Маркет (Софьино)", ""},         KnownWarehouse{300, "Яндекс.Маркет (Екатеринбург)", ""},
    KnownWarehouse{301, "Яндекс.Маркет (Санкт-Петербург)", ""}, KnownWarehouse{302, "Яндекс.Маркет (Самара)", ""},
    KnownWarehouse{304, "Яндекс.Маркет (Софьино КГТ)", ""},     KnownWarehouse{321, "Яндекс.Маркет (Новосибирск)", ""}};

}  // namespace

constinit const ShopEntry kYandexMarketShop{.channel = Channel::yandex_market,
                                            .warehouses = kWarehouses,
                                            .lap_ids = 1'000,
                                            .lap_head = "",
                                            .lap_separator = "_",
                                            .lists_cards = false,
                                            .listings_from = 101'000'000'000,
                                            .trims_articles = true,
                                            .article_tail = "-ym",
                                            .barcode_head = "OZN",
                                            .own_warehouses_from = 2'000'000,
                                            .own_warehouses_step = 1};

}  // namespace stocktracker::inline v0::testing::world
