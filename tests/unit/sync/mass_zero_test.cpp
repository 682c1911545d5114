// The guard against zeroes: what is held, and what a person accepts.
#include "tests/support/shop.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

TEST_CASE("an empty report is held and reported, and applied only when a person accepts it") {
  Shop shop({.seed = 21, .offers = 60, .orders_per_offer_day_x100 = 0});
  REQUIRE(shop.sync().state == st::RunState::ok);
  const std::string before = shop.picture();
  const auto total = shop.total();
  shop.world.empty_report_until(shop.world.clock()->now() + 5h);
  shop.world.clock()->advance(1h);

  const auto held = shop.sync();
  CHECK(held.state == st::RunState::held);
  const auto& fbo = source(held, "fbo");
  CHECK(fbo.state == st::SourceState::ok);
  CHECK(fbo.disposition == st::Disposition::held);
  CHECK(fbo.note.find("would zero") != std::string::npos);
  CHECK(shop.picture() == before);
  CHECK(shop.total() == total);
  const auto recorded = shop.engine.sync().runs().collect().value();
  CHECK(recorded[0].to_json() == held.to_json());

  // Looking again does not make it true.
  CHECK(shop.sync().state == st::RunState::held);
  CHECK(shop.total() == total);

  const auto accepted = shop.sync({.accept_mass_zero = true});
  CHECK(accepted.state == st::RunState::ok);
  CHECK(accepted.changes().zeroed > 0);
  CHECK(shop.engine.stock().total(shop.account.id).value().fbo.units() == 0);

  shop.world.clock()->advance(6h);
  CHECK(shop.sync().state == st::RunState::ok);
  CHECK(shop.total() == total);
  shop.check_ledger();
}

TEST_CASE("a first load is never held") {
  Shop shop({.seed = 22, .offers = 60, .orders_per_offer_day_x100 = 0});
  shop.world.empty_report_until(shop.world.clock()->now() + 1h);
  CHECK(shop.sync().state == st::RunState::ok);
}

TEST_CASE("the guard's numbers are options") {
  Shop shop({.seed = 23, .offers = 60, .orders_per_offer_day_x100 = 0});
  REQUIRE(shop.sync().state == st::RunState::ok);
  shop.world.empty_report_until(shop.world.clock()->now() + 5h);
  CHECK(shop.sync({.mass_zero = {.at_least = 1'000'000}}).state == st::RunState::ok);
  CHECK_FALSE(shop.engine.sync().run(shop.account.id, {.mass_zero = {.percent = 0}}));
}

TEST_CASE("a catalogue that would lose too much is held as well") {
  Shop shop({.seed = 24, .offers = 60, .orders_per_offer_day_x100 = 0});
  REQUIRE(shop.sync().state == st::RunState::ok);
  const auto total = shop.total();
  shop.transport->fail("cards/list", st::HttpResponse{200, {}, R"({"cards":[],"cursor":{"total":0}})"});
  const auto run = shop.sync();
  CHECK(run.state == st::RunState::held);
  CHECK(source(run, "catalogue").disposition == st::Disposition::held);
  CHECK(source(run, "catalogue").note == "would drop 60 of 60 offers");
  CHECK(shop.total() == total);
}

TEST_CASE("a vanished listing keeps its rows, marked, outside totals") {
  Shop shop({.seed = 25, .offers = 60, .orders_per_offer_day_x100 = 0});
  REQUIRE(shop.sync().state == st::RunState::ok);
  const auto before = shop.positions().size();
  shop.world.uncard(0);
  shop.world.clock()->advance(1h);
  const auto run = shop.sync();
  CHECK(run.state == st::RunState::ok);
  const auto after = shop.positions();
  CHECK(after.size() == before);
  std::int64_t listed = 0;
  bool vanished = false;
  for (const auto& p : after) {
    if (p.offer.state == st::OfferState::vanished) {
      vanished = true;
      CHECK_FALSE(p.offer.article.empty());
    } else {
      listed += p.on_hand->units();
    }
  }
  CHECK(vanished);
  CHECK(shop.total() == listed);
  CHECK(shop.engine.stock().total(shop.account.id).value().vanished > 0);
}

TEST_CASE("a dry run computes, changes nothing, and is recorded as such") {
  Shop shop({.seed = 26, .offers = 60});
  REQUIRE(shop.sync().state == st::RunState::ok);
  const std::string before = shop.picture();
  const auto sources = shop.engine.sync().sources(shop.account.id).value();
  shop.world.clock()->advance(24h);
  const auto dry = shop.sync({.dry_run = true});
  CHECK(dry.dry_run);
  CHECK(dry.changes().changed > 0);
  CHECK(shop.picture() == before);
  CHECK(shop.engine.sync().sources(shop.account.id).value()[0].observed_at == sources[0].observed_at);
  const auto recorded = shop.engine.sync().runs().collect().value()[0];
  CHECK(recorded.dry_run);
  CHECK(recorded.to_json() == dry.to_json());
  const auto wet = shop.sync();
  CHECK(wet.changes() == dry.changes());
  CHECK(shop.total() == shop.truth());
}
