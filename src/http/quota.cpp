// Quota: takes tokens from a seller's buckets before a request and reports its answer. quota_seller.hpp: one seller;
// quota_tree.cpp: all sellers.
#include <stocktracker/http/quota.hpp>

#include <algorithm>

#include "http/quota_seller.hpp"

namespace stocktracker::inline v0 {
namespace {

/// If the memory did not answer, it is asked again after this time.
constexpr auto kAskAgain = std::chrono::seconds(1);
/// Polling interval of waiters for a slot: another process may return the slot, and it cannot notify us.
constexpr auto kLookAgain = std::chrono::milliseconds(50);

}  // namespace

Quota::Quota(std::shared_ptr<QuotaSeller> seller, std::uint64_t buckets, int first_slot, int slots) noexcept
    : seller_(std::move(seller)), buckets_(buckets), first_slot_(first_slot), slots_(slots) {}

QuotaVerdict Quota::take(Instant at, int cost, Duration max_wait) noexcept {
  QuotaVerdict verdict;
  const auto asked = seller_->with(at, [&](std::int64_t now, QuotaCells& shared) {
    std::int64_t wait = 0;
    QuotaSeller::each(shared, buckets_,
                      [&](const QuotaBucket& bucket) { wait = std::max(wait, bucket.wait(now, cost)); });
    verdict = {wait <= max_wait.count(), Duration(wait)};
    if (!verdict.granted) return;
    // The tokens are taken now, although the request is sent after `wait`: the next caller waits longer.
    QuotaSeller::each(shared, buckets_, [&](QuotaBucket& bucket) { bucket.take(now, cost); });
  });
  return asked ? verdict : QuotaVerdict{false, kAskAgain, false};
}

QuotaVerdict Quota::enter(Instant at, Duration lease, QuotaSlot& slot) noexcept {
  slot = {};
  if (slots_ == 0) return {true, {}};
  const auto asked = seller_->with(at, [&](std::int64_t now, QuotaCells& shared) {
    for (int n = first_slot_; n < first_slot_ + slots_; ++n) {
      std::int64_t& until = shared.slots[static_cast<std::size_t>(n)];
      if (until > now) continue;
      until = now + lease.count();
      slot = {n, until};
      return;
    }
  });
  if (!asked) {
    slot = {};
    return {false, kAskAgain, false};
  }
  return slot.at >= 0 ? QuotaVerdict{true, {}} : QuotaVerdict{false, kLookAgain};
}

void Quota::give_back(int cost, const QuotaSlot& slot) noexcept {
  if (cost == 0 && slot.at < 0) return;
  // If the memory fails, the tokens stay spent and the slot ends with its lease. No time is needed here.
  (void)seller_->block->with({}, [&](Instant, std::span<std::int64_t> cells) {
    QuotaCells& shared = QuotaSeller::shared_in(cells);
    // A block that is not initialised, or that lost its content, has no record of these tokens.
    if (shared.filled != QuotaCells::kBegun || !(seller_->trusted || seller_->computable(shared))) return;
    QuotaSeller::leave(shared, slot);
    QuotaSeller::each(shared, buckets_, [&](QuotaBucket& bucket) { bucket.give_back(cost); });
  });
}

void Quota::answered(Instant at, const QuotaAnswer& answer) noexcept {
  const auto sent =
      seller_->with(at, [&](std::int64_t now, QuotaCells& shared) { seller_->apply(shared, now, buckets_, answer); });
  if (!sent) seller_->remember(buckets_, answer);
}

Duration Quota::wait(Instant at) const noexcept {
  std::int64_t wait = 0;
  const auto asked = seller_->with(at, [&](std::int64_t now, QuotaCells& shared) {
    QuotaSeller::each(shared, buckets_, [&](const QuotaBucket& bucket) { wait = std::max(wait, bucket.wait(now, 1)); });
  });
  return asked ? Duration(wait) : Duration(kAskAgain);
}
}  // namespace stocktracker::inline v0
