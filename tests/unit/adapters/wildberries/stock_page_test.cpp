// Decoding of stock pages of Wildberries.
#include "adapters/wildberries/stock_page.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

std::string row(const std::string& warehouse, const std::string& rest) {
  return R"({"nmId":10,"chrtId":20,"warehouseId":)" + warehouse +
         R"(,"warehouseName":"Коледино","regionName":"Центральный",)" + rest + "}";
}

/// Odd rows, as "place key reason", those that oversold with a mark.
class Odd final : public st::AnswerSink {
 public:
  void odd_row(const st::OddRow& row) override {
    seen.push_back((row.kind == st::RowOddity::oversold ? "oversold " : "") + std::string(row.location) + " " +
                   std::string(row.key) + " " + std::string(row.reason));
  }
  std::vector<std::string> seen;
};

st::Result<st::StockCells> decode(const std::string& rows, Odd* odd = nullptr) {
  std::string body = R"({"data":{"items":[)" + rows + "]}}";
  Odd none;
  STK_TRY(auto page, st::wildberries::decode_stock_page(body, odd == nullptr ? none : *odd));
  return std::move(page.columns);
}

constexpr const char* kFull = R"("quantity":3,"inWayToClient":1,"inWayFromClient":2)";

}  // namespace

TEST_CASE("rows of a stock page are decoded into columns") {
  const auto page = decode(row("507", kFull) + "," + row("-999999", kFull) + "," + row("507", kFull)).value();
  REQUIRE(page.rows() == 3);
  CHECK(page.warehouse == std::vector<std::uint32_t>{0, 1, 0});
  CHECK(page.warehouses[0].key == "507");
  CHECK(page.warehouses[0].name == "Коледино");
  CHECK(page.warehouses[0].kind == st::WarehouseKind::marketplace);
  CHECK(page.warehouses[1].kind == st::WarehouseKind::undisclosed);
  CHECK(page.on_hand[0] == 3);
  CHECK(page.to_client[1] == 1);
  CHECK(page.from_client[2] == 2);
  CHECK(page.offer.number(0) == 20);
  CHECK(page.listing.number(0) == 10);
}

TEST_CASE("an empty page is a complete answer") { CHECK(decode("").value().rows() == 0); }

TEST_CASE("transit is reported by all rows of a page or by none: a row that differs is left out") {
  CHECK(decode(row("1", R"("quantity":3)")).value().to_client.empty());
  Odd odd;
  const auto without = decode(row("1", R"("quantity":3)") + "," + row("1", kFull), &odd).value();
  // The first row alone lacks it: it is the odd one, however many follow.
  CHECK(without.rows() == 1);
  CHECK(without.to_client.size() == 1);
  std::string many = row("1", R"("quantity":3)");
  for (int n = 0; n < 39; ++n) many += "," + row(std::to_string(n + 2), kFull);
  Odd first;
  CHECK(decode(many, &first).value().rows() == 39);
  CHECK(first.seen == std::vector<std::string>{"data.items[0] 20 inWayToClient is missing"});
  // Nothing of it stays behind: each listing stands beside its own size.
  const auto rest = decode(row("1", R"("quantity":3)") +
                               R"(,{"nmId":11,"chrtId":21,"warehouseId":1,"warehouseName":"n","regionName":"r",)" +
                               std::string(kFull) + "}",
                           &first)
                        .value();
  REQUIRE(rest.rows() == 1);
  CHECK(rest.listing.size() == 1);
  CHECK(rest.listing.number(0) == 11);
  CHECK(rest.offer.number(0) == 21);
  const auto with = decode(row("1", kFull) + "," + row("1", R"("quantity":3)"), &odd).value();
  CHECK(with.rows() == 1);
  CHECK(with.to_client.size() == 1);
  CHECK(decode(row("1", R"("quantity":3,"inWayToClient":1)"), &odd).value().rows() == 0);
  CHECK(odd.seen == std::vector<std::string>{"data.items[0] 20 inWayToClient is missing",
                                             "data.items[1] 20 inWayToClient is missing",
                                             "data.items[0] 20 inWayToClient is there in some rows only"});
}

