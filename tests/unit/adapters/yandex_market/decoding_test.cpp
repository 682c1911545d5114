// Yandex Market's published examples and its kinds of stock, decoded.
#include <map>

#include <stocktracker/core/time_text.hpp>

#include "adapters/yandex_market/cabinet.hpp"
#include "adapters/yandex_market/error_map.hpp"
#include "adapters/yandex_market/key.hpp"
#include "adapters/yandex_market/offers.hpp"
#include "adapters/yandex_market/orders.hpp"
#include "adapters/yandex_market/prices.hpp"
#include "adapters/yandex_market/stock.hpp"
#include "tests/support/published.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace std::chrono_literals;

namespace {

class Decoded final : public st::OfferSink, public st::OrderSink, public st::PriceSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page) listings[std::string(row.key)] = row.listing;
    return st::success();
  }
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const auto& row : page) {
      statuses[std::string(row.key)] = row.status;
      quantities[std::string(row.key)] = row.quantity;
      kinds[std::string(row.key)] = row.kind;
      if (row.price) units.emplace(row.key, *row.price);
    }
    return st::success();
  }
  void restart() override {}
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const auto& row : page) asked.emplace(row.offer, row);
    return st::success();
  }
  void odd_row(const st::OddRow& row) override {
    odd.push_back(std::string(row.location) + " " + std::string(row.reason) + " (" + std::string(row.key) + ")");
  }
  std::vector<std::string> odd;
  std::map<std::string, std::string> listings;
  std::map<std::string, st::OrderStatus> statuses;
  std::map<std::string, std::int64_t> quantities;
  std::map<std::string, st::StockKind> kinds;
  std::map<std::string, st::Money> units;
  std::map<std::string, st::PriceRow> asked;
};

const ym::WarehouseNames kNames{{147, "Ростов"}};

std::string order(std::string_view items, std::string_view more = {}) {
  return R"({"orders":[{"orderId":5,"campaignId":1,"programType":"FBY","status":"DELIVERED",)"
         R"("creationDate":"2026-11-20T09:00:00+03:00","fake":false,"items":[)" +
         std::string(items) + "]" + std::string(more) + "}]}";
}

}  // namespace

