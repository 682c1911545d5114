// Orders: what a call covers, where an interrupted one is gone on with, and whose clock counts.
#include <algorithm>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "adapters/ozon/order_pass.hpp"
#include "tests/unit/adapters/ozon/service.hpp"

namespace st = stocktracker;
using namespace ozon_test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kFboPostings = "/v3/posting/fbo/list";
constexpr const char* kFbsPostings = "/v4/posting/fbs/list";

const st::Instant kNow = st::parse_rfc3339("2026-11-26T00:00:00Z").value();

struct Posting {
  std::string number;
  st::Instant at;
};

std::string text_of(const Posting& one) {
  return R"({"posting_number":")" + one.number + R"(","status":"delivered","created_at":")" + st::to_rfc3339(one.at) +
         R"(","in_process_at":")" + st::to_rfc3339(one.at + 20s) +
         R"(","products":[{"sku":1,"offer_id":"A","quantity":1}]})";
}

/// A marketplace that pages postings by cursor: "c" and the index of the next one.
struct Shop {
  std::vector<Posting> fbo;
  std::vector<Posting> fbs;
  std::size_t page = 100;
  bool filters = true;  ///< by filter.since; otherwise the cursor alone says where a page begins

  [[nodiscard]] std::shared_ptr<Service> open() const {
    return std::make_shared<Service>([shop = *this](const st::HttpRequest& request) -> st::HttpResponse {
      if (request.url.find(kFboPostings) != std::string::npos) return shop.list(shop.fbo, request.body);
      if (request.url.find(kFbsPostings) != std::string::npos) return shop.list(shop.fbs, request.body);
      return {200, {}, "{}"};
    });
  }

 private:
  [[nodiscard]] st::HttpResponse list(const std::vector<Posting>& all, const std::string& request) const {
    const auto member = [&](const std::string& name) {
      const std::size_t from = request.find("\"" + name + "\":\"") + name.size() + 4;
      return request.substr(from, request.find('"', from) - from);
    };
    const st::Instant since = st::parse_rfc3339(member("since")).value();
    std::vector<const Posting*> chosen;
    for (const Posting& one : all) {
      if (!filters || one.at >= since) chosen.push_back(&one);
    }
    const std::string cursor = member("cursor");
    std::size_t at = cursor.empty() ? 0 : std::stoul(cursor.substr(1));
    std::string rows;
    const std::size_t end = std::min(chosen.size(), at + page);
    for (; at < end; ++at) rows += (rows.empty() ? "" : ",") + text_of(*chosen[at]);
    const bool more = end < chosen.size();
    return {200,
            {},
            R"({"cursor":")" + (more ? "c" + std::to_string(end) : std::string()) + R"(","has_next":)" +
                (more ? "true" : "false") + R"(,"postings":[)" + rows + "]}"};
  }
};

/// As many, the last one at `last`.
std::vector<Posting> postings(const std::string& kind, int count, st::Instant last, st::Duration apart) {
  std::vector<Posting> all;
  for (int n = 0; n < count; ++n) all.push_back({kind + std::to_string(n), last - apart * (count - 1 - n)});
  return all;
}

/// What an engine does with calls: lines are kept, and the period that is known grows.
struct Engine {
  std::shared_ptr<Service> service;
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  Lines sink{};
  st::Instant since = kNow - 60 * 24h;
  std::optional<st::OrderCoverage> known{};

  st::Result<st::OrderCoverage> run(std::optional<st::Duration> limit = {}) {
    sink.periods.clear();
    st::CallContext context;
    if (limit) context.deadline = service->clock->now() + *limit;
    auto fetched = connect(service, memory)->fetch_orders({known ? known->until - 1h : since}, sink, context);
    if (fetched) sink.periods.push_back(fetched.value());
    for (const st::OrderCoverage& period : sink.periods) {
      REQUIRE(period.from < period.until);
      if (known) REQUIRE(period.from <= known->until);  // no gap
      known =
          known ? st::OrderCoverage{std::min(known->from, period.from), std::max(known->until, period.until)} : period;
    }
    return fetched;
  }
};

}  // namespace

