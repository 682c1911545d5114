// Wildberries' entry in the world's table of shops: its warehouses.
#include "testing/world/core/shop.hpp"

#include <array>

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::array kWarehouses{
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

}  // namespace

constinit const ShopEntry kWildberriesShop{.channel = Channel::wildberries,
                                           .warehouses = kWarehouses,
                                           .lap_ids = 1'000'000'000,
                                           .lap_head = "СЦ ",
                                           .lap_separator = " ",
                                           .lists_cards = true,
                                           .listings_from = 0,
                                           .trims_articles = false,
                                           .article_tail = "",
                                           .barcode_head = "",
                                           .own_warehouses_from = 0,
                                           .own_warehouses_step = 1};

}  // namespace stocktracker::inline v0::testing::world
