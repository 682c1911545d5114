// Catalogue, stock and warehouses of Ozon: every member of every row, and every request.
#include "tests/unit/adapters/ozon/scripted_shop.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace ozon_rows;

TEST_CASE("Ozon's catalogue is given on with every member, over its pages; what its cards do not say is not known") {
  Shop shop;
  shop.script->answer("/v3/product/list", product_page(listed(10, "0042") + "," + listed(11, "B"), "next-1"))
      .answer("/v3/product/info/list", R"({"items":[{"id":"11","offer_id":"B","name":"Bowl","barcodes":["0001","2"]},)"
                                       R"({"id":10,"offer_id":"0042","name":"Mug","barcodes":null}]})")
      .answer("/v3/product/list",
              product_page(listed(12, "C") + "," + listed(0, "D") + "," + listed(-3, "E"), "next-2"))
      .answer("/v3/product/info/list",
              R"({"items":[{"id":12,"offer_id":"C","name":"c","barcodes":{}},{"id":10,"offer_id":"0042","name":"x"}]})")
      .answer("/v3/product/list", product_page("", "next-2"));
  REQUIRE(shop.connector({.products_per_page = 2})->list_offers(shop.rows, {}));
  CHECK(shop.rows.seen ==
        Lines{"offer|0042|10|0042|Mug||||known", "offer|B|11|B|Bowl|||0001+2|known",
              "unreadable|result.items[1]|D|product_id is no id", "unreadable|result.items[2]|E|product_id is no id",
              "unreadable|items[0]|C|barcodes is no list",
              "unreadable|items[1]|0042|id is of no product that was asked for", "offer|C|12|C|||||unknown"});
  const auto list = [](const char* last) {
    return R"(POST /v3/product/list {"filter":{"visibility":"ALL"},"last_id":")" + std::string(last) +
           R"(","limit":2})";
  };
  CHECK(shop.script->asked == Lines{list(""), R"(POST /v3/product/info/list {"product_id":["10","11"]})",
                                    list("next-1"), R"(POST /v3/product/info/list {"product_id":["12"]})",
                                    list("next-2")});
  // A list under another name, or an answer about cards that cannot be read, is no short catalogue.
  Shop renamed;
  renamed.script->answer("/v3/product/list", R"({"products":[{"product_id":1,"offer_id":"A"}]})");
  CHECK_FALSE(renamed.connector()->list_offers(renamed.rows, {}));
  Shop broken;
  broken.script->answer("/v3/product/list", product_page(listed(10, "A")))
      .answer("/v3/product/info/list", R"({"items":5})");
  CHECK_FALSE(broken.connector()->list_offers(broken.rows, {}));
}

TEST_CASE("FBO stock is asked for in batches and pages to their end, of the catalogue and of the archive") {
  Shop shop;
  shop.script->answer("/v3/product/list", product_page(listed(1, "A") + "," + listed(2, "B"), "n1"))
      .answer("/v3/product/list", product_page(listed(3, "C"), "n2"))
      .answer("/v3/product/list", product_page("", "n2"))
      .answer("/v3/product/list", product_page(listed(4, "D") + "," + listed(2, "B"), "a1"))
      .answer("/v3/product/list", product_page(listed(5, "E"), "a2"))
      .answer("/v3/product/list", product_page("", ""))
      .answer(
          "/v1/warehouse/ozon/list",
          R"({"warehouses":[{"warehouse_id":77,"name":"North"},{"warehouse_id":"78","name":"South"},{"name":"?"}]})")
      .answer("stocks-by-warehouse", page("products",
                                          stock_row("A", 1, 11, R"("present":10,"reserved":3)") + "," +
                                              stock_row("B", 2, 12, R"("present":"7","reserved":"2")", "\"78\""),
                                          "c1"))
      .answer("stocks-by-warehouse",
              page("products", stock_row("B", 2, 12, R"("present":9,"reserved":0,"free_stock":5)", "79")))
      .answer("stocks-by-warehouse", page("products", stock_row("D", 4, 14, R"("present":1,"reserved":0)")))
      .answer("stocks-by-warehouse", page("products", stock_row("E", 5, 15, R"("present":2,"reserved":1)")));
  REQUIRE(shop.connector({.products_per_page = 2, .stock_rows_per_page = 3, .offers_per_fbo_request = 2})
              ->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|1|77|North||marketplace|7|3|-|-", "stock|B|2|78|South||marketplace|5|2|-|-",
                                "stock|B|2|79|||marketplace|5|0|-|-", "stock|D|4|77|North||marketplace|1|0|-|-",
                                "stock|E|5|77|North||marketplace|1|1|-|-"});
  const auto list = [](const char* which, const char* last) {
    return R"(POST /v3/product/list {"filter":{"visibility":")" + std::string(which) + R"("},"last_id":")" + last +
           R"(","limit":2})";
  };
  const auto stock = [](const char* cursor, const char* offers) {
    return R"(POST /v1/product/info/stocks-by-warehouse/fbo {"cursor":")" + std::string(cursor) +
           R"(","limit":3,"offer_ids":[)" + offers + "]}";
  };
  CHECK(shop.script->asked == Lines{list("ALL", ""), list("ALL", "n1"), list("ALL", "n2"), list("ARCHIVED", ""),
                                    list("ARCHIVED", "a1"), list("ARCHIVED", "a2"), "POST /v1/warehouse/ozon/list {}",
                                    stock("", R"("A","B")"), stock("c1", R"("A","B")"), stock("", R"("C","D")"),
                                    stock("", R"("E")")});
}

