// Lists of Ozon's that go on for pages without a row that counts: they are read to their end all the same.
#include "tests/unit/adapters/ozon/scripted_shop.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace ozon_rows;

namespace {

constexpr int kPages = 6;  // more than a list may go on for without anything new

// The list in pages that `rows` makes, and a last page.
void in_pages(Shop& shop, const std::string& path, const std::string& list, const std::function<std::string(int)>& rows,
              const std::string& last) {
  for (int n = 0; n < kPages; ++n) shop.script->answer(path, page(list, rows(n), "c" + std::to_string(n)));
  shop.script->answer(path, page(list, last)).always("", "{}");
}

}  // namespace

TEST_CASE("pages of stock that hold nothing to take are passed over: odd rows, other offers, further skus") {
  const std::vector<std::string> offers{"A"};
  const std::string good = stock_row("A", 1, 11, R"("present":5,"reserved":2)", "1020");
  const auto other = [](int n) {
    return stock_row("Z" + std::to_string(n), 100 + n, n, R"("present":5,"reserved":2)", "1020");
  };
  const auto odd = [](int n) {
    return stock_row("A" + std::to_string(n), 100 + n, n, R"("present":5,"reserved":-2)", "1020");
  };
  for (const bool left_out : {true, false}) {
    CAPTURE(left_out);
    Shop shop;
    in_pages(shop, "/v1/product/info/warehouse/stocks", "stocks", left_out ? std::function(odd) : std::function(other),
             good);
    REQUIRE(shop.connector()->fetch_stock({st::StockKind::fbs, "1020", "Own", offers}, shop.rows, {}));
    CHECK(shop.rows.seen.back() == "stock|A|1|1020|Own||seller|3|2|-|-");
  }
  // One article under a new sku on each page: nothing but a part of one position.
  Shop shop;
  in_pages(
      shop, "stocks-by-warehouse", "products",
      [](int n) { return stock_row("A", 1, 100 + n, R"("present":5,"reserved":2)", "1020"); }, good);
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|1|1020|||marketplace|21|14|-|-"});
  // And one that goes on under the same sku brings nothing new.
  Shop endless;
  in_pages(
      endless, "stocks-by-warehouse", "products",
      [](int) { return stock_row("A", 1, 11, R"("present":5,"reserved":2)", "1020"); }, good);
  const auto ended = endless.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, endless.rows, {});
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::vendor_contradiction);
}

TEST_CASE("pages of offers with stock, of postings and of prices that cannot be read are passed over") {
  Shop stock;
  in_pages(
      stock, "stocks-by-warehouse", "products",
      [](int n) { return stock_row("A" + std::to_string(n), n + 1, n + 1, R"("present":5,"reserved":2)", "1020"); },
      stock_row("A", 99, 11, R"("present":5,"reserved":2)", "1020"));
  const std::vector<std::string> offers{"A"};
  REQUIRE(stock.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, stock.rows, {}));
  CHECK(stock.rows.seen.size() == kPages + 1);

  Shop orders;
  in_pages(
      orders, "/v4/posting/fbs/list", "postings",
      [](int n) { return posting("S-" + std::to_string(n), product(1, "A", 0)); }, posting("S-9", product(1, "A")));
  REQUIRE(orders.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, orders.rows, {}));
  CHECK(std::count_if(orders.rows.seen.begin(), orders.rows.seen.end(),
                      [](const std::string& line) { return line.starts_with("line|S-9/1"); }) == 1);

  Shop prices;
  in_pages(
      prices, "/v5/product/info/prices", "items",
      [](int n) { return R"({"offer_id":"A)" + std::to_string(n) + R"(","price":{"price":0}})"; },
      R"({"offer_id":"A","price":{"price":"7.50","currency_code":"RUB"}})");
  REQUIRE(prices.connector()->fetch_prices(prices.rows, {}));
  CHECK(prices.rows.seen == Lines{"price|A|7.50 RUB|-|-"});
}

TEST_CASE("sums of what is reserved are checked as sums of what is free are") {
  Shop shop;
  shop.script
      ->always("stocks-by-warehouse",
               page("products", stock_row("A", 1, 11, R"("present":600000000001,"reserved":600000000000)") + "," +
                                    stock_row("A", 1, 12, R"("present":600000000001,"reserved":600000000000)")))
      .always("", "{}");
  const std::vector<std::string> offers{"A"};
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"unreadable|products[1]|A|the sum of its rows is no quantity"});
}

TEST_CASE("one article of two products in a seller's warehouse is a contradiction") {
  Shop shop;
  shop.script->always("/v1/product/info/warehouse/stocks",
                      page("stocks", stock_row("A", 1, 11, R"("present":5,"reserved":2)", "1020") + "," +
                                         stock_row("A", 2, 12, R"("present":5,"reserved":2)", "1020")));
  const std::vector<std::string> offers{"A"};
  const auto fetched = shop.connector()->fetch_stock({st::StockKind::fbs, "1020", "Own", offers}, shop.rows, {});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().errc() == st::Errc::vendor_contradiction);
}

// The warehouse of the row before it is none of its own.
TEST_CASE("a row that does not name its warehouse leaves no position out") {
  Shop shop;
  shop.script
      ->always("stocks-by-warehouse",
               page("products", stock_row("A", 1, 11, R"("present":5,"reserved":2)") +
                                    R"(,{"offer_id":"A","product_id":1,"sku":12,"present":5,"reserved":2})"))
      .always("", "{}");
  const std::vector<std::string> offers{"A"};
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, shop.rows, {}));
  REQUIRE(shop.rows.seen.size() == 2);
  CHECK(shop.rows.seen[0].starts_with("unreadable|products[1]|A|warehouse_id"));
  CHECK(shop.rows.seen[1] == "stock|A|1|77|||marketplace|3|2|-|-");
}
