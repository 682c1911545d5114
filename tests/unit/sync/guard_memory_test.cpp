// What the guard counts beside the zeroes of a run: which of the runs before, whose, and what of them is still lost.
// Counted too much, it holds the ordinary business of a day; too little, and a catalogue dwindles unseen.
#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

namespace {

st::SyncOptions accepting() {
  st::SyncOptions options;
  options.accept_mass_zero = true;
  return options;
}

// A seller with a hundred offers in stock at the marketplace.
void stock_up(Bazaar& bazaar) {
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo(numbered_units(0, 100, 5));
}

st::RunState an_hour_later(Stall& stall, const st::SyncOptions& options = {}) {
  stall.pass(1h);
  return stall.sync(options).state;
}

// Stock that ends, is filled up again, and ends again: nothing of the first time is lost any more.
st::RunState lost_filled_and_lost(Stall& stall, int count) {
  stall.bazaar.hold_fbo(numbered_units(count, 100 - count, 5));
  CHECK(an_hour_later(stall) == st::RunState::ok);
  stall.bazaar.hold_fbo(numbered_units(0, 100, 5));
  CHECK(an_hour_later(stall) == st::RunState::ok);
  stall.bazaar.hold_fbo(numbered_units(count, 100 - count, 5));
  return an_hour_later(stall);
}

// Two accounts of one seller over one store.
struct Neighbours {
  Market market;
  Booth other{market, "b2", 2};
  Booth booth{market, "b1", 1};

  // An hour later, the same of both, without a word of the guard.
  void both(const std::function<void(Bazaar&)>& change) {
    market.clock->advance(1h);
    for (Booth* one : {&other, &booth}) {
      change(one->bazaar);
      CHECK(one->sync().state == st::RunState::ok);
    }
  }
};

}  // namespace

TEST_CASE("what another account of the seller has lost is not lost by this one") {
  Neighbours two;
  two.both([](Bazaar& bazaar) { stock_up(bazaar); });
  two.both([](Bazaar& bazaar) { bazaar.list(numbered_keys(80)); });
  two.both([](Bazaar& bazaar) { bazaar.hold_fbo(numbered_units(20, 80, 5)); });
  two.market.clock->advance(1h);
  stock_up(two.booth.bazaar);
  CHECK(two.booth.sync().state == st::RunState::ok);
  two.market.clock->advance(1h);
  two.booth.bazaar.list(numbered_keys(80));
  two.booth.bazaar.hold_fbo(numbered_units(20, 80, 5));
  CHECK(two.booth.sync().state == st::RunState::ok);
}

TEST_CASE("goods of a warehouse that leaves are found again only where they are first seen, and most of them") {
  for (const int found : {2, 3}) {
    CAPTURE(found);
    Bazaar bazaar;
    bazaar.list(numbered_keys(100));
    bazaar.hold_fbo(numbered_units(30, 70, 5));
    bazaar.sell_from({"w1"});
    bazaar.hold_fbs("w1", numbered_units(0, 30, 5));
    Stall stall(bazaar);
    stall.sync();
    bazaar.sell_from({});
    auto units = numbered_units(30, 70, 5);
    units.merge(numbered_units(0, 30, found));
    bazaar.hold_fbo(units);
    CHECK(an_hour_later(stall) == (found == 3 ? st::RunState::ok : st::RunState::held));
  }
  // More of what another warehouse had already may be a supply.
  Bazaar bazaar;
  stock_up(bazaar);
  bazaar.sell_from({"w1"});
  bazaar.hold_fbs("w1", numbered_units(0, 50, 5));
  Stall stall(bazaar);
  stall.sync();
  bazaar.sell_from({});
  auto units = numbered_units(50, 50, 5);
  units.merge(numbered_units(0, 50, 10));
  bazaar.hold_fbo(units);
  stall.pass(1h);
  const auto held = stall.sync();
  CHECK(held.state == st::RunState::held);
  CHECK(Stall::source(held, "fbs:w1").note == "with the account's other sources would zero 50 of 150 positions");
}

