// Lists of the cabinet on odd days: rows that cannot be read, lists that are null or never end, groups of warehouses.
#include <algorithm>
#include <atomic>
#include <thread>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/published.hpp"
#include "tests/unit/adapters/yandex_market/cabinet_fixture.hpp"

using namespace std::chrono_literals;
using st::testing::ScriptedTransport;

namespace {

constexpr const char* kOddStock =
    R"([{"stocks":[{"type":"FIT","count":5}]},)"
    R"({"offerId":"huge","stocks":[{"type":"FIT","count":1000000000001}]},)"
    R"({"offerId":"beyond","stocks":[{"type":"FIT","count":9223372036854775808}]},)"
    R"({"offerId":"text","stocks":[{"type":"FIT","count":"many"}]},)"
    R"({"offerId":"sold","stocks":[{"type":"FIT","count":1},{"type":"FREEZE","count":3},{"type":"AVAILABLE","count":-2}]},)"
    R"({"offerId":"defect","stocks":[{"type":"DEFECT","count":-7},{"type":"FIT","count":4}]},)"
    R"({"offerId":"most","stocks":[{"type":"FIT","count":1000000000000}]},"row",)"
    R"({"offerId":"good","stocks":[{"type":"FIT","count":8}]}])";

st::Result<void> fetch_fbs(st::Connector& connector, std::string_view warehouse, StockTexts& stock) {
  const Texts offers{"good", "sold", "a", "b"};
  return connector.fetch_stock({st::StockKind::fbs, warehouse, "name", offers}, stock, {});
}

}  // namespace

