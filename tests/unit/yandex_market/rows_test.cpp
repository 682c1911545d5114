// Every member of every list of Yandex Market, and every request: what is asked and what is made of it.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include <stocktracker/adapters/yandex_market.hpp>

#include "tests/support/transcript.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace transcript;
using namespace std::chrono_literals;

namespace {

constexpr const char* kShops =
    R"({"campaigns":[{"id":21,"business":{"id":900,"name":"Clay & Co"},"placementType":"FBY"},)"
    R"({"id":22,"business":{"id":900},"placementType":"FBS"},{"id":23,"business":{"id":900},"placementType":"LAAS"},)"
    R"({"id":24,"business":{"id":900},"placementType":"FBY","apiAvailability":"MANUALLY_DISABLED"}]})";

struct Shop : Seller {
  explicit Shop(bool with_shops = true) {
    if (with_shops) script->answer("/v2/campaigns?", kShops);
    script->always("/v2/warehouses",
                   R"({"result":{"warehouses":[{"id":147,"name":"Rostov"},{"id":"172","name":"Sofyino"}]}})");
  }
  std::shared_ptr<st::Connector> connector(ym::Options options = {}, std::string_view business = {}) const {
    return connect(ym::make_factory(std::move(options)).value(), ym::credentials(st::Secret::copy_of("key"), business));
  }
  /// What was asked beside shops and the Market's warehouses.
  [[nodiscard]] Lines asked(std::string_view part) const {
    Lines found;
    for (const std::string& one : script->asked) {
      if (one.find(part) != std::string::npos) found.push_back(one);
    }
    return found;
  }
};

std::string in_result(const std::string& list, const std::string& rows, const std::string& token = {}) {
  return R"({"result":{")" + list + R"(":[)" + rows + R"(],"paging":{)" +
         (token.empty() ? "" : R"("nextPageToken":")" + token + "\"") + "}}}";
}
std::string stock_of(const std::string& offer, const std::string& parts) {
  std::string text = R"({"offerId":")" + offer + R"(","stocks":[)";
  std::string list = parts;
  return text + list + "]}";
}
std::string part(const char* type, int count) {
  return R"({"type":")" + std::string(type) + R"(","count":)" + std::to_string(count) + "}";
}
std::string warehouse(int id, const std::string& offers) {
  return R"({"warehouseId":)" + std::to_string(id) + R"(,"offers":[)" + offers + "]}";
}

}  // namespace

TEST_CASE("the catalogue of the Market is given on with every member, over its pages") {
  Shop shop;
  shop.script
      ->answer(
          "/offer-mappings",
          in_result(
              "offerMappings",
              R"({"offer":{"offerId":"0042","name":"Mug","vendor":"Clay","barcodes":["0001","2"]},"mapping":{"marketSku":17}},)"
              R"({"offer":{"offerId":"B","barcodes":["3"]},"mapping":{"marketSku":0}})",
              "n+1"))
      .answer("/offer-mappings",
              in_result("offerMappings", R"({"offer":{"offerId":"C","name":"Bowl"},"mapping":{"marketSku":"18"}},)"
                                         R"({"offer":{"offerId":"D"},"mapping":{"marketSku":-1}})"));
  REQUIRE(shop.connector({.offers_per_page = 2})->list_offers(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"offer|0042|17|0042|Mug|Clay||0001+2|known", "offer|B||B||||3|known",
                                "offer|C|18|C|Bowl||||known", "offer|D||D|||||known"});
  CHECK(shop.asked("/offer-mappings") == Lines{"POST /v2/businesses/900/offer-mappings?limit=2 {}",
                                               "POST /v2/businesses/900/offer-mappings?limit=2&pageToken=n%2B1 {}"});
}

TEST_CASE("prices of the Market are what is asked and what is crossed out, over all pages") {
  Shop shop;
  const auto row = [](const char* offer, const std::string& price) {
    return R"({"offerId":")" + std::string(offer) + R"(","price":{)" + price + "}}";
  };
  shop.script
      ->answer("/offer-prices",
               in_result("offers",
                         row("A", R"("value":90.5,"discountBase":120,"currencyId":"RUR","minimumForBestseller":5)") +
                             "," + row("B", R"("value":"7","currencyId":"KZT")"),
                         "p1"))
      .answer("/offer-prices", in_result("offers", row("C", R"("value":5,"discountBase":0,"currencyId":"RUB")") + "," +
                                                       row("D", R"("value":5,"discountBase":-6,"currencyId":"RUR")") +
                                                       "," + row("E", R"("value":"0.00","currencyId":"")") + "," +
                                                       row("F", R"("value":true,"currencyId":"RUR")")));
  REQUIRE(shop.connector({.prices_per_page = 2})->fetch_prices(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"price|A|90.50 RUB|120.00 RUB|-", "price|B|7.00 KZT|-|-",
                                "unreadable|result.offers[1]|D|price.discountBase is not an amount of its currency",
                                "unreadable|result.offers[3]|F|price.value is not a number", "price|C|5.00 RUB|-|-"});
  CHECK(shop.asked("/offer-prices") == Lines{"POST /v2/businesses/900/offer-prices?limit=2 {}",
                                             "POST /v2/businesses/900/offer-prices?limit=2&pageToken=p1 {}"});
  // Only what the API documents is a currency: not a part of two, not a list of them.
  for (const char* const currency : {"R U", "UB ", "RUB RUR", "rub", "ZZZ", ""}) {
    Shop odd;
    odd.script->answer("/offer-prices",
                       in_result("offers", row("A", R"("value":5,"currencyId":")" + std::string(currency) + "\"")));
    REQUIRE(odd.connector()->fetch_prices(odd.rows, {}));
    CHECK(odd.rows.seen == Lines{"unreadable|result.offers[0]|A|price.currencyId is not a known currency"});
  }
}

