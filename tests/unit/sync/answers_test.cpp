// What an answer about stock leaves in the store: its rows at their own offers and warehouses, or nothing at all.
#include "tests/support/amiss.hpp"
#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

bool is_listed(const Stall& stall, const std::string& key) {
  const auto listings = stall.engine.listings().matched().value();
  return std::any_of(listings.offers.begin(), listings.offers.end(),
                     [&](const st::MatchOffer& offer) { return offer.key == key; });
}

}  // namespace

TEST_CASE("a held answer leaves nothing behind, and another source's answer stores the new offer that both name") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(40));
  bazaar.sell_from({"w"});
  bazaar.hold_fbo(numbered_units(0, 40, 5));
  bazaar.hold_fbs("w", {{"N0", 1}});
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  const std::string before = stall.picture();
  stall.pass(1h);
  bazaar.hold_fbo({{"N0", 5}, {"X", 3}});
  REQUIRE(Stall::source(stall.sync(), "fbo").disposition == st::Disposition::held);
  CHECK_FALSE(is_listed(stall, "X"));
  CHECK(stall.picture() == before);
  stall.pass(1h);
  bazaar.hold_fbs("w", {{"N0", 1}, {"X", 7}});
  const auto run = stall.sync();
  REQUIRE(Stall::source(run, "fbo").disposition == st::Disposition::held);
  REQUIRE(Stall::source(run, "fbs:w").disposition == st::Disposition::applied);
  CHECK(is_listed(stall, "X"));
  CHECK(stall.picture() == before + " X@w=7");
  stall.check_ledger();
  CHECK(amiss(stall.engine.doctor()) == "");
}

TEST_CASE("rows of numbered offers are stored at their own offer, in whatever order an answer has them") {
  Bazaar bazaar;
  bazaar.can.numeric_offer_keys = true;
  bazaar.list({"1", "2"});
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    st::StockPage page;
    for (const char* key : {"A", "B", "C"}) page.add_warehouse({key, key, "", st::WarehouseKind::marketplace});
    struct Row {
      std::int64_t offer;
      std::uint32_t warehouse;
      std::int64_t units;
    };
    for (const Row& row : {Row{1, 0, 10}, Row{1, 1, 11}, Row{2, 0, 20}, Row{1, 2, 12}, Row{2, 1, 21}}) {
      page.push({.offer = row.offer, .warehouse = row.warehouse, .on_hand = row.units});
    }
    return sink.rows(std::move(page));
  };
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  CHECK(stall.picture() == "1@A=10 1@B=11 1@C=12 2@A=20 2@B=21");
}

TEST_CASE("a warehouse that has another name or region than before is stored with it") {
  Bazaar bazaar;
  bazaar.list({"A"});
  st::Warehouse place{"7", "Old", "East", st::WarehouseKind::marketplace};
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    st::StockPage page;
    page.push({.offer = "A", .warehouse = page.add_warehouse(place), .on_hand = 1});
    return sink.rows(std::move(page));
  };
  Stall stall(bazaar);
  const auto stored = [&] {
    REQUIRE(stall.sync().state == st::RunState::ok);
    stall.pass(1h);
    const auto positions = stall.engine.stock().positions().collect().value();
    REQUIRE(positions.size() == 1);
    const st::Warehouse& warehouse = positions.front().warehouse;
    return warehouse.key + " " + warehouse.name + " " + warehouse.region;
  };
  CHECK(stored() == "7 Old East");
  place.region = "West";
  CHECK(stored() == "7 Old West");
  place.name = "New";
  CHECK(stored() == "7 New West");
}

TEST_CASE("where an account's zeroes are held, its sources that zero nothing are applied") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(20));
  bazaar.sell_from({"w1", "w2", "w3"});
  for (const char* const key : {"w1", "w2", "w3"}) bazaar.hold_fbs(key, numbered_units(0, 20, 5));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  for (const char* const key : {"w1", "w2"}) {
    auto fewer = numbered_units(9, 11, 5);
    fewer.merge(numbered_units(0, 9, 0));
    bazaar.hold_fbs(key, fewer);
  }
  bazaar.hold_fbs("w3", numbered_units(0, 20, 6));
  const auto run = stall.sync();
  CHECK(Stall::source(run, "fbs:w1").disposition == st::Disposition::held);
  CHECK(Stall::source(run, "fbs:w2").disposition == st::Disposition::held);
  CHECK(Stall::source(run, "fbs:w3").disposition == st::Disposition::applied);
  CHECK(Stall::source(run, "fbs:w3").changes.changed == 20);
  CHECK(stall.total().on_hand.units() == 20 * (5 + 5 + 6));
}

