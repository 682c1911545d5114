// A connector, a progress sink, telemetry, keys or a transport that break their promises end a source or a call, with
// an error that says why; everything else goes on.
#include <stdexcept>

#include "tests/support/amiss.hpp"
#include "tests/support/bazaar.hpp"
#include "tests/support/sqlite_rows.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

using StockOf = std::function<st::Result<void>(const st::StockQuery&, st::StockSink&, const st::CallContext&)>;

// A shop with stock in its own cellar, whose FBO stock is what a test says.
struct Shop {
  Bazaar bazaar;
  Shop() {
    bazaar.list({"A", "B"});
    bazaar.sell_from({"w"});
    bazaar.hold_fbo({{"A", 5}, {"B", 3}});
    bazaar.hold_fbs("w", {{"A", 2}});
  }
};

}  // namespace

TEST_CASE("a faulty page fails its own source, also if the connector ignores the refusal; the others are stored") {
  struct Case {
    const char* message;
    void (*fill)(st::StockPage& page, std::uint32_t warehouse);
  };
  for (const Case& one : {
           Case{
               "row 1 (offer B): on_hand is negative",
               [](st::StockPage&page, std::uint32_t at) { page.push({.offer = "B", .warehouse = at, .on_hand = -7}); }},
           Case{"row 1: offer is empty",
                [](st::StockPage&page, std::uint32_t at) { page.push({.offer = "", .warehouse = at, .on_hand = 7}); }},
           Case{"row 1 (offer ?): offer is not UTF-8, or holds a zero byte",
                [](st::StockPage&page, std::uint32_t at) {
                  page.push({.offer = "\xfe", .warehouse = at, .on_hand = 7});
                }},
           Case{"row 1 (offer B): warehouse has a number that the page's warehouses do not have",
                [](st::StockPage&page, std::uint32_t) { page.push({.offer = "B", .warehouse = 9, .on_hand = 7}); }},
       }) {
    for (const bool ignores : {false, true}) {
      CAPTURE(one.message, ignores);
      Shop shop;
      Stall stall(shop.bazaar);
      REQUIRE(stall.sync().state == st::RunState::ok);
      stall.pass(1h);
      shop.bazaar.hold_fbs("w", {{"A", 9}});
      shop.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
        st::StockPage page;
        const auto at = page.add_warehouse({"M", "M", "", st::WarehouseKind::marketplace});
        page.push({.offer = "A", .warehouse = at, .on_hand = 1});
        one.fill(page, at);
        auto taken = sink.rows(std::move(page));
        return ignores ? st::Result<void>(st::success()) : taken;
      };
      const auto run = stall.sync();
      const auto& fbo = Stall::source(run, "fbo");
      CHECK(fbo.state == st::SourceState::failed);
      REQUIRE(fbo.error);
      CHECK(fbo.error->errc() == st::Errc::vendor_schema);
      CHECK(fbo.error->message() == one.message);
      CHECK(Stall::source(run, "fbs:w").state == st::SourceState::ok);
      CHECK(stall.picture() == "A@M=5 A@w=9 B@M=3");
    }
  }
}

TEST_CASE("keys of another form than the channel promises fail the source") {
  Shop shop;
  shop.bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    st::StockPage page;
    const auto at = page.add_warehouse({"M", "M", "", st::WarehouseKind::marketplace});
    page.push({.offer = 7, .warehouse = at, .on_hand = 1});
    return sink.rows(std::move(page));
  };
  Stall stall(shop.bazaar);
  const auto run = stall.sync();
  REQUIRE(Stall::source(run, "fbo").error);
  CHECK(Stall::source(run, "fbo").error->errc() == st::Errc::vendor_schema);
  CHECK(stall.picture() == "A@w=2");
}