TEST_CASE("stock in the Market's warehouses is that of each shop that sells from them, page by page") {
  Shop shop;
  shop.script
      ->answer("/v2/campaigns/21/offers/stocks",
               in_result("warehouses",
                         warehouse(147, stock_of("A", part("FIT", 15) + "," + part("FREEZE", 3) + "," +
                                                          part("AVAILABLE", 11)) +
                                            "," + stock_of("none", "")),
                         "t1"))
      .answer("/v2/campaigns/21/offers/stocks",
              in_result("warehouses", warehouse(172, stock_of("A", part("FIT", 4) + "," + part("FREEZE", 1))) + "," +
                                          warehouse(999, stock_of("B", part("AVAILABLE", 2) + "," + part("FIT", 5))) +
                                          "," + warehouse(147, stock_of("B", part("FIT", 2)))))
      .answer("/v2/campaigns/23/offers/stocks",
              in_result("warehouses", warehouse(147, stock_of("A", part("FIT", 15) + "," + part("FREEZE", 3) + "," +
                                                                       part("AVAILABLE", 11)) +
                                                         "," + stock_of("C", part("DEFECT", 7)))));
  REQUIRE(shop.connector({.stock_offers_per_page = 2})->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|-|147|Rostov||marketplace|11|3|-|-",
                                "stock|A|-|172|Sofyino||marketplace|3|1|-|-", "stock|B|-|999|||marketplace|2|3|-|-",
                                "stock|B|-|147|Rostov||marketplace|2|0|-|-",
                                "stock|C|-|147|Rostov||marketplace|0|0|-|-"});
  CHECK(shop.asked("/offers/stocks") == Lines{"POST /v2/campaigns/21/offers/stocks?limit=2 {}",
                                              "POST /v2/campaigns/21/offers/stocks?limit=2&pageToken=t1 {}",
                                              "POST /v2/campaigns/23/offers/stocks?limit=2 {}"});
  // Two shops that contradict each other, in what is free or in what is reserved alone, leave nobody right.
  for (const auto& [free, frozen] : {std::pair(11, 4), std::pair(10, 3)}) {
    Shop other;
    other.script
        ->answer(
            "/v2/campaigns/21/offers/stocks",
            in_result("warehouses", warehouse(147, stock_of("A", part("AVAILABLE", 11) + "," + part("FREEZE", 3)))))
        .answer("/v2/campaigns/23/offers/stocks",
                in_result("warehouses",
                          warehouse(147, stock_of("A", part("AVAILABLE", free) + "," + part("FREEZE", frozen)))));
    CHECK(other.connector()->fetch_stock({.kind = st::StockKind::fbo}, other.rows, {}).error().errc() ==
          st::Errc::vendor_contradiction);
  }
}

TEST_CASE("the same shop may report a pile again: the last row counts, free and reserved") {
  Shop shop(false);
  shop.script->answer("/v2/campaigns?", R"({"campaigns":[{"id":21,"business":{"id":900},"placementType":"FBY"}]})")
      .answer(
          "/v2/campaigns/21/offers/stocks",
          in_result("warehouses", warehouse(147, stock_of("A", part("AVAILABLE", 5) + "," + part("FREEZE", 3)) + "," +
                                                     stock_of("A", part("AVAILABLE", 6) + "," + part("FREEZE", 1)))));
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|-|147|Rostov||marketplace|6|1|-|-"});
}

TEST_CASE("amounts of the Market that can be none are left out, ones below zero are zero with a mark") {
  const auto stock = [](const std::string& parts) {
    Shop shop;
    shop.script->answer("/v2/campaigns/21/offers/stocks", in_result("warehouses", warehouse(147, stock_of("A", parts))))
        .always("/v2/campaigns/23/", "{}");
    REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
    return shop.rows.seen;
  };
  const auto is = [](const char* amounts) {
    return "stock|A|-|147|Rostov||marketplace|" + std::string(amounts) + "|-|-";
  };
  const std::string oversold = "oversold|result.warehouses[0].offers[0]|A|stocks.count is below 0";
  const std::string none = "unreadable|result.warehouses[0].offers[0]|A|stocks.count is not a quantity";
  CHECK(stock(part("FIT", 5) + "," + part("FREEZE", -2)) == Lines{oversold, is("5|0")});
  CHECK(stock(part("FIT", -5)) == Lines{oversold, is("0|0")});
  CHECK(stock(part("AVAILABLE", -5) + "," + part("FREEZE", 2)) == Lines{oversold, is("0|2")});
  CHECK(stock(part("FIT", 2) + "," + part("FREEZE", 3)) == Lines{is("0|3")});
  for (const char* const type : {"FIT", "FREEZE", "AVAILABLE"}) {
    for (const char* const count : {"1000000000001", "-1000000000001", "-9223372036854775808"}) {
      CHECK(stock(R"({"type":")" + std::string(type) + R"(","count":)" + count + "}") == Lines{none});
    }
  }
  CHECK(stock(R"({"type":"QUARANTINE","count":-1000000000001},)" + part("FIT", 1)) == Lines{is("1|0")});
}

