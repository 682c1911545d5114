// Every member of every list of Wildberries, and every request: what is asked, of which host, and what is made of it.
#include <algorithm>
#include <functional>

#include <stocktracker/adapters/wildberries.hpp>

#include "tests/support/transcript.hpp"

namespace st = stocktracker;
namespace wb = stocktracker::wildberries;
using namespace transcript;
using namespace std::chrono_literals;

namespace {

struct Shop : Seller {
  std::shared_ptr<st::Connector> connector(wb::Options options = {}) const {
    return connect(wb::make_factory(std::move(options)).value(), wb::credentials(st::Secret::copy_of("token")));
  }
};

std::string stock_row(int chrt, int warehouse, const std::string& rest = R"("quantity":4)") {
  return R"({"nmId":)" + std::to_string(chrt + 1000) + R"(,"chrtId":)" + std::to_string(chrt) + R"(,"warehouseId":)" +
         std::to_string(warehouse) + R"(,"warehouseName":"W)" + std::to_string(warehouse) +
         R"(","regionName":"Region",)" + rest + "}";
}
std::string report(const std::string& rows) { return R"({"data":{"items":[)" + rows + "]}}"; }

}  // namespace

TEST_CASE("cards are given on with every member, over two pages and in the order of their change") {
  Shop shop;
  shop.script
      ->answer("cards/list",
               R"({"cards":[{"nmID":100,"vendorCode":"0042","title":"Mug","brand":"Clay","sizes":[)"
               R"({"chrtID":1,"techSize":"S","skus":["0001","2"]},{"chrtID":2,"techSize":"M","skus":["3"]}]}],)"
               R"("cursor":{"updatedAt":"2026-01-01T00:00:00Z","nmID":100,"total":1}})")
      .answer("cards/list",
              R"({"cards":[{"nmID":200,"vendorCode":"\u0431\"2","title":"a\\b","sizes":[{"chrtID":3,"skus":null}]}],)"
              R"("cursor":{"updatedAt":"2026-01-02T00:00:00Z","nmID":200,"total":1}})")
      .answer("cards/list", R"({"cards":[],"cursor":{"total":0}})");
  REQUIRE(shop.connector({.cards_per_page = 1})->list_offers(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"offer|1|100|0042|Mug|Clay|S|0001+2|known", "offer|2|100|0042|Mug|Clay|M|3|known",
                                R"(offer|3|200|б"2|a\b||||known)"});
  const std::string request =
      R"(POST /content/v2/get/cards/list {"settings":{"sort":{"ascending":true},"filter":{"withPhoto":0},"cursor":{"limit":1)";
  CHECK(shop.script->asked == Lines{request + "}}}", request + R"(,"updatedAt":"2026-01-01T00:00:00Z","nmID":100}}})",
                                    request + R"(,"updatedAt":"2026-01-02T00:00:00Z","nmID":200}}})"});
}

TEST_CASE("an odd card keeps what is right of it: its own barcodes, its article, its brand") {
  Shop shop;
  shop.script
      ->answer("cards/list",
               R"({"cards":[{"nmID":100,"vendorCode":"A","title":"Mug","brand":"Clay","sizes":[)"
               R"({"chrtID":1,"techSize":"S","skus":["1","2"]},{"chrtID":0,"skus":["lost"]},)"
               R"({"chrtID":4,"skus":["4",5]},{"chrtID":2,"techSize":"M","skus":["3"]}]},)"
               R"({"nmID":300,"brand":7,"sizes":[{"chrtID":5}]},{"nmID":400,"vendorCode":7,"sizes":[{"chrtID":6}]},)"
               R"({"nmID":500,"vendorCode":"E","sizes":[{"chrtID":7,"skus":["7"]}]}],)"
               R"("cursor":{"updatedAt":"t","nmID":500,"total":4}})")
      .answer("cards/list", R"({"cards":[],"cursor":{"total":0}})");
  REQUIRE(shop.connector()->list_offers(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"unreadable|cards[0].sizes[1]||chrtID is not an id",
                                "unreadable|cards[0].sizes[2]|4|skus is not a list of texts",
                                "unreadable|cards[1].sizes[0]|5|brand is not a text",
                                "unreadable|cards[2].sizes[0]|6|vendorCode is not a text", "offer|7|500|E||||7|known",
                                "offer|1|100|A|Mug|Clay|S|1+2|known", "offer|2|100|A|Mug|Clay|M|3|known"});
}