TEST_CASE("odd rows of the Market's stock are reported, and every other row applies") {
  Cabinet cabinet;
  cabinet.transport->answer("/v2/campaigns/21000002/offers/stocks", 200,
                            R"({"result":{"warehouses":[{"warehouseId":147,"offers":)" + std::string(kOddStock) +
                                R"(},{"warehouseId":99999999999999999999,"offers":[]},)"
                                R"({"warehouseId":-5,"offers":[{"offerId":"x","stocks":[]}]}]}})");
  StockTexts stock;
  REQUIRE(cabinet.connect()->fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
  CHECK(stock.seen == Texts{"sold@147=0/3", "defect@147=4/0", "most@147=1000000000000/0", "good@147=8/0"});
  CHECK(stock.odd == Texts{"result.warehouses[0].offers[0] offerId is missing ()",
                           "result.warehouses[0].offers[1] stocks.count is not a quantity (huge)",
                           "result.warehouses[0].offers[2] count is not an integer of 64 bits (beyond)",
                           "result.warehouses[0].offers[3] count is not an integer of 64 bits (text)",
                           "oversold result.warehouses[0].offers[4] stocks.count is below 0 (sold)",
                           "result.warehouses[0].offers[7] a row is not an object ()",
                           "result.warehouses[1] warehouseId is not an integer of 64 bits ()",
                           "result.warehouses[2].offers[0] warehouseId is not an id (x)"});
}

TEST_CASE("odd rows of the seller's stock are reported, and every other row applies") {
  Cabinet cabinet;
  cabinet.transport->always("/v2/businesses/900001/warehouses", 200, R"({"result":{"warehouses":null}})")
      .always("/v3/businesses/900001/warehouses", 200,
              R"({"result":{"warehouses":[{"id":555001,"name":"Own"},{"id":9223372036854775808,"name":"Odd"}]}})")
      .answer("/v3/businesses/900001/offers/stocks", 200,
              R"({"result":{"partnerWarehouseId":555001,"offers":)" + std::string(kOddStock) + "}}");
  const auto connector = cabinet.connect();
  WarehouseTexts warehouses;
  REQUIRE(connector->list_warehouses(warehouses, {}));
  CHECK(warehouses.rows == Texts{"555001 Own"});
  CHECK(warehouses.odd == Texts{"result.warehouses[1] id is not an id ()"});
  StockTexts stock;
  REQUIRE(fetch_fbs(*connector, "555001", stock));
  CHECK(stock.seen == Texts{"sold@555001=0/3", "defect@555001=4/0", "most@555001=1000000000000/0", "good@555001=8/0"});
  CHECK(stock.odd.size() == 6);
  CHECK(stock.odd.at(0) == "result.offers[0] offerId is missing ()");
}

TEST_CASE("prices that cannot be read are left out, the others are known (C02, C02d)") {
  Cabinet cabinet;
  cabinet.transport->answer(
      "/offer-prices", 200,
      R"({"result":{"offers":[{"offerId":"odd","price":{"value":4.5454,"currencyId":"RUR"}},)"
      R"({"offerId":"strange","price":{"value":10,"currencyId":"ZZZ"}},{"offerId":"less","price":{"value":-1,"currencyId":"RUR"}},)"
      R"({"price":{"value":10,"currencyId":"RUR"}},{"offerId":"none"},{"offerId":"nothing","price":null},)"
      R"({"offerId":"zero","price":{"value":0,"currencyId":""}},{"offerId":"list","price":{"value":5,"discountBase":1e30,"currencyId":"RUR"}},)"
      R"({"offerId":"good","price":{"value":1990.5,"currencyId":"RUR"}},{"offerId":"rub","price":{"value":"7.00","currencyId":"RUB"}}]}})");
  PriceTexts prices;
  REQUIRE(cabinet.connect()->fetch_prices(prices, {}));
  CHECK(prices.rows == Texts{"good 1990.50 RUB", "rub 7.00 RUB"});
  CHECK(prices.odd == Texts{"result.offers[0] price.value is not an amount of its currency (odd)",
                            "result.offers[1] price.currencyId is not a known currency (strange)",
                            "result.offers[2] price.value is not an amount of its currency (less)",
                            "result.offers[3] offerId is not an article ()",
                            "result.offers[7] price.discountBase is not an amount of its currency (list)"});
}

TEST_CASE("an offer without an article is reported, and one with odd barcodes keeps those that are known") {
  Cabinet cabinet;
  cabinet.transport->answer(
      "/offer-mappings", 200,
      R"({"result":{"offerMappings":[{"offer":{"name":"No article"}},{"offer":{"offerId":"odd","barcodes":[1]}},)"
      R"({"offer":{"offerId":"object","barcodes":{}}},{"offer":{"offerId":"far"},"mapping":{"marketSku":9223372036854775808}},)"
      R"({"offer":{"offerId":"good","barcodes":["0012"],"campaigns":[{"campaignId":1}]},"mapping":{"marketSku":"17"}},)"
      R"({"offer":{"offerId":"bare","pictures":["p"],"barcodes":null}}]}})");
  OfferTexts offers;
  REQUIRE(cabinet.connect()->list_offers(offers, {}));
  CHECK(offers.rows == Texts{"good/17/0012", "bare/"});
  CHECK(offers.odd == Texts{"result.offerMappings[0] offer.offerId is not an article ()",
                            "result.offerMappings[1] offer.barcodes holds something that is not a text (odd)",
                            "result.offerMappings[2] offer.barcodes is not an array (object)",
                            "result.offerMappings[3] mapping.marketSku is not an id (far)"});
}

TEST_CASE("an odd shop costs no other shop, and is reported with the stock that it may have") {
  Cabinet cabinet(false);
  cabinet.transport
      ->always("/v2/campaigns?", 200,
               R"({"campaigns":[{"id":"x","business":{"id":900001}},{"id":21000002,"business":{"id":900001},)"
               R"("placementType":"FBY"}]})")
      .answer("/v2/campaigns/21000002/offers/stocks", 200, R"({"result":{"warehouses":[]}})");
  StockTexts stock;
  const auto connector = cabinet.connect();
  CHECK(connector->verify_credentials({}).value().key == "900001");
  REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
  CHECK(stock.odd == Texts{"campaigns[0] id is not an id ()"});
}

TEST_CASE("lists that are null or absent are empty, behind a byte order mark too (C13, C26)") {
  for (const bool absent : {false, true}) {
    const auto body = [&](const std::string& list) {
      const bool bare = list == "orders";
      const std::string member = absent ? std::string() : "\"" + list + "\":null,";
      const std::string inner = "{" + member + "\"paging\":{}}";
      return "\xEF\xBB\xBF" + (bare ? inner : R"({"status":"OK","result":)" + inner + "}");
    };
    Cabinet cabinet;
    cabinet.transport->always("/offer-mappings", 200, body("offerMappings"))
        .always("/offer-prices", 200, body("offers"))
        .always("/v1/businesses/900001/orders", 200, body("orders"))
        .always("/v2/campaigns/21000002/offers/stocks", 200, body("warehouses"))
        .always("/v3/businesses/900001/offers/stocks", 200, body("offers"))
        .always("/businesses/900001/warehouses", 200,
                R"({"result":{"warehouses":[{"id":555001,"name":"Own","campaignId":21000001}]}})");
    const auto connector = cabinet.connect();
    OfferTexts offers;
    PriceTexts prices;
    OrderTexts orders;
    StockTexts stock;
    CHECK(connector->list_offers(offers, {}));
    CHECK(connector->fetch_prices(prices, {}));
    CHECK(connector->fetch_orders({cabinet.clock->now() - 1h}, orders, {}));
    CHECK(connector->fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
    CHECK(fetch_fbs(*connector, "555001", stock));
    CHECK((offers.rows.empty() && prices.rows.empty() && orders.rows.empty() && stock.seen.empty()));
    CHECK((offers.odd.empty() && prices.odd.empty() && orders.odd.empty() && stock.odd.empty()));
  }
  Cabinet cabinet;
  cabinet.transport->always("/offer-prices", 200, R"({"result":{"offers":{}}})");
  PriceTexts prices;
  CHECK(cabinet.connect()->fetch_prices(prices, {}).error().errc() == st::Errc::vendor_schema);
}

TEST_CASE("a refusal without words has at least its code or its status (C23)") {
  const auto refused = [](int status, const std::string& body) {
    Cabinet cabinet;
    cabinet.transport->answer("/offer-prices", status, body);
    PriceTexts prices;
    return cabinet.connect()->fetch_prices(prices, {}).error().details().message;
  };
  CHECK(refused(423, R"({"errors":[{"code":"LOCKED"}]})") == "HTTP 423: LOCKED");
  CHECK(refused(400, R"({"error":{"code":400,"message":"Order 1 is not allowed"}})") == "Order 1 is not allowed");
  CHECK(refused(503, "") == "HTTP 503 without words");
}

namespace {

/// Answers each page of one list as if it never ended; counts the requests for it.
class Endless final : public st::HttpTransport {
 public:
  enum class Way { same_rows, cycle, empty };
  Endless(std::shared_ptr<st::HttpTransport> next, std::string part, std::string list, std::string row, Way way)
      : next_(std::move(next)), part_(std::move(part)), list_(std::move(list)), row_(std::move(row)), way_(way) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (request.url.find(part_) == std::string::npos) return next_->send(request, context);
    if (++requests > 50) return st::Errc::cancelled;
    const std::string token = way_ == Way::cycle ? std::to_string(requests % 2) : std::to_string(requests);
    const std::string inner = "{\"" + list_ + "\":[" + (way_ == Way::empty ? std::string() : row_) +
                              "],\"paging\":{\"nextPageToken\":\"" + token + "\"}}";
    const bool bare = list_ == "orders" || list_ == "campaigns";
    st::HttpResponse response{200, {}, bare ? inner : "{\"result\":" + inner + "}"};
    response.body.reserve(response.body.size() + st::kBodyPadding);
    return response;
  }
  int requests = 0;

 private:
  const std::shared_ptr<st::HttpTransport> next_;
  const std::string part_, list_, row_;
  const Way way_;
};

}  // namespace

TEST_CASE("a list that never ends is a contradiction within a few pages, each list in each way (C03)") {
  struct List {
    const char* part;
    const char* list;
    const char* row;
    std::function<st::Result<void>(st::Connector&)> read;
  };
  const auto since = st::testing::ManualClock().now() - 1h;
  const std::vector<List> lists{
      {"/v2/campaigns?", "campaigns", R"({"id":1,"business":{"id":2}})",
       [](st::Connector& connector) -> st::Result<void> {
         STK_TRY(connector.verify_credentials({}));
         return st::success();
       }},
      {"/v2/businesses/900001/warehouses", "warehouses", R"({"id":1,"campaignId":2})",
       [](st::Connector& connector) {
         WarehouseTexts sink;
         return connector.list_warehouses(sink, {});
       }},
      {"/v3/businesses/900001/warehouses", "warehouses", R"({"id":1})",
       [](st::Connector& connector) {
         WarehouseTexts sink;
         return connector.list_warehouses(sink, {});
       }},
      {"/offer-mappings", "offerMappings", R"({"offer":{"offerId":"a"}})",
       [](st::Connector& connector) {
         OfferTexts sink;
         return connector.list_offers(sink, {});
       }},
      {"/offer-prices", "offers", R"({"offerId":"a","price":{"value":1,"currencyId":"RUR"}},{"offerId":"b"})",
       [](st::Connector& connector) {
         PriceTexts sink;
         return connector.fetch_prices(sink, {});
       }},
      {"/v2/campaigns/21000002/offers/stocks", "warehouses",
       R"({"warehouseId":147,"offers":[{"offerId":"a","stocks":[{"type":"FIT","count":1}]},{"offerId":"b","stocks":[]},{"stocks":[]}]})",
       [](st::Connector& connector) {
         StockTexts sink;
         return connector.fetch_stock({.kind = st::StockKind::fbo}, sink, {});
       }},
      {"/v1/businesses/900001/orders", "orders",
       R"({"orderId":1,"status":"PLACING","creationDate":"2026-11-20T09:00:00Z","items":[{"id":1,"offerId":"a","count":1}]},{"orderId":2})",
       [since](st::Connector& connector) -> st::Result<void> {
         OrderTexts sink;
         STK_TRY(connector.fetch_orders({since}, sink, {}));
         return st::success();
       }},
  };
  for (const List& list : lists) {
    for (const auto way : {Endless::Way::same_rows, Endless::Way::cycle, Endless::Way::empty}) {
      Cabinet cabinet;
      cabinet.transport->always("/v2/businesses/900001/warehouses", 200, "{}");
      const auto endless = std::make_shared<Endless>(cabinet.transport, list.part, list.list, list.row, way);
      const auto read = list.read(*cabinet.connect(endless));
      INFO(list.part << " way " << static_cast<int>(way));
      REQUIRE_FALSE(read.has_value());
      CHECK(read.error().errc() == st::Errc::vendor_contradiction);
      CHECK(endless->requests <= 4);
    }
  }
}

TEST_CASE("a long list of which most rows bring no position is read to its end") {
  Cabinet cabinet;
  for (int page = 0; page < 9; ++page) {
    const std::string next = page < 8 ? R"({"nextPageToken":"t)" + std::to_string(page) + "\"}" : "{}";
    const std::string offer = R"({"offerId":"o)" + std::to_string(page);
    cabinet.transport->answer("/v2/campaigns/21000002/offers/stocks", 200,
                              R"({"result":{"warehouses":[{"warehouseId":147,"offers":[)" + offer +
                                  R"(","stocks":[]}]}],"paging":)" + next + "}}");
    cabinet.transport->answer("/offer-prices", 200,
                              R"({"result":{"offers":[)" + offer + R"("}],"paging":)" + next + "}}");
  }
  const auto connector = cabinet.connect();
  StockTexts stock;
  PriceTexts prices;
  CHECK(connector->fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
  CHECK(connector->fetch_prices(prices, {}));
  CHECK(cabinet.transport->left() == 0);
}

