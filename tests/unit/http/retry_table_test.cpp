// Which failures are worth another request, and to the microsecond how long before it.
#include <stocktracker/http/retry.hpp>

#include <algorithm>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::Idempotency;
using st::RetryVerdict;

namespace {

const st::Instant kNow = st::Instant::from_seconds(1'795'300'000);

st::RetryCase after(int status, Idempotency idempotency = Idempotency::safe) {
  st::RetryCase made;
  made.status = status;
  made.idempotency = idempotency;
  made.now = kNow;
  return made;
}

st::RetryCase after(st::Errc error, Idempotency idempotency = Idempotency::safe) {
  st::RetryCase made = after(0, idempotency);
  made.transport_error = error;
  return made;
}

RetryVerdict verdict(const st::RetryCase& so_far) { return st::decide_retry({}, so_far).verdict; }

}  // namespace

TEST_CASE("of all statuses those that may pass are tried again, and unsafe requests after a refusal alone") {
  const auto one_of = [](int status, std::initializer_list<int> list) {
    return std::find(list.begin(), list.end(), status) != list.end();
  };
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    const bool throttled = one_of(status, {420, 429});
    const bool passing = one_of(status, {408, 425, 500, 502, 503, 504});
    const auto expected = throttled || passing ? RetryVerdict::again : RetryVerdict::final_answer;
    CHECK(verdict(after(status)) == expected);
    CHECK(verdict(after(status, Idempotency::keyed)) == expected);
    // It may have taken effect: a price or an order that is sent twice is a seller's money.
    CHECK(verdict(after(status, Idempotency::unsafe)) == (passing ? RetryVerdict::not_idempotent : expected));
  }
}

TEST_CASE("of all errors of transports the broken connections are tried again, unsafe requests if nothing was sent") {
  int again = 0;
  for (int number = 0; number < 7'000; ++number) {
    const auto error = static_cast<st::Errc>(number);
    CAPTURE(number);
    const bool not_sent = error == st::Errc::connect_failed;
    const bool unknown = error == st::Errc::connection_lost || error == st::Errc::body_truncated;
    const auto expected = not_sent || unknown ? RetryVerdict::again : RetryVerdict::final_answer;
    CHECK(verdict(after(error)) == expected);
    CHECK(verdict(after(error, Idempotency::keyed)) == expected);
    CHECK(verdict(after(error, Idempotency::unsafe)) == (unknown ? RetryVerdict::not_idempotent : expected));
    again += expected == RetryVerdict::again ? 1 : 0;
  }
  CHECK(again == 3);
}

TEST_CASE("attempts end at the policy's number, those of a throttled request at two") {
  for (int most = 1; most <= 6; ++most) {
    for (int attempts = 1; attempts <= 7; ++attempts) {
      CAPTURE(most, attempts);
      const st::RetryPolicy policy{.max_attempts = most};
      for (const int status : {503, 429, 420}) {
        auto so_far = after(status);
        so_far.attempts = attempts;
        const int limit = status == 503 ? most : std::min(most, 2);
        CHECK((st::decide_retry(policy, so_far).verdict == RetryVerdict::again) == (attempts < limit));
      }
      // An error after an answer of 429 is not a second refusal.
      auto lost = after(st::Errc::connection_lost);
      lost.status = 429;
      lost.attempts = attempts;
      CHECK((st::decide_retry(policy, lost).verdict == RetryVerdict::again) == (attempts < most));
    }
  }
}

TEST_CASE("the wait is the longer one of the vendor's and ours, and counts against the limit and the deadline") {
  const st::RetryPolicy policy{.first_backoff = 1s, .max_backoff = 8s, .max_wait = 30s};
  auto so_far = after(503);
  so_far.random = 0;
  CHECK(st::decide_retry(policy, so_far).wait == 500ms);
  so_far.asked_wait = 499ms;
  CHECK(st::decide_retry(policy, so_far).wait == 500ms);
  so_far.asked_wait = 7s;
  CHECK(st::decide_retry(policy, so_far).wait == 7s);
  auto broken = after(st::Errc::connection_lost);
  broken.asked_wait = 7s;  // of an earlier answer
  CHECK(st::decide_retry(policy, broken).wait == 500ms);

  // Exactly the limit may be waited, together with what was waited before.
  so_far.waited = 23s;
  CHECK(st::decide_retry(policy, so_far).verdict == RetryVerdict::again);
  so_far.waited = 23s + 1us;
  CHECK(st::decide_retry(policy, so_far).verdict == RetryVerdict::too_long);
  so_far.waited = {};
  // At the deadline nothing can be sent any more.
  so_far.deadline = kNow + 7s;
  CHECK(st::decide_retry(policy, so_far).verdict == RetryVerdict::too_long);
  so_far.deadline = kNow + 7s + 1us;
  CHECK(st::decide_retry(policy, so_far).verdict == RetryVerdict::again);
  so_far.asked_wait = 1224s;  // as Wildberries asked once
  so_far.deadline = st::Instant::latest();
  CHECK(st::decide_retry(policy, so_far).verdict == RetryVerdict::too_long);
  CHECK(st::decide_retry(policy, so_far).wait == 0s);

  auto poor = after(503);
  poor.budget_left = false;
  CHECK(st::decide_retry(policy, poor).verdict == RetryVerdict::no_budget);
}

TEST_CASE("backoff is exactly half of first * 2^(n-1) and a random part of the other half") {
  const st::RetryPolicy policy{.max_attempts = 20, .first_backoff = 1s, .max_backoff = 20s, .max_wait = 1h};
  const st::Duration full[] = {1s, 2s, 4s, 8s, 16s, 20s, 20s, 20s};
  for (int attempts = 1; attempts <= 8; ++attempts) {
    CAPTURE(attempts);
    const auto expected = full[attempts - 1];
    const auto half = static_cast<std::uint64_t>(expected.count() / 2);
    auto so_far = after(500);
    so_far.attempts = attempts;
    for (const std::uint64_t part : {std::uint64_t{0}, std::uint64_t{1}, half / 3, half}) {
      so_far.random = part;
      CHECK(st::decide_retry(policy, so_far).wait == expected / 2 + st::Duration(static_cast<std::int64_t>(part)));
    }
    so_far.random = half + 1;  // begins again: never above the full backoff
    CHECK(st::decide_retry(policy, so_far).wait == expected / 2);
  }
}

TEST_CASE("a retry policy that makes no sense is refused by name") {
  const auto refused = [](st::RetryPolicy policy, const char* name) {
    const auto checked = policy.validate();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().text().find(name) != std::string::npos);
  };
  CHECK(st::RetryPolicy{}.validate());
  CHECK(st::RetryPolicy{.max_attempts = 20}.validate());
  CHECK(st::RetryPolicy{.max_attempts = 1, .max_wait = 0s}.validate());
  refused({.max_attempts = 0}, "max_attempts");
  refused({.max_attempts = 21}, "max_attempts");
  refused({.first_backoff = 0s}, "first_backoff");
  refused({.first_backoff = 2s, .max_backoff = 2s - 1us}, "max_backoff");
  refused({.max_wait = -1us}, "max_wait");
}
