// Orders and prices on their way into the store, reported by a connector of the test.
#include <deque>

#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

constexpr st::Channel kBazaar{"bazaar"};
constexpr st::Capabilities kCan{.channel = kBazaar,
                                .zone = "UTC",
                                .orders = true,
                                .prices = true,
                                .orders_kept = std::chrono::hours(24 * 31),
                                .order_changes_timed = true};

st::Instant day(int n) { return st::Instant::from_seconds(1'795'300'000) + n * 24h; }

struct Line {
  std::string key;
  st::OrderStatus status = st::OrderStatus::placed;
  st::Instant at;
  st::Instant changed;
  std::int64_t quantity = 1;
  std::string order = {};
};

// What the bazaar would say; a page each.
struct Bazaar {
  std::vector<std::vector<Line>> pages;
  std::vector<std::pair<std::string, std::int64_t>> prices;
  std::vector<st::Instant> asked;
  st::Capabilities can = kCan;
  std::optional<st::OrderCoverage> coverage;
  st::Errc fails{};  // after the pages
  st::Clock* clock = nullptr;
};

class Stall final : public st::Connector {
 public:
  explicit Stall(Bazaar& bazaar) : bazaar_(bazaar) {}
  const st::Capabilities& capabilities() const noexcept override { return bazaar_.can; }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext&) override {
    return st::SellerIdentity{"b1", "Stall"};
  }
  st::Result<void> list_offers(st::OfferSink& sink, const st::CallContext&) override {
    const std::vector<st::OfferRow> rows{{.key = "007", .article = "007"}, {.key = "8", .article = "8"}};
    return sink.offers(rows);
  }
  st::Result<void> list_warehouses(st::WarehouseSink& sink, const st::CallContext&) override {
    const std::vector<st::WarehouseRow> rows{{"w", "Cellar"}};
    return sink.warehouses(rows);
  }
  st::Result<void> fetch_stock(const st::StockQuery& query, st::StockSink& sink, const st::CallContext&) override {
    st::StockPage page;
    if (query.kind == st::StockKind::fbs) {
      const auto cellar = page.add_warehouse({"w", "Cellar", "", st::WarehouseKind::seller});
      page.push({.offer = "007", .warehouse = cellar, .on_hand = on_hand});
    }
    return sink.rows(std::move(page));
  }
  st::Result<st::OrderCoverage> fetch_orders(const st::OrderQuery& query, st::OrderSink& sink,
                                             const st::CallContext&) override {
    bazaar_.asked.push_back(query.since);
    for (const auto& page : bazaar_.pages) {
      std::vector<st::OrderLineRow> rows;
      for (const Line& line : page) {
        st::OrderLineRow row{.key = line.key, .offer = "007", .warehouse_name = "Cellar"};
        row.order = line.order;
        row.status = line.status;
        row.status_text = to_string(line.status);
        row.kind = st::StockKind::fbs;
        row.quantity = line.quantity;
        row.price = st::Money(9'900, st::Currency::rub());
        row.ordered_at = line.at;
        row.changed_at = line.changed;
        rows.push_back(row);
      }
      STK_TRY(sink.lines(rows));
    }
    if (bazaar_.fails != st::Errc{}) return st::Error(bazaar_.fails);
    return bazaar_.coverage.value_or(st::OrderCoverage{query.since, bazaar_.clock->now()});
  }
  st::Result<void> fetch_prices(st::PriceSink& sink, const st::CallContext&) override {
    for (const auto& [offer, minor] : bazaar_.prices) {
      const std::vector<st::PriceRow> rows{{offer, st::Money(minor, st::Currency::rub()), std::nullopt, std::nullopt}};
      STK_TRY(sink.prices(rows));
    }
    return st::success();
  }
  static inline std::int64_t on_hand = 10;

 private:
  Bazaar& bazaar_;
};

class Stalls final : public st::ConnectorFactory {
 public:
  explicit Stalls(Bazaar& bazaar) : bazaar_(bazaar) {}
  st::Channel channel() const noexcept override { return kBazaar; }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials&, const st::ConnectorPorts&) override {
    return std::make_shared<Stall>(bazaar_);
  }

 private:
  Bazaar& bazaar_;
};

struct House {
  House() {
    bazaar.clock = clock.get();
    Stall::on_hand = 10;
    account = engine.accounts().connect({kBazaar, {}}).value();
  }
  st::SyncRun sync(bool stock = false) {
    st::SyncOptions options;
    options.stock = stock;
    options.orders = options.prices = true;
    return engine.sync().run(account.id, options).value();
  }
  std::vector<st::OrderLine> lines() { return engine.orders().lines({.account = account.id}).collect().value(); }

  Bazaar bazaar;
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>(day(0));
  st::Engine engine = st::open({.path = ":memory:",
                                .clock = clock,
                                .random = std::make_shared<st::testing::SeededRandom>(1),
                                .executor = st::make_inline_executor(),
                                .connectors = {std::make_shared<Stalls>(bazaar)}})
                          .value();
  st::Account account;
};

}  // namespace

