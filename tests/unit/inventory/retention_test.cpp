// Old facts fold into an opening: of each position, up to an instant, whatever the number of offers.
#include <set>

#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// "opening ?->6 | observed 6->7" of an offer's one position.
std::string history(const Stall& stall, const std::string& offer) {
  const auto all = stall.engine.ledger().movements({.offer = offer}).collect().value();
  const auto number = [](const std::optional<std::int64_t>& units) { return units ? std::to_string(*units) : "?"; };
  std::string text;
  for (const st::Movement& one : all) {
    text += (text.empty() ? "" : " | ") + std::string(to_string(one.kind)) + " " + number(one.before) + "->" +
            number(one.after);
  }
  return text;
}

// "A=6 B=?" of the positions of a query, by key.
std::string shown(const Stall& stall, const st::PositionQuery& query) {
  const auto all = stall.engine.stock().positions(query).collect().value();
  std::set<std::string> rows;
  for (const st::StockPosition& one : all) {
    rows.insert(one.offer.key + "=" + (one.on_hand ? std::to_string(one.on_hand->units()) : "?"));
    CHECK((one.state == st::PositionState::unknown) == !one.on_hand.has_value());
  }
  std::string text;
  for (const std::string& row : rows) text += (text.empty() ? "" : " ") + row;
  return text;
}

}  // namespace

