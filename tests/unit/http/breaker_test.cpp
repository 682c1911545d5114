// The breaker: when it opens and closes.
#include <stocktracker/http/breaker.hpp>

#include <algorithm>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {
const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);
}

TEST_CASE("five identical refusals open it, one trial closes or doubles the pause") {
  st::Breaker breaker(st::BreakerOptions{});
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(breaker.ask(1, kStart));
    breaker.record(1, 403, kStart);
  }
  const auto open = breaker.ask(1, kStart);
  REQUIRE(open);
  CHECK(open->wait == 10min);
  CHECK(open->status == 403);
  CHECK_FALSE(breaker.ask(2, kStart));  // another request is not concerned
  CHECK(breaker.ask(1, kStart + 10min - 1us));
  CHECK_FALSE(breaker.ask(1, kStart + 10min));
  CHECK(breaker.ask(1, kStart + 10min));  // one trial, not two
  breaker.record(1, 403, kStart + 10min);
  CHECK(breaker.ask(1, kStart + 10min)->wait == 20min);
  for (int i = 0; i < 5; ++i) {
    const auto at = kStart + 1h * (2 * i + 1);
    CHECK_FALSE(breaker.ask(1, at));
    breaker.record(1, 403, at);
    CHECK(breaker.ask(1, at)->wait <= 1h);
  }
  CHECK_FALSE(breaker.ask(1, kStart + 20h));
  breaker.record(1, 200, kStart + 20h);
  CHECK_FALSE(breaker.ask(1, kStart + 20h));
  breaker.record(1, 403, kStart + 20h);
  CHECK_FALSE(breaker.ask(1, kStart + 20h));
}

TEST_CASE("limits do not count, other refusals begin anew, outages pause shorter") {
  st::Breaker breaker(st::BreakerOptions{});
  for (int i = 0; i < 50; ++i) breaker.record(1, 429, kStart);
  CHECK_FALSE(breaker.ask(1, kStart));
  for (int i = 0; i < 4; ++i) breaker.record(1, 400, kStart);
  breaker.record(1, 404, kStart);
  CHECK_FALSE(breaker.ask(1, kStart));
  for (int i = 0; i < 5; ++i) breaker.record(2, 503, kStart);
  CHECK(breaker.ask(2, kStart)->wait == 1min);
  // A clock that is set back does not lengthen it.
  CHECK(breaker.ask(2, kStart - 5h)->wait == 1min);
  CHECK_FALSE(breaker.ask(2, kStart - 5h + 1min));
}