TEST_CASE("C33: orders that take longer than a run has are read to their end by several runs") {
  for (const bool filters : {true, false}) {
    INFO("the list is filtered: " << filters);
    // 40 pages at half a second.
    Shop shop{.fbo = postings("fbo", 4'000, kNow - 1h, 20min), .fbs = postings("fbs", 50, kNow - 2h, 12h)};
    shop.filters = filters;
    Engine engine{shop.open()};
    engine.service->latency = 500ms;
    int runs = 0;
    st::Instant before = kNow - 200 * 24h;
    while (true) {
      REQUIRE(++runs < 5);
      const auto fetched = engine.run(15s);
      REQUIRE(engine.known.has_value());
      CHECK(engine.known->until > before);  // each run gets further
      before = engine.known->until;
      if (fetched) break;
      CHECK(fetched.error().errc() == st::Errc::deadline_exceeded);
    }
    CHECK(runs == 2);
    CHECK(engine.known->until == kNow);
    CHECK(engine.sink.by_key.size() == 4'050);
    CHECK(engine.memory->texts["orders_pass"].empty());
    // Two runs, each with its returns; the page that was interrupted and that of the other list come again.
    CHECK(engine.service->asked(kFboPostings) <= 42);
    CHECK(engine.service->asked(kFbsPostings) <= 4);
  }
}

TEST_CASE("a first load of a year with ten seconds a run ends after some runs, and each covers what it has read") {
  Shop shop{.fbo = postings("fbo", 6'000, kNow - 1h, 80min), .fbs = postings("fbs", 3'000, kNow - 2h, 150min)};
  Engine engine{shop.open()};
  engine.since = kNow - 365 * 24h;
  engine.service->latency = 500ms;
  int runs = 0;
  for (bool done = false; !done && runs < 20; ++runs) {
    done = engine.run(10s).has_value();
    // A line that a call did not deliver lies in no period that it has covered.
    REQUIRE(engine.sink.periods.size() <= 2);
  }
  CHECK(runs <= 7);
  CHECK(engine.known->from <= kNow - 363 * 24h);
  CHECK(engine.known->until == kNow);
  std::size_t within = 0;
  for (const auto* list : {&shop.fbo, &shop.fbs}) {
    for (const Posting& one : *list) within += one.at >= engine.known->from ? 1 : 0;
  }
  CHECK(engine.sink.by_key.size() >= within);
}

TEST_CASE("what a call covers has been delivered by that call, of both lists") {
  Shop shop{.fbo = postings("fbo", 900, kNow - 1h, 90min), .fbs = postings("fbs", 700, kNow - 2h, 2h)};
  Engine engine{shop.open()};
  engine.service->latency = 500ms;
  for (int run = 0; run < 10; ++run) {
    engine.sink.by_key.clear();
    const auto fetched = engine.run(3s);
    for (const st::OrderCoverage& period : engine.sink.periods) {
      for (const auto* list : {&shop.fbo, &shop.fbs}) {
        for (const Posting& one : *list) {
          INFO(one.number);
          if (one.at >= period.from && one.at < period.until) CHECK(engine.sink.by_key.count(one.number + "/1") == 1);
        }
      }
    }
    if (fetched) return;
  }
  FAIL("the orders were never read to their end");
}

TEST_CASE("postings of one moment are gone through page by page") {
  Shop shop{.fbo = postings("fbo", 4'000, kNow - 17h, 0s), .fbs = {}};
  shop.filters = false;
  Engine engine{shop.open()};
  engine.service->latency = 500ms;
  CHECK_FALSE(engine.run(15s).has_value());
  CHECK(engine.run(15s).has_value());
  CHECK(engine.sink.by_key.size() == 4'000);
  CHECK(engine.known->until == kNow);
}

TEST_CASE("an ordinary run asks each list once and keeps nothing in memory") {
  Shop shop{.fbo = postings("fbo", 90, kNow - 1h, 3h), .fbs = postings("fbs", 50, kNow - 2h, 3h)};
  Engine engine{shop.open()};
  REQUIRE(engine.run().has_value());
  CHECK(engine.service->requests.size() == 3);
  CHECK(engine.memory->texts["orders_pass"].empty());
  CHECK(engine.sink.periods.size() == 2);  // covered, and returned
  CHECK(engine.sink.periods[0].until == engine.sink.periods[1].until);
}

TEST_CASE(
    "a pass is not gone on with when it is old, when what it read was lost, or when earlier orders are asked for") {
  Shop shop{.fbo = postings("fbo", 1'000, kNow - 1h, 2h), .fbs = {}};
  const auto interrupt = [](Engine& engine) {
    engine.since = kNow - 30 * 24h;
    engine.service->latency = 1s;
    CHECK_FALSE(engine.run(7s).has_value());
    CHECK_FALSE(engine.memory->texts["orders_pass"].empty());
  };
  const auto begins_anew = [](Engine& engine) {
    engine.service->requests.clear();
    REQUIRE(engine.run().has_value());
    const auto& requests = engine.service->requests;
    const auto first =
        std::find_if(requests.begin(), requests.end(), [](const auto& one) { return one.first == kFboPostings; });
    REQUIRE(first != requests.end());
    return first->second.find(R"("cursor":"")") != std::string::npos;
  };
  Engine gone_on{shop.open()};
  interrupt(gone_on);
  CHECK_FALSE(begins_anew(gone_on));
  Engine old{shop.open()};
  interrupt(old);
  old.service->clock->advance(7h);
  CHECK(begins_anew(old));
  Engine lost{shop.open()};
  interrupt(lost);
  lost.known = st::OrderCoverage{kNow - 85 * 24h, kNow - 84 * 24h};
  CHECK(begins_anew(lost));
  Engine earlier{shop.open()};
  interrupt(earlier);
  earlier.known.reset();
  earlier.since = kNow - 300 * 24h;
  CHECK(begins_anew(earlier));
  // By an hour, too: what lies before the pass it never asks for.
  for (const st::Duration before : {st::Duration(0), st::Duration(1h)}) {
    Engine little{shop.open()};
    const st::Instant from = kNow - 10 * 24h;
    little.memory->texts["orders_pass"] = st::ozon::OrderPass{from, kNow, from + 1h, {"c100", ""}}.text();
    little.since = from - before;
    CHECK(begins_anew(little) == (before > st::Duration(0)));
  }
  Engine broken{shop.open()};
  interrupt(broken);
  broken.memory->texts["orders_pass"] = "1\nx";
  CHECK(begins_anew(broken));
}

TEST_CASE("a list that is not in the order of time covers nothing before its end") {
  Shop shop{.fbo = postings("fbo", 1'000, kNow - 1h, 2h), .fbs = {}};
  std::reverse(shop.fbo.begin(), shop.fbo.end());
  Engine engine{shop.open()};
  engine.service->latency = 1s;
  CHECK_FALSE(engine.run(7s).has_value());
  CHECK_FALSE(engine.known.has_value());
  CHECK(engine.memory->texts["orders_pass"].empty());
  CHECK(engine.run().has_value());
  CHECK(engine.known->until == kNow);
}

TEST_CASE("a vendor that refuses where a pass went on ends the pass, and the next call begins anew") {
  Shop shop{.fbo = postings("fbo", 1'000, kNow - 1h, 2h), .fbs = {}};
  bool refuses = false;
  const auto inner = shop.open();
  Engine engine{std::make_shared<Service>([&, inner](const st::HttpRequest& request) -> st::HttpResponse {
    if (refuses && request.body.find(R"("cursor":"c)") != std::string::npos)
      return {400, {}, R"({"code":3,"message":"cursor has expired"})"};
    return inner->send(request, {}).value();
  })};
  engine.service->latency = 1s;
  CHECK_FALSE(engine.run(7s).has_value());
  refuses = true;
  CHECK(engine.run().error().errc() == st::Errc::vendor_rejected);
  CHECK(engine.memory->texts["orders_pass"].empty());
  refuses = false;
  engine.service->requests.clear();
  CHECK(engine.run().has_value());
  CHECK(engine.sink.by_key.size() == 1'000);
  // Otherwise the place that has expired would be asked for again, for as long as a pass lives.
  const auto& requests = engine.service->requests;
  const auto first =
      std::find_if(requests.begin(), requests.end(), [](const auto& one) { return one.first == kFboPostings; });
  REQUIRE(first != requests.end());
  CHECK(first->second.find(R"("cursor":"")") != std::string::npos);
}

TEST_CASE("coverage ends at the marketplace's time, however far our own clock runs ahead or behind") {
  Shop shop{.fbo = postings("fbo", 10, kNow - 3h, 1h), .fbs = postings("fbs", 3, kNow - 2h, 1h)};
  for (const st::Duration ahead : {st::Duration(365 * 24h), st::Duration(10min), st::Duration(-48h)}) {
    Engine engine{shop.open()};
    engine.service->clock = std::make_shared<st::testing::ManualClock>(kNow + ahead);
    const auto coverage = engine.run();
    REQUIRE(coverage.has_value());
    CHECK(coverage.value().until == kNow);
    CHECK(engine.sink.by_key.size() == 13);
    // The periods that are asked for end where the marketplace's time is, or a little later.
    const auto time_in = [](const std::string& request, const std::string& member) {
      return st::parse_rfc3339(request.substr(request.find(member) + member.size() + 3, 20)).value();
    };
    const auto& requests = engine.service->requests;
    const std::string& postings = requests.back().second;
    const std::string& returns = requests[requests.size() - 3].second;
    CHECK(time_in(postings, "to") >= kNow);
    CHECK(time_in(postings, "to") <= kNow + 1h);
    CHECK(time_in(postings, "since") == kNow - 120 * 24h);
    CHECK(time_in(returns, "time_to") >= kNow);
    CHECK(time_in(returns, "time_from") == kNow - 120 * 24h);
  }
  // Without a time of the marketplace's: at its newest order.
  Engine engine{shop.open()};
  engine.service->date.clear();
  engine.service->clock = std::make_shared<st::testing::ManualClock>(kNow + 10 * 24h);
  const auto coverage = engine.run();
  REQUIRE(coverage.has_value());
  CHECK(coverage.value().until <= kNow - 2h + 1s);
  CHECK(coverage.value().until >= kNow - 2h);
}

TEST_CASE("a pass is written as text and read again; a text that is of none is not read") {
  st::ozon::OrderPass pass;
  pass.from = st::Instant::from_seconds(1);
  pass.until = st::Instant::from_seconds(9);
  pass.reached = st::Instant::from_seconds(5);
  pass.cursors = {"", "eyJ="};
  const auto again = st::ozon::OrderPass::parse(pass.text());
  REQUIRE(again.has_value());
  CHECK(again->text() == pass.text());
  CHECK(again->cursors[1] == "eyJ=");
  for (const char* text : {"", "1", "1\n1\n9\n5\n", "1\n1\n9\n5\n\n\n", "2\n1000000\n9000000\n5000000\n\n",
                           "1\n9\n1\n5\n\n", "1\n1\n9\nx\n\n", "1\n5\n9\n1\n\n"}) {
    INFO(text);
    CHECK_FALSE(st::ozon::OrderPass::parse(text).has_value());
  }
}

TEST_CASE("C33: through the engine, two runs of fifteen seconds know all orders, and stock is known after the first") {
  Shop shop{.fbo = postings("fbo", 4'000, kNow - 1h, 20min), .fbs = postings("fbs", 50, kNow - 2h, 12h)};
  const auto lists = shop.open();
  const std::map<std::string, std::string> bodies{
      {"/v1/seller/info", R"({"company":{"name":"x"}})"},
      {"/v1/roles", R"({"roles":[],"expires_at":""})"},
      {"/v3/product/list", R"({"result":{"items":[{"product_id":1,"offer_id":"A"}],"last_id":""}})"},
      {"/v3/product/info/list", R"({"items":[{"id":1,"offer_id":"A","name":"a","barcodes":[]}]})"},
      {"/v1/product/info/stocks-by-warehouse/fbo",
       R"({"products":[{"offer_id":"A","product_id":1,"sku":1,"warehouse_id":7,"present":5,"reserved":0}],"cursor":""})"}};
  const auto service = std::make_shared<Service>([&](const st::HttpRequest& request) -> st::HttpResponse {
    const auto body = bodies.find(request.url.substr(request.url.find("/v")));
    return body == bodies.end() ? lists->send(request, {}).value() : st::HttpResponse{200, {}, body->second};
  });
  auto engine = st::open({.path = ":memory:",
                          .transport = service,
                          .clock = service->clock,
                          .random = std::make_shared<st::testing::SeededRandom>(1),
                          .executor = st::make_inline_executor()})
                    .value();
  const auto account = engine.accounts().connect(st::ozon::credentials("123", st::Secret::copy_of("key-1"))).value();
  service->latency = 500ms;
  std::vector<std::size_t> known;
  for (int run = 0; run < 2; ++run) {
    REQUIRE(engine.sync().run(account.id, {.orders = true, .prices = true}, {.timeout = 15s}).has_value());
    const auto lines = engine.orders().lines({.account = account.id}).collect().value();
    known.push_back(lines.size());
    for (const st::OrderLine& line : lines) REQUIRE(line.status == st::OrderStatus::delivered);
    const auto positions = engine.stock().positions({.account = account.id}).collect().value();
    REQUIRE(positions.size() == 1);
    CHECK(positions[0].on_hand->units() == 5);
  }
  CHECK(known[0] > 1'000);
  CHECK(known[1] == 4'050);
  CHECK(engine.orders().coverage(account.id).value()->until == kNow);
}
