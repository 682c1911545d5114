// What is recorded of a run is what it reported, number by number.
#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::string parameter(const st::AccountHealth& health, std::string_view name) {
  if (health.reason) {
    for (const auto& one : health.reason->parameters) {
      if (one.name == name) return one.value;
    }
  }
  return "none";
}

}  // namespace

TEST_CASE("a run is written as JSON with each number under its own name") {
  st::SyncRun run;
  run.state = st::RunState::held;
  run.accepted = true;
  run.started_at = st::Instant::from_seconds(1);
  run.finished_at = st::Instant::from_seconds(2);
  run.requests = 9;
  run.actor = "anna";
  st::SourceOutcome source;
  source.name = "fbo";
  source.state = st::SourceState::throttled;
  source.disposition = st::Disposition::held;
  source.rows = 10;
  source.skipped = 11;
  source.changes = {12, 13, 14, 15, 16, 17};
  source.observed_at = st::Instant::from_seconds(3);
  source.retry_at = st::Instant::from_seconds(4);
  source.error = st::Error(st::Errc::vendor_throttled, "wait");
  source.note = "why";
  run.sources = {source, source};
  const std::string nil = "00000000-0000-0000-0000-000000000000";
  const std::string one =
      R"({"name":"fbo","state":"throttled","disposition":"held","rows":10,"skipped":11,"added":12,"changed":13,)"
      R"("zeroed":14,"kept":15,"unchanged":16,"dropped":17,"observed_at":"1970-01-01T00:00:03Z",)"
      R"("retry_at":"1970-01-01T00:00:04Z","error":"vendor_throttled","message":"wait","note":"why"})";
  CHECK(run.to_json() == R"({"id":")" + nil + R"(","account":")" + nil +
                             R"(","state":"held","dry_run":false,"accepted":true,"refusal":null,)"
                             R"("started_at":"1970-01-01T00:00:01Z","finished_at":"1970-01-01T00:00:02Z",)"
                             R"("requests":9,"actor":"anna","sources":[)" +
                             one + "," + one + "]}");
  CHECK(run.changes() == st::SourceChanges{24, 26, 28, 30, 32, 34});
}

TEST_CASE("what a run ends as follows from its sources, whatever the others say") {
  using S = st::SourceState;
  using D = st::Disposition;
  const auto state = [](std::initializer_list<std::pair<S, D>> sources) {
    std::vector<st::SourceOutcome> all;
    for (const auto& [ends_as, disposition] : sources) {
      all.emplace_back();
      all.back().state = ends_as;
      all.back().disposition = disposition;
    }
    return st::state_of(all);
  };
  using R = st::RunState;
  CHECK(state({{S::ok, D::applied}, {S::gone, D::applied}}) == R::ok);
  CHECK(state({{S::ok, D::applied}, {S::stale, D::held}}) == R::held);  // a warehouse that may not leave yet
  CHECK(state({{S::ok, D::held}, {S::gone, D::applied}}) == R::held);
  CHECK(state({{S::ok, D::held}, {S::failed, D::not_applied}}) == R::partial);
  for (const S bad : {S::stale, S::throttled, S::denied, S::failed}) {
    CHECK(state({{S::ok, D::applied}, {bad, D::not_applied}}) == R::partial);
    CHECK(state({{bad, D::not_applied}, {bad, D::not_applied}}) == R::failed);
  }
  CHECK(state({{S::gone, D::applied}}) == R::failed);
}

