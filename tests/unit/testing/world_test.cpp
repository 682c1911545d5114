// The world as a whole: its seed, its time, its oracle and what can be done to it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/unit/testing/world_client.hpp"

using namespace std::chrono_literals;

namespace stocktracker::test {
namespace {

testing::WorldOptions busy(std::uint64_t seed, int offers = 120) {
  testing::WorldOptions options;
  options.seed = seed;
  options.offers = offers;
  options.orders_per_offer_day_x100 = 400;
  return options;
}

std::vector<std::string> bodies(const World& world) {
  const WorldClient client(world);
  std::vector<std::string> all;
  all.push_back(client.send(HttpMethod::get, "/ping").body);
  all.push_back(client.send(HttpMethod::get, "/api/v1/seller-info").body);
  all.push_back(client.cards_page("{\"cursor\":{\"limit\":100}}").body);
  all.push_back(client.report("{}").body);
  all.push_back(client.send(HttpMethod::get, "/api/v3/warehouses").body);
  all.push_back(client.send(HttpMethod::get, "/no/such/path").body);
  return all;
}

Stock truth(const World& world) { return stock_of(world.truth(Channel::wildberries)); }

Stock of_kind(const Stock& stock, StockKind kind) {
  Stock part;
  for (const auto& [position, amounts] : stock) {
    if (std::get<1>(position) == kind) part.emplace(position, amounts);
  }
  return part;
}

}  // namespace

TEST_CASE("WorldOptions reports every problem in one error") {
  REQUIRE(testing::WorldOptions{}.validate());
  testing::WorldOptions options;
  options.offers = -1;
  options.marketplace_warehouses = 1'001;
  options.seller_warehouses = -1;
  options.orders_per_offer_day_x100 = -5;
  options.undisclosed_percent = 101;
  options.cancel_percent = 60;
  options.return_percent = 41;
  options.start = Instant{};
  options.channels = {Channel::ozon, Channel::wildberries, Channel::wildberries};
  const auto result = options.validate();
  REQUIRE_FALSE(result);
  REQUIRE(result.error().errc() == Errc::invalid_argument);
  for (const char* field : {"offers", "marketplace_warehouses", "seller_warehouses", "orders_per_offer_day_x100",
                            "undisclosed_percent", "return_percent", "start", "channels"}) {
    INFO(field);
    CHECK(result.error().text().find(field) != std::string::npos);
  }
  REQUIRE_THROWS_AS(World(options), StockError);
  options = {};
  options.channels.clear();
  REQUIRE_FALSE(options.validate());
}

TEST_CASE("World: the same seed makes the same world") {
  World a(busy(7));
  World b(busy(7));
  World other(busy(8));
  const auto first = bodies(a);
  REQUIRE((first == bodies(b)));
  REQUIRE((first[3] != bodies(other)[3]));
  for (World* world : {&a, &b}) world->clock()->advance(50h);
  const auto later = bodies(a);
  REQUIRE((later == bodies(b)));
  REQUIRE((later[3] != first[3]));
  REQUIRE(a.token(Channel::wildberries).equals(b.token(Channel::wildberries)));
}

TEST_CASE("World: asking more often changes no history") {
  World silent(busy(11));
  World hourly(busy(11));
  World eager(busy(11));
  hourly.run_for(72h, testing::every(1h), [&] { static_cast<void>(WorldClient(hourly).read_all()); });
  eager.run_for(72h, testing::every(7min), [&] { static_cast<void>(eager.orders()); });
  silent.clock()->advance(72h);
  REQUIRE(silent.orders() > 100);
  REQUIRE(silent.truth(Channel::wildberries) == hourly.truth(Channel::wildberries));
  REQUIRE(silent.truth(Channel::wildberries) == eager.truth(Channel::wildberries));
  REQUIRE(silent.orders() == hourly.orders());
  REQUIRE(silent.orders() == eager.orders());
}

TEST_CASE("World: the truth equals what a reader of the API reads") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    INFO("seed " << seed);
    auto options = busy(seed, 90);
    options.undisclosed_percent = seed == 1 ? 0 : seed == 2 ? 100 : 40;
    World world(options);
    const WorldClient client(world);
    world.run_for(40h, testing::every(5h + 17min), [&] {
      const Stock read = client.read_all(seed == 3 ? 13 : 250'000);
      REQUIRE(read == truth(world));
      std::int64_t total = 0;
      for (const auto& [position, amounts] : read) total += std::get<0>(amounts);
      REQUIRE(total == world.true_total(Channel::wildberries));
    });
    const auto positions = world.truth(Channel::wildberries);
    REQUIRE(std::is_sorted(positions.begin(), positions.end(), [](const auto& a, const auto& b) {
      return std::tie(a.offer, a.kind, a.warehouse) < std::tie(b.offer, b.kind, b.warehouse);
    }));
  }
}