TEST_CASE("zeroes are a part of all that is sold: also of warehouses that did not answer, not of those that left") {
  for (const bool left : {false, true}) {
    CAPTURE(left);
    Bazaar bazaar;
    stock_up(bazaar);
    bazaar.sell_from({"w1"});
    bazaar.hold_fbs("w1", numbered_units(0, 100, 5));
    Stall stall(bazaar);
    stall.sync();
    if (left) bazaar.sell_from({});
    CHECK(an_hour_later(stall, accepting()) == st::RunState::ok);
    bazaar.hold_fbo(numbered_units(20, 80, 5));
    CHECK(an_hour_later(stall) == st::RunState::ok);
    bazaar.stock["w1"] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
      return st::Errc::connect_failed;
    };
    bazaar.hold_fbo(numbered_units(35, 65, 5));
    stall.pass(1h);
    const auto run = stall.sync();
    const auto& fbo = Stall::source(run, "fbo");
    CHECK(fbo.disposition == (left ? st::Disposition::held : st::Disposition::applied));
    CHECK(fbo.note == (left ? "with the account's other sources would zero 15, after 20 in the runs before, "
                              "of 100 positions"
                            : ""));
  }
}

TEST_CASE("zeroes are settled by a run that a person accepted and that applied stock, and by no other") {
  const auto held_after = [](const std::function<void(Bazaar&)>& change, const st::SyncOptions& accepted) {
    Bazaar bazaar;
    stock_up(bazaar);
    Stall stall(bazaar);
    stall.sync();
    bazaar.list(numbered_keys(80));
    bazaar.hold_fbo(numbered_units(20, 80, 5));
    CHECK(an_hour_later(stall) == st::RunState::ok);
    const auto offers = bazaar.offers;
    const auto stock = bazaar.stock;
    change(bazaar);
    (void)an_hour_later(stall, accepted);
    bazaar.offers = offers;
    bazaar.stock = stock;
    bazaar.list(numbered_keys(65));
    bazaar.hold_fbo(numbered_units(35, 65, 5));
    stall.pass(1h);
    const auto run = stall.sync();
    return std::pair(Stall::source(run, "catalogue").disposition == st::Disposition::held,
                     Stall::source(run, "fbo").disposition == st::Disposition::held);
  };
  const auto nothing = [](Bazaar&) {};
  CHECK(held_after(nothing, {}) == std::pair(true, true));
  CHECK(held_after(nothing, accepting()) == std::pair(false, false));
  st::SyncOptions prices = accepting();
  prices.stock = false;
  prices.prices = true;
  CHECK(held_after(nothing, prices) == std::pair(true, true));
  CHECK(held_after(
            [](Bazaar& bazaar) {
              bazaar.stock[""] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
                return st::Errc::connect_failed;
              };
            },
            accepting()) == std::pair(false, true));
  CHECK(held_after(
            [](Bazaar& bazaar) {
              bazaar.offers = [](st::OfferSink&, const st::CallContext&) -> st::Result<void> {
                return st::Errc::connect_failed;
              };
            },
            accepting()) == std::pair(true, false));
}

