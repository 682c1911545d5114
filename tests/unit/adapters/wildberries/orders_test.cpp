// The order feed of Wildberries, read from the world.
#include <map>
#include <string>
#include <vector>

#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/world.hpp>

#include "adapters/wildberries/orders.hpp"
#include "adapters/wildberries/prices.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

class Lines final : public st::OrderSink {
 public:
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const st::OrderLineRow& row : page) {
      reported.insert_or_assign(
          std::string(row.key),
          st::testing::TrueOrder{std::string(row.key), std::string(row.offer), std::string(row.warehouse_name),
                                 row.status, row.kind, row.quantity, row.ordered_at, row.changed_at});
      words.emplace_back(row.status_text);
      if (row.price) prices.push_back(*row.price);
    }
    return st::success();
  }
  void restart() override { reported.clear(); }
  void odd_row(const st::OddRow& row) override {
    odd.push_back(std::string(row.location) + " " + std::string(row.key) + " " + std::string(row.reason));
  }
  std::map<std::string, st::testing::TrueOrder> reported;
  std::vector<std::string> odd;
  std::vector<std::string> words;
  std::vector<st::Money> prices;
};

class Prices final : public st::PriceSink {
 public:
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const st::PriceRow& row : page) reported.insert_or_assign(std::string(row.offer), row);
    return st::success();
  }
  std::map<std::string, st::PriceRow> reported;
};

std::shared_ptr<st::Connector> connect(const st::testing::World& world, st::wildberries::Options options = {}) {
  return st::wildberries::make_factory(std::move(options))
      .value()
      ->connect(st::wildberries::credentials(world.token(st::Channel::wildberries)),
                {world.transport(), world.clock(), std::make_shared<st::Telemetry>()})
      .value();
}

std::string order(std::string_view changes = {}) {
  return R"({"data":{"snapshotTime":"2026-07-03T15:04:05Z","currency":"RUB","orders":[{"nmId":47254354,"chrtId":91663228,)"
         R"("srid":"75.1.0","createdAt":"2026-06-24T12:57:26+03:00","updatedAt":"2026-06-26T19:19:38+03:00",)"
         R"("status":"cancel","cancelType":"app","warehouseName":"W","warehouseRegion":"R","isMp":true,)"
         R"("sellerPrice":4328.5)" +
         std::string(changes) + "}]}}";
}

}  // namespace

