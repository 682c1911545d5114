// Whose past the guard of an account looks at, and whose offers are asked about.
#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

namespace {

// A seller's day, with what each run did: zeroes in several sources, warehouses and offers that leave and come back.
std::vector<std::string> a_day(Market& market, Booth& booth, const std::function<void()>& meanwhile) {
  std::vector<std::string> did;
  Bazaar& bazaar = booth.bazaar;
  const auto run = [&](const st::SyncOptions& options = {}) {
    market.clock->advance(1h);
    meanwhile();
    const auto done = booth.sync(options);
    std::string text = to_string(done.state);
    for (const auto& source : done.sources) {
      text += " " + source.name + ":" + to_string(source.state) + "/" + to_string(source.disposition) + "/" +
              std::to_string(source.changes.zeroed) + "/" + source.note;
    }
    did.push_back(text + " " + std::to_string(booth.engine->stock().total(booth.account).value().on_hand.units()));
  };
  st::SyncOptions accept;
  accept.accept_mass_zero = true;
  bazaar.list(numbered_keys(100));
  bazaar.hold_fbo(numbered_units(0, 100, 5), "elsewhere");
  bazaar.sell_from({"w1", "w2"});
  bazaar.hold_fbs("w1", numbered_units(0, 30, 5));
  bazaar.hold_fbs("w2", numbered_units(0, 12, 5));
  run();
  bazaar.hold_fbo(numbered_units(0, 100, 5));  // moved: zeroes that are none
  run();
  bazaar.hold_fbo(numbered_units(25, 75, 5));  // 25 of 142
  run();
  bazaar.sell_from({"w1"});  // 12 more
  run();
  bazaar.hold_fbo(numbered_units(40, 60, 5));  // 15 more: held
  run();
  bazaar.sell_from({"w1", "w2"});
  run();
  bazaar.hold_fbo(numbered_units(0, 100, 5));
  run();
  bazaar.list(numbered_keys(80));
  run();
  bazaar.list(numbered_keys(68));  // with those of the hour before too many
  run();
  run(accept);
  bazaar.list(numbered_keys(60));
  run();
  bazaar.hold_fbo(numbered_units(0, 20, 5));
  run();
  run(accept);
  bazaar.hold_fbo(numbered_units(0, 15, 5));
  run();
  return did;
}

}  // namespace

TEST_CASE("neither runs of another account nor dry runs change what the guard says of an account") {
  Market quiet;
  Booth alone(quiet, "b1", 1);
  const auto expected = a_day(quiet, alone, [] {});
  const auto held =
      std::count_if(expected.begin(), expected.end(), [](const std::string& one) { return one.starts_with("held"); });
  REQUIRE(held >= 3);
  REQUIRE(held <= 6);

  // Another seller of the same store has days that are worse, each in its own way.
  for (const bool accepts : {true, false}) {
    CAPTURE(accepts);
    Market market;
    Booth noisy(market, "b2", 2);
    Booth booth(market, "b1", 1);
    int turn = 0;
    const auto noise = [&] {
      const int left = turn % 3 == 0 ? 200 : turn % 3 == 1 ? 150 : 140;
      noisy.bazaar.list(numbered_keys(left));
      noisy.bazaar.hold_fbo(numbered_units(0, left, 5));
      noisy.bazaar.sell_from(turn % 2 == 0 ? std::vector<std::string>{"w1", "w2"} : std::vector<std::string>{"w1"});
      noisy.bazaar.hold_fbs("w1", numbered_units(0, left / 2, 5));
      noisy.bazaar.hold_fbs("w2", numbered_units(0, 40, 5));
      st::SyncOptions options;
      options.accept_mass_zero = accepts && turn > 0;
      (void)noisy.sync(options);
      ++turn;
    };
    CHECK(a_day(market, booth, noise) == expected);
    CHECK(turn == static_cast<int>(expected.size()));
  }

  // Dry runs see what the next run sees, and accept it.
  for (const bool accepts : {true, false}) {
    CAPTURE(accepts);
    Market market;
    Booth booth(market, "b1", 1);
    int turn = 0;
    const auto dry = [&] {
      st::SyncOptions options;
      options.dry_run = true;
      options.accept_mass_zero = accepts;
      (void)booth.sync(options);
      ++turn;
    };
    CHECK(a_day(market, booth, dry) == expected);
    CHECK(turn == static_cast<int>(expected.size()));
  }
}

TEST_CASE(
    "offers are asked about by their own account's lists, where the catalogue was not read by the last one known") {
  Market market;
  Booth other(market, "b2", 2);
  other.bazaar.list({"X", "Y"});
  other.bazaar.hold_fbo({{"X", 1}, {"Y", 2}});
  other.sync();
  Booth booth(market, "b1", 1);
  Bazaar& bazaar = booth.bazaar;
  bazaar.can.fbo_by_offers = true;
  std::map<std::string, std::vector<std::string>> asked;
  bazaar.sell_from({"w"});
  for (const std::string& warehouse : {std::string(), std::string("w")}) {
    bazaar.stock[warehouse] = [&, warehouse](const st::StockQuery& query, st::StockSink& sink, const st::CallContext&) {
      asked[warehouse].assign(query.offers.begin(), query.offers.end());
      std::map<std::string, std::int64_t> all{{"C", 0}};
      if (warehouse.empty()) all = {{"A", 1}, {"B", 2}, {"C", 0}};
      if (!warehouse.empty()) all = {{"D", 4}};
      return sink.rows(Bazaar::page(warehouse.empty() ? "M" : "w",
                                    warehouse.empty() ? st::WarehouseKind::marketplace : st::WarehouseKind::seller,
                                    all));
    };
  }
  // Stock that needs the list waits for it, whichever it is.
  bazaar.fbo_needs_offers = true;
  using Keys = std::vector<std::string>;
  bazaar.list({"A", "B", "C", "D"});
  booth.sync();
  CHECK(asked["w"] == Keys{"A", "B", "C", "D"});
  CHECK(asked[""] == Keys{"A", "B", "C", "D"});
  // What left the list is asked for where it had stock of that kind: B, and neither C, which had none, nor D.
  market.clock->advance(1h);
  bazaar.list({"A"});
  st::SyncOptions accept;
  accept.accept_mass_zero = true;
  booth.sync(accept);
  CHECK(asked["w"] == Keys{"A"});
  CHECK(asked[""] == Keys{"A", "B"});
  // Without the list: what it was last, and of nobody else.
  market.clock->advance(1h);
  bazaar.fbo_needs_offers = false;
  bazaar.can.fbo_by_offers = false;
  bazaar.offers = [](st::OfferSink&, const st::CallContext&) -> st::Result<void> { return st::Errc::connect_failed; };
  booth.sync();
  CHECK(asked["w"] == Keys{"A"});
  bazaar.list({"A", "B", "D"});
  market.clock->advance(1h);
  booth.sync();
  bazaar.offers = [](st::OfferSink&, const st::CallContext&) -> st::Result<void> { return st::Errc::connect_failed; };
  market.clock->advance(1h);
  booth.sync();
  CHECK(asked["w"] == Keys{"A", "B", "D"});
}
