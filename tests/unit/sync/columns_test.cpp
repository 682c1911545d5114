// Stock as columns, compared with its rows.
#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::string line(const st::AccountId& account, const st::Offer& offer, const st::Warehouse& warehouse,
                 st::StockKind kind, st::PositionState state, std::initializer_list<std::optional<std::int64_t>> units,
                 st::Instant observed_at) {
  std::string text = account.text() + " " + offer.key + "/" + offer.article + "/" + to_string(offer.state) + " " +
                     warehouse.key + "/" + warehouse.name + " " + to_string(kind) + " " + to_string(state);
  for (const auto& unit : units) text += unit ? " " + std::to_string(*unit) : std::string(" ?");
  return text + " " + std::to_string(observed_at.micros());
}

std::optional<std::int64_t> units(const std::optional<st::Quantity>& quantity) {
  return quantity ? std::optional(quantity->units()) : std::nullopt;
}

std::optional<std::int64_t> units(const st::QuantityColumn& column, std::size_t row) {
  if (column.unknown.at(row) == 0) return column.units.at(row);
  CHECK(column.units.at(row) == 0);
  return std::nullopt;
}

std::vector<std::string> by_rows(const st::Engine& engine, const st::PositionQuery& query) {
  std::vector<std::string> lines;
  const auto positions = engine.stock().positions(query).collect().value();
  for (const auto& p : positions) {
    lines.push_back(line(p.account, p.offer, p.warehouse, p.kind, p.state,
                         {units(p.on_hand), units(p.reserved), units(p.to_client), units(p.from_client)},
                         p.observed_at));
  }
  return lines;
}

std::vector<std::string> by_columns(const st::Engine& engine, const st::PositionQuery& query) {
  std::vector<std::string> lines;
  const auto c = engine.stock().columns(query).value();
  CHECK(c.account.size() == c.rows());
  for (std::size_t i = 0; i < c.rows(); ++i) {
    lines.push_back(line(c.accounts.at(c.account.at(i)), c.offers.at(c.offer.at(i)), c.warehouses.at(c.warehouse.at(i)),
                         static_cast<st::StockKind>(c.kind.at(i)), static_cast<st::PositionState>(c.state.at(i)),
                         {units(c.on_hand, i), units(c.reserved, i), units(c.to_client, i), units(c.from_client, i)},
                         st::Instant::from_micros(c.observed_at.at(i))));
  }
  return lines;
}

}  // namespace

TEST_CASE("columns say what the rows say, under every filter") {
  Shop shop({.seed = 41, .offers = 60});
  std::vector<st::Instant> times;
  shop.world.silence_fbs(3);
  shop.world.run_for(36h, st::testing::every(6h), [&] {
    shop.sync();
    times.push_back(shop.world.clock()->now());
    if (times.size() == 3) shop.world.trash_card(2);
  });
  const auto some = shop.positions().at(5);
  std::vector<st::PositionQuery> queries(9);
  queries[1].account = shop.account.id;
  queries[2].kind = st::StockKind::fbs;
  queries[3].offer = some.offer.key;
  queries[4].article = some.offer.article;
  queries[5].as_of = times.at(2);
  queries[6].known_at = times.at(3);
  queries[7].as_of = times.at(1);
  queries[7].offer = some.offer.key;
  queries[8].page_size = 3;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    INFO("query " << i);
    const auto rows = by_rows(shop.engine, queries[i]);
    CHECK_FALSE(rows.empty());
    CHECK(by_columns(shop.engine, queries[i]) == rows);
  }
  CHECK(by_columns(shop.engine, {.as_of = times.front() - 1h}).empty());
  const auto nobody = shop.engine.stock().columns({.account = st::AccountId(st::kDefaultTenant.uuid())});
  CHECK(nobody.error().errc() == st::Errc::not_found);
}

TEST_CASE("names stand once in columns") {
  Shop shop({.seed = 42, .offers = 60});
  shop.sync();
  const auto c = shop.engine.stock().columns().value();
  CHECK(c.accounts == std::vector{shop.account.id});
  CHECK(c.offers.size() <= 60);
  CHECK(c.warehouses.size() <= 10);
  std::int64_t sum = 0;
  for (const auto u : c.on_hand.units) sum += u;
  CHECK(sum == shop.total());
  CHECK(c.asked_at == shop.world.clock()->now());
}

TEST_CASE("columns refuse bad queries and obey the context") {
  Shop shop({.seed = 43, .offers = 60});
  shop.sync();
  st::PositionQuery both;
  both.offer = "1";
  both.article = "a";
  CHECK(shop.engine.stock().columns(both).error().errc() == st::Errc::invalid_argument);
  std::stop_source stop;
  stop.request_stop();
  CHECK(shop.engine.stock().columns({}, {.stop = stop.get_token()}).error().errc() == st::Errc::cancelled);
}
