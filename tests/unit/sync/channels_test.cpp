// One seller on three marketplaces through one engine, beside what the world knows.
#include <map>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/http/rate_headers.hpp>

#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

struct Bazaar {
  explicit Bazaar(st::testing::WorldOptions options = {}, st::LimitTable limits = {}) : world(three(options)) {
    engine.emplace(st::open({.path = ":memory:",
                             .limits = std::move(limits),
                             .transport = world.transport(),
                             .clock = world.clock(),
                             .random = std::make_shared<st::testing::SeededRandom>(options.seed),
                             .executor = st::make_inline_executor()})
                       .value());
    connect(st::wildberries::credentials(world.token(st::Channel::wildberries)));
    connect(st::ozon::credentials(world.seller(st::Channel::ozon), world.token(st::Channel::ozon)));
    connect(st::yandex_market::credentials(world.token(st::Channel::yandex_market)));
  }
  static st::testing::WorldOptions three(st::testing::WorldOptions options) {
    options.channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};
    return options;
  }
  void connect(st::Credentials credentials) {
    const st::Channel channel = credentials.channel;
    auto account = engine->accounts().connect(std::move(credentials));
    INFO((account ? std::string() : account.error().text()));
    REQUIRE(account.has_value());
    CHECK(account.value().seller_key == world.seller(channel));
    accounts.push_back(account.value());
  }
  void sync(bool everything = true) {
    for (const st::Account& account : accounts) {
      const auto run = engine->sync().run(account.id, {.orders = everything, .prices = everything});
      REQUIRE(run.has_value());
      for (const auto& source : run.value().sources) {
        INFO(account.channel.code() << " " << source.name << ": " << (source.error ? source.error->text() : ""));
        CHECK(source.state == st::SourceState::ok);
      }
    }
  }
  void check_stock() {
    for (const st::Account& account : accounts) {
      std::map<std::string, std::int64_t> truth;
      std::map<std::string, std::int64_t> reserved;
      for (const auto& p : world.truth(account.channel)) {
        const std::string key = p.offer + "@" + p.warehouse + "/" + to_string(p.kind);
        truth[key] = p.on_hand;
        reserved[key] = p.reserved;
      }
      std::size_t matched = 0;
      const auto positions = engine->stock().positions({.account = account.id}).collect().value();
      for (const auto& p : positions) {
        const bool fbs = p.warehouse.kind == st::WarehouseKind::seller;
        const std::string key = p.offer.key + "@" + p.warehouse.key + "/" + (fbs ? "fbs" : "fbo");
        INFO(account.channel.code() << " " << key);
        REQUIRE(p.on_hand.has_value());
        const auto there = truth.find(key);
        // A position that sold out to the last unit may no longer be reported: it is zero then.
        CHECK(p.on_hand->units() == (there == truth.end() ? 0 : there->second));
        // Wildberries says nothing of what is reserved.
        CHECK(p.reserved.has_value() == (account.channel != st::Channel::wildberries));
        if (p.reserved) CHECK(p.reserved->units() == (there == truth.end() ? 0 : reserved[key]));
        matched += there == truth.end() ? 0 : 1;
      }
      CHECK(matched == truth.size());
      CHECK(truth.size() > 40);
    }
  }
  void check_orders() {
    for (const st::Account& account : accounts) {
      std::map<std::string, st::OrderLine> reported;
      const auto lines = engine->orders().lines({.account = account.id}).collect().value();
      for (const auto& line : lines) reported.emplace(line.key, line);
      const auto truth = world.order_truth(account.channel);
      INFO(account.channel.code());
      CHECK(reported.size() == truth.size());
      CHECK(truth.size() > 30);
      for (const auto& order : truth) {
        INFO(account.channel.code() << " " << order.key);
        const auto found = reported.find(order.key);
        REQUIRE(found != reported.end());
        const st::OrderLine& line = found->second;
        CHECK(line.offer == order.offer);
        CHECK(line.status == order.status);
        CHECK(line.kind == order.kind);
        CHECK(line.quantity == order.quantity);
        CHECK(line.warehouse_name == order.warehouse_name);
        CHECK(line.ordered_at == order.ordered_at);
        CHECK(line.changed_at == order.changed_at);
        CHECK(line.price.has_value());
      }
    }
  }

  st::testing::World world;
  std::optional<st::Engine> engine;
  std::vector<st::Account> accounts;
};

}  // namespace