TEST_CASE("the seller's warehouses are listed to the last page, and each of their stocks is asked for in batches") {
  Shop shop;
  shop.script
      ->answer("/v2/businesses/900/warehouses", in_result("warehouses", R"({"id":5,"name":"a","campaignId":22})", "w1"))
      .answer("/v2/businesses/900/warehouses", in_result("warehouses", R"({"id":6,"name":"b","campaignId":22})"))
      .answer("/v3/businesses/900/warehouses", in_result("warehouses", R"({"id":5,"name":"North"})", "x1"))
      .answer("/v3/businesses/900/warehouses",
              in_result("warehouses", R"({"id":6,"name":"South"},{"id":5,"name":"North 2"},{"id":0,"name":"?"})"))
      .answer("/v3/businesses/900/offers/stocks",
              in_result("offers",
                        stock_of("A", part("FIT", 5)) + "," + stock_of("B", part("FIT", 6) + "," + part("FREEZE", 2))))
      .answer("/v3/businesses/900/offers/stocks", in_result("offers", ""))
      .answer("/v3/businesses/900/offers/stocks",
              R"({"result":{"partnerWarehouseId":6,"offers":[)" + stock_of("E", part("FIT", 1)) + "]}}");
  const auto connector = shop.connector({.offers_per_stock_request = 2});
  REQUIRE(connector->list_warehouses(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"unreadable|result.warehouses[2]||id is not an id", "warehouse|5|North 2|active",
                                "warehouse|6|South|active"});
  shop.rows.seen.clear();
  const std::vector<std::string> offers{"A", "B", "C", "D", "E"};
  REQUIRE(connector->fetch_stock({st::StockKind::fbs, "6", "Own", offers}, shop.rows, {}));
  CHECK(shop.rows.seen ==
        Lines{"stock|A|-|6|Own||seller|5|0|-|-", "stock|B|-|6|Own||seller|4|2|-|-", "stock|E|-|6|Own||seller|1|0|-|-"});
  const std::string request = R"(POST /v3/businesses/900/offers/stocks {"partnerWarehouseId":6,"offerIds":[)";
  CHECK(shop.asked("/offers/stocks") ==
        Lines{request + R"("A","B"]})", request + R"("C","D"]})", request + R"("E"]})"});
  CHECK(shop.asked("/warehouses?") == Lines{"POST /v2/businesses/900/warehouses?limit=30 {}",
                                            "POST /v2/businesses/900/warehouses?limit=30&pageToken=w1 {}",
                                            "POST /v3/businesses/900/warehouses?limit=30 {}",
                                            "POST /v3/businesses/900/warehouses?limit=30&pageToken=x1 {}"});
  // Half an answer, and an answer about another warehouse, are none.
  for (const std::string& body :
       {in_result("offers", stock_of("A", part("FIT", 5)), "more"),
        R"({"result":{"partnerWarehouseId":5,"offers":[)" + stock_of("A", part("FIT", 5)) + "]}}"}) {
    Shop odd;
    odd.script->always("/v2/businesses/900/warehouses", in_result("warehouses", ""))
        .always("/v3/businesses/900/warehouses", in_result("warehouses", R"({"id":6,"name":"South"})"))
        .answer("/offers/stocks", body);
    CHECK(odd.connector()->fetch_stock({st::StockKind::fbs, "6", "Own", offers}, odd.rows, {}).error().errc() ==
          st::Errc::vendor_schema);
    CHECK(odd.rows.seen.empty());
  }
}

TEST_CASE("a warehouse of an odd row is asked about by its number where there are no groups, and no other one is") {
  const auto code = [](const std::string& v2, const std::string& v3, const char* key) {
    Shop shop;
    shop.script->always("/v2/businesses/900/warehouses", in_result("warehouses", v2))
        .always("/v3/businesses/900/warehouses", in_result("warehouses", v3))
        .always("/offers/stocks", "{}");
    const std::vector<std::string> offers{"A"};
    const auto fetched = shop.connector()->fetch_stock({st::StockKind::fbs, key, "Own", offers}, shop.rows, {});
    const Lines asked = shop.asked("/offers/stocks");
    return fetched ? asked.at(0).substr(0, asked.at(0).find(' ', 6)) : std::string(to_string(fetched.error().errc()));
  };
  const std::string good = R"({"id":6,"name":"b","campaignId":22})";
  const std::string odd = R"({"id":"?","name":"b","campaignId":22})";
  const std::string grouped = R"({"id":7,"name":"c","campaignId":22,"groupInfo":{"id":1,"name":"G"}})";
  CHECK(code(good, good, "6") == "POST /v3/businesses/900/offers/stocks");
  CHECK(code(good, good, "8") == "vendor_contradiction");
  CHECK(code(good, good + "," + odd, "8") == "POST /v3/businesses/900/offers/stocks");
  CHECK(code(odd, good, "8") == "vendor_contradiction");  // odd in the other list alone
  CHECK(code(grouped + "," + odd, good, "8") == "vendor_contradiction");
  CHECK(code(grouped + "," + good, good, "6") == "POST /v2/campaigns/22/offers/stocks");
  CHECK(code(good, good, "6x") == "invalid_argument");
  CHECK(code(good, good, "") == "invalid_argument");
  // A shop that is not named leaves its warehouse unread.
  CHECK(code(R"({"id":6,"name":"b"})", "", "6") == "vendor_contradiction");
}

TEST_CASE("of a group the member whose shop the API opens is asked, with the lowest id, and its word counts") {
  Shop shop;
  shop.script
      ->always("/v2/businesses/900/warehouses",
               in_result("warehouses", R"({"id":53,"name":"Third","campaignId":22,"groupInfo":{"id":7,"name":"G"}},)"
                                       R"({"id":52,"name":"Second","campaignId":22,"groupInfo":{"id":7,"name":"G"}},)"
                                       R"({"id":51,"name":"First","campaignId":24,"groupInfo":{"id":7,"name":"G"}})"))
      .answer("/v2/campaigns/22/offers/stocks",
              in_result("warehouses",
                        warehouse(52, stock_of("A", part("FIT", 10))) + "," +
                            warehouse(51, stock_of("A", part("FIT", 9)) + "," + stock_of("B", part("FIT", 3))) + "," +
                            warehouse(53, stock_of("B", part("FIT", 4))) + "," +
                            // The shop's other warehouse, which was not asked for.
                            warehouse(99, stock_of("A", part("FIT", 50)) + "," + stock_of("B", part("FIT", 60)) + "," +
                                              stock_of("C", part("FIT", 70)))));
  const auto connector = shop.connector();
  REQUIRE(connector->list_warehouses(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"warehouse|group:7|G (First, Second, Third)|active"});
  shop.rows.seen.clear();
  const std::vector<std::string> offers{"A", "B"};
  REQUIRE(connector->fetch_stock({st::StockKind::fbs, "group:7", "", offers}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|-|group:7|G (First, Second, Third)||seller|10|0|-|-",
                                "stock|B|-|group:7|G (First, Second, Third)||seller|4|0|-|-"});
  CHECK(shop.asked("/offers/stocks") ==
        Lines{R"(POST /v2/campaigns/22/offers/stocks {"stocksWarehouseId":52,"offerIds":["A","B"]})"});
}