TEST_CASE("an order line reported twice counts once, a restated one changes, an older state changes nothing") {
  House house;
  house.bazaar.pages = {
      {{"a", st::OrderStatus::placed, day(-1), day(-1)}, {"b", st::OrderStatus::placed, day(-2), day(-2)}},
      {{"a", st::OrderStatus::placed, day(-1), day(-1)}}};
  auto run = house.sync();
  CHECK(run.state == st::RunState::ok);
  CHECK(source(run, "orders").changes.added == 2);
  CHECK(house.lines().size() == 2);
  CHECK(house.lines()[0].key == "b");
  CHECK(house.lines()[1].price->text() == "99.00 RUB");

  house.clock->advance(24h);
  house.bazaar.pages = {
      {{"a", st::OrderStatus::cancelled, day(-1), day(0)}, {"b", st::OrderStatus::placed, day(-2), day(-2)}}};
  run = house.sync();
  CHECK(source(run, "orders").changes.changed == 1);
  CHECK(source(run, "orders").changes.unchanged == 1);
  CHECK(house.lines()[1].status == st::OrderStatus::cancelled);

  // Told late: what was known is newer.
  house.bazaar.pages = {{{"a", st::OrderStatus::placed, day(-1), day(-1)}}};
  run = house.sync();
  CHECK(source(run, "orders").changes.dropped == 1);
  CHECK(house.lines()[1].status == st::OrderStatus::cancelled);
}

TEST_CASE("reading goes on from what is covered; of a reading that breaks off the lines that came are kept") {
  House house;
  house.bazaar.pages = {{{"a", st::OrderStatus::placed, day(-1), day(-1)}}};
  CHECK_FALSE(house.engine.orders().coverage(house.account.id).value());
  (void)house.sync();
  CHECK(house.bazaar.asked.back() == day(-30));
  auto covered = house.engine.orders().coverage(house.account.id).value();
  REQUIRE(covered);
  CHECK(covered->from == day(-30));
  CHECK(covered->until == day(0));

  house.clock->advance(48h);
  house.bazaar.pages = {{{"c", st::OrderStatus::placed, day(1), day(1)}}};
  house.bazaar.fails = st::Errc::vendor_unavailable;
  auto run = house.sync();
  CHECK(source(run, "orders").state == st::SourceState::failed);
  CHECK(source(run, "prices").state == st::SourceState::ok);
  CHECK(source(run, "orders").note == "kept 1 line that came before");
  CHECK(house.lines().size() == 2);
  CHECK(house.engine.orders().coverage(house.account.id).value()->until == day(0));

  // Of an answer that cannot be right nothing is.
  house.bazaar.pages = {{{"d", st::OrderStatus::placed, day(1), day(1)}}};
  house.bazaar.fails = st::Errc::vendor_contradiction;
  CHECK(source(house.sync(), "orders").state == st::SourceState::failed);
  CHECK(house.lines().size() == 2);

  house.bazaar.pages = {{{"c", st::OrderStatus::placed, day(1), day(1)}}};
  house.bazaar.fails = {};
  (void)house.sync();
  CHECK(house.bazaar.asked.back() == day(0) - 1h);
  covered = house.engine.orders().coverage(house.account.id).value();
  CHECK(covered->from == day(-30));
  CHECK(covered->until == day(2));

  // A gap in the periods that were reported begins the known period anew.
  house.clock->advance(240h);
  house.bazaar.coverage = st::OrderCoverage{day(5), day(12)};
  (void)house.sync();
  covered = house.engine.orders().coverage(house.account.id).value();
  CHECK(covered->from == day(5));
}

