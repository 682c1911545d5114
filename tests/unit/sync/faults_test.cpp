// Failed sources: what stays, what goes on, what the next run heals.
#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::HttpResponse response(int status, std::string body = "{}", std::vector<st::HttpHeader> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

struct Fault {
  st::Result<st::HttpResponse> answer;
  st::SourceState state;
};

std::vector<Fault> faults() {
  return {
      {response(401), st::SourceState::denied},
      {response(402), st::SourceState::denied},
      {response(403), st::SourceState::denied},
      {response(404), st::SourceState::failed},
      {response(429, "{}", {{"X-Ratelimit-Retry", "1224"}}), st::SourceState::throttled},
      {response(500, "<html>"), st::SourceState::failed},
      {response(200, "not json"), st::SourceState::failed},
      {response(200, R"("words")"), st::SourceState::failed},
      // Three rows, none of which can be read: too many to leave out.
      {response(200,
                R"({"data":{"items":[{"nmId":1},{},{}]},"cards":[{},{},{}],"stocks":[{},{},{}],"cursor":{"total":3}})"),
       st::SourceState::failed},
      {st::Error(st::Errc::connect_failed), st::SourceState::failed},
      {st::Error(st::Errc::body_truncated), st::SourceState::failed}};
}

}  // namespace

TEST_CASE("a failed fetch is never data: nothing is zeroed, the other sources go on, the next run heals") {
  const std::vector<std::pair<std::string, std::string>> sources{{"wb-warehouses", "fbo"},
                                                                 {"/api/v3/stocks/", "fbs:"},
                                                                 {"cards/list", "catalogue"},
                                                                 {"/api/v3/warehouses", "warehouses"}};
  for (const auto& [url, name] : sources) {
    for (const Fault& fault : faults()) {
      CAPTURE(url, static_cast<int>(fault.state));
      Shop shop({.seed = 12, .offers = 40, .orders_per_offer_day_x100 = 0});
      REQUIRE(shop.sync().state == st::RunState::ok);
      const std::string before = shop.picture();
      const auto total = shop.total();
      shop.world.clock()->advance(1h);
      const st::Instant began = shop.world.clock()->now();
      shop.transport->fail(url, fault.answer);
      const auto run = shop.sync();
      CHECK(run.state == st::RunState::partial);
      const auto& outcome = source(run, name);
      CHECK(outcome.state == fault.state);
      CHECK(outcome.disposition == st::Disposition::not_applied);
      REQUIRE(outcome.error);
      if (fault.state == st::SourceState::throttled) CHECK(outcome.retry_at == shop.world.clock()->now() + 1224s);
      CHECK(shop.picture() == before);
      CHECK(shop.total() == total);
      // Its freshness stands still, that of the others moves.
      const auto statuses = shop.engine.sync().sources(shop.account.id).value();
      for (const auto& status : statuses) {
        const bool stands = status.name.starts_with(name) || (name == "warehouses" && status.name.starts_with("fbs:"));
        if (stands) {
          CHECK(status.observed_at < began);
        } else {
          CHECK(status.observed_at >= began);
        }
      }
      shop.transport->heal();
      if (fault.state == st::SourceState::throttled) {
        // Nobody asks again before the wait is over, although it would work now.
        const auto early = shop.sync();
        CHECK(source(early, name).state == st::SourceState::throttled);
        CHECK(source(early, name).error->errc() == st::Errc::quota_reached);
        shop.world.clock()->advance(1224s);
      }
      CHECK(shop.sync().state == st::RunState::ok);
      CHECK(shop.picture() == before);
      shop.check_ledger();
    }
  }
}

TEST_CASE("on the first run a failed source leaves a hole, not zeros") {
  Shop shop({.seed = 13, .offers = 40, .orders_per_offer_day_x100 = 0});
  shop.transport->fail("wb-warehouses", response(500));
  CHECK(shop.sync().state == st::RunState::partial);
  const auto some = shop.positions();
  REQUIRE_FALSE(some.empty());
  for (const auto& p : some) CHECK(p.kind == st::StockKind::fbs);
  const auto total = shop.engine.stock().total(shop.account.id).value();
  CHECK_FALSE(total.observed_at);  // one of its sources has never been seen
  shop.transport->heal();
  CHECK(shop.sync().state == st::RunState::ok);
  CHECK(shop.total() == shop.truth());
}

TEST_CASE("stock without a card is kept under its raw ids, and gets its card later") {
  Shop shop({.seed = 14, .offers = 40, .orders_per_offer_day_x100 = 0});
  shop.transport->fail("cards/list", response(503));
  REQUIRE(shop.sync().state == st::RunState::partial);
  const auto bare = shop.positions();
  REQUIRE_FALSE(bare.empty());
  for (const auto& p : bare) {
    CHECK(p.offer.state == st::OfferState::uncarded);
    CHECK(p.offer.article.empty());
    CHECK_FALSE(p.offer.listing.empty());
  }
  shop.transport->heal();
  REQUIRE(shop.sync().state == st::RunState::ok);
  for (const auto& p : shop.positions()) CHECK(p.offer.state == st::OfferState::listed);
  CHECK(shop.total() == shop.truth());
}