TEST_CASE("orders of the Market are given on with every member, over all pages") {
  Shop shop;
  const auto order = [](int id, const char* program, const std::string& rest) {
    return R"({"orderId":)" + std::to_string(id) + R"(,"programType":")" + program + "\"," + rest + "}";
  };
  shop.script
      ->answer(
          "/orders",
          R"({"orders":[)" +
              order(
                  1, "FBY",
                  R"("status":"DELIVERED","creationDate":"2026-11-25T01:00:00+03:00","updateDate":"2026-11-25T05:00:00+03:00",)"
                  R"("items":[{"id":7,"offerId":"A","count":2,"prices":{"payment":{"value":10,"currencyId":"RUR"},)"
                  R"("cashback":{"value":2,"currencyId":"RUR"},"subsidy":{"value":99,"currencyId":"RUR"}}},)"
                  R"({"id":8,"offerId":"B","count":1,"prices":{"payment":{"value":"3.50","currencyId":"KZT"}}}])") +
              "," +
              order(2, "LAAS",
                    R"("status":"CANCELLED","creationDate":"2026-11-25T02:00:00Z",)"
                    R"("updateDate":"2026-11-24T02:00:00Z","items":[{"id":7,"offerId":"A","count":1}])") +
              R"(],"paging":{"nextPageToken":"o1"}})")
      .answer(
          "/orders",
          R"({"orders":[)" +
              order(3, "FBS",
                    R"("status":"DELIVERY","creationDate":"2026-11-25T03:00:00Z",)"
                    R"("items":[{"id":7,"offerId":"A","count":0}])") +
              "," +
              order(
                  4, "DBS",
                  R"("status":"DELIVERY","creationDate":"2026-11-25T04:00:00Z",)"
                  R"("items":[{"id":9,"offerId":"C","count":3,"prices":{"payment":{"value":10,"currencyId":"RUR"}}}])") +
              "," + order(5, "FBS", R"("status":"DELIVERY","creationDate":"then","items":[])") + "," +
              order(6, "FBS",
                    R"("status":"DELIVERY","fake":true,"creationDate":"2026-11-25T04:00:00Z",)"
                    R"("items":[{"id":9,"offerId":"C","count":3}])") +
              R"(],"paging":{}})",
          200, {{"Date", "Thu, 26 Nov 2026 08:00:00 GMT"}});
  const auto covered =
      shop.connector({.orders_per_page = 2})->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {});
  REQUIRE(covered);
  CHECK(shop.rows.seen ==
        Lines{"line|1/7|1|A||A|delivered|DELIVERED|fbo|||2|6.00 RUB|2026-11-24T22:00:00Z|2026-11-25T02:00:00Z",
              "line|1/8|1|B||B|delivered|DELIVERED|fbo|||1|3.50 KZT|2026-11-24T22:00:00Z|2026-11-25T02:00:00Z",
              "line|2/7|2|A||A|cancelled|CANCELLED|fbo|||1|-|2026-11-25T02:00:00Z|2026-11-25T02:00:00Z", "emptied|3",
              "unreadable|orders[2]|5|creationDate is not a time",
              "line|4/9|4|C||C|placed|DELIVERY|fbs|||3|-|2026-11-25T04:00:00Z|2026-11-25T04:00:00Z",
              "covered|2026-11-24T23:00:00Z|2026-11-26T08:00:00Z"});
  CHECK(covered.value().until == at("2026-11-26T08:00:00Z"));
  const std::string dates =
      R"({"dates":{"updateDateFrom":"2026-11-24T23:00:00Z","updateDateTo":"2026-11-26T09:00:00Z"},"fake":false})";
  CHECK(shop.asked("/orders") == Lines{"POST /v1/businesses/900/orders?limit=2 " + dates,
                                       "POST /v1/businesses/900/orders?limit=2&pageToken=o1 " + dates});
}

TEST_CASE("two parts of an item are one only with one currency, and units are added up to what they are") {
  const auto line = [](const std::string& items) {
    Shop shop;
    shop.script->always("/orders",
                        R"({"orders":[{"orderId":1,"status":"PICKUP","creationDate":"2026-11-25T01:00:00Z","items":[)" +
                            items + "]}]}");
    REQUIRE(shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {}));
    std::erase_if(shop.rows.seen, [](const std::string& one) { return one.starts_with("covered"); });
    return shop.rows.seen;
  };
  const auto is = [](const char* status, const char* rest) {
    return "line|1/7|1|A||A|" + std::string(status) + "|PICKUP|fbs|||" + rest +
           "|2026-11-25T01:00:00Z|2026-11-25T01:00:00Z";
  };
  const auto item = [](int count, const std::string& rest) {
    return R"({"id":7,"offerId":"A","count":)" + std::to_string(count) + rest + "}";
  };
  const auto units = [](const std::vector<std::pair<const char*, int>>& parts) {
    std::string text;
    for (const auto& [status, count] : parts)
      text += (text.empty() ? "" : ",") +
              (R"({"status":")" + std::string(status) + R"(","count":)" + std::to_string(count) + "}");
    return R"(,"itemStatuses":[)" + text + "]";
  };
  CHECK(line(item(
            1, R"(,"prices":{"payment":{"value":1,"currencyId":"RUR"},"cashback":{"value":1,"currencyId":"KZT"}})")) ==
        Lines{"incomplete|orders[0]|1|items.prices: cashback cannot be added up", is("placed", "1|-")});
  CHECK(line(item(1, R"(,"prices":{"payment":{"value":1,"currencyId":"RUR"}})") + "," + item(1, "")) ==
        Lines{is("placed", "2|-")});
  // Of a part that cannot be read the other one is not the price.
  for (const char* unread : {R"({"currencyId":"RUR"})", R"({"value":null,"currencyId":"RUR"})",
                             R"({"value":"","currencyId":"RUR"})", R"({"value":true,"currencyId":"RUR"})"}) {
    INFO(unread);
    const std::string good = R"({"value":5,"currencyId":"RUR"})";
    CHECK(line(item(1, R"(,"prices":{"payment":)" + std::string(unread) + R"(,"cashback":)" + good + "}")) ==
          Lines{is("placed", "1|-")});
    CHECK(line(item(1, R"(,"prices":{"payment":)" + good + R"(,"cashback":)" + unread + "}")) ==
          Lines{is("placed", "1|-")});
  }
  // The states of both parts count: two came back of two that were left.
  CHECK(line(item(2, units({{"RETURNED", 1}, {"REJECTED", 1}})) + "," +
             item(2, units({{"RETURNED", 1}, {"CANCELLED", 1}}))) == Lines{is("returned", "2|-")});
  CHECK(line(item(4, units({{"RETURNED", 1}, {"LOST", 1}, {"RETURNED", 2}}))) == Lines{is("returned", "3|-")});
  CHECK(line(item(2, units({{"CREATED", 1}, {"RETURNED", 1}}))) == Lines{is("placed", "2|-")});
  CHECK(line(item(2, units({{"NEWER", 1}, {"RETURNED", 1}}))) == Lines{is("placed", "2|-")});
  // Cancelled units that the count has lost already, and those that it has not.
  CHECK(line(item(2, units({{"DELIVERED_TO_BUYER", 2}, {"CANCELLED", 3}}))) == Lines{is("delivered", "2|-")});
  CHECK(line(item(5, units({{"DELIVERED_TO_BUYER", 2}, {"CANCELLED", 3}}))) == Lines{is("delivered", "2|-")});
  CHECK(line(item(2, units({{"CANCELLED", 2}}))) == Lines{is("cancelled", "2|-")});
  CHECK(line(item(2, units({{"RETURNED", -1}}))) ==
        Lines{"unreadable|orders[0].items[0]|1|items.itemStatuses.count is not a quantity", "emptied|1"});
}