TEST_CASE("one seller on three marketplaces is read as each marketplace reports it, day after day") {
  for (const bool groups : {false, true}) {
    Bazaar bazaar({.seed = 31, .offers = 90, .orders_per_offer_day_x100 = 90, .warehouse_groups = groups});
    for (int day = 0; day < 12; ++day) {
      bazaar.world.clock()->advance(23h + 11min);
      bazaar.sync();
    }
    bazaar.check_stock();
    bazaar.check_orders();
    CHECK(bazaar.engine->ledger().verify().value().broken == 0);
  }
}

TEST_CASE("stock of the seller's own warehouses is one number that each marketplace reports alike") {
  Bazaar bazaar({.seed = 32, .offers = 60});
  bazaar.world.clock()->advance(24h * 3);
  bazaar.world.stand_still();
  bazaar.sync();
  // By article and place: what is free is free on all of them.
  std::map<std::string, std::map<std::string, std::int64_t>> piles;
  for (const st::Account& account : bazaar.accounts) {
    const auto positions = bazaar.engine->stock().positions({.account = account.id}).collect().value();
    for (const auto& p : positions) {
      if (p.warehouse.kind != st::WarehouseKind::seller || account.channel == st::Channel::wildberries) continue;
      piles[p.offer.key + "@" + p.warehouse.name][std::string(account.channel.code())] = p.on_hand->units();
    }
  }
  std::size_t shared = 0;
  for (const auto& [where, reported] : piles) {
    if (reported.size() < 2) continue;
    ++shared;
    INFO(where);
    CHECK(reported.at("ozon") == reported.at("yandex_market"));
  }
  CHECK(shared > 20);
}

TEST_CASE("prices of three marketplaces are kept, each in its own way") {
  Bazaar bazaar({.seed = 33, .offers = 40});
  bazaar.sync();
  for (const st::Account& account : bazaar.accounts) {
    const auto prices = bazaar.engine->prices().list({.account = account.id}).collect().value();
    INFO(account.channel.code());
    CHECK(prices.size() > 30);
    for (const auto& price : prices) {
      const st::Currency currency = price.price.currency();
      CHECK(currency == st::Currency::rub());
      CHECK(price.price.minor() > 0);
      REQUIRE(price.list_price.has_value());
      CHECK(price.list_price->minor() >= price.price.minor());
    }
  }
}

TEST_CASE("an account's key says what it opens") {
  Bazaar bazaar({.seed = 34, .offers = 10});
  const auto ozon = bazaar.engine->accounts().credentials(bazaar.accounts[1].id).value();
  REQUIRE(ozon.size() == 1);
  CHECK(ozon[0].categories == std::vector<std::string>{"Admin read only"});
  CHECK(ozon[0].read_only);
  CHECK(ozon[0].expires_at == bazaar.world.clock()->now() + 24h * 180);
  const auto market = bazaar.engine->accounts().credentials(bazaar.accounts[2].id).value();
  REQUIRE(market.size() == 1);
  CHECK(market[0].categories.size() == 2);
  CHECK(market[0].read_only);
}

TEST_CASE("the shipped limits are those that the marketplaces keep: nothing is refused") {
  Bazaar bazaar({.seed = 35, .offers = 300, .limits = true}, st::LimitTable::shipped());
  for (int day = 0; day < 4; ++day) {
    bazaar.sync();
    bazaar.world.clock()->advance(5h);
  }
  CHECK(bazaar.world.requests() > 120);
  CHECK(bazaar.world.rejections() == 0);
}

