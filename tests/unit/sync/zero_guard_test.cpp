// The guard over an account: several sources, several runs, moved units, warehouses that left.
#include "tests/support/amiss.hpp"
#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

TEST_CASE("nine zeroes in each of five warehouses are forty-five of the account: held together") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(20));
  const std::vector<std::string> warehouses{"w1", "w2", "w3", "w4", "w5"};
  bazaar.sell_from(warehouses);
  for (const auto& w : warehouses) bazaar.hold_fbs(w, numbered_units(0, 20, 5));
  Stall stall(bazaar);
  REQUIRE(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  for (const auto& w : warehouses) {
    auto fewer = numbered_units(0, 20, 5);
    for (int i = 0; i < 9; ++i) fewer["N" + std::to_string(i)] = 0;
    bazaar.hold_fbs(w, fewer);
  }
  const auto held = stall.sync();
  CHECK(held.state == st::RunState::held);
  for (const auto& w : warehouses) {
    const auto& source = Stall::source(held, "fbs:" + w);
    CHECK(source.disposition == st::Disposition::held);
    CHECK(source.note == "with the account's other sources would zero 45 of 100 positions");
  }
  CHECK(stall.total().on_hand.units() == 5 * 20 * 5);
  // Nine in one warehouse alone are few.
  for (std::size_t i = 1; i < warehouses.size(); ++i) bazaar.hold_fbs(warehouses[i], numbered_units(0, 20, 5));
  stall.pass(1h);
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.total().on_hand.units() == 5 * 20 * 5 - 45);
  stall.check_ledger();
}

TEST_CASE("what a person accepts is applied and does not count again") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(40));
  bazaar.hold_fbo(numbered_units(0, 40, 5));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(0, 20, 5));
  CHECK(stall.sync().state == st::RunState::held);
  st::SyncOptions accept;
  accept.accept_mass_zero = true;
  const auto accepted = stall.sync(accept);
  CHECK(accepted.state == st::RunState::ok);
  CHECK(accepted.accepted);
  CHECK(stall.total().on_hand.units() == 100);
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(0, 15, 5));
  CHECK(stall.sync().state == st::RunState::ok);
}

TEST_CASE("zeroes of a sliding day count together: a catalogue that dwindles by and by is held") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo(numbered_units(0, 100, 5));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(20, 80, 5));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(40, 60, 5));
  const auto held = stall.sync();
  CHECK(held.state == st::RunState::held);
  CHECK(Stall::source(held, "fbo").note ==
        "with the account's other sources would zero 20, after 20 in the runs before, of 100 positions");
  CHECK(stall.total().on_hand.units() == 400);
  // Filled up again, the first twenty count no more.
  auto again = numbered_units(40, 60, 5);
  again.merge(numbered_units(0, 20, 7));
  bazaar.hold_fbo(again);
  stall.pass(1h);
  CHECK(stall.sync().state == st::RunState::ok);
  // A day later earlier zeroes have aged.
  bazaar.hold_fbo(numbered_units(0, 20, 7));
  stall.pass(25h);
  st::SyncOptions options;
  options.mass_zero.percent = 90;
  CHECK(stall.sync(options).state == st::RunState::ok);
}

TEST_CASE("units that come back under another warehouse's key are the same units, and are not held") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(40));
  bazaar.hold_fbo(numbered_units(0, 40, 5), "undisclosed");
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(0, 40, 5), "Koledino");
  const auto run = stall.sync();
  CHECK(run.state == st::RunState::ok);
  CHECK(Stall::source(run, "fbo").changes.zeroed == 0);
  CHECK(stall.total().on_hand.units() == 200);
  stall.pass(1h);
  bazaar.hold_fbo({}, "Koledino");
  CHECK(stall.sync().state == st::RunState::held);
}

