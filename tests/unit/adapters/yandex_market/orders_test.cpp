// Orders: what their items count as, and how a long period is read.
#include <algorithm>
#include <array>

#include <stocktracker/testing/world.hpp>

#include "adapters/yandex_market/orders.hpp"
#include "tests/unit/adapters/yandex_market/cabinet_fixture.hpp"

using namespace std::chrono_literals;
using st::OrderStatus;

namespace {

std::string order(std::string_view status, std::string_view items, std::string_view more = {}) {
  return R"({"orderId":5,"programType":"FBS","status":")" + std::string(status) +
         R"(","creationDate":"2026-11-20T09:00:00+03:00","fake":false,"items":[)" + std::string(items) + "]" +
         std::string(more) + "}";
}

struct Read {
  Texts rows, odd;
};
Read read(const std::string& orders) {
  OrderTexts sink;
  st::PageWatch watch("orders");
  REQUIRE(ym::decode_orders(R"({"orders":[)" + orders + "]}", sink, watch));
  return {sink.rows, sink.odd};
}

std::string item(int id, int count, std::string_view statuses = {}) {
  return R"({"id":)" + std::to_string(id) + R"(,"offerId":"a","count":)" + std::to_string(count) +
         (statuses.empty() ? std::string() : R"(,"itemStatuses":[)" + std::string(statuses) + "]") + "}";
}
std::string units(std::string_view status, int count) {
  return R"({"status":")" + std::string(status) + R"(","count":)" + std::to_string(count) + "}";
}

/// Each request takes its time.
class Slow final : public st::HttpTransport {
 public:
  Slow(std::shared_ptr<st::HttpTransport> next, std::shared_ptr<st::testing::ManualClock> clock, st::Duration each)
      : next_(std::move(next)), clock_(std::move(clock)), each_(each) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    clock_->advance(each_);
    if (clock_->now() >= context.deadline) return st::Errc::deadline_exceeded;
    return next_->send(request, context);
  }

 private:
  const std::shared_ptr<st::HttpTransport> next_;
  const std::shared_ptr<st::testing::ManualClock> clock_;
  const st::Duration each_;
};

// Six pages of orders, an order each, under whatever period is asked for; tokens "t1" to "t5" lead from page to page.
class SixPages final : public st::HttpTransport {
 public:
  explicit SixPages(std::shared_ptr<st::HttpTransport> others) : others_(std::move(others)) {}
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (request.url.find("/orders") == std::string::npos) return others_->send(request, context);
    asked.push_back(request.url.substr(request.url.find('?')) + " " + request.body);
    const auto at = request.url.find("pageToken=t");
    const int page = at == std::string::npos ? 0 : request.url[at + 11] - '0';
    if (expired && page != 0)
      return st::HttpResponse{400, {}, R"({"status":"ERROR","errors":[{"code":"BAD_REQUEST"}]})"};
    std::string body = R"({"orders":[{"orderId":)" + std::to_string(100 + page) +
                       R"(,"status":"PROCESSING","creationDate":"2026-11-21T20:00:00+03:00",)"
                       R"("items":[{"id":1,"offerId":"A","count":1}]}],"paging":{)";
    if (page < 5) body += R"("nextPageToken":"t)" + std::to_string(page + 1) + "\"";
    return st::HttpResponse{200, {{"Date", "Sat, 21 Nov 2026 22:26:40 GMT"}}, body + "}}"};
  }
  std::vector<std::string> asked;
  bool expired = false;

 private:
  const std::shared_ptr<st::HttpTransport> others_;
};

}  // namespace

