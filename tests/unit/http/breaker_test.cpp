#include <stocktracker/http/breaker.hpp>

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