TEST_CASE("World: a channel that is not in the options has no data") {
  World world(busy(1));
  REQUIRE(world.truth(Channel::ozon).empty());
  REQUIRE(world.true_total(Channel::ozon) == 0);
  REQUIRE(world.token(Channel::ozon).empty());
}

TEST_CASE("World: the report is rebuilt at the half hour, seller stock is live") {
  auto options = busy(5, 400);
  options.start = Instant::from_seconds(1'795'300'200);  // 22:30:00
  World world(options);
  const auto at = [&](Duration after) {
    world.clock()->advance_to(options.start + after);
    return truth(world);
  };
  const Stock start = at(0us);
  const Stock late = at(30min - 1us);
  REQUIRE(of_kind(late, StockKind::fbo) == of_kind(start, StockKind::fbo));
  REQUIRE(of_kind(late, StockKind::fbs) != of_kind(start, StockKind::fbs));
  const std::int64_t orders = world.orders();
  REQUIRE(orders > 0);
  const Stock rebuilt = at(30min);
  REQUIRE(of_kind(rebuilt, StockKind::fbo) != of_kind(start, StockKind::fbo));
  REQUIRE(of_kind(at(60min - 1us), StockKind::fbo) == of_kind(rebuilt, StockKind::fbo));
  REQUIRE(of_kind(at(60min), StockKind::fbo) != of_kind(rebuilt, StockKind::fbo));
}

TEST_CASE("World: without orders nothing moves") {
  auto options = busy(5);
  options.orders_per_offer_day_x100 = 0;
  World world(options);
  const auto before = world.truth(Channel::wildberries);
  world.clock()->advance(24h * 30);
  REQUIRE(world.truth(Channel::wildberries) == before);
  REQUIRE(world.orders() == 0);
}

TEST_CASE("World: orders come at about the asked rate") {
  auto options = busy(3, 500);
  options.orders_per_offer_day_x100 = 50;
  World world(options);
  world.clock()->advance(24h * 10);
  // 2,500 are tried; some goods are sold out.
  REQUIRE(world.orders() > 1'700);
  REQUIRE(world.orders() < 2'700);
}

TEST_CASE("World::run_for ticks on a grid, and waits inside pass time") {
  World world(busy(1, 10));
  const Instant start = world.clock()->now();
  std::vector<Duration> ticks;
  const auto note = [&] { ticks.push_back(world.clock()->now() - start); };
  world.run_for(60min, testing::every(20min), note);
  REQUIRE(ticks == std::vector<Duration>{0min, 20min, 40min, 60min});
  REQUIRE(world.clock()->now() == start + 60min);

  ticks.clear();
  world.run_for(50min, testing::every(20min), note);
  REQUIRE(ticks == std::vector<Duration>{60min, 80min, 100min});
  REQUIRE(world.clock()->now() == start + 110min);

  ticks.clear();
  world.run_for(60min, testing::every(10min), [&] {
    note();
    if (ticks.size() == 2) REQUIRE(world.clock()->wait_until(world.clock()->now() + 25min, {}));
  });
  REQUIRE(ticks == std::vector<Duration>{110min, 120min, 150min, 160min, 170min});
  REQUIRE_THROWS_AS(world.run_for(1h, testing::every(0s), note), StockError);
}

TEST_CASE("World: a trashed card takes its listing and its stock along") {
  World world(busy(21));
  const WorldClient client(world);
  const auto before = client.cards(true, 100);
  const std::string listing = world.truth(Channel::wildberries).front().listing;
  std::vector<std::int64_t> listings;
  for (const JsonValue& card : before) listings.push_back(member(card, "nmID").integer());
  std::sort(listings.begin(), listings.end());
  const auto n =
      static_cast<std::size_t>(std::find(listings.begin(), listings.end(), std::stoll(listing)) - listings.begin());
  world.trash_card(n);
  world.trash_card(n);
  REQUIRE(client.cards(true, 100).size() == before.size() - 1);
  for (const auto& position : world.truth(Channel::wildberries)) REQUIRE(position.listing != listing);
  world.run_for(24h * 20, testing::every(24h * 4), [&] { REQUIRE(client.read_all() == truth(world)); });
  REQUIRE_THROWS_AS(world.trash_card(listings.size()), StockError);
}

TEST_CASE("World: stock of a card that left the list is still reported") {
  World world(busy(22));
  const WorldClient client(world);
  const Stock before = truth(world);
  const auto cards = client.cards(true, 100).size();
  for (std::size_t n = 0; n < 5; ++n) world.uncard(n);
  REQUIRE(client.cards(true, 100).size() == cards - 5);
  REQUIRE(truth(world) == before);
  REQUIRE(of_kind(client.read_all(), StockKind::fbo) == of_kind(before, StockKind::fbo));
  REQUIRE_THROWS_AS(world.uncard(cards), StockError);
}

TEST_CASE("World: an empty report is empty until its time") {
  World world(busy(23));
  const WorldClient client(world);
  const Instant until = world.clock()->now() + 2h;
  world.empty_report_until(until);
  REQUIRE(client.report("{}").status == 204);
  REQUIRE(of_kind(truth(world), StockKind::fbo).empty());
  REQUIRE(client.read_all() == truth(world));
  world.clock()->advance_to(until - 1us);
  REQUIRE(client.report("{}").status == 204);
  world.clock()->advance_to(until);
  REQUIRE(client.report("{}").status == 200);
  REQUIRE(client.read_all() == truth(world));
  REQUIRE_FALSE(of_kind(truth(world), StockKind::fbo).empty());
}

TEST_CASE("World: seller stock can be set and silenced") {
  World world(busy(24, 40));
  const WorldClient client(world);
  const auto cards = client.cards(true, 100);
  std::vector<std::int64_t> offers;
  for (const JsonValue& card : cards) {
    for (const JsonValue& size : member(card, "sizes").items()) offers.push_back(member(size, "chrtID").integer());
  }
  std::sort(offers.begin(), offers.end());
  const std::int64_t warehouse = client.warehouses().at(1);
  for (std::size_t n = 0; n < offers.size(); ++n) world.set_fbs(n, 1, static_cast<std::int64_t>(n) * 3);
  const auto amounts = client.amounts(warehouse, {offers.begin(), offers.end()});
  REQUIRE(amounts.size() == offers.size());
  for (std::size_t n = 0; n < offers.size(); ++n) REQUIRE(amounts.at(offers[n]) == static_cast<std::int64_t>(n) * 3);

  world.silence_fbs(4);
  REQUIRE(client.amounts(warehouse, {offers.begin(), offers.end()}).count(offers[4]) == 0);
  REQUIRE(client.amounts(warehouse, {offers.begin(), offers.end()}).size() == offers.size() - 1);
  REQUIRE(client.read_all() == truth(world));
  REQUIRE_THROWS_AS(world.set_fbs(offers.size(), 0, 1), StockError);
  REQUIRE_THROWS_AS(world.set_fbs(0, 2, 1), StockError);
  REQUIRE_THROWS_AS(world.set_fbs(0, 0, -1), StockError);
  REQUIRE_THROWS_AS(world.set_fbs(0, 0, 100'001), StockError);
  REQUIRE_THROWS_AS(world.silence_fbs(offers.size()), StockError);
}

TEST_CASE("World: an empty world answers every request") {
  testing::WorldOptions options;
  options.offers = 0;
  options.marketplace_warehouses = 0;
  options.seller_warehouses = 0;
  World world(options);
  const WorldClient client(world);
  world.clock()->advance(48h);
  REQUIRE(client.cards(false, 10).empty());
  REQUIRE(client.report("{}").status == 204);
  REQUIRE(client.warehouses().empty());
  REQUIRE(truth(world).empty());

  options.offers = 20;
  World homeless(options);
  homeless.clock()->advance(48h);
  REQUIRE(truth(homeless).empty());
  REQUIRE(homeless.orders() == 0);
}

TEST_CASE("World: the transport takes requests from many threads") {
  World world(busy(3, 60));
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, token = world.token(Channel::wildberries)] {
        for (int n = 0; n < 25; ++n) {
          HttpRequest request;
          request.method = HttpMethod::post;
          request.url = "https://analytics.example/api/analytics/v1/stocks-report/wb-warehouses";
          request.body = "{}";
          request.secret_headers.push_back({"Authorization", token.clone()});
          const auto answer = world.transport()->send(request, {});
          if (answer && answer.value().status == 200) ++good;
          world.clock()->advance(10min);
        }
      });
    }
  }
  REQUIRE(good == 100);
  REQUIRE(world.requests() == 100);
}

TEST_CASE("World: the transport honours its context and outlives the world") {
  auto world = std::make_unique<World>(busy(2, 10));
  const auto transport = world->transport();
  HttpRequest request;
  request.url = "https://common-api.wildberries.ru/api/v1/seller-info";
  request.secret_headers.push_back({"Authorization", world->token(Channel::wildberries)});

  CallContext late;
  late.deadline = world->clock()->now() - 1s;
  REQUIRE(transport->send(request, late).error().errc() == Errc::deadline_exceeded);
  std::stop_source source;
  source.request_stop();
  CallContext stopped;
  stopped.stop = source.get_token();
  REQUIRE(transport->send(request, stopped).error().errc() == Errc::cancelled);
  REQUIRE(world->requests() == 0);

  request.max_body = 10;
  REQUIRE(transport->send(request, {}).error().errc() == Errc::body_too_large);
  request.max_body = 1'000;
  world.reset();
  REQUIRE(transport->send(request, {}).value().status == 200);
}

}  // namespace stocktracker::test