TEST_CASE("the order feed is read page by page as the world has it") {
  st::testing::World world({.seed = 21, .offers = 60, .orders_per_offer_day_x100 = 150});
  world.clock()->advance(24h * 20);
  for (const int per_page : {7, 10'000}) {
    Lines lines;
    const auto covered =
        connect(world, {.orders_per_page = per_page})->fetch_orders({world.clock()->now() - 24h * 30}, lines, {});
    REQUIRE(covered.has_value());
    const auto truth = world.order_truth(st::Channel::wildberries);
    REQUIRE(truth.size() > 500);
    REQUIRE(lines.reported.size() == truth.size());
    for (const auto& line : truth) CHECK(lines.reported.at(line.key) == line);
    CHECK(covered.value().until <= world.clock()->now());
    CHECK(lines.prices.size() >= truth.size());
  }
}

TEST_CASE("an order that has changed is reported again with its state, and none is missed at the border of two calls") {
  st::testing::World world({.seed = 22, .offers = 40, .orders_per_offer_day_x100 = 200});
  world.clock()->advance(24h * 5);
  const auto connector = connect(world);
  Lines lines;
  auto covered = connector->fetch_orders({world.clock()->now() - 24h * 30}, lines, {});
  for (int day = 0; day < 45; ++day) {
    REQUIRE(covered.has_value());
    world.clock()->advance(23h + 17min);
    covered = connector->fetch_orders({covered.value().until}, lines, {});
  }
  const auto truth = world.order_truth(st::Channel::wildberries);
  REQUIRE(lines.reported.size() == truth.size());
  for (const auto& line : truth) CHECK(lines.reported.at(line.key) == line);
}

TEST_CASE("a feed is asked for 31 days at most") {
  st::testing::World world({.seed = 23, .offers = 20});
  world.clock()->advance(24h * 60);
  Lines lines;
  const auto covered = connect(world)->fetch_orders({st::Instant::from_seconds(0)}, lines, {});
  REQUIRE(covered.has_value());
  CHECK(covered.value().from > world.clock()->now() - 24h * 31);
  CHECK(covered.value().from < world.clock()->now() - 24h * 30);
}

TEST_CASE("an order line is validated member by member") {
  Lines lines;
  REQUIRE(st::wildberries::decode_order_page(order(), lines).has_value());
  const auto& line = lines.reported.at("75.1.0");
  CHECK(line.offer == "91663228");
  CHECK(line.status == st::OrderStatus::cancelled);
  CHECK(line.kind == st::StockKind::fbs);
  CHECK(st::to_rfc3339(line.ordered_at) == "2026-06-24T09:57:26Z");
  CHECK(lines.prices.front() == st::Money(432'850, st::Currency::rub()));
  const auto left_out = [&](std::string body, std::string_view what) {
    CAPTURE(body);
    Lines none;
    const auto page = st::wildberries::decode_order_page(body, none);
    REQUIRE(page.has_value());
    CHECK(page.value().lines == 1);
    CHECK(none.reported.empty());
    CHECK(none.odd == std::vector<std::string>{"data.orders[0] " + std::string(what)});
  };
  const auto with = [](std::string_view from, std::string_view to) {
    std::string body = order();
    return body.replace(body.find(from), from.size(), to);
  };
  left_out(with("\"srid\":\"75.1.0\"", "\"srid\":\"\""), " srid is not an id");
  left_out(with("91663228", "\"91663228\""), "75.1.0 chrtId is not an id");
  left_out(with("47254354", "-1"), "75.1.0 nmId is not an id");
  left_out(with("\"isMp\":true", "\"isMp\":null"), "75.1.0 isMp is not true or false");
  left_out(with("12:57:26+03:00", "12:57:26"), "75.1.0 createdAt is not a time");
  left_out(with("\"2026-06-26T19:19:38+03:00\"", "null"), "75.1.0 updatedAt is not a time");
  left_out(with("\"cancel\"", "null"), "75.1.0 status is not a text");
  // A price in a currency that is not known is no price; the line stays.
  for (const auto* currency : {"roubles", "", "643"}) {
    Lines without;
    REQUIRE(st::wildberries::decode_order_page(with("RUB", currency), without).has_value());
    CHECK(without.reported.size() == 1);
    CHECK(without.prices.empty());
  }
  CHECK(st::wildberries::decode_order_page(with("2026-07-03T15:04:05Z", "now"), lines).value().snapshot.empty());
  // Of a new order the status has the time of the order, as the vendor documents it.
  std::string fresh = with("\"cancel\"", "\"created\"");
  const std::string_view updated = R"("updatedAt":"2026-06-26T19:19:38+03:00",)";
  fresh.erase(fresh.find(updated), updated.size());
  Lines placed;
  REQUIRE(st::wildberries::decode_order_page(fresh, placed).has_value());
  CHECK(placed.reported.at("75.1.0").changed_at == placed.reported.at("75.1.0").ordered_at);
  // A word that is newer than we are is kept; nothing is concluded from it.
  Lines newer;
  REQUIRE(st::wildberries::decode_order_page(with("\"cancel\"", "\"lost\""), newer).has_value());
  CHECK(newer.reported.at("75.1.0").status == st::OrderStatus::unknown);
  CHECK(newer.words.front() == "lost");
  // A price with more digits than money has is left out rather than rounded.
  Lines fractions;
  REQUIRE(st::wildberries::decode_order_page(with("4328.5", "4328.505"), fractions).has_value());
  CHECK(fractions.prices.empty());
}

TEST_CASE("prices are reported exactly, for each size") {
  st::testing::World world({.seed = 24, .offers = 50});
  Prices prices;
  REQUIRE(connect(world, {.prices_per_page = 7})->fetch_prices(prices, {}).has_value());
  CHECK(prices.reported.size() == 50);
  Prices exact;
  const std::string body =
      R"({"data":{"listGoods":[{"nmID":1,"vendorCode":"a","sizes":[{"sizeID":9,"price":500,"discountedPrice":332.5}],)"
      R"("currencyIsoCode4217":"RUB"}]},"error":false,"errorText":""})";
  REQUIRE(st::wildberries::decode_price_page(body, exact).value().size() == 1);
  CHECK(exact.reported.at("9").price == st::Money(33'250, st::Currency::rub()));
  CHECK(exact.reported.at("9").list_price == st::Money(50'000, st::Currency::rub()));
  const auto refused = st::wildberries::decode_price_page(R"({"data":null,"error":true,"errorText":"no"})", exact);
  CHECK(refused.error().errc() == st::Errc::vendor_rejected);
}