TEST_CASE("it remembers a bounded number of requests") {
  st::Breaker breaker(st::BreakerOptions{});
  for (std::uint64_t request = 0; request < 100'000; ++request) breaker.record(request, 400, kStart);
  for (int i = 0; i < 5; ++i) breaker.record(7'000'000, 400, kStart);
  CHECK(breaker.ask(7'000'000, kStart));
}

TEST_CASE("failures that were under way when it opened do not lengthen the pause") {
  st::Breaker breaker(st::BreakerOptions{});
  for (int i = 0; i < 5; ++i) breaker.record(1, 500, kStart);
  // Sent before it opened, answered after that: no trial, so nothing doubles.
  for (int i = 0; i < 20; ++i) breaker.record(1, 500, kStart);
  CHECK(breaker.ask(1, kStart)->wait == 1min);
  REQUIRE_FALSE(breaker.ask(1, kStart + 1min));
  for (int i = 0; i < 3; ++i) breaker.record(1, 500, kStart + 1min);  // one of them is the trial's
  CHECK(breaker.ask(1, kStart + 1min)->wait == 2min);
}

TEST_CASE("if the caller of a trial never reports, another trial follows after the same pause") {
  st::Breaker breaker(st::BreakerOptions{});
  for (int i = 0; i < 5; ++i) breaker.record(1, 404, kStart);
  REQUIRE_FALSE(breaker.ask(1, kStart + 10min));
  const auto held = breaker.ask(1, kStart + 11min);
  REQUIRE(held);
  CHECK(held->wait == 9min);
  CHECK_FALSE(breaker.ask(1, kStart + 20min));
}

TEST_CASE("it opens at the configured failure, for each status by its own first pause, up to the longest") {
  struct Case {
    int status;
    st::Duration pause;
  };
  for (const Case& one : {Case{400, 3min}, Case{401, 3min}, Case{404, 3min}, Case{499, 3min}, Case{500, 2min},
                          Case{502, 2min}, Case{503, 2min}, Case{599, 2min}}) {
    CAPTURE(one.status);
    st::Breaker breaker({.failures = 2, .refused_pause = 3min, .broken_pause = 2min, .max_pause = 5min});
    breaker.record(1, one.status, kStart);
    CHECK_FALSE(breaker.ask(1, kStart));
    breaker.record(1, one.status, kStart);
    REQUIRE(breaker.ask(1, kStart));
    CHECK(breaker.ask(1, kStart)->wait == one.pause);
    CHECK(breaker.ask(1, kStart)->status == one.status);
    st::Instant now = kStart + one.pause;
    for (const st::Duration pause : {std::min<st::Duration>(2 * one.pause, 5min), st::Duration(5min)}) {
      REQUIRE_FALSE(breaker.ask(1, now));
      breaker.record(1, one.status, now);
      REQUIRE(breaker.ask(1, now));
      CHECK(breaker.ask(1, now)->wait == pause);
      now = now + pause;
    }
  }
  // Below 400 nothing is refused, and all is forgotten.
  for (const int status : {200, 204, 302, 399}) {
    st::Breaker breaker({.failures = 2});
    for (int i = 0; i < 3; ++i) {
      breaker.record(1, 400, kStart);
      breaker.record(1, status, kStart);
    }
    CHECK_FALSE(breaker.ask(1, kStart));
  }
  // Limits are the quota's, in every form that a vendor gives them.
  for (const int status : {420, 429}) {
    st::Breaker breaker({.failures = 2});
    breaker.record(1, 400, kStart);
    for (int i = 0; i < 9; ++i) breaker.record(1, status, kStart);
    CHECK_FALSE(breaker.ask(1, kStart));
    breaker.record(1, 400, kStart);  // they did not come between either
    CHECK(breaker.ask(1, kStart));
  }
}

TEST_CASE("of more requests than the breaker remembers the open ones stay, and those with an ended pause make room") {
  st::Breaker breaker({.failures = 1});
  constexpr std::uint64_t kRoom = 4'096;
  for (std::uint64_t request = 0; request < kRoom; ++request) breaker.record(request, 403, kStart);
  breaker.record(kRoom, 403, kStart);
  CHECK(breaker.ask(0, kStart));
  CHECK(breaker.ask(kRoom - 1, kStart));
  CHECK_FALSE(breaker.ask(kRoom, kStart));  // no room: sent, rather than another one forgotten
  breaker.record(0, 403, kStart + 1min);    // what is known goes on to be counted
  CHECK(breaker.ask(0, kStart + 10min + 1s));
  breaker.record(kRoom, 403, kStart + 10min + 1us);
  CHECK(breaker.ask(kRoom, kStart + 11min));
  CHECK(breaker.ask(0, kStart + 10min + 2s));
}

TEST_CASE("options of the breaker that make no sense are refused by name") {
  const auto refused = [](st::BreakerOptions options, const char* name) {
    const auto checked = options.validate();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().text().find(name) != std::string::npos);
  };
  CHECK(st::BreakerOptions{}.validate());
  CHECK(st::BreakerOptions{.failures = 1'000}.validate());
  refused({.failures = 0}, "failures");
  refused({.failures = 1'001}, "failures");
  refused({.refused_pause = 0s}, "refused_pause");
  refused({.broken_pause = 0s}, "broken_pause");
  refused({.refused_pause = 2min, .broken_pause = 1min, .max_pause = 2min - 1us}, "max_pause");
  refused({.refused_pause = 1min, .broken_pause = 2min, .max_pause = 2min - 1us}, "max_pause");
}