TEST_CASE("a card with an invalid id is reported, and no offer is made of it") {
  // Alone: a card with another fault is read by the slower reader, which looks at ids by itself.
  struct Case {
    const char* card;
    const char* odd;
    std::size_t offers;  // of its other sizes
  };
  for (const Case& one :
       {Case{R"("nmID":100,"sizes":[{"chrtID":0}])", "unreadable|cards[0].sizes[0]||chrtID is not an id", 0},
        Case{R"("nmID":100,"sizes":[{"chrtID":-7}])", "unreadable|cards[0].sizes[0]||chrtID is not an id", 0},
        Case{R"("nmID":100,"sizes":[{"chrtID":1},{"chrtID":0}])", "unreadable|cards[0].sizes[1]||chrtID is not an id",
             1},
        Case{R"("nmID":0,"sizes":[{"chrtID":1}])", "unreadable|cards[0].sizes[0]|1|nmID is not an id", 0},
        Case{R"("nmID":-1,"sizes":[{"chrtID":1}])", "unreadable|cards[0].sizes[0]|1|nmID is not an id", 0}}) {
    INFO(one.card);
    Shop shop;
    shop.script
        ->answer("cards/list",
                 R"({"cards":[{)" + std::string(one.card) + R"(}],"cursor":{"updatedAt":"t","nmID":500,"total":1}})")
        .answer("cards/list", R"({"cards":[],"cursor":{"total":0}})");
    REQUIRE(shop.connector()->list_offers(shop.rows, {}));
    REQUIRE(shop.rows.seen.size() == 1 + one.offers);
    CHECK(shop.rows.seen.front() == one.odd);
  }
}

TEST_CASE("a card list ends at an empty page alone, whatever its cursor says before") {
  // The time alone, or the card alone, is the same on the next page: that is no end.
  for (const char* const second : {R"("updatedAt":"t","nmID":2,"total":1)", R"("updatedAt":"u","nmID":1,"total":1)"}) {
    INFO(second);
    Shop shop;
    shop.script
        ->answer("cards/list", R"({"cards":[{"nmID":1,"sizes":[{"chrtID":1}]}],)"
                               R"("cursor":{"updatedAt":"t","nmID":1,"total":1}})")
        .answer("cards/list", R"({"cards":[{"nmID":2,"sizes":[{"chrtID":2}]}],"cursor":{)" + std::string(second) + "}}")
        .answer("cards/list", R"({"cards":[{"nmID":3,"sizes":[{"chrtID":3}]}],)"
                              R"("cursor":{"updatedAt":"v","nmID":3,"total":1}})")
        .answer("cards/list", R"({"cards":[],"cursor":{"total":0}})");
    REQUIRE(shop.connector()->list_offers(shop.rows, {}));
    CHECK(shop.rows.seen.size() == 3);
  }
  Shop negative;
  negative.script->always("cards/list", R"({"cards":[{"nmID":1,"sizes":[]}],"cursor":{"total":-1}})");
  CHECK(negative.connector()->list_offers(negative.rows, {}).error().details().field == "cursor.total");
  CHECK(negative.script->asked.size() == 1);
}

TEST_CASE("the stock report is given on with every column, pages and regions, hidden warehouses apart") {
  Shop shop;
  const std::string transit = R"("quantity":4,"inWayToClient":5,"inWayFromClient":6)";
  shop.script->answer("wb-warehouses", report(stock_row(1, 507, transit) + "," + stock_row(1, 763, transit)))
      .answer("wb-warehouses", report(stock_row(2, -999999, transit) + "," + stock_row(3, 507, transit)))
      .answer("wb-warehouses", "", 204);
  REQUIRE(shop.connector({.stock_rows_per_page = 2})->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|1|1001|507|W507|Region|marketplace|4|-|5|6",
                                "stock|1|1001|763|W763|Region|marketplace|4|-|5|6",
                                "stock|2|1002|-999999|W-999999|Region|undisclosed|4|-|5|6",
                                "stock|3|1003|507|W507|Region|marketplace|4|-|5|6"});
  const std::string request = "POST /api/analytics/v1/stocks-report/wb-warehouses ";
  CHECK(shop.script->asked == Lines{request + R"({"limit":2,"offset":0})", request + R"({"limit":2,"offset":2})",
                                    request + R"({"limit":2,"offset":4})"});
  CHECK(shop.memory->kept["fbo_rows"] == "4");
}