TEST_CASE("the published examples of Yandex Market decode") {
  Decoded reported;
  ym::OddNotes odd;
  st::PageWatch watch("example");
  const auto example = [](const char* file) { return published(std::string("ym/") + file, {"body"}); };
  if (const auto body = example("GET_v2_campaigns.json")) {
    std::vector<ym::Campaign> campaigns;
    CHECK_FALSE(ym::decode_campaigns(*body, campaigns, odd).value());
    const auto cabinet = ym::cabinet_of(campaigns, 0).value();
    CHECK(cabinet.business == 900001);
    CHECK(cabinet.marketplace_campaigns == std::vector<std::int64_t>{21000002});
  }
  if (const auto body = example("GET_v2_warehouses.json")) {
    CHECK(ym::decode_market_warehouses(*body).value().at(172) == "Яндекс.Маркет (Софьино)");
  }
  for (const char* file :
       {"POST_v2_businesses_businessId_warehouses.json", "POST_v3_businesses_businessId_warehouses.json"}) {
    const auto body = example(file);
    if (!body) continue;
    std::vector<ym::OwnWarehouse> all;
    const bool v2 = std::string(file).find("_v2_") != std::string::npos;
    REQUIRE(ym::decode_own_warehouses(*body, v2 ? ym::WarehouseList::v2 : ym::WarehouseList::v3, all, odd));
    CHECK(all.at(0).id == 555001);
    CHECK(all.at(0).group == (v2 ? 77 : 0));
  }
  if (const auto body = example("POST_v2_businesses_businessId_offer-mappings.json")) {
    CHECK(ym::decode_offer_mappings(*body, reported).value() == "eyJuZXh0IjoxfQ==");
    CHECK(reported.listings.at("SKU-001") == "100500001");
  }
  if (const auto body = example("POST_v2_businesses_businessId_offer-prices.json")) {
    REQUIRE(ym::decode_prices(*body, reported, watch));
    CHECK(reported.asked.at("SKU-001").price == st::Money(199'000, st::Currency::rub()));
    CHECK(reported.asked.at("SKU-001").list_price == st::Money(249'000, st::Currency::rub()));
  }
  if (const auto body = example("POST_v2_campaigns_campaignId_offers_stocks.json")) {
    ym::StockRows rows(kNames, odd);
    REQUIRE(rows.add_of_campaign(*body, 1, watch));
    const auto columns = rows.take();
    REQUIRE(columns.rows() == 1);  // an empty list says nothing
    CHECK(columns.on_hand[0] == 12);
    CHECK(columns.reserved[0] == 3);
  }
  if (const auto body = example("POST_v3_businesses_businessId_offers_stocks.json")) {
    const ym::OwnPlace place{"555001", "Own", {555001}};
    ym::StockRows rows(place, place.name, odd);
    REQUIRE(rows.add_of_warehouse(*body, watch));
    const auto columns = rows.take();
    REQUIRE(columns.rows() == 2);
    CHECK(columns.offer.text(1) == "0002");
    CHECK(columns.on_hand == std::vector<std::int64_t>{8, 0});
  }
  if (const auto body = example("POST_v1_businesses_businessId_orders.json")) {
    CHECK(ym::decode_orders(*body, reported, watch).value() == "eyJuZXh0IjozfQ==");
    CHECK(reported.quantities.at("500000001/700000001") == 2);
    CHECK(reported.units.at("500000001/700000001") == st::Money(199'000, st::Currency::rub()));
  }
  CHECK(odd.size() == 0);
  CHECK(reported.odd.empty());
}

TEST_CASE("kinds of stock overlap and are never added up") {
  const auto on_hand = [](const std::string& stocks) -> std::optional<std::pair<std::int64_t, std::int64_t>> {
    ym::OddNotes odd;
    st::PageWatch watch("stock");
    const ym::OwnPlace place{"147", "Own", {147}};
    ym::StockRows rows(place, place.name, odd);
    const auto reported =
        rows.add_of_warehouse(R"({"result":{"offers":[{"offerId":"a","stocks":)" + stocks + "}]}}", watch);
    CHECK(odd.size() == 0);
    REQUIRE(reported.has_value());
    const auto columns = rows.take();
    if (columns.rows() == 0) return std::nullopt;
    return std::pair(columns.on_hand[0], columns.reserved[0]);
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  CHECK(on_hand(R"([{"type":"FIT","count":15},{"type":"FREEZE","count":3},{"type":"AVAILABLE","count":12}])") ==
        Pair{12, 3});
  CHECK(on_hand(R"([{"type":"FIT","count":15},{"type":"FREEZE","count":3}])") == Pair{12, 3});
  CHECK(on_hand(R"([{"type":"FIT","count":15},{"type":"AVAILABLE","count":12}])") == Pair{12, 3});
  CHECK(on_hand(R"([{"type":"FIT","count":15},{"type":"DEFECT","count":4}])") == Pair{15, 0});
  CHECK(on_hand(R"([{"type":"DEFECT","count":4}])") == Pair{0, 0});
  CHECK(on_hand(R"([{"type":"FIT","count":2},{"type":"FREEZE","count":3}])") == Pair{0, 3});
  CHECK(on_hand(R"([{"type":"NEWER","count":"7"},{"type":"FIT","count":"1"}])") == Pair{1, 0});
  CHECK_FALSE(on_hand("[]").has_value());
  CHECK_FALSE(on_hand("null").has_value());
}

TEST_CASE("a warehouse may come again, and two shops may not contradict each other") {
  const auto page = [](int count) {
    return R"({"result":{"warehouses":[{"warehouseId":147,"offers":[{"offerId":"a","stocks":[{"type":"FIT","count":)" +
           std::to_string(count) + "}]}]}]}}";
  };
  ym::OddNotes odd;
  st::PageWatch watch("stock");
  ym::StockRows rows(kNames, odd);
  REQUIRE(rows.add_of_campaign(page(3), 1, watch));
  REQUIRE(rows.add_of_campaign(page(4), 1, watch));
  REQUIRE(rows.add_of_campaign(page(4), 2, watch));
  CHECK(rows.add_of_campaign(page(5), 2, watch).error().errc() == st::Errc::vendor_contradiction);
  CHECK(rows.take().on_hand == std::vector<std::int64_t>{4});
}

TEST_CASE("an order's line has what became of its units, and a price only where it is exact") {
  Decoded reported;
  st::PageWatch watch("orders");
  REQUIRE(ym::decode_orders(
      order(
          R"({"id":1,"offerId":"a","count":2,"prices":{"payment":{"value":10,"currencyId":"RUR"},"cashback":{"value":"1.5","currencyId":"RUR"}}},)"
          R"({"id":2,"offerId":"b","count":3,"prices":{"payment":{"value":10,"currencyId":"RUR"}}},)"
          R"({"id":3,"offerId":"c","count":2,"itemStatuses":[{"status":"RETURNED","count":2}]},)"
          R"({"id":4,"offerId":"d","count":2,"itemStatuses":[{"status":"RETURNED","count":1},{"status":"DELIVERED_TO_BUYER","count":1}]},)"
          R"({"id":5,"offerId":"e","count":1,"itemStatuses":[{"status":"REJECTED","count":1}]},{"id":6,"offerId":"f","count":0})"),
      reported, watch));
  CHECK(reported.statuses.size() == 5);
  CHECK(reported.units.at("5/1") == st::Money(575, st::Currency::rub()));
  CHECK(reported.units.count("5/2") == 0);  // 10 roubles do not divide by three
  CHECK(reported.statuses.at("5/1") == st::OrderStatus::delivered);
  CHECK(reported.statuses.at("5/3") == st::OrderStatus::returned);
  CHECK(reported.statuses.at("5/4") == st::OrderStatus::delivered);
  CHECK(reported.statuses.at("5/5") == st::OrderStatus::cancelled);
  CHECK(reported.kinds.at("5/1") == st::StockKind::fbo);
  CHECK(reported.odd.empty());
  Decoded none;
  std::string fake = order(R"({"id":1,"offerId":"a","count":2})");
  fake.replace(fake.find("false"), 5, "true");
  REQUIRE(ym::decode_orders(fake, none, watch));
  CHECK(none.statuses.empty());
}

TEST_CASE("an answer with status 420 names a date, and the wait counts from the answer's own clock") {
  const st::HttpRequest request{.operation = "yandex_market.orders"};
  const st::Instant now = st::parse_rfc3339("2026-11-22T19:00:00Z").value();  // ours is an hour and a half behind
  st::HttpResponse response{420,
                            {{"X-RateLimit-Resource-Until", "Sun, 22 Nov 2026 20:30:00 GMT"}},
                            R"({"status":"ERROR","errors":[{"code":"LIMIT_EXCEEDED","message":"Hit rate limit"}]})"};
  CHECK(st::check_response(ym::errors(), request, response, now).error().details().retry_after == st::Duration(90min));
  response.headers.push_back({"Date", "Sun, 22 Nov 2026 20:29:30 GMT"});
  const auto error = st::check_response(ym::errors(), request, response, now).error();
  CHECK(error.errc() == st::Errc::vendor_throttled);
  CHECK(error.kind() == st::ErrorKind::rate_limited);
  CHECK(error.details().retry_after == st::Duration(30s));
  CHECK(error.details().vendor_code == "LIMIT_EXCEEDED");
  response.status = 200;
  CHECK(st::check_response(ym::errors(), request, response, now).has_value());
  for (const auto& [status, code] : std::map<int, st::Errc>{{401, st::Errc::vendor_unauthorized},
                                                            {403, st::Errc::vendor_forbidden},
                                                            {404, st::Errc::vendor_method_gone},
                                                            {423, st::Errc::vendor_unavailable},
                                                            {500, st::Errc::vendor_unavailable},
                                                            {400, st::Errc::vendor_rejected}}) {
    CHECK(st::check_response(ym::errors(), request, {status, {}, "not JSON"}, now).error().errc() == code);
  }
}

TEST_CASE("a key that opens several cabinets needs one named") {
  const std::vector<ym::Campaign> campaigns{{1, 10, "A", true}, {2, 20, "B", false}};
  CHECK(ym::cabinet_of(campaigns, 0).error().errc() == st::Errc::credentials_missing);
  CHECK(ym::cabinet_of(campaigns, 20).value().name == "B");
  CHECK(ym::cabinet_of(campaigns, 30).error().errc() == st::Errc::vendor_forbidden);
  CHECK(ym::cabinet_of({}, 0).error().errc() == st::Errc::vendor_forbidden);
  CHECK(ym::Key::make(ym::credentials(st::Secret(), "")).error().errc() == st::Errc::credentials_missing);
  CHECK(ym::Key::make(ym::credentials(st::Secret::copy_of("k"), "x1")).error().details().field == "business");
  CHECK(ym::page_of("/p", 5, "a+/=") == "/p?limit=5&pageToken=a%2B%2F%3D");
}