TEST_CASE("lines explain the change of a position, and say when they cannot") {
  House house;
  house.bazaar.pages = {};
  (void)house.sync(true);
  house.clock->advance(24h);
  Stall::on_hand = 6;
  house.bazaar.pages = {{{"a", st::OrderStatus::placed, day(0) + 1h, day(0) + 1h, 3},
                         {"b", st::OrderStatus::cancelled, day(0) + 2h, day(0) + 5h, 2}}};
  (void)house.sync(true);
  const auto moves = house.engine.ledger().movements({.offer = "007"}).collect().value();
  REQUIRE(moves.size() == 2);
  const auto why = house.engine.orders().explain_movement(moves[1]).value();
  CHECK(why.covered);
  CHECK(why.lines == 2);
  CHECK(why.ordered == 5);
  CHECK(why.called_off == 2);
  CHECK(moves[1].delta() - why.explained() == -1);  // one unit nobody ordered
  CHECK_FALSE(house.engine.orders().explain_movement(moves[0]).value().covered);
  CHECK(house.engine.ledger().verify().value().broken == 0);
}

TEST_CASE("prices are written when they change, and removed when a complete answer does not have them") {
  House house;
  house.bazaar.prices = {{"007", 10'000}, {"8", 5'050}, {"007", 12'000}};
  auto run = house.sync();
  CHECK(source(run, "prices").changes.added == 2);
  auto prices = house.engine.prices().list({.account = house.account.id}).collect().value();
  REQUIRE(prices.size() == 2);
  CHECK(prices[0].offer == "007");
  CHECK(prices[0].price.minor() == 12'000);
  house.clock->advance(1h);
  run = house.sync();
  CHECK(source(run, "prices").changes.unchanged == 2);
  house.bazaar.prices = {{"007", 11'000}};
  run = house.sync();
  CHECK(source(run, "prices").changes.changed == 2);
  prices = house.engine.prices().list({.account = house.account.id}).collect().value();
  REQUIRE(prices.size() == 1);
  CHECK(prices[0].changed_at == house.clock->now());
}

TEST_CASE("pages of orders hold no gaps and no repetitions, whatever their size") {
  House house;
  std::vector<Line> all;
  for (int n = 0; n < 57; ++n) {
    const auto at = day(-1) + st::Duration(n / 5);  // several of one instant
    all.push_back({"k" + std::to_string(n), st::OrderStatus::placed, at, at});
  }
  house.bazaar.pages = {all};
  (void)house.sync();
  for (const int size : {1, 2, 7, 57, 1'000}) {
    const auto read = house.engine.orders().lines({.account = house.account.id, .page_size = size}).collect().value();
    CHECK(read.size() == 57);
  }
  const auto some =
      house.engine.orders()
          .lines({.account = house.account.id, .from = day(-1) + st::Duration(2), .until = day(-1) + st::Duration(4)})
          .collect()
          .value();
  CHECK(some.size() == 10);
  CHECK_FALSE(house.engine.orders().lines({}).collect());
}

TEST_CASE("a cancelled order that is reported alive lives, where the channel has no times of changes") {
  House house;
  house.bazaar.can.order_changes_timed = false;
  house.bazaar.pages = {{{"a", st::OrderStatus::cancelled, day(-1), day(-1) + 2h}}};
  (void)house.sync();
  house.bazaar.pages = {{{"a", st::OrderStatus::placed, day(-1), day(-1)}}};
  CHECK(source(house.sync(), "orders").changes.changed == 1);
  CHECK(house.lines()[0].status == st::OrderStatus::placed);
}

TEST_CASE("a line that left its order is shown as removed and explains nothing") {
  House house;
  house.bazaar.can.orders_complete = true;
  (void)house.sync(true);
  house.clock->advance(24h);
  Stall::on_hand = 6;
  house.bazaar.pages = {{{"P1/a", st::OrderStatus::placed, day(0) + 1h, day(0) + 1h, 3, "P1"},
                         {"P1/b", st::OrderStatus::placed, day(0) + 1h, day(0) + 1h, 1, "P1"}}};
  (void)house.sync(true);
  const auto moves = house.engine.ledger().movements({.offer = "007"}).collect().value();
  REQUIRE(moves.size() == 2);
  CHECK(house.engine.orders().explain_movement(moves[1]).value().ordered == 4);
  house.bazaar.pages = {{{"P1/a", st::OrderStatus::placed, day(0) + 1h, day(0) + 1h, 3, "P1"},
                         {"P2/b", st::OrderStatus::placed, day(0) + 1h, day(0) + 1h, 1, "P2"}}};
  const auto run = house.sync(true);
  CHECK(source(run, "orders").note == "removed 1 order line");
  REQUIRE(house.lines().size() == 3);
  CHECK(house.lines()[1].key == "P1/b");
  CHECK(house.lines()[1].status == st::OrderStatus::removed);
  const auto why = house.engine.orders().explain_movement(moves[1]).value();
  CHECK(why.lines == 2);
  CHECK(why.ordered == 4);  // once, although two lines said so
}

TEST_CASE("an answer that would drop many prices or order lines is held, and applied when it is accepted") {
  House house;
  house.bazaar.can.orders_by_period = true;
  house.bazaar.pages.emplace_back();
  for (int n = 0; n < 20; ++n) {
    const std::string key = std::to_string(n);
    house.bazaar.pages[0].push_back({"l" + key, st::OrderStatus::placed, day(-1), day(-1)});
    house.bazaar.prices.emplace_back(key, 100 + n);
  }
  CHECK(house.sync().state == st::RunState::ok);
  const auto lines = house.bazaar.pages;
  house.bazaar.pages = {};
  house.bazaar.coverage = st::OrderCoverage{day(-5), day(0)};
  house.bazaar.prices.resize(10);
  const auto held = house.sync();
  CHECK(held.state == st::RunState::held);
  CHECK(source(held, "orders").disposition == st::Disposition::held);
  CHECK(source(held, "orders").note == "would remove 20 of 20 order lines");
  CHECK(source(held, "prices").note == "would drop 10 of 20 prices");
  CHECK(house.engine.prices().list({.account = house.account.id}).collect().value().size() == 20);
  CHECK(house.lines()[0].status == st::OrderStatus::placed);

  st::SyncOptions accept;
  accept.orders = accept.prices = true;
  accept.accept_mass_zero = true;
  const auto accepted = house.engine.sync().run(house.account.id, accept).value();
  CHECK(source(accepted, "orders").disposition == st::Disposition::applied);
  CHECK(house.lines()[0].status == st::OrderStatus::removed);
  CHECK(house.engine.prices().list({.account = house.account.id}).collect().value().size() == 10);
}

TEST_CASE("orders that a clock of the future claimed are read once the clock is right") {
  House house;
  house.bazaar.pages = {{{"a", st::OrderStatus::placed, day(-1), day(-1)}}};
  house.clock->advance(24h * 20);  // twenty days ahead, and back
  (void)house.sync();
  REQUIRE(house.engine.orders().coverage(house.account.id).value()->until == day(20));
  house.clock->step_back(24h * 19);
  CHECK(house.engine.orders().coverage(house.account.id).value()->until == day(-1));
  house.bazaar.pages = {{{"b", st::OrderStatus::placed, day(0), day(0)}}};
  (void)house.sync();
  CHECK(house.bazaar.asked.back() == day(-1) - 1h);
  CHECK(house.lines().size() == 2);
  CHECK(house.engine.orders().coverage(house.account.id).value()->until == day(1));
}
