// What becomes of an order's units, of piles that several shops report, and of lists that go on without a row that
// counts.
#include <array>

#include "adapters/yandex_market/orders.hpp"
#include "tests/unit/adapters/yandex_market/scripted_shop.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace yandex_rows;

namespace {

constexpr int kPages = 6;  // more than a list may go on for without anything new

void in_pages(Shop& shop, const std::string& path, const std::string& list,
              const std::function<std::string(int)>& rows) {
  for (int n = 0; n < kPages; ++n) {
    const std::string token = n + 1 < kPages ? "t" + std::to_string(n) : std::string();
    shop.script->answer(path, in_result(list, rows(n), token));
  }
}

}  // namespace

TEST_CASE("what became of an item's units decides over its line, unless the order as such is cancelled") {
  using st::OrderStatus;
  using ym::UnitStates;
  const auto is = [](OrderStatus of_order, const UnitStates& units) {
    const auto state = ym::line_state(of_order, units);
    return std::pair(state.status, state.quantity);
  };
  const auto placed = OrderStatus::placed;
  CHECK(is(placed, {.count = 3}) == std::pair(placed, std::int64_t{3}));
  CHECK(is(placed, {.count = 3, .under_way = 2, .delivered = 1}) == std::pair(placed, std::int64_t{3}));
  CHECK(is(placed, {.count = 3, .delivered = 3}) == std::pair(OrderStatus::delivered, std::int64_t{3}));
  CHECK(is(placed, {.count = 3, .delivered = 2, .returned = 1}) == std::pair(OrderStatus::delivered, std::int64_t{3}));
  CHECK(is(placed, {.count = 3, .returned = 3}) == std::pair(OrderStatus::returned, std::int64_t{3}));
  // What was lost or refused, or taken out of the count, was not sold; all of it is a line that was cancelled.
  CHECK(is(placed, {.count = 5, .delivered = 2, .lost = 1, .rejected = 2}) ==
        std::pair(OrderStatus::delivered, std::int64_t{2}));
  CHECK(is(placed, {.count = 5, .cancelled = 2, .returned = 3}) == std::pair(OrderStatus::returned, std::int64_t{3}));
  CHECK(is(placed, {.count = 3, .cancelled = 2, .delivered = 3}) ==
        std::pair(OrderStatus::delivered, std::int64_t{3}));  // the count has lost them already
  CHECK(is(placed, {.count = 3, .lost = 2, .rejected = 1}) == std::pair(OrderStatus::cancelled, std::int64_t{3}));
  CHECK(is(OrderStatus::cancelled, {.count = 3, .lost = 1}) == std::pair(OrderStatus::cancelled, std::int64_t{3}));
  CHECK(is(OrderStatus::cancelled, {.count = 3, .delivered = 3}) == std::pair(OrderStatus::cancelled, std::int64_t{3}));
  // Statuses of more units than there are say nothing.
  CHECK(is(placed, {.count = 2, .delivered = 3}) == std::pair(placed, std::int64_t{2}));
}

TEST_CASE("two parts of an item are added up in each state") {
  using ym::UnitStates;
  constexpr std::array kStates{&UnitStates::count,     &UnitStates::under_way, &UnitStates::cancelled,
                               &UnitStates::delivered, &UnitStates::lost,      &UnitStates::rejected,
                               &UnitStates::returned,  &UnitStates::unknown};
  UnitStates one;
  UnitStates other;
  std::int64_t n = 0;
  for (const auto member : kStates) {
    one.*member = ++n;
    other.*member = 100;
  }
  one.add(other);
  n = 100;
  for (const auto member : kStates) CHECK(one.*member == ++n);
}

