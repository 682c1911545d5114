// What a run keeps to: waits, what it asks for, what it reports of itself, and whose past the guard looks at.
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include <atomic>
#include <mutex>

#include "tests/support/steps.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::SyncOptions everything() {
  st::SyncOptions options;
  options.orders = options.prices = true;
  return options;
}

std::string http_date(st::Instant at) {
  const auto days = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(at.micros())));
  const std::chrono::year_month_day date(days);
  const std::string text = st::to_rfc3339(at);
  const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return "Sun, " + text.substr(8, 2) + " " + months[static_cast<unsigned>(date.month()) - 1] + " " + text.substr(0, 4) +
         " " + text.substr(11, 8) + " GMT";
}

// Stalls over one store, as accounts of one seller's.
struct Market {
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  TempFolder folder;
  std::shared_ptr<st::Storage> storage =
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = clock}).value();

  // Rows of the outbox, by what they say: one for each run that anybody should hear of.
  [[nodiscard]] std::vector<std::string> events() const { return stored_rows(*storage).at("outbox"); }
};

// A stall whose connector and engine are a test's own.
struct Booth {
  Booth(Market& market, std::string seller, std::uint64_t seed,
        std::shared_ptr<st::HttpTransport> transport = nullptr) {
    bazaar.clock = market.clock;
    bazaar.seller = std::move(seller);
    engine.emplace(st::open({.storage = market.storage,
                             .key_file = market.folder.file("key"),
                             .limits = st::LimitTable{},
                             .transport = std::move(transport),
                             .clock = market.clock,
                             .random = std::make_shared<st::testing::SeededRandom>(seed),
                             .executor = st::make_inline_executor(),
                             .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                       .value());
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    account = engine->accounts().connect(std::move(credentials)).value().id;
  }
  st::SyncRun sync(const st::SyncOptions& options = {}, const st::CallContext& context = {}) {
    auto run = engine->sync().run(account, options, context);
    REQUIRE(run);
    return std::move(run).value();
  }

  Bazaar bazaar;
  std::optional<st::Engine> engine;
  st::AccountId account;
};

}  // namespace

TEST_CASE("a source that was asked to wait is asked again when the wait is over, and not before") {
  struct Case {
    st::Duration left;     // of the wait, when the next run begins
    st::Duration timeout;  // of that run
    bool asked;
  };
  const std::vector<Case> cases{{0s, 1h, true},     {1us, 1h, true},  {30s, 1h, true},   {30s + 1us, 1h, false},
                                {10min, 1h, false}, {10s, 20s, true}, {10s, 10s, false}, {10s, 10s + 1us, true},
                                {-1us, 1h, true},   {10s, 5s, false}};
  for (const Case& one : cases) {
    CAPTURE(one.left.count(), one.timeout.count());
    Bazaar bazaar;
    std::vector<st::Instant> asked;
    bool busy = true;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink&,
                        const st::CallContext&) -> st::Result<st::OrderCoverage> {
      asked.push_back(bazaar.clock->now());
      if (busy) return st::Error(st::Errc::vendor_throttled).retry_after(1h);
      return st::OrderCoverage{query.since, bazaar.clock->now()};
    };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.stock = false;
    options.orders = true;
    const auto first = stall.sync(options);
    const st::Instant over = bazaar.clock->now() + 1h;
    CHECK(Stall::source(first, "orders").state == st::SourceState::throttled);
    CHECK(Stall::source(first, "orders").retry_at == over);
    CHECK(stall.engine.sync().sources(stall.account).value().at(0).retry_at == over);
    busy = false;
    stall.pass(1h - one.left);
    const st::Instant begins = bazaar.clock->now();
    st::CallContext context;
    context.timeout = one.timeout;
    const auto second = stall.sync(options, context);
    const auto& orders = Stall::source(second, "orders");
    if (one.asked) {
      REQUIRE(asked.size() == 2);
      CHECK(asked[1] == std::max(over, begins));
      CHECK(orders.state == st::SourceState::ok);
      CHECK(orders.observed_at == asked[1]);  // not when the wait began
      CHECK_FALSE(stall.engine.sync().sources(stall.account).value().at(0).retry_at);
    } else {
      CHECK(asked.size() == 1);
      CHECK(orders.state == st::SourceState::throttled);
      CHECK(orders.retry_at == over);  // neither prolonged nor forgotten
      CHECK(orders.error.value().errc() == st::Errc::quota_reached);
      CHECK(bazaar.clock->now() == begins);
    }
  }
}

