// How the simulated marketplaces count requests.
#include <cstdint>
#include <limits>

#include <stocktracker/testing/world.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::WildberriesToken;
using st::testing::WildberriesTokenType;

namespace {

st::HttpResponse ask(st::testing::World& world, const std::string& path, const char* body = nullptr,
                     const WildberriesToken& shape = {}) {
  st::HttpRequest request;
  request.url = "https://wb.test" + path;
  if (body != nullptr) {
    request.method = st::HttpMethod::post;
    request.body = body;
  }
  request.secret_headers.push_back({"Authorization", world.token(st::Channel::wildberries, shape)});
  return world.transport()->send(request, {}).value();
}

constexpr const char* kReport = "/api/analytics/v1/stocks-report/wb-warehouses";

}  // namespace

TEST_CASE("the marketplace counts requests: burst, refill, headers and penalty are as documented") {
  st::testing::World world({.seed = 2, .offers = 5, .limits = true});
  for (int n = 19; n >= 0; --n) {
    CHECK(ask(world, "/api/v3/warehouses").header("X-Ratelimit-Remaining") == std::to_string(n));
  }
  const auto refused = ask(world, "/api/v3/warehouses");
  CHECK(refused.status == 429);
  CHECK(refused.header("X-Ratelimit-Limit") == "20");
  CHECK(refused.header("X-Ratelimit-Retry") == "1");
  CHECK(refused.header("X-Ratelimit-Reset") == "4");
  CHECK(world.rejections() == 1);
  // The refusal itself counted nine more: 1.8 s of debt, then one each 200 ms.
  world.clock()->advance(1'900ms);
  CHECK(ask(world, "/api/v3/warehouses").status == 429);
  world.clock()->advance(4s);
  CHECK(ask(world, "/api/v3/warehouses").status == 200);
  world.clock()->advance(1h);
  CHECK(ask(world, "/api/v3/stocks/1", R"({"chrtIds":[1]})").status == 404);
  CHECK(ask(world, "/api/v3/warehouses").header("X-Ratelimit-Remaining") == "9");
  // Other groups have their own.
  CHECK(ask(world, kReport, "{}").status == 200);
  const auto second = ask(world, kReport, "{}");
  CHECK(second.status == 429);
  CHECK(second.header("X-Ratelimit-Retry") == "20");
  world.clock()->advance(20s);
  CHECK(ask(world, kReport, "{}").status == 200);
}

TEST_CASE("a token opens the methods of its categories and no other") {
  st::testing::World world({.seed = 2, .offers = 5});
  const WildberriesToken content{WildberriesTokenType::personal, {"content"}};
  CHECK(ask(world, "/content/v2/get/cards/list", "{}", content).status == 200);
  CHECK(ask(world, "/api/v3/warehouses", nullptr, content).status == 401);
  CHECK(ask(world, kReport, "{}", content).status == 401);
  CHECK(ask(world, "/api/v1/seller-info", nullptr, content).status == 200);
  const WildberriesToken base{WildberriesTokenType::base};
  CHECK(ask(world, kReport, "{}", base).status == 403);
  CHECK(ask(world, "/api/v1/warehouse_remains?groupByNm=true", nullptr, base).status == 200);
}

TEST_CASE("the remains report is ordered, prepared and kept for a while") {
  st::testing::World world({.seed = 2, .offers = 20});
  const auto ordered = ask(world, "/api/v1/warehouse_remains?groupByNm=true&groupByBarcode=true").body;
  const std::string id = ordered.substr(ordered.find("taskId\":\"") + 9, 36);
  const std::string task = "/api/v1/warehouse_remains/tasks/" + id;
  CHECK(ask(world, task + "/status").body.find("\"new\"") != std::string::npos);
  CHECK(ask(world, task + "/download").status == 404);
  world.clock()->advance(3s);
  CHECK(ask(world, task + "/status").body.find("\"processing\"") != std::string::npos);
  world.clock()->advance(5s);
  CHECK(ask(world, task + "/status").body.find("\"done\"") != std::string::npos);
  const std::string report = ask(world, task + "/download").body;
  CHECK(report.find("\"barcode\"") != std::string::npos);
  CHECK(report.find("vendorCode") == std::string::npos);
  CHECK(report.find("Всего находится на складах") != std::string::npos);
  world.clock()->advance(3h);
  CHECK(ask(world, task + "/status").status == 404);
  CHECK(ask(world, "/api/v1/warehouse_remains/tasks/none/status").status == 404);
}

TEST_CASE("a world that stands still sells nothing more") {
  st::testing::World world({.seed = 2, .offers = 50, .orders_per_offer_day_x100 = 500});
  world.clock()->advance(24h);
  const auto orders = world.orders();
  CHECK(orders > 0);
  world.stand_still();
  world.clock()->advance(1h);
  const auto total = world.true_total(st::Channel::wildberries);
  world.clock()->advance(72h);
  CHECK(world.orders() == orders);
  CHECK(world.true_total(st::Channel::wildberries) == total);
}

TEST_CASE("an update of seller stock is absolute, and says nothing about names it does not know") {
  st::testing::World world({.seed = 2, .offers = 5, .seller_warehouses = 1, .orders_per_offer_day_x100 = 0});
  const auto put = [&](const std::string& warehouse, const std::string& body) {
    st::HttpRequest request;
    request.method = st::HttpMethod::put;
    request.url = "https://wb.test/api/v3/stocks/" + warehouse;
    request.body = body;
    request.secret_headers.push_back({"Authorization", world.token(st::Channel::wildberries)});
    return world.transport()->send(request, {}).value();
  };
  const std::string listed = ask(world, "/api/v3/warehouses").body;
  const std::string id =
      listed.substr(listed.find("\"id\":") + 5, listed.find(',', listed.find("\"id\":")) - listed.find("\"id\":") - 5);
  const std::string offer = world.truth(st::Channel::wildberries).front().offer;
  const auto amount = [&] {
    return ask(world, "/api/v3/stocks/" + id, ("{\"chrtIds\":[" + offer + "]}").c_str()).body;
  };
  CHECK(put(id, "{\"stocks\":[{\"chrtId\":" + offer + ",\"amount\":4321}]}").status == 204);
  CHECK(amount().find("4321") != std::string::npos);
  CHECK(put(id, "{\"stocks\":[{\"chrtID\":" + offer + ",\"amount\":1}]}").status == 204);
  CHECK(put(id, "{\"stock\":[]}").status == 204);
  CHECK(amount().find("4321") != std::string::npos);
  CHECK(put(id, R"({"stocks":[{"sku":"1","amount":1}]})").body.find("SKUUploadDisabled") != std::string::npos);
  const auto conflict =
      put(id, "{\"stocks\":[{\"chrtId\":1,\"amount\":1},{\"chrtId\":" + offer + ",\"amount\":100001}]}");
  CHECK(conflict.status == 409);
  CHECK(conflict.body.starts_with("[{\"code\":\"NotFound\""));
  CHECK(conflict.body.find("UploadDataLimit") != std::string::npos);
  CHECK(put("1", R"({"stocks":[]})").status == 404);
  CHECK(put(id, "[]").status == 400);
}

namespace {

int answered_of(st::testing::World& world, const st::Channel& channel, const char* path, int asked) {
  int answered = 0;
  for (int n = 0; n < asked; ++n) {
    st::HttpRequest request;
    request.method = channel == st::Channel::ozon ? st::HttpMethod::post : st::HttpMethod::get;
    request.url = std::string("https://market.test") + path;
    if (request.method == st::HttpMethod::post) request.body = "{}";
    const char* header = channel == st::Channel::wildberries ? "Authorization" : "Api-Key";
    request.secret_headers.push_back({header, world.token(channel)});
    if (channel == st::Channel::ozon) request.headers.push_back({"Client-Id", world.seller(channel)});
    if (world.transport()->send(request, {}).value().status == 200) ++answered;
  }
  return answered;
}

st::testing::WorldOptions on_all_marketplaces() {
  st::testing::WorldOptions options;
  options.seed = 2;
  options.offers = 5;
  options.limits = true;
  options.channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};
  return options;
}

}  // namespace