TEST_CASE("warehouses of a report are kept apart by their ids, however many and however alike") {
  // More than the recent ones that are kept at hand, each twice and in two orders.
  constexpr int kCount = 600;
  std::string rows;
  for (int n = 0; n < 2 * kCount; ++n) {
    const int warehouse = 1 + (n < kCount ? n : 2 * kCount - 1 - n) * 7;
    rows += (n == 0 ? "" : ",") + stock_row(n + 1, warehouse);
  }
  Shop shop;
  shop.script->answer("wb-warehouses", report(rows)).answer("wb-warehouses", "", 204);
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  REQUIRE(shop.rows.seen.size() == 2 * kCount);
  for (int n = 0; n < 2 * kCount; ++n) {
    const std::string id = std::to_string(1 + (n < kCount ? n : 2 * kCount - 1 - n) * 7);
    REQUIRE(shop.rows.seen[static_cast<std::size_t>(n)] == "stock|" + std::to_string(n + 1) + "|" +
                                                               std::to_string(n + 1001) + "|" + id + "|W" + id +
                                                               "|Region|marketplace|4|-|-|-");
  }
}

TEST_CASE("a report is asked on for as long as it may have more, and believed complete no earlier") {
  // Rows of its pages, what the last answer had, and how many requests that takes.
  struct Case {
    std::vector<int> pages;
    const char* last;
    std::size_t requests;
  };
  for (const Case& one : {Case{{3}, "", 2}, Case{{3}, "3", 1}, Case{{3}, "2", 1}, Case{{3}, "4", 2}, Case{{3}, "x", 2},
                          Case{{4}, "4", 2},     // as many as were asked for
                          Case{{4, 3}, "3", 3},  // a second page that is not full says nothing
                          Case{{2, 2, 1}, "9", 4}}) {
    std::string shape = one.last;
    for (const int rows : one.pages) shape += " " + std::to_string(rows);
    INFO(shape);
    Shop shop;
    shop.memory->kept["fbo_rows"] = one.last;
    int next = 1;
    for (const int rows : one.pages) {
      std::string body;
      for (int n = 0; n < rows; ++n) body += (n == 0 ? "" : ",") + stock_row(next++, 507);
      shop.script->answer("wb-warehouses", report(body));
    }
    shop.script->answer("wb-warehouses", "", 204);
    REQUIRE(shop.connector({.stock_rows_per_page = 4})->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
    CHECK(shop.script->asked.size() == one.requests);
    CHECK(shop.rows.seen.size() == static_cast<std::size_t>(next - 1));
    CHECK(shop.memory->kept["fbo_rows"] == std::to_string(next - 1));
  }
}

TEST_CASE("pages of a report are of one build of it, or the report is read again, three times at most") {
  // Pages, when the half hour ends, and how often the report is begun. A page that is not full holds all of its build.
  struct Case {
    std::vector<int> pages;
    std::size_t rebuilt_after;
    std::size_t begun;
    int empty = 200;  // the status of a page without rows
  };
  for (const Case& one : {Case{{1, 0}, 1, 1}, Case{{1, 0}, 1, 1, 204}, Case{{2, 0}, 1, 2}, Case{{2, 0}, 1, 2, 204},
                          Case{{2, 2, 0}, 2, 2}, Case{{2, 1, 0}, 1, 2}, Case{{1, 1, 0}, 1, 2}, Case{{2, 2, 0}, 9, 1}}) {
    INFO(one.pages.size() << " pages, rebuilt after " << one.rebuilt_after);
    Shop shop;
    const auto script = shop.script;
    class Rebuilding final : public st::HttpTransport {
     public:
      Rebuilding(Case shape, std::shared_ptr<st::testing::ManualClock> clock)
          : shape_(std::move(shape)), clock_(std::move(clock)) {}
      st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
        if (request.body.find(R"("offset":0})") != std::string::npos) ++begun, page_ = 0;
        if (page_ == shape_.rebuilt_after && begun == 1) clock_->advance(30min);
        std::string rows;
        for (int n = 0; n < shape_.pages.at(page_); ++n)
          rows += (n == 0 ? "" : ",") + stock_row(static_cast<int>(page_) * 10 + n + 1, 507);
        ++page_;
        if (rows.empty() && shape_.empty != 200) return st::HttpResponse{shape_.empty, {}, ""};
        st::HttpResponse response{200, {}, report(rows)};
        response.body.reserve(response.body.size() + st::kBodyPadding);
        return response;
      }
      std::size_t begun = 0;

     private:
      const Case shape_;
      const std::shared_ptr<st::testing::ManualClock> clock_;
      std::size_t page_ = 0;
    };
    const auto server = std::make_shared<Rebuilding>(one, script->clock);
    const auto connector = wb::make_factory({.stock_rows_per_page = 2})
                               .value()
                               ->connect(wb::credentials(st::Secret::copy_of("token")),
                                         {server, script->clock, std::make_shared<st::Telemetry>(), shop.memory})
                               .value();
    REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
    CHECK(server->begun == one.begun);
    CHECK(std::count(shop.rows.seen.begin(), shop.rows.seen.end(), "restart") ==
          static_cast<std::ptrdiff_t>(one.begun) - 1);
  }
}