TEST_CASE("a stop ends the wait of a source at once, and only throttled sources have one") {
  Bazaar bazaar;
  st::Errc with = st::Errc::vendor_throttled;
  int asked = 0;
  bazaar.prices = [&](st::PriceSink&, const st::CallContext&) -> st::Result<void> {
    ++asked;
    return st::Error(with).retry_after(20s);
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.stock = false;
  options.prices = true;
  stall.sync(options);
  std::stop_source stop;
  stop.request_stop();
  st::CallContext stopped;
  stopped.stop = stop.get_token();
  CHECK(stall.engine.sync().run(stall.account, options, stopped).error().errc() == st::Errc::cancelled);
  CHECK(asked == 1);
  stall.pass(1h);
  with = st::Errc::vendor_unavailable;
  const auto failed = stall.sync(options);
  CHECK(Stall::source(failed, "prices").state == st::SourceState::failed);
  CHECK_FALSE(Stall::source(failed, "prices").retry_at);
  const st::Instant begins = bazaar.clock->now();
  stall.sync(options);
  CHECK(asked == 3);
  CHECK(bazaar.clock->now() == begins);
}

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

TEST_CASE("a run asks for orders and prices only where it should and where the channel has them") {
  for (const bool wanted : {true, false}) {
    for (const bool can : {true, false}) {
      CAPTURE(wanted, can);
      Bazaar bazaar;
      bazaar.can.orders = bazaar.can.prices = can;
      Stall stall(bazaar);
      st::SyncOptions options;
      options.orders = wanted;
      const auto orders = stall.sync(options);
      CHECK(orders.sources.size() == (wanted && can ? 4 : 3));
      CHECK(orders.sources.back().name == (wanted && can ? "orders" : "fbo"));
      options.orders = false;
      options.prices = wanted;
      const auto prices = stall.sync(options);
      CHECK(prices.sources.back().name == (wanted && can ? "prices" : "fbo"));
    }
  }
}

TEST_CASE("an answer older than what is known is refused, even when it says the same") {
  Bazaar bazaar;
  bazaar.list({"A"});
  std::optional<st::Instant> at;
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    if (at) sink.speaks_of(*at);
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 7}}));
  };
  Stall stall(bazaar);
  const st::Instant start = bazaar.clock->now();
  stall.sync();
  const auto freshness = [&] { return stall.engine.stock().positions().collect().value().at(0).observed_at; };
  CHECK(freshness() == start);
  stall.pass(1h);
  at = start - 1us;
  const auto older = stall.sync();
  CHECK(Stall::source(older, "fbo").state == st::SourceState::stale);
  CHECK(Stall::source(older, "fbo").error.value().errc() == st::Errc::observation_too_old);
  CHECK_FALSE(Stall::source(older, "fbo").observed_at);
  CHECK(freshness() == start);
  at = start;  // the same report again
  CHECK(Stall::source(stall.sync(), "fbo").state == st::SourceState::ok);
  CHECK(freshness() == start);
  at = start + 1us;
  CHECK(Stall::source(stall.sync(), "fbo").state == st::SourceState::ok);
  CHECK(freshness() == start + 1us);
  stall.check_ledger();
}

