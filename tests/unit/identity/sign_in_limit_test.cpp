// Waits after failed sign-ins: how they grow, end, and what clocks do to them.
#include <stocktracker/identity/sign_in_limit.hpp>

#include <cstdint>
#include <limits>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kNow = st::Instant::from_seconds(1'795'000'000);

// Failures of one who tries again as soon as that is allowed, in the time from `from` to `to`.
int guesses(const st::SignInRule& rule, st::Duration from, st::Duration to) {
  st::SignInFailures failures;
  st::Instant now = kNow;
  int made = 0;
  while ((now = st::next_sign_in(failures, rule, now)) < kNow + to) {
    if (now >= kNow + from) ++made;
    failures = st::after_failure(failures, rule, now);
  }
  return made;
}

}  // namespace

TEST_CASE("the first failures are free, then waits double up to the longest") {
  const st::SignInRule rule{3, 1s, 5s, 1min};
  st::SignInFailures failures;
  for (const st::Duration wait : {0s, 0s, 0s, 1s, 2s, 4s, 5s, 5s}) {
    failures = st::after_failure(failures, rule, kNow);
    INFO(failures.count);
    CHECK(st::next_sign_in(failures, rule, kNow) == kNow + wait);
  }
  CHECK(st::next_sign_in(failures, rule, kNow + 2s) == kNow + 5s);
  CHECK(st::next_sign_in(failures, rule, kNow + 6s) == kNow + 6s);
}

TEST_CASE("nobody has more than a hundred guesses an hour at one account, and its user waits 40 seconds at most") {
  CHECK(guesses(st::kAccountSignIns, 0h, 1h) == 100);
  CHECK(guesses(st::kAccountSignIns, 1h, 2h) == 90);
  CHECK(guesses(st::kNetworkSignIns, 0h, 1h) == 50);
  CHECK(guesses(st::kNetworkSignIns, 1h, 2h) == 12);
  CHECK(guesses(st::kPairSignIns, 0h, 1h) == 18);
  CHECK(guesses(st::kPairSignIns, 1h, 2h) == 4);
  CHECK(st::next_sign_in({1'000'000, kNow}, st::kAccountSignIns, kNow) == kNow + 40s);
}

TEST_CASE("after a time without a failure all are forgotten") {
  for (const st::SignInRule& rule : {st::kAccountSignIns, st::kNetworkSignIns, st::kPairSignIns}) {
    CHECK(rule.forgotten > rule.most);
    const st::SignInFailures many{1'000, kNow};
    CHECK(st::after_failure(many, rule, kNow + rule.forgotten - 1us).count == 1'001);
    CHECK(st::after_failure(many, rule, kNow + rule.forgotten) == st::SignInFailures{1, kNow + rule.forgotten});
    CHECK(st::next_sign_in(many, rule, kNow + rule.forgotten) == kNow + rule.forgotten);
  }
}

TEST_CASE("failures of a clock that was ahead lock nobody out, and are counted") {
  for (const st::SignInRule& rule : {st::kAccountSignIns, st::kNetworkSignIns, st::kPairSignIns}) {
    const st::SignInFailures little{50, kNow + rule.most};
    CHECK(st::next_sign_in(little, rule, kNow) == kNow + 2 * rule.most);
    const st::SignInFailures hours{50, kNow + 5h};
    CHECK(st::next_sign_in(hours, rule, kNow) == kNow);
    CHECK(st::after_failure(hours, rule, kNow) == st::SignInFailures{51, kNow});
  }
}

TEST_CASE("counts and times at the ends of their range do not wrap around") {
  const st::SignInFailures many{std::numeric_limits<std::int64_t>::max(), kNow};
  CHECK(st::next_sign_in(many, st::kPairSignIns, kNow) == kNow + 15min);
  CHECK(st::after_failure(many, st::kPairSignIns, kNow).count == std::numeric_limits<std::int64_t>::max());
  const st::SignInFailures last{50, st::Instant::from_micros(std::numeric_limits<std::int64_t>::max())};
  CHECK(st::next_sign_in(last, st::kPairSignIns, kNow) == kNow);
  CHECK(st::next_sign_in({-5, kNow}, st::kPairSignIns, kNow) == kNow);
}
