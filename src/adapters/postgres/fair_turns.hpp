/// Turns: slots that tenants share in turns; no tenant holds all of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::postgres {

/// Thread-safe.
class Turns {
 public:
  Turns(int places, Duration patience) noexcept : places_(places), limit_(places), patience_(patience) {}

  /// Waits for a slot of `tenant` until the context ends, by `now`; Errc::overloaded after `patience`.
  [[nodiscard]] Result<void> enter(const TenantId& tenant, const CallContext& context, FunctionRef<Instant()> now);
  void leave(const TenantId& tenant) noexcept;
  /// For one second the number of slots is limited to this: the server accepts no more connections.
  void narrow(int places) noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiter {
    std::condition_variable_any ready{};
    bool granted = false;
  };
  struct Line {
    TenantId tenant;
    std::deque<Waiter*> waiting{};
  };

  void join(const TenantId& tenant, Waiter& waiter);
  void withdraw(const TenantId& tenant, Waiter& waiter) noexcept;
  void dispatch() noexcept;
  void forget(const TenantId& tenant) noexcept;
  [[nodiscard]] int limit() noexcept;
  [[nodiscard]] Error overloaded(const TenantId& tenant);

  const int places_;
  std::mutex mutex_;
  int limit_;
  Clock::time_point limited_until_{};
  Duration patience_;
  int used_ = 0;
  std::map<TenantId, int> held_;  ///< number of slots of each tenant that holds or waits
  std::list<Line> ring_;          ///< one line per waiting tenant; the next one is in front
};

}  // namespace stocktracker::inline v0::postgres
