// Catalogue, prices, stock and warehouses of Yandex Market: every member of every row, and every request.
#include "tests/unit/adapters/yandex_market/scripted_shop.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace yandex_rows;

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

TEST_CASE(
    "of a group of warehouses the one with the lowest id in an open shop is asked, and its answer counts for all") {
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