// Goods that were moved leave zeroes behind that were never counted: how many of all zeroes count is what runs
// recorded.
TEST_CASE("of what stands at zero no more counts than runs have zeroed: neither what was held nor offers nor moves") {
  SECTION("a held run has zeroed nothing") {
    Bazaar bazaar;
    stock_up(bazaar);
    Stall stall(bazaar);
    stall.sync();
    bazaar.hold_fbo(numbered_units(0, 100, 5), "elsewhere");
    CHECK(an_hour_later(stall) == st::RunState::ok);
    bazaar.hold_fbo(numbered_units(40, 60, 5), "elsewhere");
    CHECK(an_hour_later(stall) == st::RunState::held);
    bazaar.hold_fbo(numbered_units(20, 80, 5), "elsewhere");
    CHECK(an_hour_later(stall) == st::RunState::ok);
  }
  SECTION("offers that left the catalogue are no zeroes of stock") {
    Bazaar bazaar;
    stock_up(bazaar);
    Stall stall(bazaar);
    stall.sync();
    bazaar.hold_fbo(numbered_units(0, 100, 5), "elsewhere");
    bazaar.list(numbered_keys(80));
    CHECK(an_hour_later(stall) == st::RunState::ok);
    bazaar.hold_fbo(numbered_units(20, 80, 5), "elsewhere");
    CHECK(an_hour_later(stall) == st::RunState::ok);
  }
  SECTION("a warehouse that left counts once") {
    Bazaar bazaar;
    stock_up(bazaar);
    bazaar.sell_from({"w1"});
    bazaar.hold_fbs("w1", numbered_units(100, 15, 5));
    Stall stall(bazaar);
    stall.sync();
    bazaar.hold_fbo(numbered_units(0, 100, 5), "elsewhere");
    CHECK(an_hour_later(stall) == st::RunState::ok);
    bazaar.sell_from({});
    CHECK(an_hour_later(stall) == st::RunState::ok);
    bazaar.hold_fbo(numbered_units(15, 85, 5), "elsewhere");
    CHECK(an_hour_later(stall) == st::RunState::ok);
  }
}

TEST_CASE("zeroes of the seller's own warehouses count in the runs that follow as the marketplace's do") {
  Bazaar bazaar;
  stock_up(bazaar);
  bazaar.sell_from({"w1"});
  bazaar.hold_fbs("w1", numbered_units(0, 100, 5));
  Stall stall(bazaar);
  stall.sync();
  auto fewer = numbered_units(29, 71, 5);
  fewer.merge(numbered_units(0, 29, 0));
  bazaar.hold_fbs("w1", fewer);
  bazaar.hold_fbo(numbered_units(10, 90, 5));
  CHECK(an_hour_later(stall) == st::RunState::ok);
  bazaar.hold_fbo(numbered_units(31, 69, 5));
  stall.pass(1h);
  const auto held = stall.sync();
  CHECK(Stall::source(held, "fbo").note ==
        "with the account's other sources would zero 21, after 39 in the runs before, of 200 positions");
}

TEST_CASE("only what was in stock and became zero since the last accepted run stands at zero") {
  SECTION("an offer that is first seen without stock has lost none") {
    Bazaar bazaar;
    stock_up(bazaar);
    Stall stall(bazaar);
    stall.sync();
    bazaar.hold_fbo(numbered_units(20, 80, 5));
    CHECK(an_hour_later(stall) == st::RunState::ok);
    auto units = numbered_units(0, 100, 5);
    units.merge(numbered_units(100, 20, 0));
    bazaar.hold_fbo(units);
    CHECK(an_hour_later(stall) == st::RunState::ok);
    bazaar.hold_fbo(numbered_units(20, 80, 5));
    CHECK(an_hour_later(stall) == st::RunState::ok);
  }
  SECTION("what was accepted is settled, whatever becomes zero and is filled up again behind it") {
    Bazaar bazaar;
    stock_up(bazaar);
    Stall stall(bazaar);
    stall.sync();
    bazaar.hold_fbo(numbered_units(30, 70, 5));
    CHECK(an_hour_later(stall, accepting()) == st::RunState::ok);
    for (const int from : {45, 30, 45}) {
      bazaar.hold_fbo(numbered_units(from, 100 - from, 5));
      CHECK(an_hour_later(stall) == st::RunState::ok);
    }
  }
}

