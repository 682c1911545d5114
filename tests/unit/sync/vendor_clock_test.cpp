// Which answer is older than what is known, and what a clock that runs ahead may not do.
#include <stocktracker/testing/scripted_transport.hpp>

#include "tests/unit/sync/run_rules.hpp"

namespace st = stocktracker;
using namespace run_rules;
using namespace std::chrono_literals;

namespace {

std::string http_date(st::Instant at) {
  const auto days = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(at.micros())));
  const std::chrono::year_month_day date(days);
  const std::string text = st::to_rfc3339(at);
  const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return "Sun, " + text.substr(8, 2) + " " + months[static_cast<unsigned>(date.month()) - 1] + " " + text.substr(0, 4) +
         " " + text.substr(11, 8) + " GMT";
}

}  // namespace

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

TEST_CASE("entries of a clock that ran ahead are set back for their own account, to the answer that follows them") {
  Market market;
  Booth other(market, "b2", 2);
  Booth booth(market, "b1", 1);
  for (Booth* one : {&other, &booth}) one->bazaar.list({"A"});
  booth.bazaar.hold_fbo({{"A", 5}});
  market.clock->advance(5h);
  REQUIRE(booth.sync().state == st::RunState::ok);
  market.clock->step_back(5h);
  market.clock->advance(30min);
  const st::Instant seen = market.clock->now();
  other.bazaar.hold_fbo({{"A", 5}});
  REQUIRE(other.sync().state == st::RunState::ok);
  market.clock->advance(10min);
  // An answer that took its time, about stock of before the other account's.
  booth.bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) {
    sink.speaks_of(seen - 10min);
    market.clock->advance(5s);
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", 7}}));
  };
  const auto run = booth.sync();
  CHECK(Stall::source(run, "fbo").state == st::SourceState::ok);
  CHECK(booth.engine->stock().total(booth.account).value().on_hand.units() == 7);
  const auto entries = booth.engine->ledger().movements().collect().value();
  REQUIRE(entries.size() == 3);
  for (const st::Movement& one : entries) {
    CHECK(one.observed_at == (one.account == other.account ? seen : seen - 10min));
  }
}

// Its time is not of the future: it is the vendor's.
TEST_CASE("an answer older than one that the vendor's clock stamped ahead of ours is refused, and health says so") {
  Market market;
  const st::Instant now = market.clock->now();
  const auto transport = std::make_shared<st::testing::ScriptedTransport>();
  for (const st::Duration passed : {0min, 1min}) {
    transport->answer("/list", 200, "{}", {{"Date", http_date(now + passed + 10min)}});
  }
  Booth booth(market, "b1", 1, transport);
  Bazaar& bazaar = booth.bazaar;
  bazaar.list({"A"});
  std::optional<st::Instant> about;
  bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink,
                         const st::CallContext& context) -> st::Result<void> {
    st::HttpRequest request;
    request.url = "https://bazaar.example/list";
    STK_TRY(bazaar.transport->send(request, context));
    if (about) sink.speaks_of(*about);
    return sink.rows(Bazaar::page("M", st::WarehouseKind::marketplace, {{"A", about ? 2 : 1}}));
  };
  REQUIRE(Stall::source(booth.sync(), "fbo").observed_at == now + 10min);
  CHECK(booth.engine->accounts().health(booth.account).value().state == st::HealthState::ok);
  market.clock->advance(1min);
  about = now + 5min;
  const auto run = booth.sync();
  CHECK(Stall::source(run, "fbo").state == st::SourceState::stale);
  CHECK(booth.engine->stock().total(booth.account).value().on_hand.units() == 1);
  const auto health = booth.engine->accounts().health(booth.account).value();
  CHECK(health.state == st::HealthState::failing);
  REQUIRE(health.reason);
  CHECK(health.reason->code == to_string(st::Errc::observation_too_old));
}
