// A person refuses what a run held: who, when and why is recorded, and nothing is applied.
#include <stocktracker/testing/audit_log.hpp>

#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// A seller with 20 offers in stock, of which one answer after the first holds none.
struct Losing {
  Losing() : stall((bazaar.list(numbered_keys(20)), bazaar.hold_fbo(numbered_units(0, 20, 5)), bazaar)) {
    REQUIRE(stall.sync().state == st::RunState::ok);
    bazaar.hold_fbo({});
    stall.pass(1h);
  }
  [[nodiscard]] st::SourceStatus fbo() const {
    const auto all = stall.engine.sync().sources(stall.account).value();
    for (const st::SourceStatus& source : all) {
      if (source.name == "fbo") return source;
    }
    FAIL("no source fbo");
    throw 0;
  }
  [[nodiscard]] st::Result<st::SyncRun> refuse(const st::RunId& run, std::string_view why = "a cut report") const {
    auto sync = stall.engine.sync();
    return sync.refuse(run, why, {.actor = "anna"});
  }

  Bazaar bazaar;
  Stall stall;
};

std::string refusal_of(const st::Result<st::SyncRun>& refused) {
  if (refused) return "refused";
  return std::string(to_string(refused.error().errc())) + " " + refused.error().details().field;
}

}  // namespace

TEST_CASE("a held answer that is refused is put aside: the run says who, when and why, and no number changes") {
  Losing shop;
  const auto held = shop.stall.sync();
  REQUIRE(held.state == st::RunState::held);
  CHECK_FALSE(held.refusal);
  CHECK(shop.fbo().disposition == st::Disposition::held);
  shop.stall.pass(1min);
  const auto refused = shop.refuse(held.id, "a cut\nreport").value();
  CHECK(refused.id == held.id);
  CHECK(refused.state == st::RunState::held);
  REQUIRE(refused.refusal.has_value());
  CHECK(refused.refusal->by == "anna");
  CHECK(refused.refusal->at == shop.bazaar.clock->now());
  CHECK(refused.refusal->why == "a cut report");
  CHECK(refused.to_json().find(R"("refusal":{"by":"anna","at":")") != std::string::npos);
  const auto recorded = shop.stall.engine.sync().runs().collect().value();
  CHECK(recorded.at(0).to_json() == refused.to_json());
  CHECK_FALSE(recorded.at(1).refusal);
  CHECK(shop.fbo().disposition == st::Disposition::not_applied);
  CHECK(shop.fbo().error == "refused: a cut report");
  CHECK(shop.stall.total().on_hand.units() == 100);
  // The next run asks again, and holds again.
  shop.stall.pass(1h);
  CHECK(shop.stall.sync().state == st::RunState::held);
  CHECK(shop.fbo().disposition == st::Disposition::held);
  shop.bazaar.hold_fbo(numbered_units(0, 20, 6));
  shop.stall.pass(1h);
  CHECK(shop.stall.sync().state == st::RunState::ok);
  CHECK(shop.stall.total().on_hand.units() == 120);
  shop.stall.check_ledger();
}

TEST_CASE("what a later run holds waits for a decision of its own") {
  Losing shop;
  const auto first = shop.stall.sync();
  shop.stall.pass(1h);
  const auto second = shop.stall.sync();
  REQUIRE(second.state == st::RunState::held);
  CHECK(shop.refuse(first.id));
  CHECK(shop.fbo().disposition == st::Disposition::held);
  CHECK(shop.refuse(second.id));
  CHECK(shop.fbo().disposition == st::Disposition::not_applied);
}

TEST_CASE("a run that holds nothing, is a dry run, or was refused is not refused, and a reason must be given") {
  Losing shop;
  const auto tried = shop.stall.sync({.dry_run = true});
  const auto held = shop.stall.sync();
  const auto runs = shop.stall.engine.sync().runs().collect().value();
  REQUIRE(runs.size() == 3);
  CHECK(refusal_of(shop.refuse(runs[2].id)) == "invalid_argument run");
  CHECK(refusal_of(shop.refuse(tried.id)) == "invalid_argument run");
  CHECK(refusal_of(shop.refuse(st::RunId::parse("01a20a90-0000-7000-8000-00000000000f").value())) == "not_found run");
  CHECK(refusal_of(shop.refuse(held.id, "")) == "invalid_argument why");
  CHECK(refusal_of(shop.refuse(held.id, std::string(501, 'x'))) == "invalid_argument why");
  CHECK(shop.fbo().disposition == st::Disposition::held);
  CHECK(refusal_of(shop.refuse(held.id, std::string(500, 'x'))) == "refused");
  CHECK(refusal_of(shop.refuse(held.id)) == "invalid_argument run");
  // Accepting what was refused is a new run.
  CHECK(shop.stall.sync({.accept_mass_zero = true}).state == st::RunState::ok);
  CHECK(shop.stall.total().on_hand.units() == 0);
}

TEST_CASE("the audit keeps who refused a held answer, and a refusal that failed") {
  Bazaar bazaar;
  bazaar.list(numbered_keys(20));
  bazaar.hold_fbo(numbered_units(0, 20, 5));
  const auto log = std::make_shared<st::testing::AuditLog>();
  auto engine = st::open({.path = ":memory:",
                          .clock = bazaar.clock,
                          .random = std::make_shared<st::testing::SeededRandom>(1),
                          .executor = st::make_inline_executor(),
                          .connectors = {std::make_shared<BazaarFactory>(bazaar)},
                          .audit = log})
                    .value();
  st::Credentials credentials;
  credentials.channel = Bazaar::kChannel;
  credentials.parts.push_back({"key", st::Secret::copy_of("k")});
  const auto account = engine.accounts().connect(std::move(credentials)).value().id;
  REQUIRE(engine.sync().run(account));
  bazaar.hold_fbo({});
  const auto held = engine.sync().run(account).value();
  REQUIRE(held.state == st::RunState::held);
  CHECK_FALSE(engine.sync().refuse(held.id, "", {.actor = "boris"}));
  REQUIRE(engine.sync().refuse(held.id, "a cut report", {.actor = "anna"}));
  CHECK_FALSE(engine.sync().refuse(held.id, "again", {.actor = "clara"}));
  std::string story;
  for (const auto& event : log->events()) {
    if (event.action != "sync.refuse") continue;
    CHECK(event.subject == held.id.text());
    story += event.actor + (event.refused ? "! " : " ");
  }
  CHECK(story == "boris! anna clara! ");
}
