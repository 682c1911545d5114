// The health of accounts after runs.
#include <stocktracker/marketplace/account_health.hpp>

#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::HealthState;

namespace {

st::HttpResponse response(int status, std::vector<st::HttpHeader> headers = {}) {
  return {status, std::move(headers), "{}"};
}

st::AccountHealth health(const Shop& shop) { return shop.engine.accounts().health(shop.account.id).value(); }

std::string parameter(const st::AccountHealth& health, std::string_view name) {
  for (const auto& one : health.reason->parameters) {
    if (one.name == name) return one.value;
  }
  return "none";
}

}  // namespace

TEST_CASE("the worst finding counts, and a state keeps its beginning") {
  const auto t0 = st::Instant::from_seconds(1'000);
  const std::vector<st::HealthFinding> two{{HealthState::throttled, {"throttled", {}}},
                                           {HealthState::denied, {"vendor_forbidden", {{"source", "fbo"}}}},
                                           {HealthState::denied, {"vendor_unauthorized", {}}}};
  const auto first = st::health_after(std::nullopt, two, t0);
  CHECK(first.state == HealthState::denied);
  CHECK(first.since == t0);
  CHECK(first.reason->code == "vendor_forbidden");
  const auto second = st::health_after(first, two, t0 + 1h);
  CHECK(second.since == t0);
  CHECK(second.checked_at == t0 + 1h);
  const auto third = st::health_after(second, {}, t0 + 2h);
  CHECK(third.state == HealthState::ok);
  CHECK(third.since == t0 + 2h);
  CHECK_FALSE(third.reason);
}

TEST_CASE("each kind of trouble has its state and its reason, and passes") {
  struct Case {
    st::Result<st::HttpResponse> answer;
    HealthState state;
    std::string code;
  };
  for (const Case& c :
       std::vector<Case>{{response(401), HealthState::denied, "vendor_unauthorized"},
                         {response(402), HealthState::denied, "vendor_payment_required"},
                         {response(403), HealthState::denied, "vendor_forbidden"},
                         {response(503), HealthState::failing, "vendor_unavailable"},
                         {response(429, {{"Retry-After", "600"}}), HealthState::throttled, "throttled"},
                         {st::Error(st::Errc::connect_failed), HealthState::failing, "connect_failed"}}) {
    CAPTURE(c.code);
    Shop shop({.seed = 12, .offers = 20, .orders_per_offer_day_x100 = 0});
    CHECK(health(shop).state == HealthState::ok);
    shop.sync();
    shop.transport->fail("/api/v3/warehouses", c.answer);
    shop.sync();
    const auto bad = health(shop);
    CHECK(bad.state == c.state);
    REQUIRE(bad.reason);
    CHECK(bad.reason->code == c.code);
    CHECK(parameter(bad, "source") == "warehouses");
    shop.world.clock()->advance(1h);
    shop.sync();
    CHECK(health(shop).since == bad.since);
    CHECK(health(shop).checked_at > bad.checked_at);
    shop.transport->heal();
    shop.world.clock()->advance(2h);
    shop.sync();
    CHECK(health(shop).state == HealthState::ok);
  }
}

TEST_CASE("a dry run says nothing about health, an outage nothing about credentials") {
  Shop shop({.seed = 12, .offers = 20});
  shop.transport->fail("/api/v3/warehouses", response(403));
  shop.sync({.dry_run = true});
  CHECK(health(shop).state == HealthState::ok);
}

TEST_CASE("a token that ends soon is reported before its end and after it") {
  st::testing::World world({.seed = 3, .offers = 5, .orders_per_offer_day_x100 = 0});
  auto engine = st::open({.path = ":memory:",
                          .limits = st::LimitTable{},
                          .transport = world.transport(),
                          .clock = world.clock(),
                          .executor = st::make_inline_executor()})
                    .value();
  st::testing::WildberriesToken brief;
  brief.lives = 24h * 20;
  const auto account =
      engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries, brief))).value();
  CHECK(engine.accounts().health(account.id).value().state == HealthState::ok);
  world.clock()->advance(24h * 7);
  CHECK(engine.accounts().health(account.id).value().state == HealthState::expiring);
  CHECK(engine.sync().run(account.id).value().state == st::RunState::ok);
  const auto soon = engine.accounts().health(account.id).value();
  CHECK(soon.reason->code == "token_expiring");
  world.clock()->advance(24h);
  CHECK(engine.sync().run(account.id).value().state == st::RunState::ok);
  CHECK(engine.accounts().health(account.id).value().since == soon.since);  // of the state, not of the look at it
  CHECK(engine.accounts().health(account.id).value().checked_at == world.clock()->now());
  world.clock()->advance(24h * 13);
  const auto over = engine.accounts().health(account.id).value();
  CHECK(over.state == HealthState::denied);
  CHECK(over.reason->code == "token_expired");
  const auto before = world.requests();
  const auto run = engine.sync().run(account.id).value();
  CHECK(run.state == st::RunState::failed);
  for (const auto& source : run.sources)
    CHECK((source.state == st::SourceState::denied || source.state == st::SourceState::stale));
  CHECK(world.requests() == before);  // what would be refused is not sent
  // A new token heals it, and the account stays the same.
  CHECK(engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))).value().id ==
        account.id);
  CHECK(engine.sync().run(account.id).value().state == st::RunState::ok);
  CHECK(engine.accounts().health(account.id).value().state == HealthState::ok);
}