TEST_CASE("a name that no store takes is shown with a mark, and a key that no store takes costs its row alone") {
  const std::string bad = "bad\xff" + std::string(1, '\0') + "name";
  const std::string shown = "bad\uFFFD\uFFFDname";
  Shop shop;
  const std::vector<std::string_view> codes{"46", bad};
  shop.bazaar.offers = [&](st::OfferSink& sink, const st::CallContext&) {
    std::vector<st::OfferRow> rows(40);
    std::vector<std::string> keys = numbered_keys(40);
    keys[0] = "A";
    keys[1] = bad;
    for (std::size_t n = 0; n < rows.size(); ++n) rows[n].key = rows[n].article = keys[n];
    rows[0].title = bad;
    rows[0].barcodes = codes;
    return sink.offers(rows);
  };
  shop.bazaar.warehouses = [&](st::WarehouseSink& sink, const st::CallContext&) {
    const std::vector<st::WarehouseRow> rows{{"w", bad, true}};
    return sink.warehouses(rows);
  };
  shop.bazaar.stock["w"] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    st::StockPage page;
    const auto cellar = page.add_warehouse({"w", bad, "", st::WarehouseKind::seller});
    page.push({.offer = "A", .warehouse = cellar, .on_hand = 2});
    return sink.rows(std::move(page));
  };
  shop.bazaar.prices = [&](st::PriceSink& sink, const st::CallContext&) {
    std::vector<st::PriceRow> rows;
    std::vector<std::string> keys = numbered_keys(40);
    keys[0] = bad;
    for (const std::string& key : keys) rows.push_back({key, st::Money(100, st::Currency::rub()), {}, {}});
    return sink.prices(rows);
  };
  shop.bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                           const st::CallContext&) -> st::Result<st::OrderCoverage> {
    st::OrderLineRow row;
    row.key = row.order = "1";
    row.offer = "A";
    row.quantity = 1;
    row.status = static_cast<st::OrderStatus>(77);
    row.status_text = bad;
    row.changed_at = st::Instant::latest();
    STK_TRY(sink.lines({&row, 1}));
    return st::OrderCoverage{query.since, shop.bazaar.clock->now()};
  };
  Stall stall(shop.bazaar);
  st::SyncOptions options;
  options.orders = options.prices = true;
  const auto run = stall.sync(options);
  CHECK(Stall::source(run, "catalogue").state == st::SourceState::ok);
  CHECK(Stall::source(run, "catalogue").skipped == 1);
  CHECK(Stall::source(run, "prices").skipped == 1);
  const auto positions = stall.engine.stock().positions().collect().value();
  for (const auto& position : positions) {
    if (position.offer.key == "A") CHECK(position.offer.title == shown);
    if (position.warehouse.key == "w") CHECK(position.warehouse.name == shown);
  }
  const auto lines = stall.engine.orders().lines({.account = stall.account}).collect().value();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].status == st::OrderStatus::unknown);
  CHECK(lines[0].status_text == shown);
  CHECK(lines[0].changed_at <= shop.bazaar.clock->now() + 24h);
}