TEST_CASE("a place in the list of orders is gone on with for six hours, of its own window and after its own errors") {
  const auto second_call = [](const std::function<void(Shop&)>& meanwhile, int status = 503) {
    Shop shop;
    shop.script->answer("/orders", R"({"orders":[],"paging":{"nextPageToken":"t1"}})");
    shop.script->answer("/orders", "{}", status);
    const st::Instant since = at("2026-11-25T00:00:00Z");
    REQUIRE_FALSE(shop.connector()->fetch_orders({since}, shop.rows, {}));
    shop.script->asked.clear();
    meanwhile(shop);
    shop.script->answer("/v2/campaigns?", kShops).always("/orders", R"({"orders":[]})");
    REQUIRE(shop.connector()->fetch_orders({since}, shop.rows, {}));
    CHECK(shop.memory->kept["yandex_market.order_place"].empty());
    const std::string first = shop.asked("/orders").at(0);
    return first.find("pageToken=t1") != std::string::npos;
  };
  const auto nothing = [](Shop&) {};
  CHECK(second_call(nothing));
  CHECK(second_call(nothing, 429));
  CHECK(second_call(nothing, 420));
  for (const int status : {400, 401, 403, 404}) CHECK_FALSE(second_call(nothing, status));
  CHECK(second_call([](Shop& shop) { shop.script->clock->advance(6h); }));
  CHECK_FALSE(second_call([](Shop& shop) { shop.script->clock->advance(6h + 1s); }));
  CHECK_FALSE(second_call([](Shop& shop) { shop.script->clock->step_back(1s); }));
  for (const char* const text : {"", "c", "x 1 2 3 t1", "c 1 2 3", "c 1 2 3 ", "c 1 x 3 t1"}) {
    CHECK_FALSE(second_call([&](Shop& shop) { shop.memory->kept["yandex_market.order_place"] = text; }));
  }
}

TEST_CASE("only the window that was interrupted is gone on with: another one is read from its first page") {
  const auto day = [](const char* text) { return (at(std::string(text) + "T00:00:00Z")).micros() / 86'400'000'000; };
  const std::int64_t first = day("2026-11-10");
  const std::int64_t last = day("2026-11-26");
  const auto asked_first = [](const char* since, const std::string& place, const char* date = nullptr) {
    Shop shop(false);
    std::vector<st::HttpHeader> headers;
    if (date != nullptr) headers.push_back({"Date", date});
    shop.script->answer("/v2/campaigns?", kShops, 200, headers).always("/orders", R"({"orders":[]})", 200, headers);
    shop.memory->kept["yandex_market.order_place"] = place;
    shop.memory->kept["yandex_market.order_changes_since"] = std::to_string(at("2026-11-26T08:00:00Z").micros());
    REQUIRE(shop.connector()->fetch_orders({at(since)}, shop.rows, {}));
    const std::string one = shop.asked("/orders").at(0);
    const std::size_t from = one.find("From\":\"") + 7;
    const std::size_t to = one.find("To\":\"") + 5;
    return one.substr(from, one.find('"', from) - from) + " " + one.substr(to, one.find('"', to) - to) +
           (one.find("pageToken=t7") != std::string::npos ? " on" : " anew");
  };
  const std::string now = std::to_string(at("2026-11-26T09:00:00Z").micros());
  const auto by_day = [&](std::int64_t begin, std::int64_t end) {
    return asked_first("2026-11-10T12:00:00Z",
                       "d " + std::to_string(begin) + " " + std::to_string(end) + " " + now + " t7");
  };
  const std::string anew = "2026-11-10 2026-11-13 anew";
  CHECK(by_day(first, first + 3) == "2026-11-10 2026-11-13 on");
  CHECK(by_day(first + 1, first + 4) == "2026-11-11 2026-11-14 on");
  CHECK(by_day(first + 2, first + 5) == anew);  // the days before it would be left out
  CHECK(by_day(first - 5, first + 1) == "2026-11-05 2026-11-11 on");
  CHECK(by_day(first - 5, first) == anew);
  CHECK(by_day(first + 1, last) == "2026-11-11 2026-11-26 on");
  CHECK(by_day(first + 1, last + 1) == anew);
  const auto by_change = [&](const char* begin, const char* end, const char* date = nullptr) {
    return asked_first(
        "2026-11-25T00:00:00Z",
        "c " + std::to_string(at(begin).micros()) + " " + std::to_string(at(end).micros()) + " " + now + " t7", date);
  };
  const std::string complete = "2026-11-24T23:00:00Z 2026-11-26T09:00:00Z anew";
  CHECK(by_change("2026-11-24T23:00:00Z", "2026-11-26T09:00:00Z") == "2026-11-24T23:00:00Z 2026-11-26T09:00:00Z on");
  CHECK(by_change("2026-11-24T23:00:00Z", "2026-11-26T08:00:00Z") == "2026-11-24T23:00:00Z 2026-11-26T08:00:00Z on");
  CHECK(by_change("2026-11-24T23:00:01Z", "2026-11-26T08:00:00Z") == complete);
  CHECK(by_change("2026-11-24T23:00:00Z", "2026-11-26T09:00:01Z") == complete);
  // Our clock is behind the Market's: nothing beyond our own present is asked for. It is ahead: nothing beyond theirs.
  CHECK(by_change("2026-11-24T23:00:00Z", "2026-11-26T09:00:01Z", "Thu, 26 Nov 2026 11:00:00 GMT") == complete);
  CHECK(by_change("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", "Thu, 26 Nov 2026 08:30:00 GMT") ==
        "2026-11-24T23:00:00Z 2026-11-26T08:30:00Z anew");
  // A place from the future is of another clock.
  const std::string future = std::to_string(at("2026-11-26T09:00:01Z").micros());
  CHECK(asked_first("2026-11-10T12:00:00Z",
                    "d " + std::to_string(first) + " " + std::to_string(first + 3) + " " + future + " t7") == anew);
}

TEST_CASE("without a time of the Market's, orders are known up to the newest line, wherever it stands") {
  Shop shop;
  const auto order = [](int id, const char* updated) {
    return R"({"orderId":)" + std::to_string(id) +
           R"(,"status":"DELIVERY","creationDate":"2026-11-25T01:00:00Z","updateDate":")" + updated +
           R"(","items":[{"id":1,"offerId":"A","count":1}]})";
  };
  shop.script
      ->answer("/orders", R"({"orders":[)" + order(1, "2026-11-26T07:00:00Z") + "," + order(2, "2026-11-26T06:00:00Z") +
                              R"(],"paging":{"nextPageToken":"t"}})")
      .answer("/orders", R"({"orders":[)" + order(3, "2026-11-26T05:00:00Z") + "]}");
  const auto covered = shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {});
  REQUIRE(covered);
  CHECK(covered.value().until == at("2026-11-26T07:00:00Z"));
}