TEST_CASE("a group of warehouses is one place, read once; those outside are read by their shops") {
  Cabinet cabinet(false);
  cabinet.transport
      ->always("/v2/campaigns?", 200,
               R"({"campaigns":[{"id":11,"business":{"id":900001},"apiAvailability":"MANUALLY_DISABLED"},)"
               R"({"id":12,"business":{"id":900001}},{"id":13,"business":{"id":900001}}]})")
      .always(
          "/v2/businesses/900001/warehouses", 200,
          R"({"result":{"warehouses":[{"id":502,"name":"Second","campaignId":12,"groupInfo":{"id":77,"name":"Group 1"}},)"
          R"({"id":503,"name":"Alone","campaignId":13},)"
          R"({"id":501,"name":"First","campaignId":11,"groupInfo":{"id":77,"name":"Group 1"}},)"
          R"({"id":504,"name":"Odd","campaignId":13,"groupInfo":{"name":"?"}}]}})")
      // The shop's answer holds what a member has not, and the Market's warehouse of returns.
      .always(
          "/v2/campaigns/12/offers/stocks", 200,
          R"({"result":{"warehouses":[{"warehouseId":501,"offers":[{"offerId":"a","stocks":[{"type":"FIT","count":9}]},)"
          R"({"offerId":"b","stocks":[{"type":"FIT","count":3}]}]},)"
          R"({"warehouseId":502,"offers":[{"offerId":"a","stocks":[{"type":"FIT","count":10}]}]},)"
          R"({"warehouseId":900,"offers":[{"offerId":"a","stocks":[{"type":"FIT","count":2}]},{"stocks":[]}]}]}})")
      .always(
          "/v2/campaigns/13/offers/stocks", 200,
          R"({"result":{"warehouses":[{"warehouseId":503,"offers":[{"offerId":"a","stocks":[{"type":"FIT","count":4}]}]}]}})");
  const auto connector = cabinet.connect();
  WarehouseTexts warehouses;
  REQUIRE(connector->list_warehouses(warehouses, {}));
  CHECK(warehouses.rows == Texts{"503 Alone", "group:77 Group 1 (First, Second)"});
  CHECK(warehouses.odd == Texts{"result.warehouses[3] groupInfo.id is not an id ()"});
  StockTexts stock;
  REQUIRE(fetch_fbs(*connector, "group:77", stock));
  REQUIRE(fetch_fbs(*connector, "503", stock));
  CHECK(stock.seen == Texts{"a@group:77=10/0", "b@group:77=3/0", "a@503=4/0"});
  CHECK(stock.odd.empty());
  CHECK(stock.names.at("group:77") == "name");
  REQUIRE(cabinet.sent("/offers/stocks").size() == 2);  // each pile once
  CHECK(cabinet.sent("/v2/campaigns/12/")[0].body == R"({"stocksWarehouseId":502,"offerIds":["good","sold","a","b"]})");
  CHECK(cabinet.sent("/v3/").empty());
  CHECK(fetch_fbs(*connector, "501", stock).error().errc() == st::Errc::vendor_contradiction);
  CHECK(fetch_fbs(*connector, "group:", stock).error().errc() == st::Errc::invalid_argument);
  CHECK(fetch_fbs(*connector, "group:x", stock).error().errc() == st::Errc::invalid_argument);
}

