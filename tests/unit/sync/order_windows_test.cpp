// What a run asks of orders, which lines it keeps, and up to where they count as read.
#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

TEST_CASE("what came of orders is kept when the vendor was away, and thrown away when its answer casts doubt on it") {
  const std::vector<std::pair<st::Errc, bool>> cases{{st::Errc::deadline_exceeded, true},
                                                     {st::Errc::vendor_throttled, true},
                                                     {st::Errc::quota_reached, true},
                                                     {st::Errc::vendor_unavailable, true},
                                                     {st::Errc::connection_lost, true},
                                                     {st::Errc::vendor_contradiction, false},
                                                     {st::Errc::vendor_schema, false},
                                                     {st::Errc::body_too_large, false},
                                                     {st::Errc::vendor_unauthorized, false},
                                                     {st::Errc::vendor_forbidden, false},
                                                     {st::Errc::vendor_payment_required, false},
                                                     {st::Errc::vendor_rejected, false}};
  for (const auto& [errc, kept] : cases) {
    CAPTURE(to_string(errc));
    Bazaar bazaar;
    bazaar.can.orders_by_period = true;
    const st::Instant day = bazaar.clock->now() - 24h;
    bazaar.orders = [&, errc = errc](const st::OrderQuery& query, st::OrderSink& sink,
                                     const st::CallContext&) -> st::Result<st::OrderCoverage> {
      st::OrderLineRow row;
      row.key = row.order = "k";
      row.ordered_at = row.changed_at = day;
      STK_TRY(sink.lines({&row, 1}));
      sink.covered({query.since, day + 1h});
      return st::Error(errc);
    };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.stock = false;
    options.orders = true;
    const auto run = stall.sync(options);
    CHECK(Stall::source(run, "orders").state != st::SourceState::ok);
    CHECK(Stall::source(run, "orders").disposition == st::Disposition::not_applied);
    CHECK(stall.engine.orders().lines({.account = stall.account}).collect().value().size() == (kept ? 1 : 0));
    CHECK(Stall::source(run, "orders").changes.added == (kept ? 1 : 0));
    const auto covered = stall.engine.orders().coverage(stall.account).value();
    CHECK(covered.has_value() == kept);
    if (covered) CHECK(covered->until == day + 1h);  // not further than what was said to be complete
  }
}

TEST_CASE(
    "orders are asked for from an hour before what is known, from now at the latest, and as far as they are kept") {
  Bazaar bazaar;
  std::vector<st::OrderQuery> asked;
  st::Duration ahead{};
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                      const st::CallContext&) -> st::Result<st::OrderCoverage> {
    asked.push_back(query);
    sink.covered({query.since, bazaar.clock->now() + ahead});
    return st::OrderCoverage{query.since, bazaar.clock->now() + ahead};
  };
  Stall stall(bazaar);
  const st::Instant start = bazaar.clock->now();
  st::SyncOptions options;
  options.stock = false;
  options.orders = true;
  options.orders_back = 24h * 3;
  stall.sync(options);
  CHECK(asked[0].since == start - 24h * 3);
  CHECK(asked[0].first);
  CHECK(stall.engine.orders().coverage(stall.account).value()->until == start);
  stall.pass(5h);
  ahead = 40h;  // an answer that claims the future is believed to now
  stall.sync(options);
  CHECK(asked[1].since == start - 1h);
  CHECK_FALSE(asked[1].first);
  CHECK(stall.engine.orders().coverage(stall.account).value()->until == start + 5h);
  stall.pass(2h);
  stall.sync(options);
  CHECK(asked[2].since == start + 5h - 1h);
  bazaar.can.orders_kept = 30min;
  stall.pass(2h);
  stall.sync(options);
  CHECK(asked[3].since == start + 9h - 30min);
  Bazaar other;
  other.can.orders_kept = 24h;
  other.orders = bazaar.orders;
  Stall fresh(other);
  fresh.sync(options);
  CHECK(asked[4].since == other.clock->now() - 24h);
  CHECK(asked[4].first);
}

TEST_CASE("orders that are made between their answer and the commit are not known yet, whatever a connector claims") {
  for (const bool by_period : {false, true}) {
    CAPTURE(by_period);
    Market market;
    Trader trader(market.storage, market.clock, market.folder.file("key"), 1, 20);
    st::Instant answered;
    trader.bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                               const st::CallContext&) -> st::Result<st::OrderCoverage> {
      answered = market.clock->now();
      if (by_period) sink.covered({query.since, answered + 40h});
      return st::OrderCoverage{query.since, by_period ? answered : answered + 40h};
    };
    const auto account = trader.connect();
    REQUIRE(trader.sync(account));
    REQUIRE(trader.sync_stepwise(account, SIZE_MAX, {}));
    const std::size_t commit = trader.steps.index_of("before commit");
    REQUIRE(commit < trader.steps.names.size());
    REQUIRE(trader.sync_stepwise(account, commit, [&] { market.clock->advance(10s); }));
    REQUIRE(trader.steps.names[commit] == "before commit");
    REQUIRE(market.clock->now() >= answered + 10s);
    CHECK(trader.engine->orders().coverage(account).value()->until == answered);
  }
}