TEST_CASE("every documented status of an order is known") {
  const std::array<std::pair<const char*, OrderStatus>, 12> all{{{"PLACING", OrderStatus::placed},
                                                                 {"RESERVED", OrderStatus::placed},
                                                                 {"UNPAID", OrderStatus::placed},
                                                                 {"PENDING", OrderStatus::placed},
                                                                 {"PROCESSING", OrderStatus::placed},
                                                                 {"DELIVERY", OrderStatus::placed},
                                                                 {"PICKUP", OrderStatus::placed},
                                                                 {"DELIVERED", OrderStatus::delivered},
                                                                 {"PARTIALLY_RETURNED", OrderStatus::delivered},
                                                                 {"CANCELLED", OrderStatus::cancelled},
                                                                 {"RETURNED", OrderStatus::returned},
                                                                 {"UNKNOWN", OrderStatus::unknown}}};
  for (const auto& [word, status] : all) {
    INFO(word);
    CHECK(ym::order_status(word) == status);
    CHECK(read(order(word, item(1, 2))).rows == Texts{"5/1 a 2 " + std::string(st::to_string(status))});
  }
}

TEST_CASE("a line counts the units that were neither cancelled nor refused nor lost") {
  const auto line = [](std::string_view status, int count, std::string_view statuses) {
    const Read page = read(order(status, item(1, count, statuses)));
    CHECK(page.odd.empty());
    REQUIRE(page.rows.size() == 1);
    return page.rows[0].substr(6);
  };
  CHECK(line("DELIVERY", 3, units("SHIPPED", 3)) == "3 placed");
  CHECK(line("PROCESSING", 3, units("CREATED", 2) + "," + units("CANCELLED", 1)) == "2 placed");
  CHECK(line("PROCESSING", 2, units("CREATED", 2) + "," + units("CANCELLED", 1)) ==
        "2 placed");  // counted down already
  CHECK(line("DELIVERED", 3, units("DELIVERED_TO_BUYER", 1) + "," + units("REJECTED", 2)) == "1 delivered");
  CHECK(line("PICKUP", 3, units("DELIVERED_TO_BUYER", 2) + "," + units("LOST", 1)) == "2 delivered");
  CHECK(line("DELIVERED", 3, units("REJECTED", 3)) == "3 cancelled");
  CHECK(line("DELIVERY", 1, units("LOST", 1)) == "1 cancelled");
  CHECK(line("PARTIALLY_RETURNED", 3, units("DELIVERED_TO_BUYER", 2) + "," + units("RETURNED", 1)) == "3 delivered");
  CHECK(line("PARTIALLY_RETURNED", 2, units("RETURNED", 2)) == "2 returned");
  CHECK(line("DELIVERED", 3, units("RETURNED", 2) + "," + units("REJECTED", 1)) == "2 returned");
  CHECK(line("DELIVERED", 3, units("RETURNED", 1)) == "3 delivered");  // of the others nothing is said
  CHECK(line("DELIVERY", 2, units("NEWER", 2)) == "2 placed");
  CHECK(line("CANCELLED", 2, units("DELIVERED_TO_BUYER", 1)) == "2 cancelled");
  CHECK(line("DELIVERED", 1, units("RETURNED", 5)) == "1 delivered");  // more than there are
}

TEST_CASE("items that left their order are not reported, and one that comes twice is added up (C07)") {
  CHECK(read(order("PROCESSING", item(1, 0) + "," + item(2, 1))).rows == Texts{"5/2 a 1 placed"});
  CHECK(read(order("PROCESSING", "")).rows.empty());
  const std::string priced = R"({"id":1,"offerId":"a","count":1,"prices":{"payment":{"value":3,"currencyId":"RUR"}}})";
  const std::string second = R"({"id":1,"offerId":"a","count":2,"prices":{"payment":{"value":6,"currencyId":"RUR"}}})";
  CHECK(read(order("PROCESSING", priced + "," + second)).rows == Texts{"5/1 a 3 placed 3.00 RUB"});
  const Read two = read(order("PROCESSING", priced + R"(,{"id":1,"offerId":"b","count":1},)" + item(2, 1)));
  CHECK(two.rows == Texts{"5/2 a 1 placed"});
  CHECK(two.odd == Texts{"orders[0].items[1] items.id stands for two articles (5)"});
  CHECK(ym::capabilities().orders_complete);
  CHECK(ym::capabilities().order_changes_timed);
  CHECK_FALSE(ym::capabilities().orders_by_period);
}