namespace {

/// Holds each request until it is let go.
class Holding final : public st::HttpTransport {
 public:
  explicit Holding(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (request.url.find("offer-prices") != std::string::npos) {
      held = true;
      while (!let_go) std::this_thread::sleep_for(1ms);
    }
    return next_->send(request, context);
  }
  std::atomic<bool> held{false};
  std::atomic<bool> let_go{false};

 private:
  const std::shared_ptr<st::HttpTransport> next_;
};

class Signs final : public st::ProgressSink {
 public:
  void report(const st::Progress&) noexcept override {}
  void waiting() noexcept override { ++seen; }
  std::atomic<int> seen{0};
};

}  // namespace

TEST_CASE("a call that waits for its turn shows life, and ends with its deadline") {
  Cabinet cabinet;
  cabinet.transport->always("/offer-prices", 200, "{}").always("/offer-mappings", 200, "{}");
  const auto holding = std::make_shared<Holding>(cabinet.transport);
  const auto clock = st::make_system_clock();
  const auto connector =
      ym::make_factory({.requests_at_once = 1})
          .value()
          ->connect(ym::credentials(st::Secret::copy_of("key")), {holding, clock, std::make_shared<st::Telemetry>()})
          .value();
  REQUIRE(connector->verify_credentials({}));
  std::thread first([&] {
    PriceTexts prices;
    CHECK(connector->fetch_prices(prices, {}));
  });
  while (!holding->held) std::this_thread::sleep_for(1ms);
  const auto signs = std::make_shared<Signs>();
  OfferTexts offers;
  st::CallContext context;
  context.deadline = clock->now() + 700ms;
  context.progress = signs;
  const auto late = connector->list_offers(offers, context);
  CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  CHECK(late.error().details().operation == "yandex_market.offer_mappings");
  CHECK(signs->seen >= 2);
  holding->let_go = true;
  first.join();
  CHECK(connector->list_offers(offers, {}));
}