TEST_CASE("a seller warehouse that left the list leaves totals, marked, and no longer freezes freshness") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.hold_fbo({{"A", 1}, {"B", 1}});
  bazaar.sell_from({"w1", "w2"});
  bazaar.hold_fbs("w1", {{"A", 10}});
  bazaar.hold_fbs("w2", {{"B", 20}});
  Stall stall(bazaar);
  stall.sync();
  CHECK(stall.total().on_hand.units() == 32);
  stall.pass(1h);
  bazaar.sell_from({"w1"});
  const auto run = stall.sync();
  CHECK(run.state == st::RunState::ok);
  CHECK(Stall::source(run, "fbs:w2").state == st::SourceState::gone);
  CHECK(stall.picture() == "A@M=1 A@w1=10 B@M=1 B@w2=20!");
  CHECK(stall.total().on_hand.units() == 12);
  CHECK(stall.total().gone == 1);
  CHECK(stall.total().observed_at == bazaar.clock->now());
  const auto columns = stall.engine.stock().columns().value();
  CHECK(std::count(columns.state.begin(), columns.state.end(), static_cast<std::uint8_t>(st::PositionState::gone)) ==
        1);
  // Not named again in later runs; listed again it is back.
  stall.pass(1h);
  const auto later = stall.sync();
  for (const auto& one : later.sources) CHECK(one.name != "fbs:w2");
  bazaar.sell_from({"w1", "w2"});
  stall.pass(1h);
  stall.sync();
  CHECK(stall.total().on_hand.units() == 32);
  stall.check_ledger();
}

TEST_CASE("a seller warehouse that left the list before its stock was ever read is no damage to the doctor") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.hold_fbo({{"A", 1}});
  bazaar.sell_from({"w1"});
  bazaar.stock["w1"] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Errc::connect_failed;
  };
  Stall stall(bazaar);
  CHECK(Stall::source(stall.sync(), "fbs:w1").state != st::SourceState::ok);
  stall.pass(1h);
  bazaar.sell_from({});
  CHECK(Stall::source(stall.sync(), "fbs:w1").state == st::SourceState::gone);
  CHECK(amiss(stall.engine.doctor()) == "");
  // Listed again, and still not to be read.
  stall.pass(1h);
  bazaar.sell_from({"w1"});
  CHECK(Stall::source(stall.sync(), "fbs:w1").state == st::SourceState::failed);
  CHECK(amiss(stall.engine.doctor()) == "");
}

TEST_CASE(
    "a list of warehouses that failed or could not be read whole lets no warehouse go; a list that lost too much is "
    "held") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(20));
  bazaar.sell_from({"w1"});
  bazaar.hold_fbs("w1", numbered_units(0, 20, 3));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.warehouses = [](st::WarehouseSink&, const st::CallContext&) -> st::Result<void> {
    return st::Errc::connect_failed;
  };
  CHECK(Stall::source(stall.sync(), "fbs:w1").state == st::SourceState::stale);
  CHECK(stall.total().on_hand.units() == 60);
  bazaar.warehouses = [](st::WarehouseSink& sink, const st::CallContext&) -> st::Result<void> {
    sink.odd_row({st::RowOddity::unreadable, "id is not an id", "warehouses[0]", ""});
    return st::success();
  };
  stall.sync();
  CHECK(stall.total().on_hand.units() == 60);
  bazaar.sell_from({});
  const auto held = stall.sync();
  CHECK(Stall::source(held, "fbs:w1").disposition == st::Disposition::held);
  CHECK(stall.total().on_hand.units() == 60);
  st::SyncOptions accept;
  accept.accept_mass_zero = true;
  stall.sync(accept);
  CHECK(stall.total().on_hand.units() == 0);
  CHECK(stall.total().gone == 20);
}