TEST_CASE("one product is found on three marketplaces by article and barcode, and the rest is for review") {
  Bazaar bazaar({.seed = 36, .offers = 120});
  bazaar.sync();
  const auto listings = bazaar.engine->listings().matched().value();
  std::size_t on_three = 0;
  for (const auto& product : listings.matches.products) on_three += product.offers.size() == 3 ? 1 : 0;
  CHECK(on_three > 60);
  CHECK(listings.matches.review.size() > 5);
  const st::MatchOffer& alone = listings.offers[listings.matches.review.front().offer];
  const st::MatchOffer& other = listings.offers[listings.matches.products.front().offers.front()];
  auto service = bazaar.engine->listings();
  REQUIRE(service.decide(alone.account, alone.key, "mug").has_value());
  REQUIRE(service.decide(other.account, other.key, "mug").has_value());
  const auto decided = bazaar.engine->listings().matched().value();
  const auto mugs = std::count_if(decided.matches.products.begin(), decided.matches.products.end(),
                                  [](const st::MatchedProduct& one) { return one.by == st::MatchedBy::person; });
  CHECK(mugs == 1);
  CHECK(service.undecide(alone.account, alone.key).has_value());
  CHECK(service.decide(alone.account, "no such offer", "mug").error().errc() == st::Errc::not_found);
  CHECK(service.decide(alone.account, alone.key, "").error().errc() == st::Errc::invalid_argument);
}

TEST_CASE("the health of an account is computed from what is known, and names what is not") {
  Bazaar bazaar({.seed = 37, .offers = 80, .orders_per_offer_day_x100 = 120});
  bazaar.sync(false);
  for (const st::Account& account : bazaar.accounts) {
    const auto health = bazaar.engine->analytics().stock_health({.account = account.id}).value();
    CHECK_FALSE(health.orders_known);
    for (const auto& offer : health.by_offer) {
      CHECK_FALSE(offer.orders.has_value());
      CHECK((offer.days.state == st::DaysOfStock::State::unknown ||
             offer.days.state == st::DaysOfStock::State::sold_out));
    }
  }
  for (int day = 0; day < 9; ++day) {
    bazaar.world.clock()->advance(24h);
    bazaar.sync();
  }
  for (const st::Account& account : bazaar.accounts) {
    const auto health = bazaar.engine->analytics().stock_health({.account = account.id, .low_stock = 20}).value();
    INFO(account.channel.code());
    CHECK(health.orders_known);
    CHECK(health.offers + health.unknown == static_cast<std::int64_t>(health.by_offer.size()));
    CHECK(health.score_tenths == st::health_score_tenths(health.low, health.out, health.offers));
    // Beside the world's own orders of those days.
    std::map<std::string, std::int64_t> truth;
    for (const auto& order : bazaar.world.order_truth(account.channel)) {
      if (order.status == st::OrderStatus::cancelled) continue;
      if (order.ordered_at >= health.period.from && order.ordered_at < health.period.until) ++truth[order.offer];
    }
    std::int64_t total = 0;
    for (const auto& offer : health.by_offer) {
      CHECK(offer.orders == truth[offer.offer]);
      total += *offer.orders;
    }
    CHECK(total > 20);
  }
}

TEST_CASE("the marketplaces refuse what is above their limits, each in its own form") {
  st::testing::World world(
      {.seed = 38, .offers = 3, .limits = true, .channels = {st::Channel::ozon, st::Channel::yandex_market}});
  const auto refused = [&](int requests, st::HttpRequest request) {
    std::vector<st::HttpResponse> answers;
    for (int n = 0; n < requests; ++n) {
      auto response = world.answer(request).response;
      if (response.status != 200) answers.push_back(std::move(response));
    }
    return answers;
  };
  st::HttpRequest ozon;
  ozon.method = st::HttpMethod::post;
  ozon.url = "https://x.example/v1/roles";
  ozon.secret_headers.push_back({"Client-Id", st::Secret::copy_of(world.seller(st::Channel::ozon))});
  ozon.secret_headers.push_back({"Api-Key", world.token(st::Channel::ozon)});
  const auto by_second = refused(53, std::move(ozon));
  REQUIRE(by_second.size() == 3);
  CHECK(by_second[0].status == 429);
  st::HttpRequest market;
  market.url = "https://x.example/v2/campaigns";
  market.secret_headers.push_back({"Api-Key", world.token(st::Channel::yandex_market)});
  const auto by_hour = refused(1'002, std::move(market));
  REQUIRE(by_hour.size() == 2);
  CHECK(by_hour[0].status == 420);
  CHECK(by_hour[0].header("X-RateLimit-Resource-Remaining") == "0");
  CHECK(by_hour[0].header("X-RateLimit-Resource-Until").has_value());
  CHECK(st::rate_headers(by_hour[0], world.clock()->now()).retry == st::Duration(1h));
  CHECK(world.rejections() == 5);
}