TEST_CASE("an answer that contradicts itself fails its source alone") {
  Shop shop({.seed = 15, .offers = 40, .orders_per_offer_day_x100 = 0});
  REQUIRE(shop.sync().state == st::RunState::ok);
  const std::string before = shop.picture();
  const std::string row =
      R"({"nmId":1,"chrtId":999,"warehouseId":507,"warehouseName":"n","regionName":"r","quantity":)";
  shop.transport->fail("wb-warehouses", response(200, R"({"data":{"items":[)" + row + "1}," + row + "2}]}}"));
  const auto run = shop.sync();
  CHECK(run.state == st::RunState::partial);
  CHECK(source(run, "fbo").error->errc() == st::Errc::vendor_contradiction);
  CHECK(shop.picture() == before);
}

TEST_CASE("a seller warehouse that leaves offers out keeps their last value, marked") {
  Shop shop({.seed = 16, .offers = 40, .orders_per_offer_day_x100 = 0});
  REQUIRE(shop.sync().state == st::RunState::ok);
  const auto before = shop.total();
  for (std::size_t i = 0; i < 40; ++i) shop.world.silence_fbs(i);
  shop.world.clock()->advance(1h);
  const auto run = shop.sync();
  CHECK(run.state == st::RunState::ok);
  REQUIRE(run.changes().kept > 0);
  CHECK(run.changes().zeroed == 0);
  CHECK(shop.total() == before);
  const auto total = shop.engine.stock().total(shop.account.id).value();
  CHECK(total.kept == run.changes().kept);
  for (const auto& p : shop.positions()) {
    if (p.kind == st::StockKind::fbs) CHECK(p.state == st::PositionState::kept);
  }
  CHECK(shop.sync().changes().kept == 0);  // marked once
  shop.check_ledger();
}

TEST_CASE("a stop request ends a run with nothing applied, and frees the account") {
  Shop shop({.seed = 17, .offers = 40});
  std::stop_source source;
  source.request_stop();
  st::CallContext context;
  context.stop = source.get_token();
  CHECK(shop.engine.sync().run(shop.account.id, context).error().errc() == st::Errc::cancelled);
  // In the middle of the run.
  static std::stop_source* middle = nullptr;
  static int countdown = 0;
  std::stop_source later;
  middle = &later;
  countdown = 3;
  shop.transport->before_send = [] {
    if (--countdown == 0) middle->request_stop();
  };
  st::CallContext second;
  second.stop = later.get_token();
  CHECK(shop.engine.sync().run(shop.account.id, second).error().errc() == st::Errc::cancelled);
  shop.transport->before_send = nullptr;
  CHECK(shop.positions().empty());
  const auto runs = shop.engine.sync().runs().collect().value();
  REQUIRE_FALSE(runs.empty());
  CHECK(runs[0].state == st::RunState::cancelled);
  CHECK(runs[0].requests == 3);  // what was asked for nothing is counted
  REQUIRE_FALSE(runs[0].sources.empty());
  CHECK(shop.sync().state == st::RunState::ok);
}

TEST_CASE("what was fetched before the deadline is applied, the rest is not") {
  Shop shop({.seed = 18, .offers = 40, .orders_per_offer_day_x100 = 0});
  static st::testing::ManualClock* clock = nullptr;
  static int sent = 0;
  clock = shop.world.clock().get();
  sent = 0;
  // The account's lists take 50 seconds, each warehouse of the seller 100 more.
  shop.transport->before_send = [] { clock->advance(++sent <= 5 ? 10s : 100s); };
  const auto run = shop.engine.sync().run(shop.account.id, {.timeout = 200s}).value();
  shop.transport->before_send = nullptr;
  CHECK(run.state == st::RunState::partial);
  CHECK(source(run, "catalogue").state == st::SourceState::ok);
  CHECK(source(run, "fbo").state == st::SourceState::ok);
  bool late = false;
  for (const auto& outcome : run.sources)
    late = late || (outcome.error && outcome.error->errc() == st::Errc::deadline_exceeded);
  CHECK(late);
}

TEST_CASE("a clock that was ahead and is set right stops nothing: what was observed in the future is not believed") {
  Shop shop({.seed = 19, .offers = 40});
  REQUIRE(shop.sync().state == st::RunState::ok);
  shop.world.clock()->advance(24h);
  REQUIRE(shop.sync().state == st::RunState::ok);
  shop.world.set_fbs(0, 0, 7'777);
  shop.world.clock()->step_back(2h);
  const auto run = shop.sync();
  CHECK(run.state == st::RunState::ok);
  const auto statuses = shop.engine.sync().sources(shop.account.id).value();
  for (const auto& status : statuses) {
    CHECK(status.observed_at <= shop.world.clock()->now() + 2h);  // by the marketplace's clock, which nobody set back
  }
  CHECK(shop.engine.stock().total(shop.account.id).value().on_hand.units() ==
        shop.world.true_total(st::Channel::wildberries));
  shop.check_ledger();
}