TEST_CASE("each marketplace answers as many requests as the test's table says, and none is limited without an entry") {
  auto options = on_all_marketplaces();
  options.limit_table.wildberries = {{"marketplace", false, 1h, 3}};
  options.limit_table.wildberries_refusal_counts = 1;
  options.limit_table.ozon = {4, 1h};
  options.limit_table.yandex_market = {{"campaigns", 5, 1h}};
  st::testing::World world(options);
  CHECK(answered_of(world, st::Channel::wildberries, "/api/v3/warehouses", 30) == 3);
  CHECK(answered_of(world, st::Channel::ozon, "/v1/seller/info", 30) == 4);
  CHECK(answered_of(world, st::Channel::yandex_market, "/v2/campaigns", 30) == 5);
  CHECK(answered_of(world, st::Channel::wildberries, "/ping", 30) == 30);
  CHECK(answered_of(world, st::Channel::yandex_market, "/v2/warehouses", 150) == 150);
  CHECK(world.rejections() == 27 + 26 + 25);
  // A refusal counts as one here: after an hour one more is answered, on the others all.
  world.clock()->advance(1h);
  CHECK(answered_of(world, st::Channel::wildberries, "/api/v3/warehouses", 30) == 1);
  CHECK(answered_of(world, st::Channel::ozon, "/v1/seller/info", 30) == 4);
  CHECK(answered_of(world, st::Channel::yandex_market, "/v2/campaigns", 30) == 5);
}

