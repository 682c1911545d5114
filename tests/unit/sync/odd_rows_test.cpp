// Rows that cannot be read cost nobody but themselves: what a run makes of them.
#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// Stock of the marketplace: these units, and rows that could not be read.
auto stock_with(std::map<std::string, std::int64_t> units, std::vector<st::OddRow> odd) {
  return [units, odd](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    for (const auto& row : odd) sink.odd_row(row);
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, units));
  };
}

std::map<std::string, std::int64_t> many(int count, std::int64_t units) {
  std::map<std::string, std::int64_t> all;
  for (int i = 0; i < count; ++i) all["N" + std::to_string(i)] = units;
  return all;
}

}  // namespace

TEST_CASE("an odd stock row is named in the run, its offer keeps its value, everything else applies") {
  Bazaar bazaar;
  bazaar.list({"A", "B", "C"});
  bazaar.hold_fbo({{"A", 5}, {"B", 3}, {"C", 1}});
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  bazaar.stock[""] =
      stock_with({{"A", 4}}, {{st::RowOddity::unreadable, "present is not a whole number", "stocks[1]", "B"}});
  const auto run = stall.sync();
  const auto& fbo = Stall::source(run, "fbo");
  CHECK(fbo.state == st::SourceState::ok);
  CHECK(fbo.skipped == 1);
  CHECK(fbo.rows == 2);
  CHECK(fbo.note == "skipped 1: present is not a whole number, e.g. stocks[1] (B)");
  // C is absent, which is zero here; B was named by a row that nobody could read.
  CHECK(stall.picture() == "A@M=4 B@M=3~ C@M=0");
  const auto stored = stall.engine.sync().runs().collect().value().front();
  CHECK(Stall::source(stored, "fbo").skipped == 1);
  CHECK(Stall::source(stored, "fbo").note == fbo.note);
  stall.check_ledger();
}

TEST_CASE("where an odd row names nobody, the answer's silence zeroes nobody") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.hold_fbo({{"A", 5}, {"B", 3}});
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.stock[""] = stock_with({{"A", 4}}, {{st::RowOddity::unreadable, "offer_id is empty", "stocks[0]", ""}});
  CHECK(Stall::source(stall.sync(), "fbo").note == "skipped 1: offer_id is empty, e.g. stocks[0]");
  CHECK(stall.picture() == "A@M=4 B@M=3~");
  // The same answer again is looked at again, and says the same.
  stall.pass(1h);
  CHECK(Stall::source(stall.sync(), "fbo").skipped == 1);
  CHECK(stall.picture() == "A@M=4 B@M=3~");
}

TEST_CASE("a source of which a tenth or more cannot be read fails as a contradiction and changes nothing") {
  Bazaar bazaar;
  bazaar.list({"A"});
  Stall stall(bazaar);
  bazaar.hold_fbo(many(27, 5));
  stall.sync();
  stall.pass(1h);
  const st::OddRow odd{st::RowOddity::unreadable, "offer_id is empty", "stocks[0]", ""};
  bazaar.stock[""] = stock_with(many(27, 6), {odd, odd, odd});
  const auto failed = Stall::source(stall.sync(), "fbo");
  CHECK(failed.state == st::SourceState::failed);
  REQUIRE(failed.error);
  CHECK(failed.error->errc() == st::Errc::vendor_contradiction);
  CHECK(failed.error->message() == "3 of 30 rows cannot be read: skipped 3: offer_id is empty, e.g. stocks[0]");
  CHECK(stall.total().on_hand.units() == 27 * 5);
  bazaar.stock[""] = stock_with(many(28, 6), {odd, odd, odd});
  CHECK(Stall::source(stall.sync(), "fbo").state == st::SourceState::ok);
  bazaar.stock[""] = stock_with(many(2, 6), {odd, odd});
  CHECK(Stall::source(stall.sync(), "fbo").state == st::SourceState::ok);
}