TEST_CASE("a row that reports one way of transit and not the other is left out: nothing is put in its place") {
  // What stood in the row before would be, and count as goods on their way.
  struct Case {
    std::string first;
    std::string second;
    const char* odd;
  };
  for (const Case& one :
       {Case{kFull, R"("quantity":3,"inWayToClient":1)", "data.items[1] 20 inWayFromClient is missing"},
        Case{kFull, R"("quantity":3,"inWayFromClient":1)", "data.items[1] 20 inWayToClient is missing"},
        Case{R"("quantity":3)", R"("quantity":3,"inWayToClient":1)",
             "data.items[1] 20 inWayToClient is there in some rows only"},
        Case{R"("quantity":3)", R"("quantity":3,"inWayFromClient":1)",
             "data.items[1] 20 inWayFromClient is there in some rows only"}}) {
    INFO(one.second);
    Odd odd;
    const auto page = decode(row("1", one.first) + "," + row("1", one.second), &odd).value();
    CHECK(page.rows() == 1);
    CHECK(page.from_client.size() == page.to_client.size());
    CHECK(odd.seen == std::vector<std::string>{one.odd});
  }
}

TEST_CASE("a stock row that cannot be read is reported under its offer, and the others apply") {
  Odd odd;
  const std::string good = row("507", kFull);
  const auto page =
      decode(good + "," + row("-5", kFull) + "," + row("0", kFull) + "," +
                 R"({"nmId":0,"chrtId":21,"warehouseId":1,"warehouseName":"","regionName":"",)" + kFull + "}," +
                 R"({"nmId":1,"warehouseId":1,"warehouseName":"","regionName":"",)" + kFull + "}," +
                 R"({"nmId":1,"chrtId":22,"warehouseName":"","regionName":"",)" + kFull + "}," +
                 row("507", R"("quantity":1.5,"inWayToClient":1,"inWayFromClient":2)") + "," +
                 row("507", R"("quantity":1000000000001,"inWayToClient":1,"inWayFromClient":2)") + "," +
                 row("507", R"("quantity":1,"inWayToClient":1,"inWayFromClient":9223372036854775808)") + ",7," + good,
             &odd)
          .value();
  CHECK(page.rows() == 2);
  CHECK(odd.seen ==
        std::vector<std::string>{
            "data.items[1] 20 warehouseId is not an id", "data.items[2] 20 warehouseId is not an id",
            "data.items[3] 21 nmId is not an id", "data.items[4]  chrtId is missing",
            "data.items[5] 22 warehouseId is missing", "data.items[6] 20 quantity is not an integer of 64 bits",
            "data.items[7] 20 quantity is not a quantity",
            "data.items[8] 20 inWayFromClient is not an integer of 64 bits", "data.items[9]  a row is not an object"});
}

TEST_CASE("negative amounts of a channel that oversold are 0 with a mark, in stock and in transit") {
  Odd odd;
  const auto page =
      decode(row("507", R"("quantity":-2,"inWayToClient":-1,"inWayFromClient":-9)") + "," + row("508", kFull), &odd)
          .value();
  CHECK(page.on_hand == std::vector<std::int64_t>{0, 3});
  CHECK(page.to_client == std::vector<std::int64_t>{0, 1});
  CHECK(page.from_client == std::vector<std::int64_t>{0, 2});
  CHECK(odd.seen == std::vector<std::string>{"oversold data.items[0] 20 quantity is negative",
                                             "oversold data.items[0] 20 inWayToClient is negative",
                                             "oversold data.items[0] 20 inWayFromClient is negative"});
}

TEST_CASE("ids of 19 digits are read exactly") {
  const auto page = decode(R"({"nmId":9007199254740993,"chrtId":9223372036854775807,"warehouseId":9007199254740995,)"
                           R"("warehouseName":"a","regionName":"b","quantity":1000000000000})")
                        .value();
  CHECK(page.offer.number(0) == 9223372036854775807);
  CHECK(page.listing.number(0) == 9007199254740993);
  CHECK(page.warehouses[0].key == "9007199254740995");
  CHECK(page.on_hand[0] == 1'000'000'000'000);
}
