// Every member of every list of Ozon, and every request: what is asked and what is made of it.
#include <algorithm>

#include <stocktracker/adapters/ozon.hpp>

#include "tests/support/transcript.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace transcript;
using namespace std::chrono_literals;

namespace {

struct Shop : Seller {
  std::shared_ptr<st::Connector> connector(oz::Options options = {}) const {
    return connect(oz::make_factory(std::move(options)).value(), oz::credentials("123", st::Secret::copy_of("key-1")));
  }
};

std::string stock_row(const std::string& offer, int product, int sku, const std::string& amounts,
                      const std::string& warehouse = "77") {
  return R"({"offer_id":")" + offer + R"(","product_id":)" + std::to_string(product) + R"(,"sku":)" +
         std::to_string(sku) + R"(,"warehouse_id":)" + warehouse + "," + amounts + "}";
}
std::string page(const std::string& list, const std::string& rows, const std::string& cursor = "") {
  return R"({"cursor":")" + cursor + R"(","has_next":)" + (cursor.empty() ? "false" : "true") + ",\"" + list + "\":[" +
         rows + "]}";
}
std::string product_page(const std::string& items, const std::string& last_id = "") {
  return R"({"result":{"items":[)" + items + R"(],"last_id":")" + last_id + R"("}})";
}
std::string listed(int product, const std::string& offer) {
  return R"({"product_id":)" + std::to_string(product) + R"(,"offer_id":")" + offer + "\"}";
}
std::string posting(const std::string& number, const std::string& products, const std::string& rest = {},
                    const std::string& status = "delivered") {
  return R"({"posting_number":")" + number + R"(","status":")" + status + "\"" +
         (rest.empty() ? R"(,"in_process_at":"2026-11-25T07:00:00Z")" : rest) + R"(,"products":[)" + products + "]}";
}
std::string product(int sku, const std::string& offer, int quantity = 1, const std::string& price = "\"100.00\"",
                    const std::string& currency = "RUB") {
  return R"({"sku":)" + std::to_string(sku) + R"(,"offer_id":")" + offer + R"(","quantity":)" +
         std::to_string(quantity) + R"(,"price":{"amount":)" + price + R"(,"currency":")" + currency + R"("}})";
}

/// The lines of one answer about FBS postings, and what is odd about them.
Lines lines_of(const std::string& postings, const std::string& returns = {}) {
  Shop shop;
  shop.script->answer("/v4/posting/fbs/list", page("postings", postings))
      .answer("/v1/returns/list", page("returns", returns))
      .always("", "{}");
  REQUIRE(shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {}));
  std::erase_if(shop.rows.seen, [](const std::string& line) { return line.starts_with("covered"); });
  return shop.rows.seen;
}

}  // namespace

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

TEST_CASE("Ozon's prices are what is asked, what is crossed out and what is the least, over all pages") {
  Shop shop;
  const auto item = [](int product, const char* offer, const std::string& price) {
    return R"({"product_id":)" + std::to_string(product) + R"(,"offer_id":")" + offer + R"(","price":{)" + price + "}}";
  };
  shop.script
      ->answer("/v5/product/info/prices",
               R"({"cursor":"c1","items":[)" +
                   item(1, "A",
                        R"("price":90.5,"old_price":120,"min_price":80,"marketing_price":70,"currency_code":"RUB")") +
                   "," + item(2, "B", R"("price":"0.99","old_price":"","min_price":null,"currency_code":"KZT")") + "]}")
      .answer("/v5/product/info/prices",
              R"({"cursor":"c2","items":[)" +
                  item(3, "C", R"("price":"0.00","old_price":"0","min_price":0,"currency_code":"")") + "," +
                  item(4, "D", R"("price":1,"old_price":-2,"currency_code":"RUB")") + "," +
                  item(5, "E", R"("price":1,"min_price":{},"currency_code":"RUB")") + "]}")
      .answer("/v5/product/info/prices",
              R"({"cursor":"c3","items":[)" + item(6, "F", R"("price":5,"currency_code":"RUB")") + "]}")
      .answer("/v5/product/info/prices", R"({"cursor":"","items":[]})");
  REQUIRE(shop.connector({.prices_per_page = 3})->fetch_prices(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"price|A|90.50 RUB|120.00 RUB|80.00 RUB", "price|B|0.99 KZT|-|-",
                                "unreadable|items[1]|D|price.old_price is no amount of its currency",
                                "unreadable|items[2]|E|price.min_price is no amount", "price|F|5.00 RUB|-|-"});
  const auto request = [](const char* cursor) {
    return R"(POST /v5/product/info/prices {"cursor":")" + std::string(cursor) +
           R"(","filter":{"visibility":"ALL"},"limit":3})";
  };
  CHECK(shop.script->asked == Lines{request(""), request("c1"), request("c2"), request("c3")});
}