TEST_CASE("where the time of a call ran out, its place is remembered all the same") {
  Shop shop;
  shop.script->latency = 10s;
  shop.script->always("/orders", R"({"orders":[],"paging":{"nextPageToken":"t1"}})");
  st::CallContext context;
  context.deadline = shop.script->clock->now() + 15s;  // the cabinet and a page
  const auto ended = shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, context);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::deadline_exceeded);
  CHECK(shop.memory->kept["yandex_market.order_place"].ends_with(" t1"));
}

TEST_CASE("a first load that was interrupted goes on with the changes since it began, and none is of the future") {
  Shop shop;
  shop.script->always("/orders", R"({"orders":[]})", 200, {{"Date", "Thu, 26 Nov 2026 09:00:00 GMT"}});
  shop.memory->kept["yandex_market.order_changes_since"] = std::to_string(at("2026-11-20T00:00:00Z").micros());
  REQUIRE(shop.connector()->fetch_orders({.since = at("2020-01-01T00:00:00Z"), .first = true}, shop.rows, {}));
  CHECK(shop.asked("updateDateFrom").at(0).find(R"("updateDateFrom":"2026-11-20T00:00:00Z")") != std::string::npos);
  Shop later;
  later.script->always("/orders", R"({"orders":[]})", 200, {{"Date", "Thu, 26 Nov 2026 09:00:00 GMT"}});
  const auto covered = later.connector()->fetch_orders({at("2026-11-26T15:00:00Z")}, later.rows, {});
  REQUIRE(covered);
  CHECK(covered.value().until == at("2026-11-26T09:00:00Z"));
}

TEST_CASE("changes are asked for in windows that the API allows, back to back, up to the present") {
  // A load that was interrupted long ago: what changed meanwhile spans several windows.
  Shop shop;
  shop.script->always("/orders", R"({"orders":[]})");
  const st::Instant since = at("2026-11-25T00:00:00Z");
  shop.memory->kept["yandex_market.order_changes_since"] = std::to_string(at("2026-08-20T00:00:00Z").micros());
  REQUIRE(shop.connector()->fetch_orders({since}, shop.rows, {}));
  Lines borders;
  for (const std::string& one : shop.asked("updateDateFrom")) {
    borders.push_back(one.substr(one.find("From\":\"") + 7, 20));
    borders.push_back(one.substr(one.find("To\":\"") + 5, 20));
  }
  REQUIRE(borders.size() == 8);
  CHECK(borders.front() == "2026-08-20T00:00:00Z");
  CHECK(borders.back() == "2026-11-26T09:00:00Z");
  for (std::size_t n = 0; n + 1 < borders.size(); n += 2) {
    CHECK(at(borders[n + 1]) - at(borders[n]) <= 24h * 30 - 1min);
    if (n + 2 < borders.size()) CHECK(borders[n + 1] == borders[n + 2]);
  }
  CHECK(shop.memory->kept["yandex_market.order_changes_since"].empty());
}