TEST_CASE("cabinets with groups and warehouses outside them are read as they are, odd rows or not") {
  st::testing::World world({.seed = 5,
                            .offers = 80,
                            .seller_warehouses = 4,
                            .channels = {st::Channel::yandex_market},
                            .warehouse_groups = true});
  world.clock()->advance(24h * 3);
  world.stand_still();
  const auto control = [&](const std::string& body) {
    REQUIRE(world.answer({.method = st::HttpMethod::post, .url = "http://w/world/yandex_market", .body = body})
                .response.status == 200);
  };
  const auto positions = world.truth(st::Channel::yandex_market);
  control(R"({"oversold":")" + positions.front().offer + R"("})");
  for (const bool odd : {false, true}) {
    control(std::string(R"({"odd_rows":)") + (odd ? "true}" : "false}"));
    const auto connector = ym::make_factory()
                               .value()
                               ->connect(ym::credentials(world.token(st::Channel::yandex_market)),
                                         {world.transport(), world.clock(), std::make_shared<st::Telemetry>()})
                               .value();
    OfferTexts offers;
    WarehouseTexts warehouses;
    StockTexts stock;
    PriceTexts prices;
    REQUIRE(connector->list_offers(offers, {}));
    REQUIRE(connector->list_warehouses(warehouses, {}));
    CHECK(warehouses.rows.size() == 3);  // a group of two, and two outside
    REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
    for (const std::string& row : warehouses.rows) {
      const std::string key = row.substr(0, row.find(' '));
      REQUIRE(connector->fetch_stock({st::StockKind::fbs, key, "", offers.keys}, stock, {}));
    }
    REQUIRE(connector->fetch_prices(prices, {}));
    CHECK(prices.rows.size() == offers.rows.size());
    Texts truth;
    for (const auto& one : world.truth(st::Channel::yandex_market)) {
      truth.push_back(one.offer + "@" + one.warehouse + "=" + std::to_string(one.on_hand) + "/" +
                      std::to_string(one.reserved));
    }
    std::sort(truth.begin(), truth.end());
    std::sort(stock.seen.begin(), stock.seen.end());
    Texts differ;
    std::set_symmetric_difference(truth.begin(), truth.end(), stock.seen.begin(), stock.seen.end(),
                                  std::back_inserter(differ));
    CHECK(differ == Texts{});
    CHECK(truth.size() > 100);
    CHECK(offers.odd.size() == (odd ? 2 : 0));
    CHECK(prices.odd.size() == (odd ? 2 : 0));
    CHECK(warehouses.odd.size() == (odd ? 1 : 0));
  }
}