TEST_CASE("orders of Ozon's are read from both lists to their ends, with their returns, every member of them") {
  Shop shop;
  shop.script
      ->answer(
          "/v1/returns/list",
          R"({"has_next":true,"returns":[{"id":501,"type":"ClientReturn","posting_number":"P-1","product":{"sku":1,"quantity":1},)"
          R"("logistic":{"return_date":"2026-11-25T12:00:00Z"}},)"
          R"({"id":502,"type":"ClientReturn","posting_number":"P-9","product":{"sku":1,"quantity":1}}]})")
      .answer(
          "/v1/returns/list",
          R"({"has_next":false,"returns":[{"id":"503","type":"ClientReturn","posting_number":"P-1","product":{"sku":"1","quantity":"1"},)"
          R"("logistic":{"return_date":"2026-11-24T12:00:00Z"}}]})")
      .answer("/v3/posting/fbo/list",
              page("postings",
                   posting("P-1", product(1, "A", 2) + "," + product(2, "B", 1, "7.5", "KZT"),
                           R"(,"created_at":"2026-11-24T06:00:00Z","in_process_at":"2026-11-24T07:00:00Z",)"
                           R"("analytics_data":{"warehouse_id":77,"warehouse_name":"North"},)"
                           R"("delivery_method":{"warehouse_id":5,"warehouse":"wrong"})"),
                   "f1"))
      .answer("/v3/posting/fbo/list",
              page("postings", posting("P-2", product(1, "A"),
                                       R"(,"in_process_at":"2026-11-24T08:00:00Z",)"
                                       R"("analytics_data":{"warehouse_id":0,"warehouse":"South"})",
                                       "delivering")))
      .answer("/v4/posting/fbs/list", page("postings",
                                           posting("S-1", product(3, "C", 3, "\"\""),
                                                   R"(,"in_process_at":"2026-11-24T09:00:00Z",)"
                                                   R"("analytics_data":{"warehouse_id":5,"warehouse":"wrong"},)"
                                                   R"("delivery_method":{"warehouse_id":1020,"warehouse":"Own"})",
                                                   "cancelled"),
                                           "s1"))
      .answer("/v4/posting/fbs/list",
              page("postings", posting("S-2", product(3, "C", 1, "1.005"), R"(,"in_process_at":"2026-11-24T10:00:00Z")",
                                       "teleported")));
  const auto covered =
      shop.connector({.postings_per_page = 2})->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {});
  REQUIRE(covered);
  Lines seen = shop.rows.seen;
  std::sort(seen.begin(), seen.end());
  CHECK(
      seen ==
      Lines{
          "covered|2026-09-26T00:00:00Z|2026-11-24T10:00:00.000001Z",
          "incomplete|postings[0].products|S-2|price is no amount of a currency",
          "line|P-1/1|P-1|A||A|returned|delivered|fbo|77|North|2|100.00 RUB|2026-11-24T06:00:00Z|2026-11-25T12:00:00Z",
          "line|P-1/2|P-1|B||B|delivered|delivered|fbo|77|North|1|7.50 KZT|2026-11-24T06:00:00Z|2026-11-24T06:00:00Z",
          "line|P-2/1|P-2|A||A|placed|delivering|fbo||South|1|100.00 RUB|2026-11-24T08:00:00Z|2026-11-24T08:00:00Z",
          "line|S-1/3|S-1|C||C|cancelled|cancelled|fbs|1020|Own|3|-|2026-11-24T09:00:00Z|2026-11-24T09:00:00Z",
          "line|S-2/3|S-2|C||C|unknown|teleported|fbs|||1|-|2026-11-24T10:00:00Z|2026-11-24T10:00:00Z"});
  // 60 days are read again, since postings do not say when they changed.
  const auto returns = [](const char* last) {
    return R"(POST /v1/returns/list {"filter":{"logistic_return_date":{"time_from":"2026-09-26T00:00:00Z",)"
           R"("time_to":"2026-11-26T09:00:00Z"}},"limit":500,"last_id":)" +
           std::string(last) + "}";
  };
  const auto list = [](const char* path, const char* cursor) {
    return "POST " + std::string(path) + R"( {"cursor":")" + cursor +
           R"(","filter":{"since":"2026-09-26T00:00:00Z","to":"2026-11-26T09:00:00Z"},"limit":2,"sort_dir":"ASC",)"
           R"("with":{"analytics_data":true}})";
  };
  Lines asked = shop.script->asked;
  CHECK(asked.at(0) == returns("0"));
  CHECK(asked.at(1) == returns("502"));
  std::sort(asked.begin() + 2, asked.end());
  CHECK(Lines(asked.begin() + 2, asked.end()) ==
        Lines{list("/v3/posting/fbo/list", ""), list("/v3/posting/fbo/list", "f1"), list("/v4/posting/fbs/list", ""),
              list("/v4/posting/fbs/list", "s1")});
}