TEST_CASE("facts before an instant fold into one opening of each position, also of the last offer of each batch") {
  constexpr int kOffers = 501;  // a batch, and one
  Bazaar bazaar;
  bazaar.list(numbered_keys(kOffers));
  Stall stall(bazaar);
  std::vector<st::Instant> times;
  for (const int units : {5, 6, 7}) {
    bazaar.hold_fbo(numbered_units(0, kOffers, units));
    stall.pass(1h);
    times.push_back(bazaar.clock->now());
    REQUIRE(stall.sync().state == st::RunState::ok);
  }
  auto ledger = stall.engine.ledger();
  const auto counted = [&](st::Instant since) {
    const auto done = ledger.retain(since).value();
    return std::pair(done.opened, done.folded);
  };
  // What was observed at the instant itself is not before it, and a single fact is its own opening.
  CHECK(counted(times[1]) == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(ledger.verify().value().entries == 3 * kOffers);
  CHECK(counted(times[2]) == std::pair<std::int64_t, std::int64_t>(kOffers, kOffers));
  const auto checked = ledger.verify().value();
  CHECK(checked.broken == 0);
  CHECK(checked.entries == 2 * kOffers);
  for (int n = 0; n < kOffers; ++n) {
    CAPTURE(n);
    REQUIRE(history(stall, "N" + std::to_string(n)) == "opening ?->6 | observed 6->7");
  }
  const auto opening = ledger.movements({.offer = "N500"}).collect().value().front();
  CHECK(opening.observed_at == times[1]);
  CHECK(opening.cause == "retention");
  CHECK(opening.run.is_nil());  // no run has observed an opening
  CHECK(opening.explain().find("  held 6  opening  retention") != std::string::npos);
  CHECK(counted(times[2]) == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(ledger.retain(bazaar.clock->now()));
  CHECK_FALSE(ledger.retain(bazaar.clock->now() + 1us));
}

// Folded into its value, it would be taken for one that was seen.
TEST_CASE("a value that was only kept when facts were folded stays kept, behind the opening that says it") {
  Bazaar bazaar;
  bazaar.list({"A", "B"});
  bazaar.sell_from({"w"});
  Stall stall(bazaar);
  for (const int units : {5, 6, 0}) {
    std::map<std::string, std::int64_t> reported{{"B", units}};
    if (units != 0) reported["A"] = units;
    bazaar.hold_fbs("w", reported);
    stall.pass(1h);
    REQUIRE(stall.sync().state == st::RunState::ok);
  }
  REQUIRE(history(stall, "A") == "observed ?->5 | observed 5->6 | absent 6->6");
  const st::Instant kept = bazaar.clock->now();
  stall.pass(1h);
  const auto done = stall.engine.ledger().retain(bazaar.clock->now()).value();
  CHECK(done.opened == 2);
  CHECK(done.folded == 3);
  CHECK(history(stall, "A") == "opening ?->6 | absent 6->6");
  CHECK(history(stall, "B") == "opening ?->0");
  st::PositionQuery query;
  query.offer = "A";
  query.as_of = kept;
  const auto then = stall.engine.stock().positions(query).collect().value();
  REQUIRE(then.size() == 1);
  CHECK(then[0].state == st::PositionState::kept);
  CHECK(then[0].on_hand->units() == 6);
  stall.check_ledger();
}

TEST_CASE("stock of a time whose entries were removed is unknown, not absent, in rows, columns and totals") {
  Bazaar bazaar;
  bazaar.list({"A", "B", "C"});
  Stall stall(bazaar);
  auto ledger = stall.engine.ledger();
  CHECK_FALSE(ledger.known_since(stall.account).value());
  std::vector<st::Instant> times;
  for (const std::map<std::string, std::int64_t>& units : {std::map<std::string, std::int64_t>{{"A", 5}, {"B", 2}},
                                                           {{"A", 6}, {"B", 2}, {"C", 1}},
                                                           {{"A", 7}, {"B", 2}, {"C", 1}}}) {
    bazaar.hold_fbo(units);
    stall.pass(1h);
    times.push_back(bazaar.clock->now());
    REQUIRE(stall.sync().state == st::RunState::ok);
  }
  CHECK(ledger.known_since(stall.account).value() == times[0]);
  CHECK(shown(stall, {.as_of = times[0]}) == "A=5 B=2");
  CHECK(ledger.retain(times[2]).value().folded == 1);

  CHECK(ledger.known_since(stall.account).value() == times[1]);
  CHECK(shown(stall, {.as_of = times[1]}) == "A=6 B=2 C=1");
  CHECK(shown(stall, {.as_of = times[0]}) == "A=? B=2");  // C had not been observed yet
  CHECK(shown(stall, {.as_of = times[0] - 1us}) == "A=?");
  CHECK(shown(stall, {.known_at = times[0]}) == "A=? B=2");
  CHECK(shown(stall, {.offer = "A", .as_of = times[0]}) == "A=?");
  CHECK(shown(stall, {.offers = {"C", "A"}, .as_of = times[0]}) == "A=?");
  CHECK(shown(stall, {.as_of = times[2]}) == "A=7 B=2 C=1");
  const auto then = stall.engine.stock().positions({.as_of = times[0]}).collect().value();
  const auto columns = stall.engine.stock().columns({.as_of = times[0]}).value();
  REQUIRE(then.size() == 2);
  REQUIRE(columns.rows() == 2);
  for (std::size_t row = 0; row < 2; ++row) {
    const bool removed = then[row].offer.key == "A";
    CHECK(then[row].observed_at == (removed ? times[1] : times[0]));  // A: where the kept history begins
    CHECK(columns.on_hand.unknown[row] == (removed ? 1 : 0));
    CHECK(columns.observed_at[row] == then[row].observed_at.micros());
  }
  for (const char* offer : {"", "A"}) {
    st::PositionQuery query{.account = stall.account, .offer = offer, .as_of = times[0]};
    const auto total = stall.engine.stock().total(query).value();
    CHECK(total.unknown == 1);
    CHECK(total.positions == (query.offer.empty() ? 2 : 1));
    CHECK(total.on_hand.units() == (query.offer.empty() ? 2 : 0));
    query.as_of = times[1];
    CHECK(stall.engine.stock().total(query).value().unknown == 0);
    CHECK(stall.engine.stock().total(query).value().on_hand.units() == (query.offer.empty() ? 9 : 6));
  }
  const auto nobody = st::AccountId::parse("01a20a90-0000-7000-8000-00000000000f").value();
  CHECK(ledger.known_since(nobody).error().errc() == st::Errc::not_found);
  stall.check_ledger();
}
