// What sellers and marketplaces do that is out of the ordinary, as readers of the APIs see it.
#include <algorithm>
#include <set>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

#include "tests/unit/testing/world_client.hpp"

using namespace std::chrono_literals;

namespace stocktracker::test {
namespace {

using testing::Fault;
using testing::FaultKind;

class Warehouses final : public WarehouseSink {
 public:
  Result<void> warehouses(std::span<const WarehouseRow> page) override {
    for (const WarehouseRow& row : page) keys.emplace(row.key);
    return success();
  }
  std::set<std::string> keys;
};

class Rows final : public StockSink {
 public:
  Result<void> rows(StockPage&&) override { return success(); }
  void restart() override {}
};

std::shared_ptr<Connector> connector_of(const World& world, const Channel& channel) {
  const ConnectorPorts ports{world.transport(), world.clock(), std::make_shared<Telemetry>()};
  if (channel == Channel::wildberries) {
    return wildberries::make_factory().value()->connect(wildberries::credentials(world.token(channel)), ports).value();
  }
  if (channel == Channel::ozon) {
    return ozon::make_factory()
        .value()
        ->connect(ozon::credentials(world.seller(channel), world.token(channel)), ports)
        .value();
  }
  return yandex_market::make_factory()
      .value()
      ->connect(yandex_market::credentials(world.token(channel)), ports)
      .value();
}

std::int64_t units_at(const World& world, const Channel& channel, const std::string& warehouse) {
  std::int64_t units = 0;
  for (const auto& position : world.truth(channel)) units += position.warehouse == warehouse ? position.on_hand : 0;
  return units;
}

Fault fault_of(FaultKind kind, std::string path, std::size_t size = 1) {
  Fault fault;
  fault.kind = kind;
  fault.path = std::move(path);
  fault.size = size;
  return fault;
}

}  // namespace

TEST_CASE("World: a seller warehouse that closes leaves the lists of all channels, and the truth") {
  World world({.seed = 3,
               .offers = 60,
               .seller_warehouses = 3,
               .channels = {Channel::wildberries, Channel::ozon, Channel::yandex_market}});
  std::map<std::string, std::set<std::string>> before;
  for (const Channel channel : {Channel::wildberries, Channel::ozon, Channel::yandex_market}) {
    Warehouses sink;
    REQUIRE(connector_of(world, channel)->list_warehouses(sink, {}));
    REQUIRE(sink.keys.size() == 3);
    before[std::string(channel.code())] = sink.keys;
  }
  world.close_seller_warehouse(1);
  for (const Channel channel : {Channel::wildberries, Channel::ozon, Channel::yandex_market}) {
    Warehouses sink;
    const auto connector = connector_of(world, channel);
    REQUIRE(connector->list_warehouses(sink, {}));
    REQUIRE(sink.keys.size() == 2);
    const auto& known = before[std::string(channel.code())];
    std::vector<std::string> gone;
    std::set_difference(known.begin(), known.end(), sink.keys.begin(), sink.keys.end(), std::back_inserter(gone));
    REQUIRE(gone.size() == 1);
    REQUIRE(units_at(world, channel, gone[0]) == 0);
    REQUIRE(units_at(world, channel, *sink.keys.begin()) > 0);
    // Nothing is answered of it any more: never an empty answer.
    Rows rows;
    const std::vector<std::string> asked{"1"};
    REQUIRE_FALSE(connector->fetch_stock({StockKind::fbs, gone[0], "gone", asked}, rows, {}));
  }
  REQUIRE_THROWS_AS(world.close_seller_warehouse(3), StockError);
}

TEST_CASE("World: hidden warehouses that are disclosed hold the same units under their own ids") {
  World world({.seed = 4, .offers = 80, .orders_per_offer_day_x100 = 0, .undisclosed_percent = 50});
  const WorldClient client(world);
  const std::int64_t hidden = units_at(world, Channel::wildberries, "-999999");
  const std::int64_t total = world.true_total(Channel::wildberries);
  REQUIRE(hidden > 0);
  REQUIRE(client.report("{}").body.find("-999999") != std::string::npos);
  world.disclose_warehouses();
  REQUIRE(units_at(world, Channel::wildberries, "-999999") == 0);
  REQUIRE(world.true_total(Channel::wildberries) == total);
  REQUIRE(client.report("{}").body.find("-999999") == std::string::npos);
  REQUIRE(client.read_all() == stock_of(world.truth(Channel::wildberries)));
}

TEST_CASE("World: every answer of Wildberries has the marketplace's own time, which nobody sets back") {
  World world({.seed = 5, .offers = 5, .start = Instant::from_seconds(784'111'777)});
  const WorldClient client(world);
  REQUIRE(client.send(HttpMethod::get, "/api/v3/warehouses").header("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
  world.clock()->advance(24h);
  world.clock()->step_back(23h);
  for (const char* path : {"/api/v3/warehouses", "/no/such/path", "/api/v1/warehouse_remains/tasks/x/status"}) {
    REQUIRE(client.send(HttpMethod::get, path).header("Date") == "Mon, 07 Nov 1994 08:49:37 GMT");
  }
}

TEST_CASE("World: lists that are empty may be null, amounts negative, prices too fine, a byte order mark first") {
  World world({.seed = 6, .offers = 0, .marketplace_warehouses = 1, .seller_warehouses = 0});
  const WorldClient client(world);
  world.faults().at(0s, fault_of(FaultKind::null_lists, ""));
  REQUIRE(client.send(HttpMethod::get, "/api/v3/warehouses").body == "null");
  REQUIRE(client.send(HttpMethod::get, "/api/v2/list/goods/filter?limit=10").body.find("\"listGoods\":null") !=
          std::string::npos);

  World full({.seed = 6, .offers = 30});
  const WorldClient reader(full);
  full.faults()
      .at(0s, fault_of(FaultKind::negative_amounts, "wb-warehouses", 3))
      .at(0s, fault_of(FaultKind::odd_decimals, "goods/filter", 2))
      .at(0s, fault_of(FaultKind::byte_order_mark, "warehouses"));
  const auto count = [](const std::string& body, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = body.find(what); at != std::string::npos; at = body.find(what, at + 1)) ++found;
    return found;
  };
  REQUIRE(count(reader.report("{}").body, "\"quantity\":-") == 3);
  REQUIRE(count(reader.send(HttpMethod::get, "/api/v2/list/goods/filter?limit=10").body, "4545") >= 2);
  REQUIRE(reader.send(HttpMethod::get, "/api/v3/warehouses").body.starts_with("\xEF\xBB\xBF["));
}

TEST_CASE("World: endless lists hold the rows of the first page under a place that moves on, and rows may be skipped") {
  World world({.seed = 7, .offers = 60});
  const WorldClient client(world);
  const std::string first = client.send(HttpMethod::get, "/api/v2/list/goods/filter?limit=5").body;
  const std::string skipped = client.send(HttpMethod::get, "/api/v2/list/goods/filter?limit=5&offset=7").body;
  world.faults()
      .at(0s, fault_of(FaultKind::endless_pages, "cards/list"))
      .at(0s, fault_of(FaultKind::endless_pages, "wb-warehouses"));
  REQUIRE(client.report(R"({"limit":5})").body == client.report(R"({"limit":5,"offset":5})").body);
  const auto page = [&](const std::string& cursor) {
    return parsed(client.cards_page(R"({"sort":{"ascending":true},"cursor":{"limit":3)" + cursor + "}}"));
  };
  const JsonValue one = page("");
  const JsonValue& cursor = member(one, "cursor");
  const JsonValue two = page(R"(,"updatedAt":")" + member(cursor, "updatedAt").string() + R"(","nmID":)" +
                             std::to_string(member(cursor, "nmID").integer()));
  REQUIRE(member(member(one, "cards").items()[0], "nmID").integer() ==
          member(member(two, "cards").items()[0], "nmID").integer());
  REQUIRE(member(cursor, "nmID").integer() < member(member(two, "cursor"), "nmID").integer());

  world.faults().replace({});
  world.faults().at(0s, fault_of(FaultKind::skip_rows, "goods/filter", 2));
  REQUIRE(client.send(HttpMethod::get, "/api/v2/list/goods/filter?limit=5").body == first);
  REQUIRE(client.send(HttpMethod::get, "/api/v2/list/goods/filter?limit=5&offset=5").body == skipped);
}

}  // namespace stocktracker::test
