// QuotaSeller: initialises a block, finds damage in it, follows its clock, applies answers.
#include "http/quota_seller.hpp"

#include <algorithm>

namespace stocktracker::inline v0 {
namespace {

constexpr auto kClockStep = std::chrono::seconds(1);

}  // namespace

void QuotaSeller::remember(std::uint64_t set, const QuotaAnswer& answer) noexcept {
  const std::lock_guard lock(mutex);
  if (unsent_count == kMostUnsent) return;
  unsent[unsent_count] = {set, answer};
  ++unsent_count;
}

QuotaCells& QuotaSeller::begun(std::span<std::int64_t> cells, std::int64_t now) const noexcept {
  QuotaCells& shared = shared_in(cells);
  if (shared.filled == QuotaCells::kBegun && (trusted || plausible(shared, now))) return shared;
  const bool spent = shared.filled != 0;
  std::fill(cells.begin(), cells.end(), 0);
  shared.filled = QuotaCells::kBegun;
  shared.last_now = spent ? now : QuotaBucket::kLongAgo;
  for (std::size_t at = 0; at < rules.size(); ++at) {
    QuotaBucket& bucket = shared.buckets[at];
    bucket = QuotaBucket{.interval = rules[at]->interval.count(), .burst = rules[at]->burst};
    if (spent) bucket.full_at = now + bucket.capacity();
  }
  // The holders of the slots are lost too, so the slots become free when the longest exchange must have ended.
  if (spent) shared.slots.fill(now + kLongestExchange.count());
  return shared;
}

bool QuotaSeller::computable(QuotaCells& shared) const noexcept {
  const std::span<const QuotaBucket> all = buckets(shared);
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (!all[at].computable(*rules[at])) return false;
  }
  return quota_bounds::in_order(quota_bounds::kEarliest, shared.last_now, quota_bounds::kFarthest);
}

bool QuotaSeller::plausible(QuotaCells& shared, std::int64_t now) const noexcept {
  using namespace quota_bounds;
  if (!computable(shared) || shared.last_now > now + kLongestDebt) return false;
  const std::int64_t latest = std::max(shared.last_now, now);
  for (const QuotaBucket& bucket : buckets(shared)) {
    if (!bucket.plausible(latest)) return false;
  }
  return std::all_of(shared.slots.begin(), shared.slots.end(),
                     [&](std::int64_t slot) { return in_order(kEarliest, slot, latest + kLongestLease); });
}

std::int64_t QuotaSeller::settle_now(QuotaCells& shared, Instant at) const noexcept {
  const std::int64_t now = at.micros();
  if (now >= shared.last_now) {
    shared.last_now = now;
  } else if (shared.last_now - now > Duration(kClockStep).count()) {
    const std::int64_t back = shared.last_now - now;
    for (QuotaBucket& bucket : buckets(shared)) bucket.step_back(back);
    for (std::int64_t& slot : shared.slots) slot = std::max<std::int64_t>(0, slot - back);
    shared.last_now = now;
  }
  return shared.last_now;
}

void QuotaSeller::leave(QuotaCells& shared, const QuotaSlot& slot) noexcept {
  if (slot.at < 0) return;
  std::int64_t& until = shared.slots[static_cast<std::size_t>(slot.at)];
  if (until == slot.until) until = 0;  // if the lease ended before the request, the slot may belong to another caller
}

void QuotaSeller::apply(QuotaCells& shared, std::int64_t now, std::uint64_t set,
                        const QuotaAnswer& answer) const noexcept {
  leave(shared, answer.slot);
  // The answer does not say which bucket it is about: apply it to the one with the longest interval.
  QuotaBucket* tightest = nullptr;
  each(shared, set, [&](QuotaBucket& bucket) {
    if (answer.charge > 0) bucket.take(now, answer.charge);
    if (tightest == nullptr || bucket.interval > tightest->interval) tightest = &bucket;
  });
  if (tightest != nullptr) tightest->learn(now, answer);
  const std::span<QuotaBucket> all = buckets(shared);
  each(shared, set,
       [&](QuotaBucket& bucket) { bucket.settle(now, *rules[static_cast<std::size_t>(&bucket - all.data())]); });
}

}  // namespace stocktracker::inline v0
