// Counts the slots that each tenant holds.
#include "adapters/curl/slots.hpp"

#include <algorithm>

namespace stocktracker::inline v0::curl {
namespace {

constexpr int kSharedFrom = 4;  // with fewer slots, one that is kept free would be too many
constexpr int kTimesFree = 7;

}  // namespace

int Slots::held_by(const TenantId& tenant) const noexcept {
  for (const auto& [who, count] : held_) {
    if (who == tenant) return count;
  }
  return 0;
}

bool Slots::may_take(const TenantId& tenant) const noexcept {
  const int left = room_ - taken_;
  if (left <= 0) return false;
  if (room_ < kSharedFrom) return true;
  const int held = held_by(tenant);
  return held == 0 || held + 1 <= kTimesFree * (left - 1);
}

void Slots::take(const TenantId& tenant) {
  const auto found = std::ranges::find(held_, tenant, &std::pair<TenantId, int>::first);
  if (found == held_.end()) {
    held_.emplace_back(tenant, 1);
  } else {
    ++found->second;
  }
  ++taken_;
}

void Slots::give_back(const TenantId& tenant) noexcept {
  const auto found = std::ranges::find(held_, tenant, &std::pair<TenantId, int>::first);
  if (found == held_.end()) return;
  --taken_;
  if (--found->second > 0) return;
  *found = held_.back();
  held_.pop_back();
}

}  // namespace stocktracker::inline v0::curl
