// Fair turns between tenants that wait for a connection.
#include "adapters/postgres/fair_turns.hpp"

#include <algorithm>

#include "ports/deadline_check.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

constexpr auto kNarrowed = std::chrono::seconds(1);

}  // namespace

Result<void> Turns::enter(const TenantId& tenant, const CallContext& context, FunctionRef<Instant()> now) {
  STK_TRY(context.check(now()));
  const auto until = Clock::now() + patience_;
  std::unique_lock lock(mutex_);
  Waiter waiter;
  join(tenant, waiter);
  dispatch();
  while (!waiter.granted) {
    auto alive = context.check(now());
    if (alive && Clock::now() >= until) alive = overloaded(tenant);
    if (!alive) {
      withdraw(tenant, waiter);
      return alive;
    }
    waiter.ready.wait_for(lock, context.stop, kDeadlineCheck, [&] { return waiter.granted; });
    dispatch();  // a lowered limit may have ended
  }
  return success();
}

void Turns::leave(const TenantId& tenant) noexcept {
  const std::lock_guard lock(mutex_);
  --used_;
  --held_.find(tenant)->second;
  forget(tenant);
  dispatch();
}

void Turns::narrow(int places) noexcept {
  const std::lock_guard lock(mutex_);
  limit_ = std::clamp(places, 1, places_);
  limited_until_ = Clock::now() + kNarrowed;
}

int Turns::limit() noexcept {
  if (limit_ < places_ && Clock::now() >= limited_until_) limit_ = places_;
  return limit_;
}

void Turns::join(const TenantId& tenant, Waiter& waiter) {
  held_.try_emplace(tenant, 0);
  auto line = std::find_if(ring_.begin(), ring_.end(), [&](const Line& one) { return one.tenant == tenant; });
  if (line == ring_.end()) line = ring_.insert(ring_.end(), Line{tenant});
  line->waiting.push_back(&waiter);
}

void Turns::withdraw(const TenantId& tenant, Waiter& waiter) noexcept {
  const auto line = std::find_if(ring_.begin(), ring_.end(), [&](const Line& one) { return one.tenant == tenant; });
  line->waiting.erase(std::find(line->waiting.begin(), line->waiting.end(), &waiter));
  if (line->waiting.empty()) ring_.erase(line);
  forget(tenant);
}

/// A free slot goes to the tenant that holds the fewest; among equals to the first in the ring, which then goes to its
/// end.
void Turns::dispatch() noexcept {
  const int most = limit();
  const int most_of_one = std::max(1, most - 1);
  const auto held = [&](const Line& line) -> int& { return held_.find(line.tenant)->second; };
  while (used_ < most) {
    const auto line = std::min_element(ring_.begin(), ring_.end(),
                                       [&](const Line& one, const Line& other) { return held(one) < held(other); });
    if (line == ring_.end() || held(*line) >= most_of_one) return;
    Waiter& next = *line->waiting.front();
    line->waiting.pop_front();
    ++used_;
    ++held(*line);
    next.granted = true;
    next.ready.notify_one();
    if (line->waiting.empty()) {
      ring_.erase(line);
    } else {
      ring_.splice(ring_.end(), ring_, line);
    }
  }
}

void Turns::forget(const TenantId& tenant) noexcept {
  const auto held = held_.find(tenant);
  const bool waits = std::any_of(ring_.begin(), ring_.end(), [&](const Line& one) { return one.tenant == tenant; });
  if (held->second == 0 && !waits) held_.erase(held);
}

Error Turns::overloaded(const TenantId& tenant) {
  const int seconds = static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(patience_).count());
  return Error(Errc::overloaded, "no connection to the database became free in " + std::to_string(seconds) +
                                     " seconds: " + std::to_string(used_) + " of " + std::to_string(limit()) +
                                     " are in use, " + std::to_string(held_.find(tenant)->second) +
                                     " of them by this tenant; try again, or raise PostgresOptions::connections")
      .about("connections")
      .during("connect")
      .may_retry();
}

}  // namespace stocktracker::inline v0::postgres
