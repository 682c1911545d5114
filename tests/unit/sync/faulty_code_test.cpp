// A connector, a progress sink, telemetry, keys or a transport that break their promises end a source or a call, with
// an error that says why; everything else goes on.
#include <stdexcept>

#include "tests/support/amiss.hpp"
#include "tests/support/bazaar.hpp"

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

TEST_CASE("texts that no store takes fail the list that has them, and name the row") {
  const std::string bad = "bad\xff";
  Shop shop;
  shop.bazaar.offers = [&](st::OfferSink& sink, const st::CallContext&) {
    std::vector<st::OfferRow> rows(2);
    rows[0].key = rows[0].article = "A";
    rows[1].key = "B";
    rows[1].title = bad;
    return sink.offers(rows);
  };
  shop.bazaar.prices = [&](st::PriceSink& sink, const st::CallContext&) {
    const st::PriceRow row{bad, st::Money(100, st::Currency::rub()), {}, {}};
    return sink.prices({&row, 1});
  };
  shop.bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                           const st::CallContext&) -> st::Result<st::OrderCoverage> {
    st::OrderLineRow row;
    row.key = row.order = "1";
    row.offer = "A";
    row.quantity = 1;
    row.status_text = bad;
    STK_TRY(sink.lines({&row, 1}));
    return st::OrderCoverage{query.since, shop.bazaar.clock->now()};
  };
  Stall stall(shop.bazaar);
  st::SyncOptions options;
  options.orders = options.prices = true;
  const auto run = stall.sync(options);
  for (const char* list : {"catalogue", "prices", "orders"}) {
    CAPTURE(list);
    const auto& source = Stall::source(run, list);
    CHECK(source.state == st::SourceState::failed);
    REQUIRE(source.error);
    CHECK(source.error->errc() == st::Errc::vendor_schema);
    CHECK(source.error->message().starts_with("row "));
  }
  CHECK(Stall::source(run, "fbo").state == st::SourceState::ok);
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

TEST_CASE("a page about a warehouse of another source fails its source, and nobody's positions move") {
  for (const char* offer : {"A", "B"}) {
    for (const bool first : {true, false}) {
      CAPTURE(offer, first);
      Shop shop;
      Stall stall(shop.bazaar);
      if (!first) {
        REQUIRE(stall.sync().state == st::RunState::ok);
        stall.pass(1h);
      }
      shop.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
        return sink.rows(Bazaar::page("w", st::WarehouseKind::seller, {{offer, 99}}));
      };
      const auto run = stall.sync();
      const bool fbo_failed = Stall::source(run, "fbo").state == st::SourceState::failed;
      const bool fbs_failed = Stall::source(run, "fbs:w").state == st::SourceState::failed;
      CHECK(fbo_failed != fbs_failed);  // the first one that names the warehouse has it
      if (!first) CHECK(fbo_failed);
      CHECK(amiss(stall.engine.doctor()) == "");
      stall.check_ledger();
    }
  }
}

TEST_CASE("a connector that ends as cancelled, or with a lost lease, fails its source alone") {
  for (const st::Errc code : {st::Errc::cancelled, st::Errc::lease_lost}) {
    Shop shop;
    Stall stall(shop.bazaar);
    shop.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
      return st::Error(code, "of its own");
    };
    const auto run = stall.sync();
    CHECK(Stall::source(run, "fbo").state == st::SourceState::failed);
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
