#include "adapters/wildberries/remains.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

void fill(st::wildberries::Barcodes& barcodes) {
  const std::array<std::string_view, 2> two{"007", "8"};
  const std::array<std::string_view, 1> one{"9"};
  st::OfferRow a;
  a.key = "11";
  a.listing = "1";
  a.barcodes = two;
  st::OfferRow b;
  b.key = "21";
  b.listing = "2";
  b.barcodes = one;
  const std::array<st::OfferRow, 2> page{a, b};
  barcodes.begin();
  barcodes.add(page);
  barcodes.finish();
}

}  // namespace

TEST_CASE("the report's rows become positions by barcode, its sums and transit do not") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  const auto columns = st::wildberries::decode_remains(
      R"([{"nmId":1,"barcode":"007","techSize":"0","warehouses":[
            {"warehouseName":"В пути до получателей","quantity":14},{"warehouseName":"В пути возвраты на склад WB","quantity":4},
            {"warehouseName":"Всего находится на складах","quantity":267},{"warehouseName":"Невинномысск","quantity":134},
            {"warehouseName":"Коледино","quantity":133}]},
          {"nmId":1,"barcode":"8","warehouses":[{"warehouseName":"Коледино","quantity":7}]},
          {"nmId":2,"barcode":"9","warehouses":[]}])",
      barcodes, note);
  REQUIRE(columns);
  const auto& c = columns.value();
  CHECK(note.empty());
  REQUIRE(c.rows() == 2);
  REQUIRE(c.warehouses.size() == 2);
  CHECK(c.warehouses[0].key == "name:Невинномысск");
  CHECK(c.warehouses[0].kind == st::WarehouseKind::marketplace);
  CHECK(c.offer.number(1) == 11);
  CHECK(c.on_hand == std::vector<std::int64_t>{134, 140});  // two barcodes of one offer are one position
  CHECK(c.to_client.empty());
}

TEST_CASE("a barcode without a card is told, never guessed") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  // The same barcode under another listing is another thing.
  const auto columns = st::wildberries::decode_remains(
      R"([{"nmId":2,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":5}]}])", barcodes, note);
  REQUIRE(columns);
  CHECK(columns.value().rows() == 0);
  REQUIRE(columns.value().unplaced.size() == 1);
  CHECK(columns.value().unplaced.number(0) == 2);
  CHECK(note == "1 barcodes of the report have no card: 5 units have no place, 1 listings keep what was known");
}

TEST_CASE("a listing with one barcode without a card has no numbers at all, others have theirs") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  const auto columns = st::wildberries::decode_remains(
      R"([{"nmId":1,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":5}]},
          {"nmId":1,"barcode":"new","warehouses":[{"warehouseName":"Тула","quantity":2}]},
          {"nmId":9,"barcode":"none","warehouses":[{"warehouseName":"Тула","quantity":0}]}])",
      barcodes, note);
  REQUIRE(columns);
  CHECK(columns.value().rows() == 0);
  REQUIRE(columns.value().unplaced.size() == 1);
  CHECK(columns.value().unplaced.number(0) == 1);
}

TEST_CASE("a report of another form is refused, and the error names the member") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  for (const auto& [body, field] : std::vector<std::pair<std::string, std::string>>{
           {"{}", ""},
           {"[1]", "[0].nmId"},
           {R"([{"nmId":"1","barcode":"007","warehouses":[]}])", "[0].nmId"},
           {R"([{"nmId":1,"barcode":7,"warehouses":[]}])", "[0].barcode"},
           {R"([{"nmId":1,"barcode":"007"}])", "[0].warehouses"},
           {R"([{"nmId":1,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":-5}]}])",
            "[0].warehouses.quantity"},
           {R"([{"nmId":1,"barcode":"007","warehouses":[{"quantity":5}]}])", "[0].warehouses.warehouseName"}}) {
    CAPTURE(body);
    std::string note;
    const auto columns = st::wildberries::decode_remains(body, barcodes, note);
    REQUIRE_FALSE(columns);
    CHECK(columns.error().errc() == st::Errc::vendor_schema);
    CHECK(columns.error().details().field == field);
  }
}
