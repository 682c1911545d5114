// QuotaBucket: learns from answers, and checks its values.
#include "http/quota_bucket.hpp"

namespace stocktracker::inline v0 {
namespace {

/// A learned interval is forgotten after this time without a refusal.
constexpr auto kForget = std::chrono::hours(1);

}  // namespace

void QuotaBucket::settle(std::int64_t now, const LimitRule& rule) noexcept {
  if (burst == 1) full_at = std::max(full_at, now + interval);
  if (learned != 0 && now - learned_at > Duration(kForget).count()) {
    interval = rule.interval.count();
    burst = rule.burst;
    learned = 0;
  }
}

void QuotaBucket::learn(std::int64_t now, const QuotaAnswer& answer) noexcept {
  const RateHeaders& headers = answer.headers;
  if (headers.limit && *headers.limit >= 1 && *headers.limit <= quota_bounds::kMostLearnedBurst &&
      *headers.limit != burst) {
    const std::int64_t missing = std::max(full_at, now) - now;
    burst = *headers.limit;
    full_at = now + std::min(missing, capacity());
    learned = 1;
    learned_at = now;
  }
  if (!answer.throttled) {
    if (headers.remaining && *headers.remaining < available(now)) {
      full_at = now + (burst - *headers.remaining) * interval;
    }
    return;
  }
  if (headers.reset && headers.retry && headers.limit && *headers.limit > 1) {
    // One request after `retry`, a full burst after `reset`: the rest of the burst refills in between.
    const std::int64_t refill = (headers.reset->count() - headers.retry->count()) / (*headers.limit - 1);
    if (refill > interval + interval / 10) {
      interval = refill;
      learned = 1;
      learned_at = now;
    }
  }
  // The bucket is empty until the wait is over; if our own count has a longer wait, that one counts.
  full_at = std::max(full_at, now + capacity());
  if (const auto wait = headers.wait()) blocked_until = std::max(blocked_until, now + wait->count());
}

bool QuotaBucket::computable(const LimitRule& rule) const noexcept {
  using namespace quota_bounds;
  std::int64_t product = 0;
  return in_order(1, interval, std::max(rule.interval.count(), kLongestLearnedInterval)) &&
         in_order(1, burst, std::max<std::int64_t>(rule.burst, kMostLearnedBurst)) &&
         !__builtin_mul_overflow(interval, burst, &product) && product <= kFarthest &&
         in_order(kEarliest, full_at, kFarthest) && in_order(kEarliest, blocked_until, kFarthest) &&
         in_order(kEarliest, learned_at, kFarthest) && in_order(0, learned, 1);
}

bool QuotaBucket::plausible(std::int64_t latest) const noexcept {
  using namespace quota_bounds;
  if (full_at - latest > 2 * capacity() + kLongestDebt) return false;
  if (in_order(kLongAgo / 2, full_at, latest - kLongestRest)) return false;
  return blocked_until <= latest + kLongestBlock && learned_at <= latest;
}

}  // namespace stocktracker::inline v0