TEST_CASE("where the time of a call ran out, how far its pass came is remembered all the same") {
  Shop shop;
  shop.script->latency = 10s;
  shop.script->always("/v1/returns/list", "{}")
      .answer("/v3/posting/fbo/list", page("postings", posting("P-1", product(1, "A")), "f1"))
      .always("/v4/posting/fbs/list", page("postings", ""));
  st::CallContext context;
  context.deadline = shop.script->clock->now() + 25s;  // returns, and a page of each list
  const auto ended = shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, context);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::deadline_exceeded);
  CHECK_FALSE(shop.memory->kept["orders_pass"].empty());
  CHECK(shop.memory->kept["orders_pass"].find("\nf1\n") != std::string::npos);
}

TEST_CASE("an interrupted pass covers what lies before its last line, less the time that orders take to be listed") {
  // When the last posting began to be processed, and what is covered: another one may have waited as long.
  for (const auto& [processed, until] : {std::pair("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
                                         std::pair("2026-11-24T12:00:00Z", "2026-11-24T08:00:00Z")}) {
    INFO(processed);
    Shop shop;
    shop.script->latency = 10s;
    const auto dated = [](const std::string& number, const std::string& created, const std::string& begun) {
      return posting(number, product(1, "A"), R"(,"created_at":")" + created + R"(","in_process_at":")" + begun + "\"");
    };
    shop.script->always("/v1/returns/list", "{}")
        .answer("/v3/posting/fbo/list",
                page("postings", dated("P-1", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z"), "f1"))
        .answer("/v3/posting/fbo/list", page("postings", dated("P-2", "2026-11-24T10:00:00Z", processed), "f2"))
        .always("/v4/posting/fbs/list", page("postings", ""));
    st::CallContext context;
    context.deadline = shop.script->clock->now() + 35s;  // returns, two pages of one list and one of the other
    REQUIRE_FALSE(shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, context));
    CHECK(shop.rows.seen.back() == "covered|2026-09-26T00:00:00Z|" + std::string(until));
    CHECK(shop.memory->kept["orders_pass"].find("\nf1\n") != std::string::npos);
  }
}

TEST_CASE("a posting's line is what the posting says, and what cannot be is reported and not guessed") {
  const auto line = [](const std::string& rest) {
    const Lines seen = lines_of(posting("1-1", product(1, "A"), rest));
    REQUIRE(seen.size() == 1);
    return seen[0].substr(seen[0].rfind('|', seen[0].rfind('|') - 1) + 1);
  };
  const std::string created = R"("created_at":"2026-11-20T01:00:00Z")";
  const std::string processed = R"("in_process_at":"2026-11-20T02:00:00Z")";
  const std::string delivering = R"("delivering_date":"2026-11-20T03:00:00Z")";
  const std::string shipment = R"("shipment_date":"2026-11-20T04:00:00Z")";
  const std::string without = R"("shipment_date_without_delay":"2026-11-20T05:00:00Z")";
  const auto hour = [](const char* number) { return "2026-11-20T0" + std::string(number) + ":00:00Z"; };
  const auto both = [&](const char* number) { return hour(number) + "|" + hour(number); };
  CHECK(line("," + processed + "," + created) == both("1"));
  CHECK(line("," + without + "," + shipment + "," + delivering + "," + processed) == both("2"));
  CHECK(line("," + without + "," + shipment + "," + delivering) == both("3"));
  CHECK(line("," + without + "," + shipment) == both("4"));
  CHECK(line("," + without) == both("5"));
  CHECK(line(R"(,"created_at":"","in_process_at":"soon",)" + shipment) == both("4"));
  // A date that is yet to come is the day of the reading.
  CHECK(line(R"(,"shipment_date":"2026-11-28T04:00:00Z")") == "2026-11-26T00:00:00Z|2026-11-26T00:00:00Z");
  CHECK(line(R"(,"shipment_date":"2026-11-26T09:00:00Z")") == "2026-11-26T09:00:00Z|2026-11-26T09:00:00Z");

  const auto tail = [](const std::string& products) { return lines_of(posting("1-1", products)); };
  const auto is = [](const char* key, const char* offer, const std::string& quantity, const char* price) {
    return "line|1-1/" + std::string(key) + "|1-1|" + offer + "||" + offer + "|delivered|delivered|fbs|||" + quantity +
           "|" + price + "|2026-11-25T07:00:00Z|2026-11-25T07:00:00Z";
  };
  CHECK(tail(product(1, "A", 2) + "," + product(1, "A", 3)) == Lines{is("1", "A", "5", "100.00 RUB")});
  CHECK(tail(product(1, "A", 2) + "," + product(1, "A", 3, "\"\"")) == Lines{is("1", "A", "5", "-")});
  CHECK(tail(product(1, "A", 2) + "," + product(1, "B", 3)) ==
        Lines{"unreadable|postings[0].products[1]|1-1|offer_id is another one than of the same sku before",
              is("1", "A", "2", "100.00 RUB")});
  const std::string most = R"({"sku":1,"offer_id":"A","quantity":1000000000000})";
  CHECK(tail(most + "," + product(1, "A", 1, "null")) ==
        Lines{"unreadable|postings[0].products[1]|1-1|quantity is no quantity when added up",
              is("1", "A", "1000000000000", "-")});
  for (const char* const quantity : {"0", "-1", "1000000000001", "1.5", "null"}) {
    CHECK(tail(R"({"sku":1,"offer_id":"A","quantity":)" + std::string(quantity) + "}") ==
          Lines{"unreadable|postings[0].products[0]|1-1|quantity is no quantity"});
  }
  // Two postings may name one product each: their lines are two.
  CHECK(lines_of(posting("1-1", product(1, "A")) + "," + posting("1-2", product(1, "A"))).size() == 2);
  CHECK(tail(product(1, "A", 1, "\"5\"", "roubles")) ==
        Lines{"incomplete|postings[0].products|1-1|price is no amount of a currency", is("1", "A", "1", "-")});
}

TEST_CASE("a return changes the line that reached the buyer, to what it became and when") {
  const auto back = [](int id, const char* type, const char* quantity, const char* date = "2026-11-25T12:00:00Z") {
    return R"({"id":)" + std::to_string(id) + R"(,"type":")" + type +
           R"(","posting_number":"1-1","product":{"sku":1,"quantity":)" + quantity +
           R"(},"logistic":{"return_date":")" + date + R"("}})";
  };
  const auto line = [&](const std::string& returns, const char* status = "delivered") {
    const Lines seen = lines_of(posting("1-1", product(1, "A", 2), {}, status), returns);
    REQUIRE(seen.size() == 1);
    const std::size_t word = seen[0].find("|A||A|") + 6;
    return seen[0].substr(word, seen[0].find('|', word) - word) + " " + seen[0].substr(seen[0].rfind('|') + 1);
  };
  CHECK(line("") == "delivered 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "ClientReturn", "2")) == "returned 2026-11-25T12:00:00Z");
  CHECK(line(back(1, "ClientReturn", "1")) == "delivered 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "FullReturn", "2")) == "cancelled 2026-11-25T12:00:00Z");
  // One unit refused and one given back: the line came back, at the later moment of the two.
  CHECK(line(back(1, "PartialReturn", "1", "2026-11-25T13:00:00Z") + "," + back(2, "ClientReturn", "1")) ==
        "returned 2026-11-25T13:00:00Z");
  CHECK(line(back(1, "ClientReturn", "1") + "," + back(1, "ClientReturn", "1")) == "delivered 2026-11-25T07:00:00Z");
  // Never before it was ordered, and never of a posting that did not reach anybody.
  CHECK(line(back(1, "ClientReturn", "2", "2026-11-01T00:00:00Z")) == "returned 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "ClientReturn", "2"), "cancelled") == "cancelled 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "ClientReturn", "2"), "delivering") == "placed 2026-11-25T07:00:00Z");
}

TEST_CASE("the key of an Ozon seller is checked by asking, and its rights are those that Ozon reports") {
  Shop shop;
  shop.script->answer("/v1/seller/info", R"({"company":{"name":"Clay & Co","inn":"7"}})")
      .answer("/v1/seller/info", R"({"company":null})")
      .answer("/v1/seller/info", "{}");
  const auto connector = shop.connector();
  const auto seller = connector->verify_credentials({}).value();
  CHECK(seller.key == "123");
  CHECK(seller.name == "Clay & Co");
  CHECK(connector->verify_credentials({}).error().errc() == st::Errc::vendor_schema);
  CHECK(connector->verify_credentials({}).error().errc() == st::Errc::vendor_schema);
  CHECK(shop.script->secrets == Lines(3, "Client-Id: 123; Api-Key: key-1"));
  CHECK(shop.script->owners.at(0) == "123 ");
  CHECK(shop.script->hosts.at(0) == "https://api-seller.ozon.ru");
  for (const auto& [status, code] : std::vector<std::pair<int, st::Errc>>{{401, st::Errc::vendor_unauthorized},
                                                                          {403, st::Errc::vendor_forbidden},
                                                                          {402, st::Errc::vendor_payment_required},
                                                                          {404, st::Errc::vendor_method_gone},
                                                                          {409, st::Errc::vendor_rejected},
                                                                          {420, st::Errc::vendor_rejected},
                                                                          {204, st::Errc::vendor_schema},
                                                                          {429, st::Errc::vendor_throttled},
                                                                          {502, st::Errc::vendor_unavailable}}) {
    INFO(status);
    Shop refused;
    refused.script->answer("", R"({"company":{"name":"x"}})", status, {{"X-O3-Trace-Id", "t-1"}});
    const auto error = refused.connector()->verify_credentials({}).error();
    CHECK(error.errc() == code);
    CHECK(error.details().vendor_request_id == "t-1");
    CHECK(error.retryable() == (status == 429 || status == 502));
  }

  const auto facts = [](const std::string& body) {
    Shop asked;
    asked.script->answer("/v1/roles", body);
    return asked.connector()->ask_facts({});
  };
  const auto some = facts(R"({"roles":[{"name":"Warehouse read only"},{"name":"Admin"},{"name":"Price read only"}],)"
                          R"("expires_at":"2027-01-01T00:00:00Z"})")
                        .value();
  REQUIRE(some.size() == 1);
  CHECK(some[0].part == "api_key");
  CHECK(some[0].categories == Lines{"Warehouse read only", "Admin", "Price read only"});
  CHECK_FALSE(some[0].read_only);
  CHECK(some[0].expires_at == at("2027-01-01T00:00:00Z"));
  CHECK(facts(R"({"roles":[{"name":"Admin read only"}],"expires_at":"0001-01-01T00:00:00Z"})").value()[0].read_only);
  CHECK_FALSE(facts(R"({"roles":[{"name":"Admin read only"}],"expires_at":"0001-01-01T00:00:00Z"})")
                  .value()[0]
                  .expires_at.has_value());
  CHECK_FALSE(facts(R"({"roles":[],"expires_at":""})").value()[0].read_only);  // nothing is known
  CHECK_FALSE(facts(R"({"roles":[],"expires_at":"soon"})").has_value());
  CHECK_FALSE(facts(R"({"roles":[{"title":"x"}]})").has_value());
}

TEST_CASE("what Ozon can do is what its documentation says, and no option asks for more") {
  const st::Capabilities& can = oz::capabilities();
  CHECK(can.zone == "Europe/Moscow");
  CHECK_FALSE(can.numeric_offer_keys);
  CHECK(can.fbo_absent == st::Absent::zero);
  CHECK(can.fbs_absent == st::Absent::zero);
  CHECK(can.fbo_by_offers);
  CHECK_FALSE(can.compare_and_set);
  CHECK(can.orders_kept == 24h * 364);
  CHECK(can.orders_by_period);
  CHECK(can.orders_complete);
  CHECK_FALSE(can.order_changes_timed);
  CHECK((can.orders && can.prices));
  CHECK((can.offers_per_page == 1'000 && can.stock_rows_per_page == 1'000 && can.offers_per_fbs_request == 1'000));
  const auto accepted = [](oz::Options options) { return options.validate().has_value(); };
  CHECK(accepted({}));
  CHECK(accepted({.restated = 24h * 300}));
  CHECK(accepted({.restated = 0s}));
  CHECK_FALSE(accepted({.restated = 24h * 300 + 1s}));
  CHECK_FALSE(accepted({.restated = -1s}));
  const std::vector<std::pair<int oz::Options::*, int>> members{{&oz::Options::products_per_page, 1'000},
                                                                {&oz::Options::stock_rows_per_page, 1'000},
                                                                {&oz::Options::offers_per_fbo_request, 1'000},
                                                                {&oz::Options::postings_per_page, 100},
                                                                {&oz::Options::prices_per_page, 1'000}};
  for (const auto& [member, most] : members) {
    for (const auto& [value, fits] :
         std::vector<std::pair<int, bool>>{{0, false}, {1, true}, {most, true}, {most + 1, false}}) {
      oz::Options options;
      options.*member = value;
      CHECK(accepted(options) == fits);
    }
  }
  const auto factory = oz::make_factory().value();
  CHECK(factory->hosts() == Lines{"api-seller.ozon.ru"});
  const auto connected = [&](const char* id, const char* base) {
    return factory->connect(oz::credentials(id, st::Secret::copy_of("k"), base), {}).has_value();
  };
  CHECK(connected("12345678901234567890", ""));
  CHECK_FALSE(connected("123456789012345678901", ""));
  CHECK(connected("1", "http://127.0.0.1:1"));
  CHECK_FALSE(connected("1", "http://example.com"));  // no key goes over the net in the clear
}

TEST_CASE("what Ozon pushes is a hint with every member in its place") {
  const auto own =
      oz::decode_push(R"({"message_type":"TYPE_STOCKS_CHANGED","seller_id":7,"items":[{"product_id":1,"sku":2,)"
                      R"("updated_at":"2026-11-25T01:00:00Z","stocks":[{"warehouse_id":3,"present":9,"reserved":4},)"
                      R"({"warehouse_id":5,"present":1,"reserved":0}]}]})")
          .value();
  REQUIRE(own.stock.size() == 2);
  CHECK(own.seller == "7");
  CHECK(own.stock[0].product == 1);
  CHECK(own.stock[0].sku == 2);
  CHECK(own.stock[0].warehouse == 3);
  CHECK(own.stock[0].present == 9);
  CHECK(own.stock[0].reserved == 4);
  CHECK(own.stock[0].updated_at == at("2026-11-25T01:00:00Z"));
  CHECK(own.stock[1].warehouse == 5);
  const auto theirs =
      oz::decode_push(R"({"message_type":"TYPE_FBO_STOCKS_CHANGED","sku":2,"updated_at":"2026-11-25T01:00:00Z",)"
                      R"("stocks":{"new_present":9,"new_reserved":4}})")
          .value();
  REQUIRE(theirs.stock.size() == 1);
  CHECK(theirs.stock[0].present == 9);
  CHECK(theirs.stock[0].reserved == 4);
  CHECK(theirs.stock[0].updated_at == at("2026-11-25T01:00:00Z"));
  CHECK(theirs.at == at("2026-11-25T01:00:00Z"));
  // Of several times the one of the message counts, then that of the change.
  const auto at_of = [](const std::string& members) {
    return oz::decode_push(R"({"message_type":"TYPE_NEW","posting_number":"1-1")" + members + "}");
  };
  const std::string later = R"(,"created_at":"2026-11-25T05:00:00Z","in_process_at":"2026-11-25T04:00:00Z")";
  CHECK(at_of(later).value().at == at("2026-11-25T04:00:00Z"));
  CHECK(at_of(later + R"(,"changed_state_date":"2026-11-25T02:00:00Z")").value().at == at("2026-11-25T02:00:00Z"));
  CHECK(at_of(R"(,"changed_state_date":"2026-11-25T02:00:00Z","time":"2026-11-25T01:00:00Z")").value().at ==
        at("2026-11-25T01:00:00Z"));
  CHECK(at_of(later).value().posting == "1-1");
  CHECK_FALSE(at_of(R"(,"time":"soon")").has_value());
  for (const char* const odd : {R"("present":-1,"reserved":0)", R"("present":1,"reserved":-1)", R"("present":1)"}) {
    CHECK_FALSE(oz::decode_push(R"({"message_type":"TYPE_STOCKS_CHANGED","items":[{"stocks":[{"warehouse_id":3,)" +
                                std::string(odd) + "}]}]}")
                    .has_value());
  }
}
