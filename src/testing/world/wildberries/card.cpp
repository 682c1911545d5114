// Writes one card in the wire format, with everything that a reader of stock must ignore.
#include <array>
#include <string>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world/core/random.hpp"
#include "testing/world/wildberries/cards.hpp"
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

void write_photos(JsonWriter& json, const Card& card) {
  constexpr std::array<std::string_view, 5> kForms{"big", "c246x328", "c516x688", "square", "tm"};
  const std::string base = "https://basket-10.wbbasket.ru/vol" + std::to_string(card.id / 100'000) + "/part" +
                           std::to_string(card.id / 1'000) + "/" + std::to_string(card.id) + "/images/";
  json.key("photos").begin_array();
  for (int n = 1; n <= card.photos; ++n) {
    json.begin_object();
    for (const std::string_view form : kForms) {
      json.field(form, base + std::string(form) + "/" + std::to_string(n) + ".webp");
    }
    json.end_object();
  }
  json.end_array();
}

// The type of a value depends on the characteristic: a list, a text, a number.
void write_characteristics(JsonWriter& json, Stream& stream) {
  json.key("characteristics").begin_array();
  json.begin_object().field("id", 14'177'449).field("name", "Цвет").key("value").begin_array();
  json.string("молочный").string("красно-сиреневый").end_array().end_object();
  json.begin_object()
      .field("id", 14'177'451)
      .field("name", "Страна производства")
      .field("value", "Россия")
      .end_object();
  json.begin_object().field("id", 88'952).field("name", "Вес товара без упаковки (г)");
  json.field("value", stream.between(20, 9'000)).end_object();
  if (stream.chance(20)) {
    json.begin_object().field("id", 15'001'135).field("name", "Комплектация").key("value").begin_array();
    json.string("1 шт.\n\tчехол \"лён\"").end_array().end_object();
  }
  json.end_array();
}

}  // namespace

void WildberriesFace::write_card(std::string& out, std::uint32_t index) const {
  const Card& card = catalogue_.cards[index];
  Stream stream(catalogue_.seed, Purpose::card_text, index);
  JsonWriter json(out);
  json.begin_object()
      .field("nmID", card.id)
      .field("imtID", card.group_id)
      .field("nmUUID", "01bda0b1-5c0b-736c-b2be-" + std::to_string(100'000'000'000 + card.id))
      .field("subjectID", card.subject.id)
      .field("subjectName", card.subject.name)
      .field("vendorCode", card.article)
      .field("kizMarked", stream.chance(30))
      .field("brand", card.brand)
      .field("title", card.title)
      .field("description", card.title +
                                ".\nСостав: хлопок 95 %, эластан 5 %. Уход: 30 °C \\ без отбеливания "
                                "🧺")
      .field("needKiz", stream.chance(30));
  if (card.photos > 0) write_photos(json, card);  // left out where there are none
  if (stream.chance(15)) json.field("video", "https://videonme-basket-12.wbbasket.ru/hls/1440p/index.m3u8");
  const bool wholesale = stream.chance(10);
  json.key("wholesale").begin_object().field("enabled", wholesale).field("quantum", wholesale ? 12 : 0).end_object();
  json.key("dimensions").begin_object();
  json.field("length", stream.between(1, 120))
      .field("width", stream.between(1, 80))
      .field("height", stream.between(1, 60));
  json.field("weightBrutto", stream.between(0, 24));
  out += '.';  // the writer has no fractions, and the vendor writes this one as a number with up to three digits
  out += std::to_string(stream.between(1, 999));
  json.field("isValid", stream.chance(90)).end_object();
  write_characteristics(json, stream);

  json.key("sizes").begin_array();
  for (std::uint32_t s = card.first_size; s < card.first_size + card.sizes; ++s) {
    const Size& size = catalogue_.sizes[s];
    json.begin_object().field("chrtID", size.id).field("techSize", size.name).field("wbSize", size.local_name);
    json.key("skus").begin_array();
    for (std::uint32_t b = size.first_barcode; b < size.first_barcode + size.barcodes; ++b) {
      json.string(catalogue_.barcodes[b].text());
    }
    json.end_array().end_object();
  }
  json.end_array();

  if (!card.tags.empty()) {
    json.key("tags").begin_array();
    for (const Tag& tag : card.tags) {
      json.begin_object().field("id", tag.id).field("name", tag.name).field("color", tag.color).end_object();
    }
    json.end_array();
  }
  // Members that are newer than any reader, with nested ids that look like those of sizes.
  json.field("gtin", "0" + std::to_string(4'600'000'000'000 + card.id));
  json.key("documents").begin_array();
  json.begin_object().field("type", "declaration").key("number").null().field("nmID", card.id + 1).end_object();
  json.end_array();
  json.field("createdAt", card_time(card.created)).field("updatedAt", card_time(card.updated)).end_object();
}

}  // namespace stocktracker::inline v0::testing::world