TEST_CASE("a table of limits that no marketplace has is refused, with each field named") {
  auto options = on_all_marketplaces();
  CHECK(options.validate().has_value());
  options.limit_table.wildberries.push_back({"statistics", false, 1s, 1});
  options.limit_table.wildberries.push_back({"ping", false, 1s, 0});
  options.limit_table.wildberries_refusal_counts = 0;
  options.limit_table.ozon.requests = 0;
  options.limit_table.yandex_market.push_back({"stocks", 1, 0s});
  const auto refused = options.validate();
  REQUIRE_FALSE(refused.has_value());
  const std::string said = refused.error().text();
  for (const char* part :
       {"only methods of the marketplace: statistics", "each once: ping", "above zero: ping",
        "wildberries_refusal_counts", "limit_table.ozon", "each once: stocks", "above zero: stocks"}) {
    CHECK_THAT(said, Catch::Contains(part));
  }
}

TEST_CASE("limits that 64 bits cannot count are refused, and the largest are counted") {
  const auto refused_for = [](auto change) {
    auto options = on_all_marketplaces();
    change(options.limit_table);
    const auto checked = options.validate();
    return checked ? std::string() : checked.error().text();
  };
  using Table = st::testing::WorldLimits;
  constexpr auto kMost = std::numeric_limits<int>::max();
  constexpr auto kCentury = 24h * 36'525;
  CHECK_THAT(refused_for([&](Table& t) { t.wildberries = {{"ping", false, 24h, kMost}}; }), Catch::Contains("refill"));
  CHECK_THAT(refused_for([&](Table& t) {
               t.wildberries = {{"ping", false, st::Duration::max(), 1}};
             }),
             Catch::Contains("refill"));
  CHECK_THAT(refused_for([&](Table& t) { t.wildberries = {{"ping", false, -1s, kMost}}; }), Catch::Contains("refill"));
  CHECK_THAT(refused_for([&](Table& t) {
               t.wildberries = {{"marketplace", false, 24h, 1}};
               t.wildberries_refusal_counts = kMost;
             }),
             Catch::Contains("wildberries_refusal_counts"));
  CHECK_THAT(refused_for([&](Table& t) { t.ozon.length = kCentury + 1us; }), Catch::Contains("limit_table.ozon"));
  CHECK_THAT(refused_for([&](Table& t) {
               t.yandex_market = {{"stocks", 1, st::Duration::max()}};
             }),
             Catch::Contains("limit_table.yandex_market"));

  auto options = on_all_marketplaces();
  options.limit_table.wildberries = {{"ping", false, 1us, kMost}, {"marketplace", false, kCentury / 1'000, 1'000}};
  options.limit_table.wildberries_refusal_counts = 1'000;
  options.limit_table.ozon = {kMost, kCentury};
  options.limit_table.yandex_market = {{"campaigns", INT64_MAX, kCentury}};
  st::testing::World world(options);
  CHECK(answered_of(world, st::Channel::wildberries, "/ping", 20) == 20);
  CHECK(answered_of(world, st::Channel::ozon, "/v1/seller/info", 20) == 20);
  CHECK(answered_of(world, st::Channel::yandex_market, "/v2/campaigns", 20) == 20);
  // Refusals add 100 years each to the debt, which does not come round to credit.
  CHECK(answered_of(world, st::Channel::wildberries, "/api/v3/warehouses", 1'000) == 1'000);
  CHECK(answered_of(world, st::Channel::wildberries, "/api/v3/warehouses", 9'000) == 0);
}
