// The report on remains: its rows as positions.
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

class Odd final : public st::AnswerSink {
 public:
  void odd_row(const st::OddRow& row) override {
    seen.push_back((row.kind == st::RowOddity::oversold ? "oversold " : "") + std::string(row.location) + " " +
                   std::string(row.key) + " " + std::string(row.reason));
  }
  std::vector<std::string> seen;
};

st::Result<st::StockCells> decode(std::string_view body, const st::wildberries::Barcodes& barcodes, std::string& note) {
  Odd odd;
  return st::wildberries::decode_remains(body, barcodes, note, odd);
}

}  // namespace

TEST_CASE("the report's rows become positions by barcode, its sums and transit do not") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  const auto columns = decode(
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

TEST_CASE("a barcode without a card is reported and never guessed") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  // The same barcode under another listing is another thing.
  const auto columns =
      decode(R"([{"nmId":2,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":5}]}])", barcodes, note);
  REQUIRE(columns);
  CHECK(columns.value().rows() == 0);
  REQUIRE(columns.value().unplaced.size() == 1);
  CHECK(columns.value().unplaced.number(0) == 2);
  CHECK(note == "1 barcodes of the report have no card: 5 units have no place, 1 listings keep what was known");
  // Its units in all warehouses, without sums and what is under way.
  REQUIRE(
      decode(R"([{"nmId":2,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":5},)"
             R"({"warehouseName":"Всего находится на складах","quantity":8},{"warehouseName":"Казань","quantity":3}]},)"
             R"({"nmId":2,"barcode":"008","warehouses":[{"warehouseName":"Тула","quantity":40}]}])",
             barcodes, note));
  CHECK(note == "2 barcodes of the report have no card: 48 units have no place, 1 listings keep what was known");
}

TEST_CASE("a listing with one barcode without a card has no numbers at all, others have theirs") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  const auto columns = decode(
      R"([{"nmId":1,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":5}]},
          {"nmId":1,"barcode":"new","warehouses":[{"warehouseName":"Тула","quantity":2}]},
          {"nmId":9,"barcode":"none","warehouses":[{"warehouseName":"Тула","quantity":0}]}])",
      barcodes, note);
  REQUIRE(columns);
  CHECK(columns.value().rows() == 0);
  REQUIRE(columns.value().unplaced.size() == 1);
  CHECK(columns.value().unplaced.number(0) == 1);
}

TEST_CASE("a row of the report that cannot be read is reported, and its offer keeps what was known") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  const std::string good = R"({"nmId":2,"barcode":"9","warehouses":[{"warehouseName":"Тула","quantity":5}]})";
  struct Case {
    std::string row;
    std::string seen;
    std::size_t unplaced;
  };
  for (const Case& one : {
           Case{"1", "[0]  nmId is not an id", 0},
           Case{R"({"nmId":"1","barcode":"007","warehouses":[]})", "[0]  nmId is not an id", 0},
           Case{R"({"nmId":1,"barcode":7,"warehouses":[]})", "[0] 11 barcode is not a text", 1},
           Case{R"({"nmId":5,"warehouses":[]})", "[0]  barcode is not a text", 1},
           Case{R"({"nmId":1,"barcode":"007","warehouses":{}})", "[0] 11 warehouses is not an array", 0},
           Case{R"({"nmId":1,"barcode":"007","warehouses":[{"quantity":5}]})", "[0] 11 warehouseName is not a text", 0},
           Case{R"({"nmId":1,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":1000000000001}]})",
                "[0] 11 quantity is not a quantity", 0},
           Case{R"({"nmId":1,"barcode":"007","warehouses":[{"warehouseName":"Тула","quantity":"5"},)"
                R"({"warehouseName":"Казань","quantity":3}]})",
                "[0] 11 quantity is not a quantity", 0},
       }) {
    CAPTURE(one.row);
    std::string note;
    Odd odd;
    // Another barcode of the same offer: half a number would be a wrong one.
    const std::string other = R"({"nmId":1,"barcode":"8","warehouses":[{"warehouseName":"Тула","quantity":7}]})";
    const auto columns =
        st::wildberries::decode_remains("[" + one.row + "," + other + "," + good + "]", barcodes, note, odd);
    REQUIRE(columns);
    CHECK(odd.seen == std::vector<std::string>{one.seen});
    CHECK(columns.value().unplaced.size() == one.unplaced);
    const bool about_another = one.seen.find(" 11 ") == std::string::npos;
    REQUIRE(columns.value().rows() == (about_another ? 2 : 1));
    CHECK(columns.value().offer.number(columns.value().rows() - 1) == 21);
  }
}

TEST_CASE("negative remains are 0 with a mark; a list that is null or absent is empty") {
  st::wildberries::Barcodes barcodes;
  fill(barcodes);
  std::string note;
  Odd odd;
  const auto columns = st::wildberries::decode_remains(
      R"([{"nmId":2,"barcode":"9","warehouses":[{"warehouseName":"Тула","quantity":-5}]},)"
      R"({"nmId":1,"barcode":"8","warehouses":null},{"nmId":1,"barcode":"007"}])",
      barcodes, note, odd);
  REQUIRE(columns);
  CHECK(columns.value().on_hand == std::vector<std::int64_t>{0});
  CHECK(odd.seen == std::vector<std::string>{"oversold [0] 21 quantity is negative"});
  CHECK(st::wildberries::decode_remains("null", barcodes, note, odd).value().rows() == 0);
  CHECK(st::wildberries::decode_remains("{}", barcodes, note, odd).error().errc() == st::Errc::vendor_schema);
}
