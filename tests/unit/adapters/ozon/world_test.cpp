// The Ozon of a world: what happens to single goods and orders, read by the connector beside what the world knows.
#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/catalogue.hpp"
#include "testing/world/core/commerce.hpp"
#include "testing/world/ozon/face.hpp"
#include "tests/unit/adapters/ozon/service.hpp"

namespace st = stocktracker;
namespace world = stocktracker::testing::world;
using namespace ozon_test;
using namespace std::chrono_literals;

namespace {

/// A world of Ozon's alone, whose face a test may bend.
class Market {
 public:
  explicit Market(st::Duration runs = 10 * 24h)
      : options_(options()),
        catalogue_(world::make_catalogue(options_)),
        commerce_(options_, catalogue_),
        face(catalogue_, commerce_, options_) {
    service_ = std::make_shared<Service>([this](const st::HttpRequest& request) -> st::HttpResponse {
      const st::Instant now = service_->clock->now();
      commerce_.advance(now);
      st::testing::WireAnswer answered = face.answer(request, now, now, script_);
      return std::move(answered.response);
    });
    service_->date.clear();  // the face has its own
    service_->clock = std::make_shared<st::testing::ManualClock>(options().start + runs);
    commerce_.advance(now());
    connector_ = st::ozon::make_factory()
                     .value()
                     ->connect(st::ozon::credentials(face.seller(), face.token()),
                               {service_, service_->clock, std::make_shared<st::Telemetry>()})
                     .value();
  }

  [[nodiscard]] st::Instant now() const { return service_->clock->now(); }
  [[nodiscard]] const std::vector<world::Order>& log() const { return commerce_.log(); }
  [[nodiscard]] Service& service() const { return *service_; }
  [[nodiscard]] st::Connector& connector() const { return *connector_; }
  [[nodiscard]] const std::string& article(std::size_t size) const {
    return catalogue_.offers[world::index_of(world::Shop::ozon)][size].offer_id;
  }
  /// The first orders of Ozon's that fit.
  template <class Fits>
  [[nodiscard]] std::vector<std::size_t> orders(std::size_t count, Fits&& fits) const {
    std::vector<std::size_t> found;
    for (std::size_t n = 0; n < log().size() && found.size() < count; ++n) {
      if (log()[n].shop == world::Shop::ozon && fits(log()[n])) found.push_back(n);
    }
    REQUIRE(found.size() == count);
    return found;
  }

  /// Positions with stock, as the world knows them.
  [[nodiscard]] std::map<std::string, std::int64_t> truth(st::StockKind kind) const {
    std::map<std::string, std::int64_t> positions;
    for (const auto& one : face.truth(now())) {
      if (one.kind == kind) positions[one.offer + "@" + one.warehouse] = one.on_hand;
    }
    return positions;
  }
  void fetch(Stock& sink, st::StockKind kind) {
    Offers offers;
    REQUIRE(connector_->list_offers(offers, {}));
    std::vector<std::string> keys;
    for (const auto& [key, card] : offers.cards) keys.push_back(key);
    if (kind == st::StockKind::fbo) {
      REQUIRE(connector_->fetch_stock({.kind = kind, .offers = keys}, sink, {}));
      return;
    }
    Warehouses warehouses;
    REQUIRE(connector_->list_warehouses(warehouses, {}));
    for (const auto& [key, name] : warehouses.names)
      REQUIRE(connector_->fetch_stock({kind, key, name, keys}, sink, {}));
  }
  void check_orders() {
    Lines lines;
    REQUIRE(connector_->fetch_orders({options().start}, lines, {}));
    const auto truth = face.orders();
    CHECK(lines.by_key.size() == truth.size());
    for (const auto& order : truth) {
      INFO(order.key);
      REQUIRE(lines.by_key.count(order.key) == 1);
      CHECK(lines.by_key.at(order.key).status == order.status);
      CHECK(lines.by_key.at(order.key).offer == order.offer);
      CHECK(lines.by_key.at(order.key).ordered_at == order.ordered_at);
    }
  }

 private:
  static st::testing::WorldOptions options() {
    return {.seed = 7,
            .offers = 60,
            .orders_per_offer_day_x100 = 80,
            .return_percent = 40,
            .channels = {st::Channel::ozon}};
  }
  const st::testing::WorldOptions options_;  // goods and commerce refer to it
  world::Catalogue catalogue_;
  world::Commerce commerce_;
  st::testing::FaultScript script_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<st::Connector> connector_;

 public:
  world::OzonFace face;
};

}  // namespace

TEST_CASE("the world's Ozon dates its answers, and coverage ends there") {
  Market market;
  Lines lines;
  const auto coverage = market.connector().fetch_orders({market.now() - 24h}, lines, {});
  REQUIRE(coverage.has_value());
  CHECK(coverage.value().until == market.now());
  market.check_orders();
}

TEST_CASE("archived goods leave the catalogue, and their stock with Ozon is known still") {
  Market market;
  const auto before = market.truth(st::StockKind::fbo);
  std::set<std::string> gone;
  for (const std::size_t order : market.orders(5, [](const world::Order& one) { return !one.fbs; })) {
    market.face.quirks().archived.insert(market.log()[order].size);
    gone.insert(market.article(market.log()[order].size));
  }
  Offers offers;
  REQUIRE(market.connector().list_offers(offers, {}));
  for (const std::string& article : gone) CHECK(offers.cards.count(article) == 0);
  Stock stock;
  market.fetch(stock, st::StockKind::fbo);
  CHECK(stock.on_hand == before);
}