TEST_CASE("options that a run could not keep are refused, at their very ends") {
  const auto refused = [](const st::SyncOptions& options) {
    const auto valid = options.validate();
    return valid ? std::string() : valid.error().details().field;
  };
  st::SyncOptions options;
  CHECK(refused(options).empty());
  options.lease = 1s;
  CHECK(refused(options).empty());
  options.lease = 1s - 1us;
  CHECK(refused(options) == "lease");
  options = {};
  options.orders_back = 1us;
  CHECK(refused(options).empty());
  options.orders_back = 0us;
  CHECK(refused(options) == "orders_back");
  options = {};
  options.stock = false;
  CHECK(refused(options) == "stock");
  options.orders = true;
  CHECK(refused(options).empty());
  options.orders = false;
  options.prices = true;
  CHECK(refused(options).empty());
  Bazaar bazaar;
  Stall stall(bazaar);
  options.lease = 1us;
  CHECK(stall.engine.sync().run(stall.account, options).error().errc() == st::Errc::invalid_argument);
  CHECK(stall.engine.sync().run_all(options).error().errc() == st::Errc::invalid_argument);
  for (const int size : {0, -1, 1'001}) {
    CHECK(stall.engine.sync().runs({.page_size = size}).collect().error().errc() == st::Errc::invalid_argument);
  }
  for (const int size : {1, 1'000}) CHECK(stall.engine.sync().runs({.page_size = size}).collect());
}

TEST_CASE("runs and sources are read as they were reported: with every kind of change, waits, oddities and notes") {
  Bazaar bazaar;
  bazaar.can.orders_by_period = true;
  bazaar.list(numbered_keys(40));
  bazaar.sell_from({"w1", "w2", "w3"});
  for (const char* w : {"w1", "w2", "w3"}) bazaar.hold_fbs(w, numbered_units(0, 20, 5));
  bazaar.hold_fbo(numbered_units(0, 40, 5));
  const st::Instant start = bazaar.clock->now();
  const auto order = [&](int minutes, st::OrderStatus status) {
    bazaar.orders = [=, &bazaar](const st::OrderQuery&, st::OrderSink& sink,
                                 const st::CallContext&) -> st::Result<st::OrderCoverage> {
      st::OrderLineRow row;
      row.key = row.order = "k";
      row.status = status;
      row.ordered_at = start - 10min;
      row.changed_at = start + minutes * 1min;
      STK_TRY(sink.lines({&row, 1}));
      return st::OrderCoverage{start - 9min, bazaar.clock->now()};
    };
  };
  bazaar.can.order_changes_timed = true;
  order(0, st::OrderStatus::cancelled);
  Stall stall(bazaar);
  st::SyncOptions options;
  options.orders = options.prices = true;
  stall.sync(options);
  stall.pass(1h);
  // Now each source ends in another way.
  bazaar.offers = [](st::OfferSink& sink, const st::CallContext&) -> st::Result<void> {
    std::vector<st::OfferRow> rows(41);
    const auto names = numbered_keys(41);
    for (std::size_t i = 0; i < names.size(); ++i) rows[i].key = rows[i].article = names[i];
    sink.odd_row({st::RowOddity::unreadable, "card is odd", "cards[7]", ""});
    return sink.offers(rows);
  };
  bazaar.hold_fbo(numbered_units(0, 37, 5));  // three zeroes
  bazaar.stock["w1"] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Error(st::Errc::vendor_throttled, "slowly").retry_after(2h);
  };
  bazaar.hold_fbs("w2", numbered_units(0, 18, 6));  // two are kept, eighteen changed
  bazaar.stock["w3"] = [](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Error(st::Errc::vendor_forbidden, "not for you");
  };
  order(-5, st::OrderStatus::placed);  // older than what is known
  const auto run = stall.sync(options);
  CHECK(run.state == st::RunState::partial);
  const auto& catalogue = Stall::source(run, "catalogue");
  CHECK(catalogue.skipped == 1);
  CHECK(catalogue.rows == 42);
  CHECK(catalogue.changes.added == 1);
  CHECK(catalogue.note == "skipped 1: card is odd, e.g. cards[7]");
  CHECK(Stall::source(run, "fbo").changes.zeroed == 3);
  CHECK(Stall::source(run, "fbo").changes.unchanged == 37);
  CHECK(Stall::source(run, "fbs:w1").retry_at == start + 3h);
  CHECK(Stall::source(run, "fbs:w2").changes.kept == 2);
  CHECK(Stall::source(run, "fbs:w2").changes.changed == 18);
  CHECK(Stall::source(run, "fbs:w3").error.value().message() == "not for you");
  CHECK(Stall::source(run, "orders").changes.dropped == 1);
  const auto runs = stall.engine.sync().runs({.account = stall.account, .page_size = 1}).collect().value();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].to_json() == run.to_json());
  CHECK(runs[1].id != run.id);
  // The sources as they are now.
  const auto now = stall.engine.sync().sources(stall.account).value();
  REQUIRE(now.size() == run.sources.size());
  for (const auto& source : now) {
    CAPTURE(source.name);
    const auto& outcome = Stall::source(run, source.name);
    CHECK(source.state == outcome.state);
    CHECK(source.retry_at == outcome.retry_at);
    CHECK(source.error == (outcome.error ? st::reason_of(*outcome.error) : std::string()));
    CHECK(source.observed_at == (outcome.error ? start : start + 1h));
  }
  // The account's health: the worst of it, with what somebody needs to act.
  auto health = stall.engine.accounts().health(stall.account).value();
  CHECK(health.state == st::HealthState::denied);
  CHECK(parameter(health, "source") == "fbs:w3");
  bazaar.hold_fbs("w3", numbered_units(0, 20, 5));
  stall.pass(1min);
  stall.sync(options);
  health = stall.engine.accounts().health(stall.account).value();
  CHECK(health.state == st::HealthState::throttled);
  CHECK(parameter(health, "source") == "fbs:w1");
  CHECK(parameter(health, "retry_at") == st::to_rfc3339(start + 3h));
  // Our own breaker speaks for what opened it.
  st::ErrorDetails away;
  away.http_status = 502;
  bazaar.stock["w3"] = [away](const st::StockQuery&, st::StockSink&, const st::CallContext&) -> st::Result<void> {
    return st::Error(st::Errc::breaker_open).because(st::Error(st::Errc::vendor_unavailable, away));
  };
  bazaar.sell_from({"w2", "w3"});
  stall.pass(1min);
  stall.sync(options);
  health = stall.engine.accounts().health(stall.account).value();
  CHECK(health.state == st::HealthState::failing);
  CHECK(health.reason.value().code == "vendor_unavailable");
  CHECK(parameter(health, "http_status") == "502");
}