TEST_CASE("a server that answers a long page of hidden warehouses again and again is found out at once") {
  // Hidden warehouses may repeat an offer, and a page is longer than what is compared of its border: the page itself
  // is the only sign. Each request is one of very few that are allowed.
  std::string rows;
  for (int n = 0; n < 1'500; ++n) rows += (n == 0 ? "" : ",") + stock_row(n + 1, -999999);
  Shop shop;
  for (int n = 0; n < 5; ++n) shop.script->answer("wb-warehouses", report(rows));
  const auto read =
      shop.connector({.stock_rows_per_page = 1'500})->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {});
  REQUIRE_FALSE(read);
  CHECK(read.error().errc() == st::Errc::vendor_contradiction);
  CHECK(shop.script->asked.size() == 2);
  CHECK(shop.rows.seen.size() == 1'500);
}

TEST_CASE("a row that was left out still has its place in the report: the next page begins behind it") {
  Shop shop;
  shop.script->answer("wb-warehouses", report(stock_row(1, 507) + "," + stock_row(2, 0)))
      .answer("wb-warehouses", report(stock_row(3, 507)))
      .answer("wb-warehouses", "", 204);
  REQUIRE(shop.connector({.stock_rows_per_page = 2})->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.script->asked.at(1).ends_with(R"({"limit":2,"offset":2})"));
  CHECK(shop.memory->kept["fbo_rows"] == "3");
}

TEST_CASE("the seller's stock is asked for in batches to the last one, each id once, and an empty answer ends none") {
  Shop shop;
  shop.script->answer("stocks/77", R"({"stocks":[{"chrtId":9,"amount":1},{"chrtId":10,"amount":2}]})")
      .answer("stocks/77", "", 204)
      .answer("stocks/77", R"({"stocks":[{"chrtId":100,"amount":3}]})");
  const std::vector<std::string> offers{"100", "10", "9", "9", "12", "11"};
  REQUIRE(shop.connector({.fbs_offers_per_request = 2})
              ->fetch_stock({st::StockKind::fbs, "77", "Own", offers}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|9|-|77|Own||seller|1|-|-|-", "stock|10|-|77|Own||seller|2|-|-|-",
                                "stock|100|-|77|Own||seller|3|-|-|-"});
  CHECK(shop.script->asked == Lines{R"(POST /api/v3/stocks/77 {"chrtIds":[9,10]})",
                                    R"(POST /api/v3/stocks/77 {"chrtIds":[11,12]})",
                                    R"(POST /api/v3/stocks/77 {"chrtIds":[100]})"});
  // What cannot be an id is asked of nobody, and what nobody asked for is no stock.
  for (const char* const key : {"0", "-1", "x", "1x", ""}) {
    const std::vector<std::string> odd{"1", key};
    CHECK(shop.connector()->fetch_stock({st::StockKind::fbs, "77", "Own", odd}, shop.rows, {}).error().errc() ==
          st::Errc::invalid_argument);
  }
  Shop others;
  others.script->always("stocks/77", R"({"stocks":[{"chrtId":2,"amount":5},{"chrtId":9,"amount":5}]})");
  const std::vector<std::string> asked{"1", "3"};
  REQUIRE(others.connector()->fetch_stock({st::StockKind::fbs, "77", "Own", asked}, others.rows, {}));
  CHECK(others.rows.seen ==
        Lines{"unreadable|stocks[0]|2|chrtId was not asked for", "unreadable|stocks[1]|9|chrtId was not asked for"});
}

TEST_CASE("warehouses of the seller keep id and name, those without are reported, one that closes is marked") {
  Shop shop;
  shop.script->answer("/api/v3/warehouses",
                      R"([{"id":9007199254740993,"name":"North","isDeleting":false},{"id":2,"name":"South"},)"
                      R"({"id":3,"name":"Old","isDeleting":true},{"id":0,"name":"Zero"},{"id":-4,"name":"Minus"},)"
                      R"({"id":5,"name":null}])");
  REQUIRE(shop.connector()->list_warehouses(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"unreadable|[3]||id is not an id", "unreadable|[4]||id is not an id",
                                "unreadable|[5]|5|name is not a text", "warehouse|9007199254740993|North|active",
                                "warehouse|2|South|active", "warehouse|3|Old|closing"});
  CHECK(shop.script->asked == Lines{"GET /api/v3/warehouses"});
}

TEST_CASE("the order feed is given on with every member, in its own zone and currency") {
  Shop shop;
  const auto order = [](const std::string& srid, const std::string& rest) {
    return R"({"nmId":100,"chrtId":1,"srid":")" + srid + R"(","warehouseName":"W","warehouseRegion":"R",)" + rest + "}";
  };
  const auto feed = [](const std::string& orders) {
    return R"({"data":{"snapshotTime":"2026-11-26T08:00:00Z","currency":"KZT","orders":[)" + orders + "]}}";
  };
  shop.script
      ->answer("order-feed",
               feed(order("s.1", R"("createdAt":"2026-11-25T01:00:00+03:00","updatedAt":"2026-11-25T05:00:00+03:00",)"
                                 R"("status":"cancel","isMp":true,"sellerPrice":1500.5)") +
                    "," + order("s.2", R"("createdAt":"2026-11-25T02:00:00+03:00","status":"created","isMp":false)")))
      .answer("order-feed",
              feed(order("s.3", R"("createdAt":"2026-11-25T03:00:00Z","updatedAt":"2026-11-25T04:00:00Z",)"
                                R"("status":"created","isMp":false,"sellerPrice":"7")") +
                   "," + order("s.4", R"("createdAt":"2026-11-25T03:00:00Z","status":"cancel","isMp":false)")))
      .answer("order-feed", "", 204);
  const auto covered =
      shop.connector({.orders_per_page = 2})->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {});
  REQUIRE(covered);
  CHECK(shop.rows.seen ==
        Lines{"line|s.1||1|100||cancelled|cancel|fbs||W|1|1500.50 KZT|2026-11-24T22:00:00Z|2026-11-25T02:00:00Z",
              "line|s.2||1|100||placed|created|fbo||W|1|-|2026-11-24T23:00:00Z|2026-11-24T23:00:00Z",
              "unreadable|data.orders[1]|s.4|updatedAt is not a time",
              "line|s.3||1|100||placed|created|fbo||W|1|-|2026-11-25T03:00:00Z|2026-11-25T04:00:00Z"});
  CHECK(st::to_rfc3339(covered.value().from) == "2026-11-24T23:00:00Z");  // an hour of overlap
  CHECK(st::to_rfc3339(covered.value().until) == "2026-11-26T08:00:00Z");
  const std::string request =
      R"(POST /api/analytics/v1/order-feed {"selectedPeriod":{"start":"2026-11-24T23:00:00Z"},"pagination":{)";
  CHECK(shop.script->asked == Lines{request + R"("offset":0,"limit":2}})",
                                    request + R"("snapshotTime":"2026-11-26T08:00:00Z","offset":2,"limit":2}})",
                                    request + R"("snapshotTime":"2026-11-26T08:00:00Z","offset":4,"limit":2}})"});
}

TEST_CASE("a page of orders that is as full as a server's cap is not the last one") {
  for (const auto& [lines, requests] : std::vector<std::pair<int, std::size_t>>{{999, 1}, {1000, 2}, {1001, 1}}) {
    INFO(lines);
    std::string orders;
    for (int n = 0; n < lines; ++n) {
      orders += (n == 0 ? "" : ",") + (R"({"nmId":1,"chrtId":1,"srid":")" + std::to_string(n) +
                                       R"(","createdAt":"2026-11-25T03:00:00Z","status":"created","isMp":true})");
    }
    Shop shop;
    shop.script->answer("order-feed", R"({"data":{"snapshotTime":"2026-11-26T08:00:00Z","orders":[)" + orders + "]}}")
        .always("order-feed", "", 204);
    REQUIRE(shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {}));
    CHECK(shop.script->asked.size() == requests);
    CHECK(shop.rows.seen.size() == static_cast<std::size_t>(lines));
  }
}

