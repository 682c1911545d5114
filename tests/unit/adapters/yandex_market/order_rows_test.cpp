// Orders of Yandex Market: every member of their rows, the windows they are asked in, and where a list goes on.
#include <algorithm>

#include "tests/unit/adapters/yandex_market/scripted_shop.hpp"

namespace st = stocktracker;
namespace ym = stocktracker::yandex_market;
using namespace yandex_rows;

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