TEST_CASE("the place where a list of orders goes on is kept if, and only if, the lines before it are stored") {
  Market market;
  Booth booth(market, "b1", 1);
  Bazaar& bazaar = booth.bazaar;
  bazaar.can.orders_by_period = true;
  std::string place = "1";
  int lines = 20;
  std::optional<st::Errc> fails;
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                      const st::CallContext& context) -> st::Result<st::OrderCoverage> {
    std::vector<std::string> names;
    for (int i = 0; i < lines; ++i) names.push_back("k" + std::to_string(i));
    std::vector<st::OrderLineRow> rows;
    for (const std::string& name : names) {
      st::OrderLineRow row;
      row.key = row.order = name;
      row.ordered_at = row.changed_at = st::Instant::from_seconds(1'795'300'000) - 30min;
      rows.push_back(row);
    }
    STK_TRY(sink.lines(rows));
    STK_TRY(bazaar.memory->set_on_commit("place", place, context));
    if (fails) return st::Error(*fails);
    return st::OrderCoverage{query.since, market.clock->now()};
  };
  st::SyncOptions options;
  options.stock = false;
  options.orders = true;
  const auto kept = [&] {
    const auto rows = stored_rows(*market.storage).at("account_memory");
    for (const std::string& row : rows) {
      if (row.find("|place|") != std::string::npos) return row.substr(row.find("|place|") + 7, 1);
    }
    return std::string("none");
  };
  auto dry = options;
  dry.dry_run = true;
  booth.sync(dry);
  CHECK(kept() == "none");
  booth.sync(options);
  CHECK(kept() == "1");
  market.clock->advance(10min);
  place = "2";
  lines = 2;  // an answer without eighteen of twenty is held
  CHECK(Stall::source(booth.sync(options), "orders").disposition == st::Disposition::held);
  CHECK(kept() == "1");
  fails = st::Errc::vendor_schema;  // nothing of it is stored
  booth.sync(options);
  CHECK(kept() == "1");
  fails = st::Errc::vendor_unavailable;  // its lines are
  lines = 20;
  booth.sync(options);
  CHECK(kept() == "2");
}

TEST_CASE("an order of which a row could not be read keeps its lines, until an answer that is read is without them") {
  Bazaar bazaar;
  bazaar.can.orders_complete = bazaar.can.orders_by_period = true;
  bool lists_order = true;
  bool odd = false;
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                      const st::CallContext&) -> st::Result<st::OrderCoverage> {
    std::vector<st::OrderLineRow> rows;
    for (const char* const name : {"1", "2"}) {
      if (!lists_order && std::string_view(name) == "1") continue;
      st::OrderLineRow row;
      row.key = row.order = name;
      row.ordered_at = row.changed_at = st::Instant::from_seconds(1'795'300'000) - 30min;
      rows.push_back(row);
    }
    if (odd) sink.odd_row({st::RowOddity::unreadable, "quantity is no quantity", "orders[0]", "1"});
    STK_TRY(sink.lines(rows));
    return st::OrderCoverage{query.since, bazaar.clock->now()};
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.stock = false;
  options.orders = true;
  const auto status = [&] {
    REQUIRE(stall.sync(options).state == st::RunState::ok);
    const auto lines = stall.engine.orders().lines({.account = stall.account}).collect().value();
    REQUIRE(lines.size() == 2);
    return lines[lines[0].key == "1" ? 0 : 1].status;
  };
  const auto reported = status();
  lists_order = false;
  odd = true;
  CHECK(status() == reported);
  odd = false;
  CHECK(status() == st::OrderStatus::removed);
}

// The next run would begin behind it, and what lies before would never be read.
TEST_CASE("of a first list that broke off a period counts only if it begins where the list was asked from") {
  for (const st::Duration gap : {st::Duration(0), st::Duration(1h)}) {
    Bazaar bazaar;
    bazaar.can.orders_by_period = true;
    st::Instant since;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                        const st::CallContext&) -> st::Result<st::OrderCoverage> {
      since = query.since;
      sink.covered({query.since + gap, query.since + 2h});
      return st::Error(st::Errc::vendor_unavailable);
    };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.stock = false;
    options.orders = true;
    stall.sync(options);
    const auto covered = stall.engine.orders().coverage(stall.account).value();
    CHECK(covered.has_value() == (gap == st::Duration(0)));
    if (covered) CHECK(covered->until == since + 2h);
  }
}