// Each of them is looked up in one list that must be in order.
TEST_CASE("an answer with rows that could not be read beside listings that could not be placed keeps both") {
  Bazaar bazaar;
  bazaar.offers = [](st::OfferSink& sink, const st::CallContext&) {
    std::vector<st::OfferRow> rows;
    for (const char* const key : {"A", "B", "C", "D", "E", "F"}) {
      st::OfferRow row;
      row.key = row.article = key;
      row.listing = std::string_view(key) < "D" ? "L1" : "L2";
      rows.push_back(row);
    }
    return sink.offers(rows);
  };
  bazaar.hold_fbo({{"A", 1}, {"B", 2}, {"C", 3}, {"D", 4}, {"E", 5}, {"F", 6}});
  Stall stall(bazaar);
  stall.sync();
  for (const char* const listing : {"L1", "L2"}) {
    CAPTURE(listing);
    stall.pass(1h);
    const bool first = std::string_view(listing) == "L1";
    bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
      for (const char* const key : {first ? "D" : "A", first ? "E" : "B", first ? "F" : "C"})
        sink.odd_row({st::RowOddity::unreadable, "is not a quantity", "stocks[0]", key});
      st::StockPage page = Bazaar::page("M", st::WarehouseKind::marketplace, numbered_units(0, 40, 1));
      page.push_unplaced(listing);
      return sink.rows(std::move(page));
    };
    REQUIRE(Stall::source(stall.sync(), "fbo").disposition == st::Disposition::applied);
    CHECK(stall.picture().starts_with("A@M=1~ B@M=2~ C@M=3~ D@M=4~ E@M=5~ F@M=6~ "));
  }
}

TEST_CASE("where warehouses leave and too much would leave with them, those that hold nothing leave alone") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(30));
  bazaar.hold_fbo(numbered_units(0, 30, 5));
  bazaar.sell_from({"w1", "w2"});
  bazaar.hold_fbs("w1", numbered_units(0, 20, 5));
  bazaar.hold_fbs("w2", numbered_units(0, 20, 0));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.sell_from({});
  const auto run = stall.sync();
  CHECK(run.state == st::RunState::held);
  CHECK(run.changes().zeroed == 0);
  const auto& kept = Stall::source(run, "fbs:w1");
  CHECK(kept.state == st::SourceState::stale);
  CHECK(kept.disposition == st::Disposition::held);
  CHECK(kept.note == "with the account's other sources would zero 20 of 50 positions");
  CHECK(Stall::source(run, "fbs:w2").state == st::SourceState::gone);
  CHECK(Stall::source(run, "fbs:w2").disposition == st::Disposition::applied);
  // What is stored of them says the same, and why.
  const auto stored = stall.engine.sync().sources(stall.account).value();
  for (const st::SourceStatus& one : stored) {
    CAPTURE(one.name);
    if (one.name == "fbs:w1") {
      CHECK(one.state == st::SourceState::stale);
      CHECK(one.disposition == st::Disposition::held);
      CHECK(one.error == kept.note);
    } else if (one.name == "fbs:w2") {
      CHECK(one.state == st::SourceState::gone);
      CHECK(one.disposition == st::Disposition::applied);
      CHECK(one.error.empty());
    }
  }
  CHECK(stall.total().on_hand.units() == 30 * 5 + 20 * 5);
  CHECK(stall.total().gone == 20);
}

TEST_CASE("a card without a title is another answer than one that leaves its details out") {
  Bazaar bazaar;
  const auto answer = [&](const char* title, bool known) {
    bazaar.offers = [=](st::OfferSink& sink, const st::CallContext&) {
      st::OfferRow row;
      row.key = row.article = "A";
      row.title = title;
      row.details_known = known;
      return sink.offers(std::span(&row, 1));
    };
  };
  Stall stall(bazaar);
  const auto title = [&] {
    stall.pass(1h);
    stall.sync();
    return stall.engine.listings().matched().value().offers.at(0).title;
  };
  answer("Mug", true);
  CHECK(title() == "Mug");
  answer("", false);
  CHECK(title() == "Mug");
  answer("", true);
  CHECK(title().empty());
}

TEST_CASE("a held answer is named with the state of its source, until it is accepted") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(40));
  bazaar.hold_fbo(numbered_units(0, 40, 5));
  Stall stall(bazaar);
  stall.sync();
  const auto error = [&] {
    const auto stored = stall.engine.sync().sources(stall.account).value();
    for (const st::SourceStatus& one : stored) {
      if (one.name == "fbo") return one.error;
    }
    return std::string("no source");
  };
  bazaar.hold_fbo(numbered_units(0, 10, 5));
  stall.pass(1h);
  stall.sync();
  CHECK(error() == "would zero 30 of 40 positions");
  st::SyncOptions accept;
  accept.accept_mass_zero = true;
  stall.pass(1h);
  stall.sync(accept);
  CHECK(error().empty());
}