TEST_CASE("an oversold amount is 0, and the run says so") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  Stall stall(bazaar);
  bazaar.stock[""] =
      stock_with({{"A", 4}, {"B", 0}}, {{st::RowOddity::oversold, "free_stock is negative", "stocks[1]", "B"}});
  const auto run = stall.sync();
  CHECK(run.state == st::RunState::ok);
  CHECK(Stall::source(run, "fbo").skipped == 0);
  CHECK(Stall::source(run, "fbo").note == "oversold 1: free_stock is negative, e.g. stocks[1] (B)");
  CHECK(stall.picture() == "A@M=4 B@M=0");
}

TEST_CASE("an odd row of the catalogue keeps its offer listed; one that names nobody lets nobody vanish") {
  for (const std::string key : {"B", ""}) {
    CAPTURE(key);
    Bazaar bazaar;
    bazaar.list({"A", "B"});
    bazaar.hold_fbo({{"A", 1}, {"B", 2}});
    Stall stall(bazaar);
    stall.sync();
    stall.pass(1h);
    bazaar.offers = [&](st::OfferSink& sink, const st::CallContext&) {
      sink.odd_row({st::RowOddity::unreadable, "barcodes holds something that is not a text", "items[1]", key});
      st::OfferRow row;
      row.key = row.article = "A";
      return sink.offers({&row, 1});
    };
    const auto run = stall.sync();
    CHECK(Stall::source(run, "catalogue").skipped == 1);
    CHECK(stall.total().on_hand.units() == 3);
    CHECK(stall.total().vanished == 0);
  }
}

TEST_CASE("an offer keeps its title if an answer leaves its details out") {
  Bazaar bazaar;
  const auto listed = [](bool details) {
    return [details](st::OfferSink& sink, const st::CallContext&) {
      st::OfferRow row;
      row.key = row.article = "A";
      row.details_known = details;
      if (details) row.title = "Kettle";
      return sink.offers({&row, 1});
    };
  };
  bazaar.offers = listed(true);
  bazaar.hold_fbo({{"A", 1}});
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.offers = listed(false);
  CHECK(Stall::source(stall.sync(), "catalogue").changes.changed == 0);
  CHECK(stall.engine.stock().positions().collect().value().at(0).offer.title == "Kettle");
  // Also after it had vanished meanwhile.
  bazaar.offers = nullptr;
  stall.sync();
  CHECK(stall.total().vanished == 1);
  bazaar.offers = listed(false);
  stall.sync();
  CHECK(stall.total().vanished == 0);
  CHECK(stall.engine.stock().positions().collect().value().at(0).offer.title == "Kettle");
}

TEST_CASE("quantities that are no numbers of units fail their source at the border, whichever connector brings them") {
  Bazaar bazaar;
  bazaar.list({"A", "B", "C"});
  Stall stall(bazaar);
  bazaar.hold_fbo({{"A", 4}, {"B", INT64_MAX}, {"C", -7}});
  const auto run = stall.sync();
  CHECK(Stall::source(run, "fbo").state == st::SourceState::failed);
  REQUIRE(Stall::source(run, "fbo").error);
  CHECK(Stall::source(run, "fbo").error->message() == "row 1 (offer B): on_hand is more than 10^12");
  CHECK(stall.picture().empty());
}

TEST_CASE("keys of nineteen digits are keys, longer ones are left out, and the rest of the catalogue stays") {
  Bazaar bazaar;
  bazaar.can.numeric_offer_keys = true;
  bazaar.list({"9223372036854775807", "9223372036854775808", "1000000000000000000", "007"});
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    st::StockPage page;
    const auto warehouse = page.add_warehouse({"1", "M", "", st::WarehouseKind::marketplace});
    for (const std::int64_t key : {INT64_MAX, std::int64_t{1'000'000'000'000'000'000}}) {
      page.push({.offer = key, .warehouse = warehouse, .on_hand = 2});
    }
    return sink.rows(std::move(page));
  };
  Stall stall(bazaar);
  const auto run = stall.sync();
  CHECK(Stall::source(run, "catalogue").skipped == 2);
  CHECK(stall.total().on_hand.units() == 4);
  CHECK(stall.total().positions == 2);
  // Read again from the store.
  stall.pass(1h);
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.total().positions == 2);
}