TEST_CASE("an odd order or item costs no other one (C06b, C06c)") {
  const std::string good =
      R"({"orderId":6,"status":"PLACING","creationDate":"2026-11-20T09:00:00Z","items":[)" + item(1, 1) + "]}";
  const Read page =
      read(R"({"orderId":1,"status":"PLACING","creationDate":null,"items":[]},)"
           R"({"orderId":null,"status":"PLACING"},{"orderId":9223372036854775808},)"
           R"({"orderId":2,"status":"PLACING","creationDate":"2026-11-20T09:00:00Z","updateDate":"now"},)" +
           order("PLACING",
                 R"({"id":1,"offerId":"","count":1},{"id":2,"count":1},{"id":3,"offerId":"c",)"
                 R"("count":1000000000001},{"id":4,"offerId":"d","count":-1},)"
                 R"({"id":5,"offerId":"e","count":1,"prices":{"payment":{"value":1,"currencyId":"?"}}},)"
                 R"({"id":6,"offerId":"f","count":1,"prices":{"payment":{"value":1.005,"currencyId":"RUR"}}},7)") +
           "," + good);
  CHECK(page.rows == Texts{"5/5 e 1 placed", "5/6 f 1 placed", "6/1 a 1 placed"});
  CHECK(page.odd == Texts{"orders[0] creationDate is not a time (1)", "orders[1] orderId is not an id ()",
                          "orders[2] orderId is not an id ()", "orders[3] updateDate is not a time (2)",
                          "orders[4].items[0] items.offerId is not an article (5)",
                          "orders[4].items[1] items.offerId is not an article (5)",
                          "orders[4].items[2] items.count is not a quantity (5)",
                          "orders[4].items[3] items.count is not a quantity (5)",
                          "orders[4] items.prices: currencyId is not a known currency (5)",
                          "orders[4] items.prices: payment is not an amount of its currency (5)",
                          "orders[4].items[6] a row is not an object (5)"});
}

TEST_CASE("an order that was cancelled and is alive again, and a return taken back, count by time") {
  const auto at = [](const char* updated) { return R"(,"updateDate":")" + std::string(updated) + "\""; };
  OrderTexts sink;
  std::vector<st::Instant> changes;
  class Changes final : public st::OrderSink {
   public:
    explicit Changes(std::vector<st::Instant>& into) : into_(into) {}
    st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
      for (const auto& row : page) into_.push_back(row.changed_at);
      return st::success();
    }
    void restart() override {}
    std::vector<st::Instant>& into_;
  } times(changes);
  st::PageWatch watch("orders");
  for (const auto& [word, updated] : {std::pair("CANCELLED", "2026-11-21T09:00:00Z"),
                                      {"PROCESSING", "2026-11-21T10:00:00Z"},
                                      {"RETURNED", "2026-11-25T10:00:00Z"},
                                      {"DELIVERED", "2026-11-26T10:00:00Z"}}) {
    const std::string body = R"({"orders":[)" + order(word, item(1, 1), at(updated)) + "]}";
    REQUIRE(ym::decode_orders(body, sink, watch));
    REQUIRE(ym::decode_orders(body, times, watch));
  }
  CHECK(sink.rows == Texts{"5/1 a 1 cancelled", "5/1 a 1 placed", "5/1 a 1 returned", "5/1 a 1 delivered"});
  CHECK(std::is_sorted(changes.begin(), changes.end()));
}

