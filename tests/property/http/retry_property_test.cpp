// Properties of retries: waits, attempts and verdicts of any case.
#include <stocktracker/http/retry.hpp>

#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

constexpr int kStatuses[] = {200, 204, 301, 400, 401, 402, 403, 404, 408, 409,
                             420, 425, 429, 500, 501, 502, 503, 504, 520};
constexpr st::Errc kErrors[] = {st::Errc::connect_failed, st::Errc::connection_lost, st::Errc::body_truncated,
                                st::Errc::tls_failed,     st::Errc::body_too_large,  st::Errc::deadline_exceeded,
                                st::Errc::cancelled};

}  // namespace

TEST_CASE("whatever happened, a retry keeps its promises") {
  const std::uint64_t drawn = std::random_device{}();  // another one each time
  std::mt19937_64 random;
  const auto below = [&](std::uint64_t n) { return random() % n; };
  int again = 0;
  const auto keeps_them = [&](int round) {
    st::RetryPolicy policy;
    policy.max_attempts = 1 + static_cast<int>(below(6));
    policy.first_backoff = st::Duration(1 + static_cast<std::int64_t>(below(2'000'000)));
    policy.max_backoff = policy.first_backoff + st::Duration(static_cast<std::int64_t>(below(30'000'000)));
    policy.max_wait = st::Duration(static_cast<std::int64_t>(below(60'000'000)));
    REQUIRE(policy.validate());
    st::RetryCase now;
    now.attempts = 1 + static_cast<int>(below(7));
    now.idempotency = static_cast<st::Idempotency>(below(3));
    if (below(3) == 0) {
      now.transport_error = kErrors[below(std::size(kErrors))];
    } else {
      now.status = kStatuses[below(std::size(kStatuses))];
    }
    if (below(2) == 0) now.asked_wait = st::Duration(static_cast<std::int64_t>(below(90'000'000)));
    now.waited = st::Duration(static_cast<std::int64_t>(below(40'000'000)));
    now.now = st::Instant::from_seconds(1'795'300'000);
    now.deadline =
        below(2) == 0 ? st::Instant::latest() : now.now + st::Duration(static_cast<std::int64_t>(below(60'000'000)));
    now.budget_left = below(4) != 0;
    now.random = random();
    const auto decision = st::decide_retry(policy, now);
    CAPTURE(round, now.status, now.attempts, to_string(decision.verdict), decision.wait.count());
    const auto same = st::decide_retry(policy, now);
    REQUIRE(same.verdict == decision.verdict);
    REQUIRE(same.wait == decision.wait);
    const bool throttled = !now.transport_error && (now.status == 429 || now.status == 420);
    if (decision.verdict == st::RetryVerdict::again) {
      ++again;
      REQUIRE(now.attempts < policy.max_attempts);
      REQUIRE(now.budget_left);
      REQUIRE(decision.wait > 0us);
      REQUIRE(now.waited + decision.wait <= policy.max_wait);
      REQUIRE(now.now + decision.wait < now.deadline);
      if (now.asked_wait && !now.transport_error) REQUIRE(decision.wait >= *now.asked_wait);
      if (!now.asked_wait || now.transport_error) REQUIRE(decision.wait <= policy.max_backoff);
      REQUIRE((throttled || now.transport_error || now.status >= 500 || now.status == 408 || now.status == 425));
      if (throttled) REQUIRE(now.attempts == 1);
      const bool safe_for_all = throttled || now.transport_error == st::Errc::connect_failed;
      if (now.idempotency == st::Idempotency::unsafe) REQUIRE(safe_for_all);
    } else {
      REQUIRE(decision.wait == 0us);
    }
    if (!now.transport_error && now.status < 400) REQUIRE(decision.verdict == st::RetryVerdict::final_answer);
    for (const int status : {400, 401, 402, 403, 404, 409}) {
      if (!now.transport_error && now.status == status) REQUIRE(decision.verdict == st::RetryVerdict::final_answer);
    }
  };
  for (const std::uint64_t seed : seeds_to_try(drawn, drawn)) {
    INFO(replay(seed));
    random.seed(seed);
    for (int round = 0; round < 200'000; ++round) keeps_them(round);
  }
  CHECK(again > 1'000);
}

TEST_CASE("own backoff doubles up to its maximum, half of it is jitter") {
  st::RetryPolicy policy;
  policy.max_attempts = 20;
  policy.max_wait = 1h;
  st::RetryCase failed;
  failed.status = 503;
  failed.now = st::Instant::from_seconds(1'795'300'000);
  st::Duration full = policy.first_backoff;
  for (failed.attempts = 1; failed.attempts < 12; ++failed.attempts) {
    for (const std::uint64_t random : {std::uint64_t{0}, std::uint64_t{123'456'789}, ~std::uint64_t{0}}) {
      failed.random = random;
      const auto wait = st::decide_retry(policy, failed).wait;
      CHECK(wait >= full / 2);
      CHECK(wait <= full);
    }
    full = std::min(full * 2, policy.max_backoff);
  }
}
