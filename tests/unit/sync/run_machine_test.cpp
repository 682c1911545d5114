// The machine of a run: the order of sources, failures and waits.
#include "sync/run_machine.hpp"

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace st::sync_run;  // NOLINT(google-build-using-namespace): the machine is the subject

namespace {

const st::Instant kNow = st::Instant::from_seconds(1000);

FetchEnded ended(std::size_t slot, std::optional<st::Error> error = {}) {
  FetchEnded event;
  event.slot = slot;
  event.rows = 3;
  event.asked_at = kNow;
  event.error = std::move(error);
  return event;
}

FetchEnded listed(std::vector<SellerWarehouse> sellers) {
  FetchEnded event = ended(1);
  event.sellers = std::move(sellers);
  return event;
}

}  // namespace

TEST_CASE("the account's sources come first, then each seller warehouse, then the commit") {
  State state;
  auto effects = step(state, Leased{}, kNow);
  REQUIRE(effects.fetch.size() == 3);
  CHECK(effects.fetch[0].kind == FetchKind::catalogue);
  CHECK_FALSE(effects.commit);
  CHECK(step(state, ended(2), kNow).fetch.empty());
  CHECK(step(state, ended(0), kNow).fetch.empty());
  effects = step(state, listed({{"7", "Свой"}}), kNow);
  REQUIRE(effects.fetch.size() == 1);
  CHECK(effects.fetch[0].warehouse == "7");
  CHECK(state.outcomes[3].name == "fbs:7");
  effects = step(state, ended(3), kNow);
  CHECK(effects.commit);
  CHECK(st::state_of(state.outcomes) == st::RunState::ok);
  CHECK(step(state, ended(3), kNow).commit == false);  // over is over
}

TEST_CASE("a failed source fails alone; throttling says when") {
  State state;
  (void)step(state, Leased{}, kNow);
  (void)step(state, ended(0, st::Error(st::Errc::vendor_unauthorized)), kNow);
  (void)step(state, ended(2, st::Error(st::Errc::vendor_throttled).retry_after(std::chrono::seconds(1224))), kNow);
  const auto effects = step(state, listed({}), kNow);
  CHECK(effects.commit);
  CHECK(state.outcomes[0].state == st::SourceState::denied);
  CHECK(state.outcomes[0].rows == 0);
  CHECK(state.outcomes[2].state == st::SourceState::throttled);
  CHECK(state.outcomes[2].retry_at == kNow + std::chrono::seconds(1224));
  CHECK(st::state_of(state.outcomes) == st::RunState::partial);
}

TEST_CASE("without the list of warehouses the known ones are stale, not empty") {
  State state;
  (void)step(state, Leased{{"fbs:7", "fbs:8"}}, kNow);
  (void)step(state, ended(0), kNow);
  (void)step(state, ended(2), kNow);
  const auto effects = step(state, ended(1, st::Error(st::Errc::vendor_forbidden)), kNow);
  CHECK(effects.commit);
  REQUIRE(state.outcomes.size() == 5);
  CHECK(state.outcomes[3].state == st::SourceState::stale);
  CHECK(state.outcomes[4].name == "fbs:8");
  CHECK(state.outcomes[4].error->errc() == st::Errc::vendor_forbidden);
}

// The warehouse of the row that could not be read is not closed: its stock would leave the totals.
TEST_CASE("a warehouse that the list does not name is gone where every row was read, and stale where one was not") {
  for (const std::size_t skipped : {0U, 1U}) {
    CAPTURE(skipped);
    State state;
    (void)step(state, Leased{{"fbs:7", "fbs:8"}}, kNow);
    (void)step(state, ended(0), kNow);
    (void)step(state, ended(2), kNow);
    FetchEnded list = listed({{"8", "Свой"}});
    list.skipped = skipped;
    const auto effects = step(state, list, kNow);
    REQUIRE(effects.fetch.size() == 1);  // the one that is listed is asked about in any case
    CHECK(effects.fetch[0].warehouse == "8");
    REQUIRE(state.outcomes.size() == 5);
    const st::SourceOutcome& missing = state.outcomes[4];
    CHECK(missing.name == "fbs:7");
    CHECK(missing.state == (skipped == 0 ? st::SourceState::gone : st::SourceState::stale));
    CHECK(missing.error.has_value() == (skipped != 0));
  }
}

// One that were stamped ahead would make the next answers older than what is known.
TEST_CASE("an answer is about the time that it names, and about none after it was asked for") {
  for (const auto& [about, stamped] : std::vector<std::pair<std::optional<st::Instant>, st::Instant>>{
           {std::nullopt, kNow},
           {kNow - std::chrono::hours(1), kNow - std::chrono::hours(1)},
           {kNow, kNow},
           {kNow + std::chrono::microseconds(1), kNow}}) {
    State state;
    (void)step(state, Leased{}, kNow);
    FetchEnded fbo = ended(2);
    fbo.about = about;
    (void)step(state, fbo, kNow + std::chrono::minutes(1));
    CHECK(state.outcomes[2].observed_at == stamped);
  }
}

TEST_CASE("a cancelled fetch abandons the run") {
  State state;
  (void)step(state, Leased{}, kNow);
  (void)step(state, ended(0), kNow);
  (void)step(state, ended(1), kNow);
  const auto effects = step(state, ended(2, st::Error(st::Errc::cancelled)), kNow);
  CHECK(effects.abandon);
  CHECK_FALSE(effects.commit);
}

TEST_CASE("the state of a run follows from the states of its sources") {
  const auto source = [](st::SourceState state, st::Disposition disposition = st::Disposition::applied) {
    st::SourceOutcome outcome;
    outcome.state = state;
    outcome.disposition = disposition;
    return outcome;
  };
  using S = st::SourceState;
  CHECK(st::state_of({source(S::ok), source(S::ok)}) == st::RunState::ok);
  CHECK(st::state_of({source(S::ok), source(S::ok, st::Disposition::held)}) == st::RunState::held);
  CHECK(st::state_of({source(S::ok), source(S::failed)}) == st::RunState::partial);
  CHECK(st::state_of({source(S::failed), source(S::stale)}) == st::RunState::failed);
  CHECK(st::state_of({}) == st::RunState::failed);
}

TEST_CASE("FBO stock that needs the catalogue is fetched after it, or is stale without it") {
  for (const bool read : {true, false}) {
    State state;
    auto effects = step(state, Leased{{"fbs:9"}, true}, kNow);
    REQUIRE(effects.fetch.size() == 2);
    CHECK(state.outcomes[2].name == "fbo");
    const st::Error throttled = st::Error(st::Errc::vendor_throttled).retry_after(std::chrono::seconds(20));
    (void)step(state, read ? ended(0) : ended(0, throttled), kNow);
    effects = step(state, listed({{"7", "Свой"}}), kNow);
    REQUIRE(effects.fetch.size() == (read ? 2U : 1U));
    if (read) {
      CHECK(effects.fetch[0].kind == FetchKind::fbo);
      CHECK(effects.fetch[0].slot == 2);
      CHECK_FALSE(step(state, ended(2), kNow).commit);
    } else {
      CHECK(state.outcomes[2].state == st::SourceState::stale);
      CHECK(state.outcomes[2].error->errc() == st::Errc::vendor_throttled);
      CHECK(state.outcomes[2].error->details().retry_after == st::Duration(std::chrono::seconds(20)));
      REQUIRE(state.outcomes[2].error->details().cause);
    }
    CHECK(step(state, ended(3), kNow).commit);
  }
}