TEST_CASE("each run with news leaves one event with its numbers, one without news none") {
  Market market;
  Booth booth(market, "b1", 1);
  Bazaar& bazaar = booth.bazaar;
  bazaar.can.fbs_absent = st::Absent::unknown;
  bazaar.list(numbered_keys(3));
  bazaar.sell_from({"w"});
  bazaar.hold_fbo(numbered_units(0, 2, 5));
  bazaar.hold_fbs("w", numbered_units(0, 2, 5));
  std::size_t before = market.events().size();
  const auto news = [&](const st::SyncRun& run) {
    const auto all = market.events();
    const std::size_t fresh = all.size() - before;
    before = all.size();
    REQUIRE(fresh <= 1);
    if (fresh == 0) return std::string();
    // The events are sorted by their ids, and these by time.
    const std::string& row = all.back();
    CHECK(row.find("sync.finished") != std::string::npos);
    CHECK(row.find(run.id.text()) != std::string::npos);
    CHECK(row.find(booth.account.text()) != std::string::npos);
    const std::size_t begin = row.find("\"state\"");
    return row.substr(begin, row.find('}') - begin);
  };
  const auto next = [&] {
    market.clock->advance(1h);
    return booth.sync();
  };
  CHECK(news(next()) == R"("state":"ok","added":7,"changed":0,"zeroed":0,"kept":0)");
  CHECK(booth.engine->directory().relay().value() == 0 + before);
  before = 0;
  CHECK(news(next()).empty());
  CHECK(booth.engine->directory().relay().value() == 0);
  bazaar.list(numbered_keys(4));
  CHECK(news(next()) == R"("state":"ok","added":1,"changed":0,"zeroed":0,"kept":0)");
  bazaar.hold_fbo(numbered_units(0, 2, 6));
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":2,"zeroed":0,"kept":0)");
  bazaar.hold_fbo(numbered_units(0, 1, 6));
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":1,"zeroed":1,"kept":0)");
  bazaar.hold_fbs("w", numbered_units(0, 1, 5));
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":0,"zeroed":0,"kept":1)");
  CHECK(news(next()).empty());
  bazaar.sell_from({});  // a warehouse that left the list: nothing of it is counted any more
  CHECK(news(next()) == R"("state":"ok","added":0,"changed":0,"zeroed":2,"kept":0)");
  CHECK(booth.engine->directory().relay().value() == 5);
  before = 0;
  const auto whole = bazaar.stock[""];
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Errc::connect_failed;
  };
  CHECK(news(next()) == R"("state":"partial","added":0,"changed":0,"zeroed":0,"kept":0)");
  bazaar.stock[""] = whole;
  CHECK(news(next()).empty());
  // Nobody hears of a dry run.
  bazaar.hold_fbo(numbered_units(0, 2, 9));
  st::SyncOptions dry;
  dry.dry_run = true;
  CHECK(news(booth.sync(dry)).empty());
}

TEST_CASE("a dry run leaves nothing but its own record, whatever it would have done") {
  Market market;
  Booth booth(market, "b1", 1);
  Bazaar& bazaar = booth.bazaar;
  const auto furnish = [&](int count, std::int64_t amount) {
    bazaar.list(numbered_keys(count));
    bazaar.sell_from({"w" + std::to_string(count)});
    bazaar.hold_fbo(numbered_units(0, count, amount));
    bazaar.hold_fbs("w" + std::to_string(count), numbered_units(0, count, amount));
    bazaar.prices = [=](st::PriceSink& sink, const st::CallContext&) {
      const st::PriceRow row{"N0", st::Money(amount, st::Currency::rub()), std::nullopt, std::nullopt};
      return sink.prices({&row, 1});
    };
    bazaar.orders = [=, &bazaar](const st::OrderQuery& query, st::OrderSink& sink,
                                 const st::CallContext&) -> st::Result<st::OrderCoverage> {
      st::OrderLineRow row;
      row.key = row.order = "k";
      row.quantity = amount;
      row.ordered_at = row.changed_at = bazaar.clock->now() - 1min;
      STK_TRY(sink.lines({&row, 1}));
      return st::OrderCoverage{query.since, bazaar.clock->now()};
    };
  };
  const std::vector<std::string> records{"lease", "run", "run_source"};
  furnish(30, 5);
  auto dry = everything();
  dry.dry_run = true;
  for (const bool first_load : {true, false}) {
    for (const bool accept : {false, true}) {
      CAPTURE(first_load, accept);
      const auto before = stored_rows(*market.storage, records);
      dry.accept_mass_zero = accept;
      market.clock->advance(1h);
      const auto run = booth.sync(dry);
      CHECK(run.dry_run);
      CHECK(run.changes().added > 0);
      CHECK(stored_rows(*market.storage, records) == before);
      CHECK(booth.engine->sync().runs().collect().value().at(0).to_json() == run.to_json());
    }
    if (first_load) booth.sync(everything());
    furnish(12, 6);
  }
}

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