TEST_CASE("coverage ends at the time that the Market reports, however far our own clock runs ahead") {
  Cabinet cabinet;
  const st::Instant real = cabinet.clock->now();  // 2026-11-21T22:26:40Z
  cabinet.clock->advance(24h * 40);
  cabinet.transport->always("/orders", 200, R"({"orders":[]})", {{"Date", "Sat, 21 Nov 2026 22:26:40 GMT"}});
  const auto connector = cabinet.connect();
  OrderTexts sink;
  // The first answer brings the time; from then on nobody asks beyond it.
  const auto first = connector->fetch_orders({real - 2h}, sink, {}).value();
  CHECK(first.until == real);
  const auto before = cabinet.sent("/orders").size();
  const auto second = connector->fetch_orders({real - 2h}, sink, {}).value();
  CHECK(second.until == real);
  CHECK(second.from == real - 3h);
  for (const auto& period : sink.periods) CHECK(period.until <= real);
  REQUIRE(cabinet.sent("/orders").size() == before + 1);
  CHECK(cabinet.sent("/orders").back().body ==
        R"({"dates":{"updateDateFrom":"2026-11-21T19:26:40Z","updateDateTo":"2026-11-21T22:26:40Z"},"fake":false})");
}

TEST_CASE("without a time of the Market's, coverage ends at the newest line") {
  Cabinet cabinet;
  const st::Instant now = cabinet.clock->now();
  cabinet.transport
      ->answer("/orders", 200,
               R"({"orders":[)" + order("DELIVERY", item(1, 1), R"(,"updateDate":"2026-11-21T20:00:00Z")") + "]}")
      .answer("/orders", 200, R"({"orders":[]})");
  const auto connector = cabinet.connect();
  OrderTexts sink;
  const auto covered = connector->fetch_orders({now - 10h}, sink, {}).value();
  CHECK(covered.from == now - 11h);
  CHECK(st::to_rfc3339(covered.until) == "2026-11-21T20:00:00Z");
  const auto nothing = connector->fetch_orders({now - 10h}, sink, {}).value();
  CHECK(nothing.until == nothing.from);
}

TEST_CASE("a time of the Market's that is old is asked beyond") {
  Cabinet cabinet;
  const st::Instant now = cabinet.clock->now();
  cabinet.transport->always("/orders", 200, R"({"orders":[]})", {{"Date", "Sat, 21 Nov 2026 22:26:40 GMT"}});
  const auto connector = cabinet.connect();
  OrderTexts sink;
  REQUIRE(connector->fetch_orders({now - 2h}, sink, {}));
  cabinet.clock->advance(5h);
  cabinet.transport->answer("/nothing", 200, "");
  Cabinet later;
  later.clock->advance(5h);
  later.transport->answer("/orders", 200, R"({"orders":[]})", {{"Date", "Sat, 21 Nov 2026 22:26:40 GMT"}})
      .always("/orders", 200, R"({"orders":[]})", {{"Date", "Sun, 22 Nov 2026 03:26:40 GMT"}});
  const auto again = later.connect();
  REQUIRE(again->fetch_orders({now - 2h}, sink, {}));
  CHECK(again->fetch_orders({now}, sink, {}).value().until == now + 5h);
  CHECK(later.sent("/orders").size() == 3);
}

