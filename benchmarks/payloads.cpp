// Writes Wildberries answers of any size.
#include "payloads.hpp"

#include <algorithm>
#include <array>

#include <stocktracker/core/json_writer.hpp>

namespace bench {
namespace {

constexpr std::array<const char*, 12> kCities{"Коледино",     "Электросталь", "Казань",      "Краснодар",
                                              "Екатеринбург", "Невинномысск", "Новосибирск", "Хабаровск",
                                              "Тула",         "Белые Столбы", "Рязань",      "Волгоград"};

std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xFF51AFD7ED558CCDULL;
  x ^= x >> 33;
  return x;
}

std::int64_t chrt_of(std::int64_t offer) {
  return 316'000'000 + offer * 37 + static_cast<std::int64_t>(mixed(static_cast<std::uint64_t>(offer)) % 37);
}
std::int64_t nm_of(std::int64_t card) { return 147'000'000 + card * 11; }

void write_card(stocktracker::JsonWriter& json, std::int64_t card, int sizes, std::int64_t offers) {
  const std::string number = std::to_string(card);
  json.begin_object().field("nmID", nm_of(card)).field("imtID", 123'000 + card).field("nmUUID", "01bda0b1-5c0b-736c");
  json.field("subjectID", 7771)
      .field("subjectName", "Футболки")
      .field("vendorCode", std::string_view("art-00" + number));
  json.field("brand", "Лён и Хлопок").field("title", std::string_view("Футболка льняная летняя, модель " + number));
  json.field("description",
             "Лёгкая футболка из натурального льна. Стирать при 30 градусах, гладить с изнанки. Рост модели 175 см, на "
             "ней размер 46. Цвет на экране может немного отличаться от настоящего.");
  json.key("photos").begin_array();
  for (int photo = 0; photo < 4; ++photo) {
    json.begin_object().field(
        "big", std::string_view("https://basket-10.example/vol1592/part159206/" + number + "/images/big/1.webp"));
    json.field("tm", std::string_view("https://basket-10.example/vol1592/part159206/" + number + "/images/tm/1.webp"))
        .end_object();
  }
  json.end_array().key("characteristics").begin_array();
  json.begin_object()
      .field("id", 14177449)
      .field("name", "Цвет")
      .key("value")
      .begin_array()
      .string("белый")
      .end_array();
  json.end_object().begin_object().field("id", 89008).field("name", "Вес товара").field("value", 250).end_object();
  json.end_array().key("sizes").begin_array();
  for (int size = 0; size < sizes; ++size) {
    const std::int64_t offer = card * sizes + size;
    if (offer >= offers) break;
    json.begin_object()
        .field("chrtID", chrt_of(offer))
        .field("techSize", std::string_view(std::to_string(42 + 2 * size)));
    json.field("wbSize", "").key("skus").begin_array();
    json.string(std::string("0").append(std::to_string(204'000'000'000 + offer))).end_array().end_object();
  }
  json.end_array().field("createdAt", "2023-12-06T11:17:00.96577Z").field("updatedAt", "2026-11-06T11:17:00.96577Z");
  json.end_object();
}

}  // namespace

Payloads make_payloads(const Shape& shape) {
  Payloads payloads;
  const std::int64_t offers = (shape.rows + shape.warehouses_per_offer - 1) / shape.warehouses_per_offer;
  const std::int64_t cards = (offers + shape.sizes_per_card - 1) / shape.sizes_per_card;
  for (std::int64_t from = 0; from <= cards; from += 100) {  // a full last page is followed by an empty one
    const std::int64_t count = std::min<std::int64_t>(100, cards - from);
    stocktracker::JsonWriter json(payloads.cards.emplace_back());
    json.begin_object().key("cards").begin_array();
    for (std::int64_t card = from; card < from + count; ++card) write_card(json, card, shape.sizes_per_card, offers);
    json.end_array().key("cursor").begin_object().field("updatedAt", "2026-11-06T11:17:00.96577Z");
    json.field("nmID", nm_of(from + count - 1)).field("total", count).end_object().end_object();
  }

  payloads.stock_page.reserve(static_cast<std::size_t>(shape.rows) * 230 + 256);
  stocktracker::JsonWriter json(payloads.stock_page);
  json.begin_object().key("data").begin_object().key("items").begin_array();
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::int64_t offer = row / shape.warehouses_per_offer;
    const auto dice = mixed(static_cast<std::uint64_t>(row) * 7919 + 1);
    // Distinct warehouses of one offer, in no order.
    const auto warehouse =
        (mixed(static_cast<std::uint64_t>(offer)) + static_cast<std::uint64_t>(row % shape.warehouses_per_offer) * 7) %
        static_cast<std::uint64_t>(shape.warehouses);
    json.begin_object().field("nmId", nm_of(offer / shape.sizes_per_card)).field("chrtId", chrt_of(offer));
    json.field("warehouseId", 507 + static_cast<std::int64_t>(warehouse) * 211);
    json.field("warehouseName",
               std::string_view(std::string(kCities[warehouse % kCities.size()]) + " " + std::to_string(warehouse)));
    json.field("regionName", "Центральный").field("quantity", static_cast<std::int64_t>(dice % 200));
    json.field("inWayToClient", static_cast<std::int64_t>(dice >> 20 & 15))
        .field("inWayFromClient", static_cast<std::int64_t>(dice >> 30 & 7));
    json.end_object();
  }
  json.end_array().end_object().end_object();

  stocktracker::JsonWriter list(payloads.warehouses);
  list.begin_array();
  for (int w = 0; w < shape.seller_warehouses; ++w) {
    const std::int64_t id = 690'001 + w;
    list.begin_object()
        .field("id", id)
        .field("officeId", 15)
        .field("name", std::string_view("Свой склад " + std::to_string(w + 1)));
    list.field("cargoType", 1)
        .field("deliveryType", 1)
        .field("isDeleting", false)
        .field("isProcessing", false)
        .end_object();
    for (std::int64_t from = 0; from < offers; from += 1'000) {
      auto& answer = payloads.seller_stock.emplace_back();
      answer.warehouse = id;
      stocktracker::JsonWriter stocks(answer.body);
      stocks.begin_object().key("stocks").begin_array();
      for (std::int64_t offer = from; offer < std::min(offers, from + 1'000); ++offer) {
        stocks.begin_object()
            .field("chrtId", chrt_of(offer))
            .field("amount", static_cast<std::int64_t>(mixed(static_cast<std::uint64_t>(offer)) % 50));
        stocks.end_object();
      }
      stocks.end_array().end_object();
    }
  }
  list.end_array();
  return payloads;
}

}  // namespace bench
