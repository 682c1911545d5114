// Readers over two accounts with the same keys: each offer, warehouse and order is its own account's.
#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

namespace {

// Two sellers of one offer "A", in a warehouse "M" that each has a name of its own for.
struct Pair {
  Market market;
  Booth other{market, "b2", 2};
  Booth booth{market, "b1", 1};

  Pair() {
    for (Booth* one : {&other, &booth}) {
      const bool mine = one == &booth;
      one->bazaar.offers = [mine](st::OfferSink& sink, const st::CallContext&) {
        st::OfferRow row;
        row.key = "A";
        row.article = "shared";
        row.title = mine ? "mine" : "theirs";
        return sink.offers(std::span(&row, 1));
      };
      one->bazaar.stock[""] = [mine](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
        st::StockPage page;
        const auto cellar =
            page.add_warehouse({"M", mine ? "my cellar" : "their cellar", "", st::WarehouseKind::marketplace});
        page.push({.offer = "A", .warehouse = cellar, .on_hand = mine ? 1 : 2});
        return sink.rows(std::move(page));
      };
      REQUIRE(one->sync().state == st::RunState::ok);
    }
  }
};

}  // namespace

TEST_CASE("columns of an article that two accounts have hold an offer and a warehouse of each") {
  Pair pair;
  const auto columns = pair.booth.engine->stock().columns({.article = "shared"}).value();
  REQUIRE(columns.rows() == 2);
  REQUIRE(columns.accounts.size() == 2);
  REQUIRE(columns.offers.size() == 2);
  REQUIRE(columns.warehouses.size() == 2);
  for (std::size_t row = 0; row < 2; ++row) {
    const bool mine = columns.accounts[columns.account[row]] == pair.booth.account;
    CAPTURE(mine);
    CHECK(columns.offers[columns.offer[row]].title == (mine ? "mine" : "theirs"));
    CHECK(columns.warehouses[columns.warehouse[row]].name == (mine ? "my cellar" : "their cellar"));
    CHECK(columns.on_hand.units[row] == (mine ? 1 : 2));
  }
}

TEST_CASE("positions and movements of one account are read past pages of another one's") {
  Pair pair;
  for (const Booth* one : {&pair.other, &pair.booth}) {
    const auto positions = one->engine->stock().positions({.account = one->account, .page_size = 1}).collect().value();
    REQUIRE(positions.size() == 1);
    CHECK(positions[0].account == one->account);
    const auto movements = one->engine->ledger().movements({.account = one->account, .page_size = 1}).collect().value();
    REQUIRE(movements.size() == 1);
    CHECK(movements[0].account == one->account);
  }
}

TEST_CASE("an order line without an article shows that of its own account's offer, once") {
  Pair pair;
  pair.other.bazaar.offers = [](st::OfferSink& sink, const st::CallContext&) {
    st::OfferRow row;
    row.key = "A";
    row.article = "another";
    return sink.offers(std::span(&row, 1));
  };
  REQUIRE(pair.other.sync().state == st::RunState::ok);
  pair.booth.bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                                 const st::CallContext&) -> st::Result<st::OrderCoverage> {
    st::OrderLineRow row;
    row.key = row.order = "1";
    row.offer = "A";
    row.quantity = 1;
    row.ordered_at = row.changed_at = pair.market.clock->now() - 30min;
    STK_TRY(sink.lines(std::span(&row, 1)));
    return st::OrderCoverage{query.since, pair.market.clock->now()};
  };
  st::SyncOptions options;
  options.orders = true;
  pair.booth.sync(options);
  const auto lines = pair.booth.engine->orders().lines({.account = pair.booth.account}).collect().value();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].article == "shared");
}

TEST_CASE("a value that was kept and is reported again was known, kept and known at each time") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.sell_from({"w"});
  Stall stall(bazaar);
  std::vector<st::Instant> times;
  for (const bool reported : {true, false, true}) {
    bazaar.hold_fbs("w",
                    reported ? std::map<std::string, std::int64_t>{{"A", 5}} : std::map<std::string, std::int64_t>());
    stall.pass(1h);
    times.push_back(bazaar.clock->now());
    REQUIRE(stall.sync().state == st::RunState::ok);
  }
  for (std::size_t n = 0; n < times.size(); ++n) {
    CAPTURE(n);
    const auto then = stall.engine.stock().positions({.as_of = times[n]}).collect().value();
    REQUIRE(then.size() == 1);
    CHECK(then[0].state == (n == 1 ? st::PositionState::kept : st::PositionState::known));
    CHECK(then[0].on_hand->units() == 5);
  }
}