TEST_CASE("orders that are slow go on where they were interrupted (C33)") {
  Cabinet cabinet(false);
  const st::Instant now = cabinet.clock->now();  // in Moscow the 22nd has begun
  const std::vector<st::HttpHeader> date{{"Date", "Sat, 21 Nov 2026 22:26:40 GMT"}};
  cabinet.transport->always("/v2/campaigns?", 200, kCampaigns, date);
  cabinet.transport->always("/orders", 200, R"({"orders":[]})", date);
  const auto slow = std::make_shared<Slow>(cabinet.transport, cabinet.clock, 5s);
  OrderTexts sink;
  st::CallContext context;
  context.deadline = now + 18s;  // the cabinet, and two windows
  const auto interrupted = cabinet.connect(slow)->fetch_orders({st::Instant::from_seconds(0)}, sink, context);
  REQUIRE_FALSE(interrupted.has_value());
  CHECK(interrupted.error().errc() == st::Errc::deadline_exceeded);
  REQUIRE(sink.periods.size() == 2);
  const st::OrderCoverage known = sink.periods.back();
  CHECK(known.from == now - 24h * 360);
  CHECK(st::to_rfc3339(known.until) == "2025-12-05T21:00:00Z");  // midnight of Moscow
  REQUIRE(cabinet.sent("/orders").size() == 2);
  CHECK(cabinet.sent("/orders")[0].body ==
        R"({"dates":{"creationDateFrom":"2025-11-27","creationDateTo":"2025-11-30"},"fake":false})");
  CHECK(cabinet.sent("/orders")[1].body ==
        R"({"dates":{"creationDateFrom":"2025-11-30","creationDateTo":"2025-12-06"},"fake":false})");

  // The next run asks since the end of what is known.
  OrderTexts rest;
  const auto covered = cabinet.connect(slow)->fetch_orders({known.until}, rest, {}).value();
  CHECK(covered.from == known.until - 1h);
  CHECK(covered.until == now);
  const auto sent = cabinet.sent("/orders");
  CHECK(sent[2].body == R"({"dates":{"creationDateFrom":"2025-12-05","creationDateTo":"2025-12-08"},"fake":false})");
  // What has changed since the first run began, and was ordered since the last midnight.
  CHECK(sent.back().body ==
        R"({"dates":{"updateDateFrom":"2026-11-21T21:00:00Z","updateDateTo":"2026-11-21T22:26:40Z"},"fake":false})");
  CHECK(cabinet.memory->values.begin()->second.empty());
  for (std::size_t n = 1; n < rest.periods.size(); ++n) CHECK(rest.periods[n - 1].until <= rest.periods[n].until);
  CHECK(sent.size() < 25);  // windows grow where there is little in them

  // An ordinary run is one request.
  const auto before = cabinet.sent("/orders").size();
  REQUIRE(cabinet.connect(slow)->fetch_orders({now - 1h}, rest, {}));
  CHECK(cabinet.sent("/orders").size() == before + 1);
}

TEST_CASE("changes during an interrupted load are read when it goes on") {
  Cabinet cabinet;
  const st::Instant began = cabinet.clock->now();
  cabinet.transport->always("/orders", 200, R"({"orders":[]})");
  cabinet.transport->always("/nothing", 200, "");
  const auto slow = std::make_shared<Slow>(cabinet.transport, cabinet.clock, 5s);
  OrderTexts sink;
  st::CallContext context;
  context.deadline = began + 18s;
  REQUIRE_FALSE(cabinet.connect(slow)->fetch_orders({st::Instant::from_seconds(0)}, sink, context).has_value());
  cabinet.clock->advance(24h * 2);
  OrderTexts rest;
  REQUIRE(cabinet.connect(slow)->fetch_orders({began - 24h * 300}, rest, {}));
  const std::string last = cabinet.sent("/orders").back().body;
  CHECK(last.find("\"updateDateFrom\":\"" + st::to_rfc3339(began + 5s - 1h)) != std::string::npos);
  CHECK(cabinet.memory->values.begin()->second.empty());
  // A pause of two weeks: what was ordered by day, then what has changed since.
  const st::Instant paused = cabinet.clock->now() - 24h * 14;
  REQUIRE(cabinet.connect()->fetch_orders({paused}, rest, {}));
  CHECK(cabinet.sent("/orders").back().body.find(st::to_rfc3339(paused - 1h)) != std::string::npos);
  CHECK(cabinet.memory->values.begin()->second.empty());
}