TEST_CASE("stock that is asked for by offers: what was not asked keeps its value, what left with stock is asked for") {
  Bazaar bazaar;
  bazaar.can.fbo_by_offers = true;
  bazaar.fbo_needs_offers = true;
  std::map<std::string, std::int64_t> truth{{"A", 5}, {"B", 399}};
  std::vector<std::string> asked;
  bazaar.stock[""] = [&](const st::StockQuery& query, st::StockSink& sink, const st::CallContext&) {
    asked.assign(query.offers.begin(), query.offers.end());
    std::map<std::string, std::int64_t> reported;
    for (const auto& key : asked) {
      if (truth.contains(key)) reported[key] = truth[key];
    }
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, reported));
  };
  bazaar.list({"A", "B"});
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.list({"A"});
  stall.sync();
  CHECK(asked == std::vector<std::string>{"A", "B"});
  CHECK(stall.picture() == "A@M=5 B@M=399");
  // Without stock it is asked for no more, and what is silent then stays as it was.
  truth.erase("B");
  stall.pass(1h);
  stall.sync();
  CHECK(stall.picture() == "A@M=5 B@M=0");
  stall.pass(1h);
  stall.sync();
  CHECK(asked == std::vector<std::string>{"A"});
}

TEST_CASE("a catalogue that dwindles over a day is held, one that fills up again is not") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo(numbered_units(0, 100, 5));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.list(numbered_keys(80));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  bazaar.list(numbered_keys(65));
  const auto held = stall.sync();
  CHECK(Stall::source(held, "catalogue").disposition == st::Disposition::held);
  CHECK(Stall::source(held, "catalogue").note == "would drop 15, after 20 in the runs before, of 100 offers");
  CHECK(stall.total().vanished == 20);
  CHECK(stall.total().on_hand.units() == 400);
  stall.pass(1h);
  bazaar.list(numbered_keys(100));
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.total().vanished == 0);
  stall.pass(1h);
  bazaar.list(numbered_keys(85));
  CHECK(stall.sync().state == st::RunState::ok);
  st::SyncOptions accept;
  accept.accept_mass_zero = true;
  bazaar.list(numbered_keys(40));
  CHECK(stall.sync(accept).state == st::RunState::ok);
  stall.pass(1h);
  bazaar.list(numbered_keys(35));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.check_ledger();
}

// Earlier zeroes are what stands at zero now; a warehouse that left stands nowhere, and takes none of them away.
TEST_CASE("a warehouse that leaves counts together with the zeroes of the runs before") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo(numbered_units(0, 80, 5));
  bazaar.sell_from({"w1"});
  bazaar.hold_fbs("w1", numbered_units(80, 20, 5));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(20, 60, 5));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  bazaar.sell_from({});
  const auto held = stall.sync();
  CHECK(held.state == st::RunState::held);
  CHECK(Stall::source(held, "fbs:w1").note ==
        "with the account's other sources would zero 20, after 20 in the runs before, of 100 positions");
  CHECK(stall.total().on_hand.units() == 400);
}

// A guard that never forgets holds the ordinary business of weeks, and is then accepted without a look.
TEST_CASE("zeroes older than the window count no more, whatever became zero since and was filled up again") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo(numbered_units(0, 100, 5));
  Stall stall(bazaar);
  stall.sync();
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(20, 80, 5));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.pass(25h);
  bazaar.hold_fbo(numbered_units(30, 70, 5));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(20, 80, 5));
  CHECK(stall.sync().state == st::RunState::ok);
  stall.pass(1h);
  bazaar.hold_fbo(numbered_units(40, 60, 5));  // 20 of 80, and no other within the day
  CHECK(stall.sync().state == st::RunState::ok);
  CHECK(stall.total().on_hand.units() == 300);
}

TEST_CASE("offers that left the catalogue count together within the window, and no longer") {
  for (const bool within : {true, false}) {
    CAPTURE(within);
    Bazaar bazaar;
    bazaar.list(numbered_keys(100));
    Stall stall(bazaar);
    stall.sync();
    stall.pass(1h);
    bazaar.list(numbered_keys(80));
    CHECK(stall.sync().state == st::RunState::ok);
    stall.pass(within ? 24h : 24h + 1us);
    bazaar.list(numbered_keys(60));
    CHECK(stall.sync().state == (within ? st::RunState::held : st::RunState::ok));
  }
}
