// Exit codes of errors and runs.
#include "server/cli/exit_code.hpp"

#include <fstream>
#include <string>
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
              {st::Errc::already_exists, server::kUsage},          {st::Errc::store_constraint, server::kUnavailable},
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

TEST_CASE("help names every exit code with its meaning, in lines that fit a terminal") {
  CHECK(server::exit_code_help() ==
        "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 not found, 4 store damaged or of another version,\n"
        "5 busy or out of service (try again), 6 permission denied, 130 stopped by Ctrl-C.\n"
        "sync: 10 partial, 11 denied, 12 throttled, 13 held.");
}

TEST_CASE("the configuration page lists the exit codes that the binary has, and says which are of sync alone") {
  std::ifstream page(STK_SOURCE_DIR "/docs/configuration.md");
  REQUIRE(page);
  std::vector<std::string> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line.starts_with("## Exit codes");
    if (inside && line.starts_with("| ") && line[2] >= '0' && line[2] <= '9') rows.push_back(line);
  }
  REQUIRE(rows.size() == server::exit_meanings().size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const server::ExitMeaning& one = server::exit_meanings()[n];
    CAPTURE(rows[n]);
    const std::string cell = "| " + std::to_string(one.code) + " | ";
    CHECK(rows[n].starts_with(cell));
    CHECK(rows[n].substr(cell.size()).starts_with("`sync`") == one.only_sync);
  }
}