TEST_CASE("an entry was observed when its answer was asked for, and recorded when it was stored") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    bazaar.clock->advance(5s);
    st::StockPage page;
    const auto cellar = page.add_warehouse({"17", "Cellar", "", st::WarehouseKind::marketplace});
    page.push({.offer = "A", .warehouse = cellar, .on_hand = 5});
    return sink.rows(std::move(page));
  };
  Stall stall(bazaar);
  const st::Instant asked = bazaar.clock->now();
  const auto run = stall.sync();
  CHECK(run.started_at == asked);
  CHECK(run.finished_at == asked + 5s);
  const auto entries = stall.engine.ledger().movements({.offer = "A"}).collect().value();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].observed_at == asked);
  CHECK(entries[0].recorded_at == asked + 5s);
  // Its warehouse is found by its key, and not by its name.
  CHECK(stall.engine.ledger().movements({.warehouse = "17"}).collect().value().size() == 1);
  CHECK(stall.engine.ledger().movements({.warehouse = "Cellar"}).collect().value().empty());
}

TEST_CASE(
    "stock is as fresh as its oldest source, not known where one was never read, whatever became of other lists") {
  const auto failing = []<class... Args>(Args&&...) -> st::Result<void> { return st::Errc::connect_failed; };
  Bazaar bazaar;
  bazaar.offers = failing;
  bazaar.hold_fbo({{"A", 5}});
  Stall stall(bazaar);
  const st::Instant first = bazaar.clock->now();
  stall.sync();
  CHECK(stall.total().observed_at == first);  // without the catalogue
  bazaar.sell_from({"w1"});
  bazaar.stock["w1"] = failing;
  stall.pass(1h);
  stall.sync();
  CHECK_FALSE(stall.total().observed_at);
  bazaar.hold_fbs("w1", {{"A", 5}});
  bazaar.stock[""] = failing;
  stall.pass(1h);
  stall.sync();
  CHECK(stall.total().observed_at == first + 1h);
}

TEST_CASE("an answer that is the same as one with a row that could not be read is looked at again") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.hold_fbo({{"A", 5}, {"B", 3}});
  Stall stall(bazaar);
  stall.sync();
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    sink.odd_row({st::RowOddity::unreadable, "is not a quantity", "stocks[1]", "B"});
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 5}}));
  };
  stall.pass(1h);
  stall.sync();
  CHECK(stall.picture() == "A@M=5 B@M=3~");
  bazaar.hold_fbo({{"A", 5}});
  stall.pass(1h);
  stall.sync();
  CHECK(stall.picture() == "A@M=5 B@M=0");
}

TEST_CASE("a page with an amount that is left out keeps its listings that could not be placed") {
  Bazaar bazaar;
  bazaar.offers = [](st::OfferSink& sink, const st::CallContext&) {
    std::vector<st::OfferRow> rows(3);
    const std::vector<std::string> keys{"A", "B", "C"};
    for (std::size_t n = 0; n < rows.size(); ++n) rows[n].key = rows[n].article = keys[n];
    rows[1].listing = "L";
    return sink.offers(rows);
  };
  bazaar.hold_fbo({{"A", 5}, {"B", 3}, {"C", 1}});
  Stall stall(bazaar);
  stall.sync();
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    sink.odd_row({st::RowOddity::unreadable, "is not a quantity", "stocks[1]", "C"});
    auto page = Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 6}});
    page.push_unplaced("L");
    return sink.rows(std::move(page));
  };
  stall.pass(1h);
  stall.sync();
  CHECK(stall.picture() == "A@M=6 B@M=3~ C@M=1~");
}

TEST_CASE("stock of an offer that a held catalogue was the first to name is kept without its card") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo({{"N0", 1}});
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.list(numbered_keys(80));
  REQUIRE(stall.sync().state == st::RunState::ok);
  auto keys = numbered_keys(65);
  keys.push_back("X");
  bazaar.list(keys);
  bazaar.hold_fbo({{"N0", 1}, {"X", 3}});
  stall.pass(1h);
  const auto run = stall.sync();
  REQUIRE(Stall::source(run, "catalogue").disposition == st::Disposition::held);
  CHECK(Stall::source(run, "fbo").disposition == st::Disposition::applied);
  CHECK(stall.picture() == "N0@M=1 X@M=3");
  const auto positions = stall.engine.stock().positions({.offer = "X"}).collect().value();
  REQUIRE(positions.size() == 1);
  CHECK(positions[0].offer.state == st::OfferState::uncarded);
}