TEST_CASE("the fence of an account's lease grows with each run that takes it") {
  Market market;
  Booth booth(market, "b1", 1);
  const auto fence = [&] {
    const std::string row = stored_rows(*market.storage).at("lease").at(0);
    const std::size_t second = row.find('|', row.find('|') + 1);
    return std::stoll(row.substr(second + 1));
  };
  booth.sync();
  std::int64_t last = fence();
  CHECK(last > 0);
  for (int i = 0; i < 3; ++i) {
    booth.sync();
    CHECK(fence() > last);
    last = fence();
  }
}

TEST_CASE("observations are stamped by the vendor's clock where it differs from ours, by no more than a day ahead") {
  struct Case {
    std::vector<st::Duration> ahead;  // of ours: what the vendor's clock shows, answer by answer
    st::Duration moved;               // of what is stored
  };
  const std::vector<Case> cases{
      {{}, 0s},     {{119s}, 0s}, {{120s}, 120s},         {{-119s}, 0s}, {{-120s}, -120s},
      {{-5h}, -5h}, {{5h}, 5h},   {{-3h, -2h, -4h}, -2h},  // the latest: the others may be a cache's
      {{23h}, 23h}, {{49h}, 24h}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    Market market;
    const auto transport = std::make_shared<st::testing::ScriptedTransport>();
    const st::Instant now = market.clock->now();
    for (const st::Duration ahead : cases[i].ahead) {
      transport->answer("/list", 200, "{}", {{"Date", http_date(now + ahead)}});
    }
    if (cases[i].ahead.empty()) transport->answer("/list", 200, "{}");
    Booth booth(market, "b1", 1, transport);
    Bazaar& bazaar = booth.bazaar;
    bazaar.list({"A"});
    bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink,
                           const st::CallContext& context) -> st::Result<void> {
      for (std::size_t n = 0; n < std::max<std::size_t>(cases[i].ahead.size(), 1); ++n) {
        st::HttpRequest request;
        request.url = "https://bazaar.example/list";
        STK_TRY(bazaar.transport->send(request, context));
      }
      return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 1}}));
    };
    const auto run = booth.sync();
    REQUIRE(transport->left() == 0);
    CHECK(run.requests == static_cast<std::int64_t>(std::max<std::size_t>(cases[i].ahead.size(), 1)));
    CHECK(Stall::source(run, "fbo").observed_at == now + cases[i].moved);
    CHECK(booth.engine->stock().positions().collect().value().at(0).observed_at == now + cases[i].moved);
  }
}

// An entry that stays in the future is missing from every question about the past, and what follows it comes before it.
TEST_CASE("entries of a clock that ran ahead are set back with it: history is in order, and is found") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.hold_fbo({{"A", 5}});
  Stall stall(bazaar);
  stall.pass(5h);  // our clock alone
  REQUIRE(stall.sync().state == st::RunState::ok);
  bazaar.clock->step_back(5h);
  stall.pass(10min);
  bazaar.hold_fbo({{"A", 7}});
  REQUIRE(stall.sync().state == st::RunState::ok);
  const st::Instant now = bazaar.clock->now();
  const auto movements = stall.engine.ledger().movements().collect().value();
  REQUIRE(movements.size() == 2);
  for (const auto& movement : movements) CHECK(movement.observed_at <= now);
  const auto then = stall.engine.stock().positions({.as_of = now}).collect().value();
  REQUIRE(then.size() == 1);
  CHECK(then[0].on_hand.value().units() == 7);
  stall.check_ledger();
}

// What our clock claims beyond the vendor's would never be read: the next run begins behind it.
TEST_CASE("orders count as read up to the vendor's present, whether their list came to its end or broke off") {
  for (const bool breaks_off : {false, true}) {
    CAPTURE(breaks_off);
    Market market;
    const st::Instant now = market.clock->now();
    const auto transport = std::make_shared<st::testing::ScriptedTransport>();
    transport->answer("/list", 200, "{}", {{"Date", http_date(now - 5h)}});
    Booth booth(market, "b1", 1, transport);
    Bazaar& bazaar = booth.bazaar;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                        const st::CallContext& context) -> st::Result<st::OrderCoverage> {
      st::HttpRequest request;
      request.url = "https://bazaar.example/list";
      STK_TRY(bazaar.transport->send(request, context));
      sink.covered({query.since, now});
      if (breaks_off) return st::Error(st::Errc::vendor_unavailable);
      return st::OrderCoverage{query.since, now};
    };
    st::SyncOptions options;
    options.stock = false;
    options.orders = true;
    booth.sync(options);
    REQUIRE(transport->left() == 0);
    const auto covered = booth.engine->orders().coverage(booth.account).value();
    REQUIRE(covered);
    CHECK(covered->until == now - 5h);
  }
}

