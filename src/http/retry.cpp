// Decides whether a request is repeated: at once, later, or never.
#include <stocktracker/http/retry.hpp>

#include <algorithm>

#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {
namespace {

enum class Chance : unsigned char {
  none,      ///< a repetition ends in the same way
  not_sent,  ///< or refused before it took effect: any request may be repeated
  unknown,   ///< it may have taken effect
};

bool throttled(int status) noexcept { return status == 429 || status == 420; }

Chance chance_of(const RetryCase& so_far) noexcept {
  if (so_far.transport_error) {
    switch (*so_far.transport_error) {
      case Errc::connect_failed:
        return Chance::not_sent;
      case Errc::connection_lost:
      case Errc::body_truncated:
        return Chance::unknown;
      default:
        return Chance::none;  // deadlines, size limits, certificates: the same call ends in the same way
    }
  }
  if (throttled(so_far.status)) return Chance::not_sent;
  switch (so_far.status) {
    case 408:
    case 425:
    case 500:
    case 502:
    case 503:
    case 504:
      return Chance::unknown;
    default:
      return Chance::none;
  }
}

/// first * 2^(attempts - 1), at most max; then a random value between half of it and all of it.
Duration backoff(const RetryPolicy& policy, int attempts, std::uint64_t random) noexcept {
  Duration full = policy.first_backoff;
  for (int i = 1; i < attempts && full < policy.max_backoff; ++i) full *= 2;
  full = std::min(full, policy.max_backoff);
  const auto half = static_cast<std::uint64_t>(full.count() / 2);
  return full / 2 + Duration(static_cast<std::int64_t>(half == 0 ? 0 : random % (half + 1)));
}

}  // namespace

Result<void> RetryPolicy::validate() const {
  Problems problems;
  problems.require(max_attempts >= 1 && max_attempts <= 20, "max_attempts", "must be 1 to 20");
  problems.require(first_backoff > Duration::zero(), "first_backoff", "must be positive");
  problems.require(max_backoff >= first_backoff, "max_backoff", "must not be less than first_backoff");
  problems.require(max_wait >= Duration::zero(), "max_wait", "must not be negative");
  return problems.result("RetryPolicy");
}

const char* to_string(RetryVerdict verdict) noexcept {
  switch (verdict) {
    case RetryVerdict::again:
      return "again";
    case RetryVerdict::final_answer:
      return "final";
    case RetryVerdict::not_idempotent:
      return "not idempotent";
    case RetryVerdict::exhausted:
      return "exhausted";
    case RetryVerdict::too_long:
      return "too long";
    case RetryVerdict::no_budget:
      return "no budget";
  }
  return "final";
}

RetryDecision decide_retry(const RetryPolicy& policy, const RetryCase& so_far) noexcept {
  const Chance chance = chance_of(so_far);
  if (chance == Chance::none) return {RetryVerdict::final_answer, {}};
  if (chance == Chance::unknown && so_far.idempotency == Idempotency::unsafe) {
    return {RetryVerdict::not_idempotent, {}};
  }
  const bool refused = !so_far.transport_error && throttled(so_far.status);
  const int most = refused ? std::min(policy.max_attempts, 2) : policy.max_attempts;
  if (so_far.attempts >= most) return {RetryVerdict::exhausted, {}};
  // Jitter may leave nothing of a backoff of a few microseconds, and a retry at once is none that a policy allows.
  Duration wait = std::max(backoff(policy, so_far.attempts, so_far.random), Duration(1));
  if (so_far.asked_wait && !so_far.transport_error) wait = std::max(wait, *so_far.asked_wait);
  if (wait > policy.max_wait - so_far.waited || wait >= so_far.deadline - so_far.now) {
    return {RetryVerdict::too_long, {}};
  }
  if (!so_far.budget_left) return {RetryVerdict::no_budget, {}};
  return {RetryVerdict::again, wait};
}

}  // namespace stocktracker::inline v0