TEST_CASE("days of ordering are Moscow's: each is asked for once, in windows of 30 days at most, none left out") {
  std::vector<std::pair<std::string, std::string>> periods{
      {"2026-06-10T22:00:00Z", "2026-06-11"},  // an hour of overlap before it, and still the 11th in Moscow
      {"2026-06-10T21:59:00Z", "2026-06-10"},
      {"2020-01-01T00:00:00Z", "2025-12-01"}};
  // Periods of every length: the last window may be of a single day.
  for (int days = 4; days < 50; ++days) {
    const std::string begin = st::to_rfc3339(at("2026-11-26T00:00:00Z") - 24h * days);
    periods.emplace_back(begin, begin.substr(0, 10));
  }
  for (const auto& [since, first] : periods) {
    INFO(since);
    Shop shop;
    shop.script->always("/orders", R"({"orders":[]})", 200, {{"Date", "Thu, 26 Nov 2026 09:00:00 GMT"}});
    REQUIRE(shop.connector()->fetch_orders({.since = at(since), .first = true}, shop.rows, {}));
    Lines borders;
    for (const std::string& one : shop.asked("creationDateFrom")) {
      borders.push_back(one.substr(one.find("From\":\"") + 7, 10));
      borders.push_back(one.substr(one.find("To\":\"") + 5, 10));
    }
    REQUIRE(borders.size() >= 4);
    CHECK(borders.front() == first);
    CHECK(borders.back() == "2026-11-26");
    const auto day = [](const std::string& text) { return at(text + "T00:00:00Z"); };
    for (std::size_t n = 0; n + 1 < borders.size(); n += 2) {
      CHECK(day(borders[n + 1]) - day(borders[n]) <= 24h * 30);
      if (n + 2 < borders.size()) CHECK(borders[n + 1] == borders[n + 2]);
    }
    // Then what changed since an hour before the load began, and the day that has not ended in Moscow.
    CHECK(shop.asked("updateDateFrom").at(0).find(R"("updateDateFrom":"2026-11-25T21:00:00Z")") != std::string::npos);
    CHECK(shop.rows.seen.back().ends_with("|2026-11-26T09:00:00Z"));
    const auto covered = std::count_if(shop.rows.seen.begin(), shop.rows.seen.end(),
                                       [](const std::string& one) { return one.starts_with("covered"); });
    CHECK(covered == static_cast<std::ptrdiff_t>(borders.size() / 2) + 1);
  }
}

TEST_CASE("no more requests are under way than the cabinet may have, and those that wait show life") {
  class Crowd final : public st::HttpTransport, public st::ProgressSink {
   public:
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
      std::unique_lock lock(mutex_);
      if (request.url.find("/offer-prices") != std::string::npos) {
        ++held;
        most = std::max(most, held);
        changed_.notify_all();
        changed_.wait(lock, [&] { return let_go; });
        --held;
      }
      st::HttpResponse response{200, {}, request.url.find("/v2/campaigns?") != std::string::npos ? kShops : "{}"};
      response.body.reserve(response.body.size() + st::kBodyPadding);
      return response;
    }
    void report(const st::Progress&) noexcept override {}
    void waiting() noexcept override {
      const std::lock_guard lock(mutex_);
      waiters.insert(std::this_thread::get_id());
      changed_.notify_all();
    }
    /// Until each of so many threads is with the marketplace or waits for its turn.
    void until_all_are_placed(std::size_t threads) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return held + waiters.size() >= threads; });
    }
    void release() {
      const std::lock_guard lock(mutex_);
      let_go = true;
      changed_.notify_all();
    }
    std::size_t held = 0;
    std::size_t most = 0;
    std::set<std::thread::id> waiters;
    bool let_go = false;

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
  };
  const auto crowd = std::make_shared<Crowd>();
  const auto connector =
      ym::make_factory({.requests_at_once = 2})
          .value()
          ->connect(ym::credentials(st::Secret::copy_of("key")),
                    {crowd, std::make_shared<st::testing::ManualClock>(), std::make_shared<st::Telemetry>(), nullptr})
          .value();
  REQUIRE(connector->verify_credentials({}));
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int n = 0; n < 5; ++n) {
    threads.emplace_back([&] {
      Rows rows;
      st::CallContext context;
      context.progress = crowd;
      if (connector->fetch_prices(rows, context)) ++done;
    });
  }
  crowd->until_all_are_placed(5);
  crowd->release();
  for (std::thread& one : threads) one.join();
  CHECK(crowd->most == 2);
  CHECK(done == 5);
}

TEST_CASE("the cabinet is the one that the key opens, of all pages, or the one that was named among several") {
  Shop shop(false);
  shop.script
      ->answer(
          "/v2/campaigns?",
          R"({"campaigns":[{"id":31,"business":{"id":900,"name":"One"},"placementType":"FBS"}],"paging":{"nextPageToken":"k"}})")
      .answer("/v2/campaigns?", R"({"campaigns":[{"id":30,"business":{"id":900,"name":"Later"},"placementType":"FBY"},)"
                                R"({"id":30,"business":{"id":900},"placementType":"FBY"}]})")
      .always("/offers/stocks", "{}");
  const auto connector = shop.connector();
  const auto seller = connector->verify_credentials({}).value();
  CHECK(seller.key == "900");
  CHECK(seller.name == "One");
  CHECK(shop.script->owners.front().starts_with("key "));
  CHECK(shop.script->owners.front() != "key  ");
  CHECK(shop.script->asked == Lines{"GET /v2/campaigns?limit=100", "GET /v2/campaigns?limit=100&pageToken=k"});
  // From then on limits are counted for the cabinet, and the shops are known.
  REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.script->owners.back() == "900 ");
  CHECK(shop.script->asked.size() == 4);
  CHECK(shop.asked("/offers/stocks") == Lines{"POST /v2/campaigns/30/offers/stocks?limit=100 {}"});
  CHECK(shop.script->secrets == Lines(4, "Api-Key: key"));

  const char* const two =
      R"({"campaigns":[{"id":1,"business":{"id":10,"name":"Ten"}},{"id":2,"business":{"id":20,"name":"Twenty"}}]})";
  const auto named = [&](const char* business) {
    Shop one(false);
    one.script->answer("/v2/campaigns?", two);
    const auto who = one.connector({}, business)->verify_credentials({});
    return who ? who.value().key + " " + who.value().name + " " + one.script->owners.at(0)
               : std::string(to_string(who.error().errc()));
  };
  CHECK(named("20") == "20 Twenty 20 ");
  CHECK(named("10") == "10 Ten 10 ");
  CHECK(named("30") == "vendor_forbidden");
  CHECK(named("") == "credentials_missing");
  for (const char* const odd : {"x", "1x", "0", "-1"}) {
    CHECK(ym::make_factory().value()->connect(ym::credentials(st::Secret::copy_of("key"), odd), {}).error().errc() ==
          st::Errc::invalid_argument);
  }
  // Two keys are two accounts until their cabinets are known, and neither name shows the key.
  Lines owners;
  for (const char* const key : {"canary-1", "canary-2"}) {
    Shop one;
    REQUIRE(one.connect(ym::make_factory().value(), ym::credentials(st::Secret::copy_of(key)))->verify_credentials({}));
    owners.push_back(one.script->owners.at(0));
    CHECK(owners.back().find("canary") == std::string::npos);
  }
  CHECK(owners[0] != owners[1]);
  // A fresh key without a cabinet leaves the one that is known.
  const auto factory = ym::make_factory().value();
  const auto merged = factory->merged(ym::credentials(st::Secret::copy_of("old"), "20"),
                                      ym::credentials(st::Secret::copy_of("new")), {});
  REQUIRE(merged.find("business") != nullptr);
  CHECK(merged.find("business")->reveal() == "20");
  CHECK(merged.find("api_key")->reveal() == "new");
  CHECK(factory->connect(ym::credentials(st::Secret::copy_of("k"), "", "http://example.com"), {}).error().errc() ==
        st::Errc::invalid_argument);
}