TEST_CASE("an offer that the list left out, or that was perhaps not asked for, is not sold out but unknown") {
  // The catalogue as it was read, and what it lets one conclude from the silence of stock that is asked by offers.
  const std::vector<std::pair<std::string, bool>> cases{
      {"whole", true}, {"odd", false}, {"failed", false}, {"held", false}};
  for (const auto& [catalogue, concluded] : cases) {
    CAPTURE(catalogue);
    Bazaar bazaar;
    bazaar.can.fbo_by_offers = true;
    bazaar.list(numbered_keys(30));
    bazaar.hold_fbo(numbered_units(0, 20, 5));
    Stall stall(bazaar);
    const auto known = [&] { return stall.engine.analytics().stock_health({.account = stall.account}).value(); };
    stall.sync();
    REQUIRE(known().out == 10);
    REQUIRE(known().unknown == 0);
    if (catalogue == "held") bazaar.list(numbered_keys(12));
    if (catalogue == "failed") {
      bazaar.offers = [](st::OfferSink&, const st::CallContext&) -> st::Result<void> {
        return st::Errc::connect_failed;
      };
    }
    if (catalogue == "odd") {
      bazaar.offers = [](st::OfferSink& sink, const st::CallContext&) -> st::Result<void> {
        std::vector<st::OfferRow> rows(30);
        const auto names = numbered_keys(30);
        for (std::size_t i = 0; i < names.size(); ++i) rows[i].key = rows[i].article = names[i];
        sink.odd_row({st::RowOddity::unreadable, "card is odd", "cards[7]", "N29"});
        return sink.offers(rows);
      };
    }
    for (const std::int64_t amount : {5, 6, 6}) {  // the same answer as before, another one, and that again
      bazaar.hold_fbo(numbered_units(0, 20, amount));
      stall.pass(1h);
      stall.sync();
      CHECK(known().out == (concluded ? 10 : 0));
      CHECK(known().unknown == (concluded ? 0 : 10));
    }
  }
}