TEST_CASE("the period of the feed: an hour of overlap, 31 days less our clock's doubt, never beyond the present") {
  const auto start = [](const char* since, const char* date = nullptr) {
    Shop shop;
    std::vector<st::HttpHeader> headers;
    if (date != nullptr) headers.push_back({"Date", date});
    shop.script->always("order-feed", R"({"data":{"orders":[]}})", 200, headers);
    const auto connector = shop.connector();
    // The second call knows the marketplace's time.
    for (int call = 0; call < 2; ++call) REQUIRE(connector->fetch_orders({at(since)}, shop.rows, {}));
    const std::string& request = shop.script->asked.back();
    return request.substr(request.find("start\":\"") + 8, 20);
  };
  CHECK(start("2026-11-26T08:30:00Z") == "2026-11-26T07:30:00Z");
  CHECK(start("2026-11-30T00:00:00Z") == "2026-11-26T09:00:00Z");  // yet to come: now
  CHECK(start("2020-01-01T00:00:00Z") == "2026-10-26T09:35:00Z");
  // Our clock is a day ahead of the marketplace's, and a day behind it.
  CHECK(start("2026-11-26T08:30:00Z", "Wed, 25 Nov 2026 09:00:00 GMT") == "2026-11-25T09:00:00Z");
  CHECK(start("2020-01-01T00:00:00Z", "Fri, 27 Nov 2026 09:00:00 GMT") == "2026-10-27T09:35:00Z");
}