TEST_CASE("goods under two skus are added up, and what is oversold is zero") {
  Market market;
  for (const auto& one : market.log()) {
    if (one.shop == world::Shop::ozon) market.face.quirks().two_skus.insert(one.size);
  }
  market.face.quirks()
      .oversold[market.log()[market.orders(1, [](const world::Order& one) { return one.fbs; })[0]].size] = 2;
  Stock fbo;
  market.fetch(fbo, st::StockKind::fbo);
  CHECK(fbo.on_hand == market.truth(st::StockKind::fbo));
  CHECK(fbo.odd.rows.empty());
  Stock fbs;
  market.fetch(fbs, st::StockKind::fbs);
  CHECK(fbs.on_hand == market.truth(st::StockKind::fbs));
  CHECK(fbs.odd.oversold >= 1);
  CHECK(fbs.odd.oversold == fbs.odd.rows.size());
}

TEST_CASE("a product that is split off its posting leaves it and comes with the new one") {
  Market market;
  const auto orders = market.orders(3, [](const world::Order& one) { return one.fbs; });
  market.face.quirks().hosted = {{orders[1], orders[0]}, {orders[2], orders[0]}};
  market.check_orders();
  Lines before;
  REQUIRE(market.connector().fetch_orders({market.now() - 24h * 20}, before, {}));
  market.face.quirks().split.insert(orders[2]);
  market.check_orders();
  Lines parts;
  REQUIRE(market.connector().fetch_orders({market.now() - 24h * 20}, parts, {}));
  std::size_t gone = 0;
  std::size_t fresh = 0;
  for (const auto& [key, line] : before.by_key) gone += parts.by_key.count(key) == 0 ? 1 : 0;
  for (const auto& [key, line] : parts.by_key) fresh += before.by_key.count(key) == 0 ? 1 : 0;
  CHECK(gone == 1);
  CHECK(fresh == 1);
}

TEST_CASE("returns in part, refused at the door or taken back are what they are") {
  Market market(30 * 24h);
  const auto orders = market.orders(4, [](const world::Order& one) { return one.status == st::OrderStatus::returned; });
  market.face.quirks().return_type = {{orders[0], "PartialReturn"}, {orders[1], "FullReturn"}};
  market.face.quirks().taken_back = {orders[2]};
  market.check_orders();
  Lines lines;
  REQUIRE(market.connector().fetch_orders({market.now()}, lines, {}));
  std::map<st::OrderStatus, int> statuses;
  const auto truth = market.face.orders();
  for (const auto& order : truth) ++statuses[order.status];
  CHECK(statuses[st::OrderStatus::returned] >= 1);
}

TEST_CASE("odd postings of the world are reported, and all others are known") {
  Market market;
  const auto orders = market.orders(5, [](const world::Order&) { return true; });
  auto& quirks = market.face.quirks();
  quirks.without_article = {orders[0]};
  quirks.without_dates = {orders[1]};
  quirks.unregistered = {orders[2]};
  quirks.status = {{orders[3], "sent_by_seller"}, {orders[4], "teleported"}};
  Lines lines;
  REQUIRE(market.connector().fetch_orders({market.now() - 24h * 20}, lines, {}));
  CHECK(lines.odd.rows.size() == 2);
  CHECK(lines.by_key.size() == market.face.orders().size());
  std::map<st::OrderStatus, int> statuses;
  for (const auto& [key, line] : lines.by_key) ++statuses[line.status];
  CHECK(statuses[st::OrderStatus::unknown] == 1);
}

TEST_CASE("lists of the world that never end are contradictions, and null lists are empty") {
  for (const auto how : {world::Endless::new_cursors, world::Endless::same_cursor}) {
    for (const char* path :
         {"/v3/product/list", "/v1/product/info/stocks-by-warehouse/fbo", "/v2/warehouse/list",
          "/v5/product/info/prices", "/v3/posting/fbo/list", "/v4/posting/fbs/list", "/v1/returns/list"}) {
      INFO(path << " " << static_cast<int>(how));
      Market market;
      market.face.quirks().endless[path] = how;
      Offers offers;
      Stock stock;
      Warehouses warehouses;
      Lines lines;
      Prices prices;
      std::vector<st::Errc> errors;
      const auto note = [&](const auto& result) {
        if (!result) errors.push_back(result.error().errc());
      };
      note(market.connector().list_warehouses(warehouses, {}));
      note(market.connector().fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
      note(market.connector().fetch_orders({market.now() - 24h}, lines, {}));
      note(market.connector().fetch_prices(prices, {}));
      CHECK(errors == std::vector<st::Errc>{st::Errc::vendor_contradiction});
      CHECK(market.service().asked(path) <= 6);
    }
  }
  Market market;
  market.face.quirks().null_lists = true;
  Lines lines;
  REQUIRE(market.connector().fetch_orders({market.now()}, lines, {}));
  Stock stock;
  market.fetch(stock, st::StockKind::fbo);
  CHECK(stock.on_hand == market.truth(st::StockKind::fbo));
}

TEST_CASE("a card that the world leaves out of its answer is not known, and its offer is listed") {
  Market market;
  const std::size_t size = market.log()[market.orders(1, [](const world::Order&) { return true; })[0]].size;
  market.face.quirks().undescribed.insert(size);
  Offers offers;
  REQUIRE(market.connector().list_offers(offers, {}));
  CHECK_FALSE(offers.cards.at(market.article(size)).known);
  CHECK(offers.cards.at(market.article(size)).title.empty());
}