TEST_CASE("the catalogue that a run has listed is not read again for its stock") {
  Shop shop;
  shop.script->answer("/v3/product/list", product_page(listed(1, "A")))
      .answer("/v3/product/info/list", "{}")
      .answer("/v3/product/list", product_page(""))
      .always("", "{}");
  const auto connector = shop.connector();
  REQUIRE(connector->list_offers(shop.rows, {}));
  REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  const auto lists = std::count_if(shop.script->asked.begin(), shop.script->asked.end(),
                                   [](const std::string& one) { return one.find("/v3/product/list") != one.npos; });
  CHECK(lists == 2);  // the catalogue, and the archive
  CHECK(shop.script->asked.back().ends_with(R"("offer_ids":["A"]})"));
  CHECK(connector->fbo_needs_offers());
}

TEST_CASE("what is free is what there is without what is reserved, and each row counts once") {
  const auto stock = [](const std::string& rows) {
    Shop shop;
    shop.script->always("stocks-by-warehouse", page("products", rows)).always("", "{}");
    const std::vector<std::string> offers{"A", "B"};
    REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, shop.rows, {}));
    return shop.rows.seen;
  };
  const auto is = [](const char* offer, int free, int reserved, const char* warehouse = "77",
                     const char* product = "1") {
    return "stock|" + std::string(offer) + "|" + product + "|" + warehouse + "|||marketplace|" + std::to_string(free) +
           "|" + std::to_string(reserved) + "|-|-";
  };
  const auto row = [](int sku, const std::string& amounts, const std::string& warehouse = "77") {
    return stock_row("A", 1, sku, amounts, warehouse);
  };
  CHECK(stock(row(11, R"("present":10,"reserved":4)")) == Lines{is("A", 6, 4)});
  CHECK(stock(row(11, R"("present":10,"reserved":4,"free_stock":5)")) == Lines{is("A", 5, 4)});  // the vendor's word
  // The same sku again: the last one counts. Another one: added up, and each of them replaced by its later row.
  CHECK(stock(row(11, R"("present":10,"reserved":4)") + "," + row(11, R"("present":3,"reserved":1)")) ==
        Lines{is("A", 2, 1)});
  CHECK(stock(row(11, R"("present":10,"reserved":4)") + "," + row(12, R"("present":5,"reserved":2)") + "," +
              row(12, R"("present":9,"reserved":1)") + "," + row(11, R"("present":7,"reserved":6)")) ==
        Lines{is("A", 9, 7)});
  CHECK(stock(row(11, R"("present":10,"reserved":4)") + "," + row(11, R"("present":5,"reserved":2)", "78")) ==
        Lines{is("A", 6, 4), is("A", 3, 2, "78")});
  // A position without its second row is unknown; the other ones keep their warehouse and what is reserved.
  CHECK(stock(row(11, R"("present":10,"reserved":4)") + "," + row(11, R"("present":5,"reserved":2)", "78") + "," +
              row(12, R"("present":5,"reserved":-2)") + "," +
              stock_row("B", 2, 13, R"("present":8,"reserved":1)", "78")) ==
        Lines{"unreadable|products[2]|A|reserved is no quantity", is("A", 3, 2, "78"), is("B", 7, 1, "78", "2")});
  CHECK(stock(stock_row("A", 1, 11, R"("present":10,"reserved":4)", "0")) ==
        Lines{"unreadable|products[0]|A|warehouse_id is no id"});
  CHECK(stock(row(11, R"("present":10,"reserved":4,"free_stock":-9223372036854775807)")) ==
        Lines{"unreadable|products[0]|A|free_stock is no quantity"});
  CHECK(stock(R"({"offer_id":"\u0410\"1","product_id":1,"warehouse_id":77,"present":2,"reserved":0})") ==
        Lines{is("А\"1", 2, 0)});
}