TEST_CASE("prices are given on with what is asked and what is crossed out, over pages that overlap by a card") {
  Shop shop;
  const auto card = [](int nm, const std::string& sizes, const char* currency = "RUB") {
    return R"({"nmID":)" + std::to_string(nm) + R"(,"currencyIsoCode4217":")" + currency + R"(","sizes":[)" + sizes +
           "]}";
  };
  const auto size = [](int id, const char* price, const char* discounted) {
    return R"({"sizeID":)" + std::to_string(id) + R"(,"price":)" + price + R"(,"discountedPrice":)" + discounted +
           R"(,"clubDiscountedPrice":1})";
  };
  const auto page = [](const std::string& cards) { return R"({"data":{"listGoods":[)" + cards + "]}}"; };
  shop.script
      ->answer("goods/filter", page(card(100, size(1, "500", "332.5") + "," + size(2, "600", "600")) + "," +
                                    card(200, size(3, "7", "5"), "KZT")))
      .answer("goods/filter", page(card(200, size(3, "7", "5"), "KZT") + "," + card(300, size(4, "9.01", "0.01"))))
      .answer("goods/filter", page(card(300, size(4, "9.01", "0.01"))));
  REQUIRE(shop.connector({.prices_per_page = 2})->fetch_prices(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"price|1|332.50 RUB|500.00 RUB|-", "price|2|600.00 RUB|600.00 RUB|-",
                                "price|3|5.00 KZT|7.00 KZT|-", "price|4|0.01 RUB|9.01 RUB|-"});
  const std::string request = "GET /api/v2/list/goods/filter?limit=2&offset=";
  CHECK(shop.script->asked == Lines{request + "0", request + "1", request + "2"});
  // A negative crossed-out price, and a card that is none: both stand where they stood.
  Shop odd;
  odd.script->answer("goods/filter", page(card(100, size(1, "-5", "3")) + ",7," + card(200, size(2, "5", "3"))))
      .always("goods/filter", page(card(200, size(2, "5", "3"))));
  REQUIRE(odd.connector()->fetch_prices(odd.rows, {}));
  CHECK(odd.rows.seen == Lines{"unreadable|data.listGoods[0].sizes[0]|1|price is not an amount of its currency",
                               "unreadable|data.listGoods[1]||a row is not an object", "price|2|3.00 RUB|5.00 RUB|-"});
  CHECK(odd.script->asked.back() == "GET /api/v2/list/goods/filter?limit=1000&offset=2");
}