TEST_CASE("who started a run hears of its stages and of its waits") {
  struct Listener final : st::ProgressSink {
    void report(const st::Progress& step) noexcept override {
      const std::lock_guard lock(mutex);
      stages[std::string(step.stage)] = step.done;
    }
    void waiting() noexcept override { ++waits; }
    std::mutex mutex;
    std::map<std::string, std::uint64_t> stages;
    std::atomic<int> waits = 0;
  };
  Market market;
  Booth booth(market, "b1", 1);
  booth.bazaar.list(numbered_keys(3));
  booth.bazaar.sell_from({"w"});
  booth.bazaar.hold_fbo(numbered_units(0, 2, 5));
  booth.bazaar.stock["w"] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext& context) {
    context.waiting();
    return sink.rows(Bazaar::page("w", st::WarehouseKind::seller, {{"N0", 1}}));
  };
  const auto listener = std::make_shared<Listener>();
  st::CallContext context;
  context.progress = listener;
  context.actor = "anna";
  const auto run = booth.sync({}, context);
  CHECK(listener->stages == std::map<std::string, std::uint64_t>{
                                {"catalogue", 3}, {"commit", 0}, {"fbo", 2}, {"fbs:w", 1}, {"warehouses", 1}});
  CHECK(listener->waits == 6);  // each stage is a sign of life as well
  CHECK(run.actor == "anna");
  CHECK(booth.engine->sync().runs().collect().value().at(0).actor == "anna");
}

TEST_CASE("a run whose time is over keeps its account until what it has read is stored") {
  Market market;
  Booth first(market, "b1", 1);
  first.bazaar.list({"A"});
  Booth other(market, "b1", 2);
  REQUIRE(other.account == first.account);
  st::SyncOptions options;
  options.lease = 60s;
  int refused = 0;
  first.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext& context) {
    for (int i = 0; i < 20; ++i) {  // three minutes, of which the run had half of one
      market.clock->advance(9s);
      context.waiting();
      const auto second = other.engine->sync().run(other.account, options);
      refused += !second && second.error().errc() == st::Errc::run_in_progress ? 1 : 0;
    }
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 1}}));
  };
  st::CallContext context;
  context.timeout = 30s;
  const auto run = first.sync(options, context);
  CHECK(refused == 20);
  CHECK(Stall::source(run, "fbo").state == st::SourceState::ok);
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

TEST_CASE("what a source ends as follows from the kind of its failure; our own breaker speaks for what opened it") {
  using S = st::SourceState;
  const std::vector<std::pair<st::Errc, S>> cases{{st::Errc::vendor_throttled, S::throttled},
                                                  {st::Errc::quota_reached, S::throttled},
                                                  {st::Errc::vendor_unauthorized, S::denied},
                                                  {st::Errc::credentials_missing, S::denied},
                                                  {st::Errc::vendor_forbidden, S::denied},
                                                  {st::Errc::address_refused, S::denied},
                                                  {st::Errc::vendor_payment_required, S::denied},
                                                  {st::Errc::vendor_unavailable, S::failed},
                                                  {st::Errc::vendor_contradiction, S::failed},
                                                  {st::Errc::deadline_exceeded, S::failed},
                                                  {st::Errc::internal, S::failed}};
  for (const auto& [errc, state] : cases) {
    CAPTURE(to_string(errc));
    CHECK(st::state_of(st::Error(errc)) == state);
    CHECK(st::state_of(st::Error(st::Errc::breaker_open).because(st::Error(errc))) == state);
    CHECK(st::state_of(st::Error(st::Errc::connect_failed).because(st::Error(errc))) == S::failed);
  }
  CHECK(st::state_of(st::Error(st::Errc::breaker_open)) == S::failed);
}
