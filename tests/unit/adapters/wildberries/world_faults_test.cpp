// The connector over a world with bad days: odd rows, empty lists, lists that move or never end.
#include <stocktracker/testing/world.hpp>

#include "tests/unit/adapters/wildberries/reading.hpp"

namespace st = stocktracker;
using namespace reading;
using st::testing::FaultKind;

namespace {

struct Shop {
  explicit Shop(st::testing::WorldOptions options = {.seed = 31, .offers = 60}) : world(options) {}
  st::testing::World world;
  Collect sink;

  std::shared_ptr<st::Connector> connector() {
    return st::wildberries::make_factory({.cards_per_page = 7, .orders_per_page = 20, .prices_per_page = 7})
        .value()
        ->connect(st::wildberries::credentials(world.token(st::Channel::wildberries)),
                  {world.transport(), world.clock(), std::make_shared<st::Telemetry>()})
        .value();
  }
  void fault(FaultKind kind, std::string path, std::size_t size = 1, int times = 0) {
    st::testing::Fault fault;
    fault.kind = kind;
    fault.path = std::move(path);
    fault.size = size;
    fault.times = times;
    world.faults().at({}, fault);
  }
};

}  // namespace

TEST_CASE("negative amounts of a world are 0 with a mark, and everything else is as it is") {
  Shop shop;
  Collect usual;
  REQUIRE(read(*shop.connector(), List::fbo, usual));
  shop.fault(FaultKind::negative_amounts, "wb-warehouses", 3);
  REQUIRE(read(*shop.connector(), List::fbo, shop.sink));
  CHECK(shop.sink.odd.size() == 3);
  CHECK(shop.sink.odd[0].starts_with("oversold data.items[0] "));
  REQUIRE(shop.sink.seen.size() == usual.seen.size());
  for (std::size_t n = 3; n < usual.seen.size(); ++n) CHECK(shop.sink.seen[n] == usual.seen[n]);
  for (std::size_t n = 0; n < 3; ++n) CHECK(shop.sink.seen[n].ends_with("=0"));
}

TEST_CASE("prices of a world that are too fine are named, the others are known") {
  Shop shop;
  shop.fault(FaultKind::odd_decimals, "goods/filter", 2, 1);  // of the first page alone
  REQUIRE(read(*shop.connector(), List::prices, shop.sink));
  CHECK(shop.sink.by_offer.size() == 58);
  CHECK(shop.sink.odd.size() == 2);
}

TEST_CASE("an empty shop with lists that are null reads as empty") {
  Shop shop({.seed = 31, .offers = 0, .marketplace_warehouses = 1, .seller_warehouses = 0});
  shop.fault(FaultKind::null_lists, "");
  shop.fault(FaultKind::byte_order_mark, "");
  const auto connector = shop.connector();
  for (const List list : {List::cards, List::warehouses, List::fbo, List::orders, List::prices}) {
    CAPTURE(static_cast<int>(list));
    CHECK(read(*connector, list, shop.sink));
    CHECK(shop.sink.seen.empty());
  }
}

TEST_CASE("endless lists of a world end in a contradiction, each within a few pages") {
  Shop shop;
  shop.world.clock()->advance(std::chrono::hours(24 * 10));
  shop.fault(FaultKind::endless_pages, "");
  for (const List list : {List::cards, List::orders, List::prices}) {
    CAPTURE(static_cast<int>(list));
    const std::int64_t before = shop.world.requests();
    const auto ended = read(*shop.connector(), list, shop.sink);
    REQUIRE_FALSE(ended);
    CHECK(ended.error().errc() == st::Errc::vendor_contradiction);
    CHECK(shop.world.requests() - before <= 5);
  }
}

TEST_CASE("a price list that moves once is read again; one that moves at each page is a contradiction of its own") {
  Shop shop;
  shop.fault(FaultKind::skip_rows, "goods/filter", 2, 2);  // the first two requests: the second of them is a later page
  REQUIRE(read(*shop.connector(), List::prices, shop.sink));
  CHECK(shop.sink.by_offer.size() == 60);
  shop.fault(FaultKind::skip_rows, "goods/filter", 2);
  const auto ended = read(*shop.connector(), List::prices, shop.sink);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::vendor_rebuilt);
}

TEST_CASE("what the feed of a world covers ends at the time of the marketplace") {
  Shop shop;
  shop.world.clock()->advance(std::chrono::hours(24 * 3));
  const st::Instant present = shop.world.clock()->now();
  const auto covered = shop.connector()->fetch_orders({present - std::chrono::hours(48)}, shop.sink, {});
  REQUIRE(covered);
  CHECK(covered.value().until <= present);
  CHECK(covered.value().until > present - std::chrono::seconds(2));
}