TEST_CASE("a warehouse that left counts while it is away, in its window, until it is accepted, for its own account") {
  SECTION("one that came back has lost nothing, though another account's of the same key is away") {
    Neighbours two;
    two.both([](Bazaar& bazaar) {
      stock_up(bazaar);
      bazaar.sell_from({"w1"});
      bazaar.hold_fbs("w1", numbered_units(0, 25, 5));
    });
    two.both([](Bazaar& bazaar) { bazaar.sell_from({}); });
    two.market.clock->advance(1h);
    two.booth.bazaar.sell_from({"w1"});
    CHECK(two.booth.sync().state == st::RunState::ok);
    two.market.clock->advance(1h);
    two.booth.bazaar.hold_fbo(numbered_units(25, 75, 5));
    CHECK(two.booth.sync().state == st::RunState::ok);
  }
  SECTION("another account's leaves after this account's was accepted") {
    Neighbours two;
    for (Booth* one : {&two.other, &two.booth}) {
      stock_up(one->bazaar);
      one->bazaar.sell_from({"w1"});
      one->bazaar.hold_fbs("w1", numbered_units(0, 25, 5));
      CHECK(one->sync().state == st::RunState::ok);
    }
    two.market.clock->advance(1h);
    two.booth.bazaar.sell_from({});
    CHECK(two.booth.sync(accepting()).state == st::RunState::ok);
    two.other.bazaar.sell_from({});
    CHECK(two.other.sync().state == st::RunState::ok);
    for (const int from : {25, 0, 25}) {
      two.market.clock->advance(1h);
      two.booth.bazaar.hold_fbo(numbered_units(from, 100 - from, 5));
      CHECK(two.booth.sync().state == st::RunState::ok);
    }
  }
  for (const bool accepted : {true, false}) {
    DYNAMIC_SECTION("one that left " << (accepted ? "and was accepted" : "more than a day ago")) {
      Bazaar bazaar;
      stock_up(bazaar);
      bazaar.sell_from({"w1"});
      bazaar.hold_fbs("w1", numbered_units(0, 25, 5));
      Stall stall(bazaar);
      stall.sync();
      bazaar.sell_from({});
      CHECK(an_hour_later(stall, accepted ? accepting() : st::SyncOptions{}) == st::RunState::ok);
      if (!accepted) stall.pass(24h);
      CHECK(lost_filled_and_lost(stall, 25) == st::RunState::ok);
    }
  }
}

TEST_CASE("offers that a dry or a held run would have dropped have not left the catalogue") {
  for (const bool dry : {true, false}) {
    CAPTURE(dry);
    Bazaar bazaar;
    bazaar.list(numbered_keys(100));
    Stall stall(bazaar);
    stall.sync();
    bazaar.list(numbered_keys(70));
    CHECK(an_hour_later(stall, accepting()) == st::RunState::ok);
    st::SyncOptions options;
    options.dry_run = dry;
    bazaar.list(numbered_keys(dry ? 55 : 30));
    CHECK(an_hour_later(stall, options) == (dry ? st::RunState::ok : st::RunState::held));
    bazaar.list(numbered_keys(55));
    CHECK(an_hour_later(stall) == st::RunState::ok);
  }
}

TEST_CASE("without a window the guard checks each run alone, even if two begin at one moment") {
  Bazaar bazaar;
  stock_up(bazaar);
  Stall stall(bazaar);
  st::SyncOptions options;
  options.mass_zero.window = {};
  for (const int left : {100, 80, 60}) {
    bazaar.list(numbered_keys(left));
    bazaar.hold_fbo(numbered_units(0, left, 5));
    CHECK(stall.sync(options).state == st::RunState::ok);
  }
}

TEST_CASE("runs together are held from the number on at which one alone is") {
  for (const bool stock : {true, false}) {
    CAPTURE(stock);
    Bazaar bazaar;
    Stall stall(bazaar);
    const auto left = [&](int count) {
      bazaar.list(numbered_keys(stock ? 20 : count));
      bazaar.hold_fbo(numbered_units(0, stock ? count : 20, 5));
      return an_hour_later(stall);
    };
    CHECK(left(20) == st::RunState::ok);
    CHECK(left(15) == st::RunState::ok);
    CHECK(left(11) == st::RunState::ok);
    CHECK(left(10) == st::RunState::held);
  }
}