TEST_CASE("whether a cabinet works with groups is asked again with each list of warehouses") {
  Shop shop;
  shop.script->answer("/v2/businesses/900/warehouses", in_result("warehouses", ""))
      .answer("/v3/businesses/900/warehouses", in_result("warehouses", R"({"id":6,"name":"South"})"))
      .answer("/v2/businesses/900/warehouses",
              in_result("warehouses", R"({"id":6,"name":"South","campaignId":22,"groupInfo":{"id":7,"name":"G"}})"))
      .always("/v2/campaigns/22/offers/stocks", "{}");
  const auto connector = shop.connector();
  REQUIRE(connector->list_warehouses(shop.rows, {}));
  REQUIRE(connector->list_warehouses(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"warehouse|6|South|active", "warehouse|group:7|G (South)|active"});
  const std::vector<std::string> offers{"A"};
  CHECK(connector->fetch_stock({st::StockKind::fbs, "group:7", "", offers}, shop.rows, {}));
}

TEST_CASE("rights of a key of the Market's are those that it reports") {
  const auto facts = [](const std::string& scopes) {
    Shop shop;
    shop.script->answer("/v2/auth/token", R"({"result":{"apiKey":{"name":"k","authScopes":[)" + scopes + "]}}}");
    return shop.connector()->ask_facts({});
  };
  const auto mixed =
      facts(R"("OFFERS_AND_CARDS_MANAGEMENT_READ_ONLY","INVENTORY_AND_ORDER_PROCESSING","PRICING_READ_ONLY")").value();
  REQUIRE(mixed.size() == 1);
  CHECK(mixed[0].part == "api_key");
  CHECK(mixed[0].categories.size() == 3);
  CHECK_FALSE(mixed[0].read_only);
  CHECK(facts(R"("PRICING_READ_ONLY")").value()[0].read_only);
  CHECK_FALSE(facts("").value()[0].read_only);
  CHECK_FALSE(facts("7").has_value());
}

TEST_CASE("every status of the Market has its meaning, and only some are worth a retry") {
  for (const auto& [status, code] : std::vector<std::pair<int, st::Errc>>{{204, st::Errc::vendor_schema},
                                                                          {400, st::Errc::vendor_rejected},
                                                                          {401, st::Errc::vendor_unauthorized},
                                                                          {402, st::Errc::vendor_payment_required},
                                                                          {403, st::Errc::vendor_forbidden},
                                                                          {404, st::Errc::vendor_method_gone},
                                                                          {405, st::Errc::vendor_method_gone},
                                                                          {409, st::Errc::vendor_rejected},
                                                                          {420, st::Errc::vendor_throttled},
                                                                          {423, st::Errc::vendor_unavailable},
                                                                          {429, st::Errc::vendor_throttled},
                                                                          {499, st::Errc::vendor_unavailable},
                                                                          {500, st::Errc::vendor_unavailable},
                                                                          {503, st::Errc::vendor_unavailable}}) {
    INFO(status);
    Shop shop(false);
    shop.script->answer("/v2/campaigns?", kShops, status, {{"X-Market-Req-Id", "m-1"}, {"Retry-After", "1224"}});
    const auto error = shop.connector()->verify_credentials({}).error();
    CHECK(error.errc() == code);
    CHECK(error.details().vendor_request_id == "m-1");
    const bool waits = code == st::Errc::vendor_throttled || code == st::Errc::vendor_unavailable;
    CHECK(error.retryable() == waits);
    CHECK(error.details().retry_after == (waits ? std::optional<st::Duration>(1224s) : std::nullopt));
  }
}

TEST_CASE("what the Market can do is what its documentation says, and no option asks for more") {
  const st::Capabilities& can = ym::capabilities();
  CHECK(can.zone == "Europe/Moscow");
  CHECK_FALSE(can.numeric_offer_keys);
  CHECK(can.fbo_absent == st::Absent::unknown);  // an offer that a list leaves out is not sold out
  CHECK(can.fbs_absent == st::Absent::unknown);
  CHECK_FALSE(can.fbo_by_offers);
  CHECK(can.visibility_delay == 5min);
  CHECK_FALSE(can.compare_and_set);
  CHECK(can.orders_kept == 24h * 360);
  CHECK_FALSE(can.orders_by_period);
  CHECK(can.orders_complete);
  CHECK(can.order_changes_timed);
  CHECK((can.orders && can.prices));
  CHECK((can.offers_per_page == 100 && can.stock_rows_per_page == 100 && can.offers_per_fbs_request == 500));
  const std::vector<std::pair<int ym::Options::*, int>> members{
      {&ym::Options::offers_per_page, 100},          {&ym::Options::stock_offers_per_page, 100},
      {&ym::Options::offers_per_stock_request, 500}, {&ym::Options::orders_per_page, 50},
      {&ym::Options::prices_per_page, 500},          {&ym::Options::requests_at_once, 4}};
  for (const auto& [member, most] : members) {
    for (const auto& [value, fits] :
         std::vector<std::pair<int, bool>>{{0, false}, {1, true}, {most, true}, {most + 1, false}}) {
      ym::Options options;
      options.*member = value;
      CHECK(options.validate().has_value() == fits);
    }
  }
  CHECK(ym::make_factory().value()->hosts() == Lines{"api.partner.market.yandex.ru"});
}