TEST_CASE("a refusal within an answer of status 200 is a refusal of each list that may write one") {
  for (const auto& [part, read] :
       std::vector<std::pair<std::string, std::function<st::Result<void>(st::Connector&, Rows&)>>>{
           {"cards/list", [](st::Connector&one, Rows&rows) { return one.list_offers(rows, {}); }},
           {"order-feed",
            [](st::Connector&one, Rows&rows) -> st::
                                                 Result<void> {
                                                   STK_TRY(one.fetch_orders({}, rows, {}));
                                                   return st::success();
                                                 }},
           {"goods/filter", [](st::Connector&one, Rows&rows) { return one.fetch_prices(rows, {}); }}}) {
    INFO(part);
    Shop shop;
    shop.script->always(part, R"({"data":null,"cards":null,"cursor":null,"error":true,"errorText":"not today"})");
    const auto refused = read(*shop.connector(), shop.rows);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::vendor_rejected);
    CHECK(refused.error().message() == "not today");
  }
}

TEST_CASE("the seller is who the marketplace says it is, and a key without a seller is no account") {
  Shop shop;
  shop.script->answer("seller-info", R"({"sid":"e8923014","name":"Clay & Co"})")
      .answer("seller-info", R"({"sid":"","name":"x"})")
      .answer("seller-info", R"({"name":"x"})")
      .answer("seller-info", R"({"sid":7,"name":"x"})")
      .answer("seller-info", "<html>");
  const auto connector = shop.connector();
  const auto seller = connector->verify_credentials({}).value();
  CHECK(seller.key == "e8923014");
  CHECK(seller.name == "Clay & Co");
  for (int nth = 0; nth < 4; ++nth) CHECK_FALSE(connector->verify_credentials({}).has_value());
  // What speaks of the key, and what says nothing about it.
  for (const auto& [status, code] : std::vector<std::pair<int, st::Errc>>{{401, st::Errc::vendor_unauthorized},
                                                                          {403, st::Errc::vendor_forbidden},
                                                                          {402, st::Errc::vendor_payment_required},
                                                                          {404, st::Errc::vendor_method_gone},
                                                                          {409, st::Errc::vendor_rejected},
                                                                          {201, st::Errc::vendor_schema},
                                                                          {302, st::Errc::vendor_schema},
                                                                          {429, st::Errc::vendor_throttled},
                                                                          {500, st::Errc::vendor_unavailable},
                                                                          {503, st::Errc::vendor_unavailable}}) {
    INFO(status);
    Shop refused;
    refused.script->answer("seller-info", R"({"sid":"e8923014"})", status,
                           {{"X-Request-Id", "r-7"}, {"Retry-After", "1224"}});
    const auto error = refused.connector()->verify_credentials({}).error();
    CHECK(error.errc() == code);
    CHECK(error.details().http_status == status);
    CHECK(error.details().vendor_request_id == "r-7");
    CHECK(error.retryable() == (status == 429 || status >= 500));
    const bool waits = status == 429 || status >= 500;
    CHECK(error.details().retry_after == (waits ? std::optional<st::Duration>(1224s) : std::nullopt));
    CHECK(refused.script->asked.size() == 1);
  }
}