TEST_CASE("a shop with a list that repeats another shop's stock, or is empty, is read to its end") {
  const auto rows = [](int n) {
    const std::string offer = "A" + std::to_string(n);
    return warehouse(147, stock_of(offer, part("FIT", 5)));
  };
  const auto nothing = [](int n) { return warehouse(147, stock_of("B" + std::to_string(n), "")); };
  for (const bool repeats : {true, false}) {
    CAPTURE(repeats);
    Shop shop;
    in_pages(shop, "/v2/campaigns/21/offers/stocks", "warehouses", rows);
    in_pages(shop, "/v2/campaigns/23/offers/stocks", "warehouses",
             repeats ? std::function<std::string(int)>(rows) : std::function<std::string(int)>(nothing));
    REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
    CHECK(shop.rows.seen.size() == kPages);
    CHECK(shop.rows.seen.back() == "stock|A5|-|147|Rostov||marketplace|5|0|-|-");
  }
}

TEST_CASE("orders without a line that counts, and orders of a test, are passed over page by page") {
  for (const bool fake : {false, true}) {
    CAPTURE(fake);
    Shop shop;
    for (int n = 0; n < kPages; ++n) {
      const std::string id = std::to_string(n + 1);
      shop.script->answer(
          "/v1/businesses/900/orders",
          R"({"orders":[{"orderId":)" + id + R"(,"fake":)" + (fake ? "true" : "false") +
              R"(,"status":"PROCESSING","programType":"FBS","creationDate":"2026-11-26T08:00:00+03:00",)"
              R"("items":[{"id":1,"offerId":"A","count":0}]}],"paging":{)" +
              (n + 1 < kPages ? R"("nextPageToken":"t)" + id + "\"" : std::string()) + "}}");
    }
    REQUIRE(shop.connector()->fetch_orders({at("2026-11-26T00:00:00Z")}, shop.rows, {}));
    Lines emptied;
    for (int n = 0; n < kPages && !fake; ++n) emptied.push_back("emptied|" + std::to_string(n + 1));
    emptied.push_back(shop.rows.seen.back());  // what was covered
    CHECK(shop.rows.seen == emptied);
  }
}

TEST_CASE("more that is free than what is fit reserves nothing") {
  Shop shop;
  shop.script
      ->answer("/v2/campaigns/21/offers/stocks",
               in_result("warehouses", warehouse(147, stock_of("A", part("FIT", 3) + "," + part("AVAILABLE", 5)))))
      .always("/v2/campaigns/23/", "{}");
  REQUIRE(shop.connector()->fetch_stock({.kind = st::StockKind::fbo}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|-|147|Rostov||marketplace|5|0|-|-"});
}

TEST_CASE("the shops that the API opens are found in whichever order the key lists them") {
  Shop shop(false);
  std::string shops;
  for (const char* const id : {"29", "22", "27", "21", "25"}) {
    shops += (shops.empty() ? "" : ",") +
             (R"({"id":)" + std::string(id) + R"(,"business":{"id":900},"placementType":"FBS"})");
  }
  shop.script->answer("/v2/campaigns?", R"({"campaigns":[)" + shops + "]}");
  const auto member = [](const char* id, const char* campaign) {
    return R"({"id":)" + std::string(id) + R"(,"name":"w)" + id + R"(","campaignId":)" + campaign +
           R"(,"groupInfo":{"id":7,"name":"G"}})";
  };
  shop.script
      ->answer("/v2/businesses/900/warehouses",
               in_result("warehouses", member("51", "24") + "," + member("52", "29") + "," + member("53", "22")))
      .answer(
          "/v2/campaigns/29/offers/stocks",
          in_result("warehouses",
                    // The member that was asked decides, whatever others say before it and after it.
                    warehouse(53, stock_of("A", part("FIT", 1))) + "," + warehouse(52, stock_of("A", part("FIT", 2))) +
                        "," + warehouse(53, stock_of("A", part("FIT", 3)))));
  const std::vector<std::string> offers{"A"};
  REQUIRE(shop.connector()->fetch_stock({st::StockKind::fbs, "group:7", "Own", offers}, shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"stock|A|-|group:7|Own||seller|2|0|-|-"});
}