TEST_CASE("a list of a connector that never ends is ended by the engine, whatever list it is") {
  const auto ended = [](const st::SyncRun& run, const std::string& name) {
    const auto& outcome = Stall::source(run, name);
    CHECK(outcome.state == st::SourceState::failed);
    REQUIRE(outcome.error);
    CHECK(outcome.error->errc() == st::Errc::vendor_contradiction);
  };
  Bazaar bazaar;
  int pages = 0;
  const auto forever = [&](auto&& page) -> st::Result<void> {
    for (pages = 0; pages < 1'000; ++pages) {
      STK_TRY(page());
    }
    return st::success();
  };
  bazaar.offers = [&](st::OfferSink& sink, const st::CallContext&) {
    return forever([&] {
      st::OfferRow row;
      row.key = "A";
      return sink.offers({&row, 1});
    });
  };
  Stall stall(bazaar);
  ended(stall.sync(), "catalogue");
  CHECK(pages < 6);
  bazaar.list({"A"});
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    return forever([&] { return sink.rows(Bazaar::page("M", st::WarehouseKind::undisclosed, {{"A", 1}})); });
  };
  bazaar.prices = [&](st::PriceSink& sink, const st::CallContext&) {
    return forever([&] {
      const st::PriceRow row{"A", st::Money(100, st::Currency::rub()), {}, {}};
      return sink.prices({&row, 1});
    });
  };
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                      const st::CallContext&) -> st::Result<st::OrderCoverage> {
    STK_TRY(forever([&] {
      st::OrderLineRow row;
      row.key = "L1";
      row.ordered_at = row.changed_at = query.since + 1h;
      return sink.lines({&row, 1});
    }));
    return st::OrderCoverage{query.since, query.since + 2h};
  };
  st::SyncOptions all;
  all.orders = all.prices = true;
  const auto run = stall.sync(all);
  ended(run, "fbo");
  ended(run, "prices");
  ended(run, "orders");
  CHECK(Stall::source(run, "catalogue").state == st::SourceState::ok);
  CHECK(stall.engine.orders().lines({.account = stall.account}).collect().value().empty());
}

TEST_CASE(
    "a list of orders that starts over, covers periods or empties orders without end is ended, and grows no more") {
  Bazaar bazaar;
  std::function<void(st::OrderSink&)> again;
  int calls = 0;
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                      const st::CallContext&) -> st::Result<st::OrderCoverage> {
    st::OrderLineRow row;
    row.key = "L1";
    row.ordered_at = row.changed_at = query.since + 1h;
    for (int n = 0; n < calls; ++n) {
      again(sink);
      if (!sink.lines({&row, 1}) && n % 2 == 0) break;
    }
    for (int n = 0; n < calls; ++n) again(sink);  // and ignores the results
    return st::OrderCoverage{query.since, query.since + 2h};
  };
  Stall stall(bazaar);
  st::SyncOptions orders;
  orders.stock = false;
  orders.orders = true;
  const auto ends_as = [&](int times, st::SourceState state, const char* why) {
    calls = times;
    const auto run = stall.sync(orders);
    const auto& outcome = Stall::source(run, "orders");
    CHECK(outcome.state == state);
    CHECK(outcome.error.has_value() == (state != st::SourceState::ok));
    if (!outcome.error) return;
    CHECK(outcome.error->errc() == st::Errc::vendor_contradiction);
    CHECK(outcome.error->message().find(why) != std::string::npos);
  };
  again = [](st::OrderSink& sink) { sink.restart(); };
  ends_as(499, st::SourceState::ok, "");
  ends_as(500, st::SourceState::failed, "starts over again and again");
  const st::Instant day = bazaar.clock->now() - 24h;
  again = [&](st::OrderSink& sink) { sink.covered({day, day + 1s}); };
  ends_as(4'999, st::SourceState::ok, "");
  ends_as(5'000, st::SourceState::failed, "period after period");
  again = [](st::OrderSink& sink) { sink.emptied("o"); };
  ends_as(1'000'001, st::SourceState::failed, "more than a million orders");
}