TEST_CASE("each method is asked of its own host, and of one address where the account names one") {
  const auto hosts_of = [](st::Connector& connector, Shop& shop) {
    shop.script->always(
        "", R"({"sid":"s","data":{"listGoods":[],"orders":[],"items":[]},"cards":[],"cursor":{"total":0}})");
    REQUIRE(connector.verify_credentials({}));
    REQUIRE(connector.list_offers(shop.rows, {}));
    (void)connector.list_warehouses(shop.rows, {});
    REQUIRE(connector.fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
    REQUIRE(connector.fetch_orders({}, shop.rows, {}));
    REQUIRE(connector.fetch_prices(shop.rows, {}));
    return shop.script->hosts;
  };
  Shop shop;
  CHECK(hosts_of(*shop.connector(), shop) ==
        Lines{"https://common-api.wildberries.ru", "https://content-api.wildberries.ru",
              "https://marketplace-api.wildberries.ru", "https://seller-analytics-api.wildberries.ru",
              "https://seller-analytics-api.wildberries.ru", "https://discounts-prices-api.wildberries.ru"});
  Shop own;
  const auto factory = wb::make_factory().value();
  const auto connector = own.connect(factory, wb::credentials(st::Secret::copy_of("token"), "http://127.0.0.1:8080//"));
  CHECK(hosts_of(*connector, own) == Lines(6, "http://127.0.0.1:8080"));
  // A token does not go over the net in the clear.
  const auto plain = factory->connect(wb::credentials(st::Secret::copy_of("token"), "http://example.com"),
                                      {own.script, own.script->clock, nullptr, nullptr});
  CHECK(plain.error().errc() == st::Errc::invalid_argument);
  const auto hosts = factory->hosts();
  CHECK(hosts.size() == 12);
  for (const std::string& host : hosts)
    CHECK(host.ends_with("-api.wildberries.ru") == (host.find("sandbox") == std::string::npos));
}

TEST_CASE("what Wildberries can do is what its documentation says, and no request asks for more") {
  const st::Capabilities& can = wb::capabilities();
  CHECK(can.zone == "Europe/Moscow");
  CHECK(can.numeric_offer_keys);
  CHECK(can.fbo_absent == st::Absent::zero);     // the report lists what there is
  CHECK(can.fbs_absent == st::Absent::unknown);  // rows may be left out: silence is not zero
  CHECK_FALSE(can.fbo_by_offers);
  CHECK(can.fbo_refresh == 30min);
  CHECK_FALSE(can.compare_and_set);
  CHECK(can.orders_kept == 24h * 31);
  CHECK_FALSE(can.orders_by_period);
  CHECK_FALSE(can.orders_complete);
  CHECK(can.order_changes_timed);
  CHECK((can.orders && can.prices));
  const auto accepted = [](wb::Options options) { return options.validate().has_value(); };
  CHECK((can.offers_per_page == 100 && can.stock_rows_per_page == 250'000 && can.offers_per_fbs_request == 1'000));
  CHECK(accepted({.cards_per_page = 100,
                  .stock_rows_per_page = 250'000,
                  .fbs_offers_per_request = 1'000,
                  .orders_per_page = 10'000,
                  .prices_per_page = 1'000,
                  .report_patience = 5s}));
  CHECK_FALSE(accepted({.cards_per_page = 101}));
  CHECK_FALSE(accepted({.stock_rows_per_page = 250'001}));
  CHECK_FALSE(accepted({.fbs_offers_per_request = 1'001}));
  CHECK_FALSE(accepted({.orders_per_page = 10'001}));
  CHECK_FALSE(accepted({.prices_per_page = 1'001}));
  CHECK_FALSE(accepted({.report_patience = 4s}));
  for (const int none : {0, -1}) {
    CHECK_FALSE(accepted({.cards_per_page = none}));
    CHECK_FALSE(accepted({.stock_rows_per_page = none}));
    CHECK_FALSE(accepted({.fbs_offers_per_request = none}));
    CHECK_FALSE(accepted({.orders_per_page = none}));
    CHECK_FALSE(accepted({.prices_per_page = none}));
  }
  for (std::string wb::Hosts::*host :
       {&wb::Hosts::common, &wb::Hosts::content, &wb::Hosts::analytics, &wb::Hosts::marketplace, &wb::Hosts::prices}) {
    wb::Options options;
    options.hosts.*host = "http://example.com";
    CHECK_FALSE(accepted(options));
  }
}