namespace {

struct Market {
  explicit Market(const st::testing::WorldOptions& options) : world(options) {}
  void control(const std::string& body) {
    REQUIRE(world.answer({.method = st::HttpMethod::post, .url = "http://w/world/yandex_market", .body = body})
                .response.status == 200);
  }
  std::shared_ptr<st::Connector> connect() {
    return ym::make_factory()
        .value()
        ->connect(ym::credentials(world.token(st::Channel::yandex_market)),
                  {world.transport(), world.clock(), std::make_shared<st::Telemetry>()})
        .value();
  }
  /// Every line of the world as a reader sees it, without those that left their orders.
  Texts truth() const {
    Texts lines;
    for (const auto& one : world.order_truth(st::Channel::yandex_market)) {
      if (one.status == OrderStatus::removed) continue;
      lines.push_back(one.key + " " + one.offer + " " + std::to_string(one.quantity) + " " + st::to_string(one.status));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  st::testing::World world;
};

/// The last row of each line, without its price.
Texts last_of(const OrderTexts& sink) {
  std::map<std::string, std::string> by_key;
  for (std::string row : sink.rows) {
    if (row.ends_with(" RUB")) row.erase(row.rfind(' ', row.size() - 5));
    by_key[row.substr(0, row.find(' '))] = row;
  }
  Texts lines;
  for (const auto& [key, row] : by_key) lines.push_back(row);
  return lines;
}

}  // namespace

TEST_CASE("a first load of many days and what follows it bring every order, with what became of it") {
  Market market({.seed = 9, .offers = 60, .channels = {st::Channel::yandex_market}});
  market.world.clock()->advance(24h * 40 + 5h);
  const auto connector = market.connect();
  OrderTexts sink;
  const auto first = connector->fetch_orders({st::Instant::from_seconds(0)}, sink, {}).value();
  CHECK(last_of(sink) == market.truth());
  CHECK(sink.periods.size() > 5);
  CHECK(first.until <= market.world.clock()->now());
  market.world.clock()->advance(24h * 2);
  REQUIRE(connector->fetch_orders({first.until}, sink, {}));
  CHECK(last_of(sink) == market.truth());
  market.world.clock()->advance(24h * 20);
  REQUIRE(connector->fetch_orders({first.until + 24h * 2}, sink, {}));
  CHECK(last_of(sink) == market.truth());
}

TEST_CASE("orders that shops and buyers change are reported as they are now") {
  Market market(
      {.seed = 10, .offers = 60, .cancel_percent = 100, .return_percent = 0, .channels = {st::Channel::yandex_market}});
  market.world.clock()->advance(24h * 10);
  const auto connector = market.connect();
  OrderTexts before;
  const auto known = connector->fetch_orders({st::Instant::from_seconds(0)}, before, {}).value();
  market.world.stand_still();
  market.world.clock()->advance(2h);
  Texts orders;
  for (const auto& line : market.world.order_truth(st::Channel::yandex_market)) {
    if (line.status == OrderStatus::cancelled) orders.push_back(line.key.substr(0, line.key.find('/')));
  }
  REQUIRE(orders.size() > 6);
  const auto edit = [&](std::size_t n, const std::string& what) {
    market.control(R"({"order":)" + orders[n] + "," + what + "}");
  };
  edit(0, R"("status":"PROCESSING")");                                      // alive again
  edit(1, R"("gone":true)");                                                // removed from the order
  edit(2, R"("status":"PROCESSING","count":0)");                            // counted none
  edit(3, R"("status":"PARTIALLY_RETURNED","count":3,"returned":1)");       // returned in part
  edit(4, R"("status":"DELIVERED","count":3,"rejected":1,"cancelled":1)");  // refused in part
  edit(5, R"("status":"RETURNED")");
  OrderTexts after;
  REQUIRE(connector->fetch_orders({known.until}, after, {}));
  const auto line_of = [&](std::size_t n) {
    std::string found;
    for (const auto& row : last_of(after)) {
      if (row.starts_with(orders[n] + "/")) found = row.substr(row.rfind(' ', row.rfind(' ') - 1) + 1);
    }
    return found;
  };
  CHECK(line_of(0) == "1 placed");
  CHECK(line_of(1).empty());
  CHECK(line_of(2).empty());
  CHECK(line_of(3) == "3 delivered");
  CHECK(line_of(4) == "1 delivered");
  CHECK(line_of(5) == "1 returned");
  edit(5, R"("status":"DELIVERED")");  // the return is taken back
  OrderTexts again;
  REQUIRE(connector->fetch_orders({known.until}, again, {}));
  for (const auto& row : last_of(again)) {
    if (row.starts_with(orders[5] + "/")) CHECK(row.ends_with("1 delivered"));
  }
}

TEST_CASE("the world's lists can be endless, null, marked and without a time") {
  Market market({.seed = 11, .offers = 40, .channels = {st::Channel::yandex_market}});
  market.world.clock()->advance(24h * 5);
  for (const char* way : {"same", "cycle", "empty"}) {
    for (const char* list : {"campaigns", "offer-mappings", "default-prices", "stocks", "business-orders"}) {
      INFO(list << " " << way);
      market.control(R"({"endless":")" + std::string(list) + R"(","way":")" + way + "\"}");
      const auto connector = market.connect();
      OfferTexts offers;
      PriceTexts prices;
      StockTexts stock;
      OrderTexts orders;
      const std::array<st::Result<void>, 4> read{
          connector->list_offers(offers, {}), connector->fetch_prices(prices, {}),
          connector->fetch_stock({.kind = st::StockKind::fbo}, stock, {}), [&]() -> st::Result<void> {
            STK_TRY(connector->fetch_orders({market.world.clock()->now() - 48h}, orders, {}));
            return st::success();
          }()};
      const auto failed = std::count_if(read.begin(), read.end(), [](const auto& one) {
        return !one && one.error().errc() == st::Errc::vendor_contradiction;
      });
      CHECK(failed == (std::string(list) == "campaigns" ? 4 : 1));
    }
  }
  market.control(R"({"endless":"","null_lists":true,"byte_order_mark":true,"without_date":true})");
  market.control(R"({"null_lists":false})");
  const auto connector = market.connect();
  OfferTexts offers;
  REQUIRE(connector->list_offers(offers, {}));
  CHECK(offers.rows.size() > 20);
  market.control(R"({"null_lists":true})");
  OrderTexts orders;
  const auto from = market.world.clock()->now() - 2h;
  const auto covered = connector->fetch_orders({from}, orders, {}).value();
  CHECK(covered.until == covered.from);  // nobody has said what time it is
  OfferTexts none;
  REQUIRE(connector->list_offers(none, {}));
  CHECK(none.rows.empty());
}

TEST_CASE("a period that does not fit into one run goes on at the page where it broke off (C33)") {
  for (const bool expired : {false, true}) {
    for (const st::Duration back : {st::Duration(2h), st::Duration(24h * 20)}) {
      CAPTURE(expired, back.count());
      Cabinet cabinet;
      const st::Instant since = cabinet.clock->now() - back;
      const auto pages = std::make_shared<SixPages>(cabinet.transport);
      const auto slow = std::make_shared<Slow>(pages, cabinet.clock, 5s);
      st::CallContext context;
      context.deadline = cabinet.clock->now() + 18s;  // the cabinet, and two pages
      OrderTexts first;
      REQUIRE_FALSE(cabinet.connect(slow)->fetch_orders({since}, first, context).has_value());
      CHECK(first.rows.size() == 2);
      REQUIRE(pages->asked.size() == 2);
      const std::string period = pages->asked[1].substr(pages->asked[1].find(' '));

      pages->asked.clear();
      pages->expired = expired;
      OrderTexts second;
      context.deadline = st::Instant::latest();
      const auto done = cabinet.connect(slow)->fetch_orders({since}, second, context);
      if (expired) {
        // A token that is not known any more: the period is read from its first page, where that fails it says so.
        CHECK_FALSE(done.has_value());
        REQUIRE(pages->asked.size() >= 2);
        CHECK(pages->asked[1].find("pageToken") == std::string::npos);
        CHECK(pages->asked[1].substr(pages->asked[1].find(' ')) == period);
        continue;
      }
      REQUIRE(done.has_value());
      REQUIRE(pages->asked.size() >= 4);
      CHECK(pages->asked[0].find("pageToken=t2") != std::string::npos);
      CHECK(pages->asked[0].substr(pages->asked[0].find(' ')) == period);
      CHECK(second.rows.front().starts_with("102/1 "));
      for (const auto& [name, value] : cabinet.memory->values) CHECK(value.empty());
    }
  }
}
