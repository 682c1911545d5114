#include "server/cli/exit_code.hpp"

#include <vector>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using server::exit_code_of;

TEST_CASE("each kind of error has the exit code that scripts look at") {
  const struct {
    st::Errc error;
    server::ExitCode code;
  } kAll[] = {{st::Errc::invalid_argument, server::kUsage},        {st::Errc::not_found, server::kNotFound},
              {st::Errc::store_corrupt, server::kDamaged},         {st::Errc::unsupported, server::kDamaged},
              {st::Errc::store_busy, server::kUnavailable},        {st::Errc::connect_failed, server::kUnavailable},
              {st::Errc::deadline_exceeded, server::kUnavailable}, {st::Errc::run_in_progress, server::kUnavailable},
              {st::Errc::store_unreadable, server::kDenied},       {st::Errc::quota_reached, server::kUnavailable},
              {st::Errc::cancelled, server::kCancelled},           {st::Errc::internal, server::kFailed}};
  for (const auto& [error, code] : kAll) {
    CAPTURE(st::Error(error).text());
    CHECK(exit_code_of(st::Error(error)) == code);
  }
}

TEST_CASE("a run's exit code is what needs a person most, and ok only where every source was fetched") {
  using S = st::SourceState;
  const auto code = [](std::vector<S> states, bool held) {
    st::SyncRun run;
    for (const S state : states) {
      st::SourceOutcome source;
      source.state = state;
      source.disposition = state == S::ok ? st::Disposition::applied : st::Disposition::not_applied;
      run.sources.push_back(source);
    }
    if (held) run.sources.back().disposition = st::Disposition::held;
    return exit_code_of(run);
  };
  CHECK(code({S::ok, S::ok}, false) == server::kOk);
  CHECK(code({S::ok, S::gone}, false) == server::kOk);  // a seller warehouse that was closed
  CHECK(code({S::ok, S::gone, S::failed}, false) == server::kPartial);
  CHECK(code({S::gone, S::failed}, false) == server::kUnavailable);
  for (const S worse : {S::stale, S::failed}) {
    CHECK(code({S::ok, worse}, false) == server::kPartial);
    CHECK(code({worse, S::ok}, false) == server::kPartial);
    CHECK(code({worse, worse}, false) == server::kUnavailable);
    CHECK(code({worse, S::throttled, S::ok}, false) == server::kThrottled);
    CHECK(code({S::throttled, S::denied, worse, S::ok}, false) == server::kSourcesDenied);
    CHECK(code({S::throttled, S::denied, worse, S::ok}, true) == server::kHeld);
  }
  CHECK(code({S::ok, S::ok}, true) == server::kHeld);
  CHECK(code({S::ok, S::throttled}, false) == server::kThrottled);
  CHECK(code({S::denied, S::ok}, false) == server::kSourcesDenied);
}

TEST_CASE("of several accounts the code is that of the one that needs a person most") {
  using namespace server;
  const ExitCode kRising[] = {kOk, kPartial, kUnavailable, kThrottled, kSourcesDenied, kHeld, kFailed};
  for (const ExitCode& one : kRising) {
    for (const ExitCode& other : kRising) {
      CAPTURE(one, other);
      CHECK(most_urgent(one, other) == (&other > &one ? other : one));
    }
  }
  CHECK(most_urgent(kHeld, kDamaged) == kDamaged);
  CHECK(most_urgent(kHeld, kDenied) == kDenied);
}