TEST_CASE("what a connector throws is the error of its source; the run ends and the account can run again") {
  Shop shop;
  Stall stall(shop.bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  const std::vector<std::pair<StockOf, std::string>> throwers{
      {[](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
         throw std::runtime_error("no list\x1b[2J");
       },
       "the connector's fetch_stock threw: no list [2J"},
      {[](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> { throw 7; },
       "the connector's fetch_stock threw: something that is no std::exception"}};
  for (const auto& [thrower, message] : throwers) {
    stall.pass(1h);
    shop.bazaar.stock[""] = thrower;
    shop.bazaar.hold_fbs("w", {{"A", 4}});
    const auto run = stall.sync();
    const auto& fbo = Stall::source(run, "fbo");
    CHECK(fbo.state == st::SourceState::failed);
    REQUIRE(fbo.error);
    CHECK(fbo.error->errc() == st::Errc::internal);
    CHECK(fbo.error->message() == message);
    CHECK(stall.picture() == "A@M=5 A@w=4 B@M=3");
  }
  stall.pass(1h);
  shop.bazaar.hold_fbo({{"A", 6}, {"B", 3}});
  CHECK(stall.sync().state == st::RunState::ok);  // no lease was left
}

TEST_CASE(
    "a page about a warehouse of another source fails its source, from the first run on, and a repaired one heals") {
  using Page = st::StockPage (*)();
  const std::vector<std::pair<const char*, Page>> pages{
      {"fbo",
       [] {
         return Bazaar::page("w", st::WarehouseKind::seller, {{"A", 99}, {"B", 98}});
       }},
      {"fbs:w",
       [] {
         return Bazaar::page("v", st::WarehouseKind::seller, {{"A", 99}});
       }},
      {"fbs:w", [] {
         return Bazaar::page("M", st::WarehouseKind::marketplace, {{"B", 99}});
       }}};
  for (const auto& [source, page] : pages) {
    for (const bool first : {true, false}) {
      CAPTURE(source, first);
      Shop shop;
      shop.bazaar.sell_from({"v", "w"});
      shop.bazaar.hold_fbs("v", {{"B", 1}});
      Stall stall(shop.bazaar);
      if (!first) {
        REQUIRE(stall.sync().state == st::RunState::ok);
        stall.pass(1h);
      }
      auto& stock = shop.bazaar.stock[source == std::string("fbo") ? "" : "w"];
      const auto good = stock;
      stock = [page](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) { return sink.rows(page()); };
      const auto run = stall.sync();
      REQUIRE(Stall::source(run, source).error);
      CHECK(Stall::source(run, source).error->errc() == st::Errc::vendor_contradiction);
      for (const char* other : {"fbo", "fbs:w", "fbs:v"}) {
        if (source != std::string(other)) CHECK(Stall::source(run, other).state == st::SourceState::ok);
      }
      stock = good;
      stall.pass(1h);
      CHECK(stall.sync().state == st::RunState::ok);
      CHECK(stall.picture() == "A@M=5 A@w=2 B@M=3 B@v=1");
      CHECK(amiss(stall.engine.doctor()) == "");
      stall.check_ledger();
    }
  }
}

TEST_CASE(
    "a warehouse that a store has under another source goes to the source that reports it, with its latest level") {
  // As an earlier version left it: the source "fbo" has the warehouse "w". Of its level and that of "fbs:w" one is
  // older, or there is no second one.
  enum class Left { alone, older, newer };
  for (const Left left : {Left::alone, Left::older, Left::newer}) {
    CAPTURE(static_cast<int>(left));
    TempFolder folder;
    Shop shop;
    const std::string path = folder.file("shop.db");
    Stall stall(shop.bazaar, path);
    REQUIRE(stall.sync().state == st::RunState::ok);
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    const std::string fbo = "(SELECT source_id FROM source WHERE name = 'fbo')";
    const std::string cellars = "(SELECT source_id FROM source WHERE name = 'fbs:w')";
    const std::string of_cellar =
        " WHERE warehouse_id = (SELECT warehouse_id FROM warehouse WHERE warehouse_key = 'w')";
    rows_of(db, "UPDATE warehouse SET source_id = " + fbo + " WHERE warehouse_key = 'w'");
    if (left != Left::older) rows_of(db, "UPDATE level SET source_id = " + fbo + of_cellar);
    if (left != Left::alone) {
      rows_of(db, "INSERT INTO level (source_id, offer_id, warehouse_id, on_hand, state, seq) SELECT " +
                      (left == Left::older ? fbo : cellars) + ", offer_id, warehouse_id, 77, state, 0 FROM level" +
                      of_cellar);
    }
    sqlite3_close(db);
    stall.pass(1h);
    shop.bazaar.hold_fbs("w", {{"A", 1}, {"B", 4}});
    CHECK(stall.sync().state == st::RunState::ok);
    CHECK(stall.picture() == "A@M=5 A@w=1 B@M=3 B@w=4");
    CHECK(amiss(stall.engine.doctor()) == "");
    stall.check_ledger();
  }
}

TEST_CASE("warehouses that a page only lists belong to nobody") {
  Shop shop;
  shop.bazaar.sell_from({"v", "w"});
  for (const std::string own : {"v", "w"}) {
    shop.bazaar.stock[own] = [own](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
      st::StockPage page;
      for (const char* key : {"v", "w"}) page.add_warehouse({key, key, "", st::WarehouseKind::seller});
      page.push({.offer = "A", .warehouse = own == "v" ? 0U : 1U, .on_hand = 4});
      return sink.rows(std::move(page));
    };
  }
  Stall stall(shop.bazaar);
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.picture() == "A@M=5 A@v=4 A@w=4 B@M=3");
}

TEST_CASE("a connector that ends as cancelled, or with a lost lease, fails its source alone, as a fault of its own") {
  for (const st::Errc code : {st::Errc::cancelled, st::Errc::lease_lost}) {
    Shop shop;
    Stall stall(shop.bazaar);
    shop.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
      return st::Error(code, "of its own");
    };
    const auto run = stall.sync();
    CHECK(Stall::source(run, "fbo").state == st::SourceState::failed);
    CHECK(Stall::source(run, "fbo").error.value().errc() == st::Errc::internal);
    CHECK(stall.picture() == "A@w=2");
  }
}

TEST_CASE("unplaced listings of two forms fail the source, wherever its rows are") {
  Shop shop;
  Stall stall(shop.bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  shop.bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) -> st::Result<void> {
    st::StockPage first;
    first.push_unplaced(5);
    STK_TRY(sink.rows(std::move(first)));
    auto second = Bazaar::page("M", st::WarehouseKind::marketplace, {{"B", 3}});
    second.push_unplaced("L");
    return sink.rows(std::move(second));
  };
  CHECK(Stall::source(stall.sync(), "fbo").error.value().errc() == st::Errc::vendor_schema);
  CHECK(stall.picture() == "A@M=5 A@w=2 B@M=3");
}

TEST_CASE("a progress sink that throws ends its call with what it said, and leaves no lease") {
  class Thrower final : public st::ProgressSink {
   public:
    void report(const st::Progress&) override { throw std::runtime_error("the window is closed"); }
  };
  Shop shop;
  Stall stall(shop.bazaar);
  st::CallContext context;
  context.progress = std::make_shared<Thrower>();
  const auto run = stall.engine.sync().run(stall.account, {}, context);
  REQUIRE(!run);
  CHECK(run.error().errc() == st::Errc::internal);
  CHECK(run.error().message() == "the progress sink threw: the window is closed");
  CHECK(stall.picture().empty());
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.engine.sync().runs({}, context).collect().has_value());  // no later call pays for it
}