TEST_CASE("many warehouses and articles of Ozon's are kept apart") {
  constexpr int kWarehouses = 150;
  constexpr int kArticles = 400;
  std::string rows;
  Lines truth;
  for (int article = 0; article < kArticles; ++article) {
    for (int nth = 0; nth < 3; ++nth) {
      const std::string offer = "A" + std::to_string(article);
      const std::string warehouse = std::to_string(1 + (article * 7 + nth * 50) % kWarehouses);
      rows += (rows.empty() ? "" : ",") +
              stock_row(offer, article + 1, article + 1,
                        R"("present":)" + std::to_string(article + nth) + R"(,"reserved":0)", warehouse);
      truth.push_back("stock|" + offer + "|" + std::to_string(article + 1) + "|" + warehouse + "|||marketplace|" +
                      std::to_string(article + nth) + "|0|-|-");
    }
  }
  Shop shop;
  shop.script->always("stocks-by-warehouse", page("products", rows)).always("", "{}");
  const std::vector<std::string> offers{"A1"};
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, shop.rows, {}));
  CHECK(shop.rows.seen == truth);
  // After so many articles, one of them as another product is found still.
  Shop shared;
  shared.script
      ->always("stocks-by-warehouse",
               page("products", rows + "," + stock_row("A0", 9'999, 1, R"("present":1,"reserved":0)", "149")))
      .always("", "{}");
  CHECK(
      shared.connector()->fetch_stock({.kind = st::StockKind::fbo, .offers = offers}, shared.rows, {}).error().errc() ==
      st::Errc::vendor_contradiction);
}

TEST_CASE("a seller's warehouse of Ozon's is read to its last page, with the offers that were asked for alone") {
  Shop shop;
  shop.script
      ->answer("/v1/product/info/warehouse/stocks",
               page("stocks",
                    stock_row("A", 1, 11, R"("present":5,"reserved":2,"free_stock":3)", "1020") + "," +
                        stock_row("Z", 9, 19, R"("present":5,"reserved":2)", "1020"),
                    "c1"))
      .answer("/v1/product/info/warehouse/stocks",
              page("stocks", stock_row("B", 2, 12, R"("present":4,"reserved":1)", "1020")));
  const std::vector<std::string> offers{"A", "B"};
  const auto connector = shop.connector({.stock_rows_per_page = 2});
  REQUIRE(connector->fetch_stock({st::StockKind::fbs, "1020", "Own", offers}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|1|1020|Own||seller|3|2|-|-", "stock|B|2|1020|Own||seller|3|1|-|-"});
  const std::string request = R"(POST /v1/product/info/warehouse/stocks {"cursor":")";
  CHECK(shop.script->asked ==
        Lines{request + R"(","limit":2,"warehouse_id":1020})", request + R"(c1","limit":2,"warehouse_id":1020})"});
  for (const char* const key : {"", "0", "-1", "x", "1x"}) {
    INFO(key);
    CHECK(connector->fetch_stock({st::StockKind::fbs, key, "Own", offers}, shop.rows, {}).error().errc() ==
          st::Errc::invalid_argument);
  }
  CHECK(shop.script->asked.size() == 2);
}

TEST_CASE("the seller's warehouses of Ozon's are listed to the last page") {
  Shop shop;
  shop.script
      ->answer(
          "/v2/warehouse/list",
          page("warehouses", R"({"warehouse_id":1020000689089000,"name":"North"},{"warehouse_id":0,"name":"?"})", "c1"))
      .answer("/v2/warehouse/list", page("warehouses", R"({"warehouse_id":"7","name":"South"},{"name":"none"})"));
  REQUIRE(shop.connector()->list_warehouses(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"unreadable|warehouses[1]||warehouse_id is no id",
                                "warehouse|1020000689089000|North|active",
                                "unreadable|warehouses[1]||warehouse_id is no id", "warehouse|7|South|active"});
  CHECK(shop.script->asked == Lines{R"(POST /v2/warehouse/list {"cursor":"","limit":200})",
                                    R"(POST /v2/warehouse/list {"cursor":"c1","limit":200})"});
}
