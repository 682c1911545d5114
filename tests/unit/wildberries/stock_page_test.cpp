#include "adapters/wildberries/stock_page.hpp"

#include "adapters/wildberries/moscow_time.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

std::string row(const std::string& warehouse, const std::string& rest) {
  return R"({"nmId":10,"chrtId":20,"warehouseId":)" + warehouse +
         R"(,"warehouseName":"Коледино","regionName":"Центральный",)" + rest + "}";
}

st::Result<st::StockColumns> decode(const std::string& rows) {
  std::string body = R"({"data":{"items":[)" + rows + "]}}";
  return st::wildberries::decode_stock_page(body);
}

constexpr const char* kFull = R"("quantity":3,"inWayToClient":1,"inWayFromClient":2)";

}  // namespace

TEST_CASE("rows become columns") {
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

TEST_CASE("an empty page is a whole answer") { CHECK(decode("").value().rows() == 0); }

TEST_CASE("transit may be untold, but then by all rows") {
  const auto untold = decode(row("1", R"("quantity":3)")).value();
  CHECK(untold.to_client.empty());
  CHECK_FALSE(decode(row("1", R"("quantity":3)") + "," + row("1", kFull)));
  CHECK_FALSE(decode(row("1", kFull) + "," + row("1", R"("quantity":3)")));
  CHECK_FALSE(decode(row("1", R"("quantity":3,"inWayToClient":1)")));
}

TEST_CASE("impossible values are refused with their field") {
  const auto refused = [](const std::string& rows) {
    const auto page = decode(rows);
    REQUIRE_FALSE(page);
    CHECK(page.error().errc() == st::Errc::vendor_schema);
    return page.error().details().field;
  };
  CHECK(refused(row("507", kFull) + "," + row("507", R"("quantity":-1,"inWayToClient":1,"inWayFromClient":2)")) ==
        "data.items[1].quantity");
  CHECK(refused(row("-5", kFull)) == "data.items[0].warehouseId");
  CHECK(refused(row("0", kFull)) == "data.items[0].warehouseId");
  CHECK(refused(R"({"nmId":0,"chrtId":20,"warehouseId":1,"warehouseName":"","regionName":"",)" + std::string(kFull) +
                "}") == "data.items[0].nmId");
}

TEST_CASE("Moscow wall time, and its null") {
  CHECK(st::wildberries::parse_moscow_time("1970-01-01T03:00:00").value() == st::Instant());
  CHECK_FALSE(st::wildberries::parse_moscow_time("0001-01-01T00:00:00").value().has_value());
  CHECK_FALSE(st::wildberries::parse_moscow_time("2026-11-21T09:00:00Z"));
}
