/// CallGate: the calls in progress of one engine. After it was closed it lets no new call in.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/scope.hpp>

#include "ports/fork_guard.hpp"

namespace stocktracker::inline v0 {

/// Thread-safe.
class CallGate : public std::enable_shared_from_this<CallGate> {
 public:
  CallGate() noexcept : forks_(fork_count()) {}

  /// The context for one call, which counts until the returned value is destroyed. Its stop token is set by the
  /// caller's and by `close`. A call within a call (by its context) may begin
  /// although the gate is closed. Errc::engine_forked in a child that was forked since, Errc::engine_closed after
  /// `close`.
  [[nodiscard]] Result<EnteredCall> begin(CallContext context);
  /// Refuses new calls, and returns when the last one has ended: those that run longer than `grace` are asked to stop.
  /// `grace` is real time. Errc::engine_forked in a child, without waiting.
  /// Errc::unsupported, without closing, on a thread that works on a call of this gate.
  [[nodiscard]] Result<void> close(Duration grace);

 private:
  friend class RunningCall;
  void leave() noexcept;
  void add_token(std::stop_token token);
  void drop_token(const std::stop_token& token) noexcept;
  /// True if the context is that of a call in progress.
  [[nodiscard]] bool is_nested(const std::stop_token& token);
  [[nodiscard]] bool is_idle() const noexcept { return running_.load() == 0; }

  const std::uint32_t forks_;
  std::atomic<bool> closed_ = false;
  std::atomic<std::int64_t> running_ = 0;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::vector<std::stop_token> tokens_;  ///< of calls in progress with a token of their caller's; under the mutex
};

[[nodiscard]] std::shared_ptr<CallGate> make_call_gate();

/// Without a gate, a call that nobody counts.
[[nodiscard]] Result<EnteredCall> begin_call(const std::shared_ptr<CallGate>& gate, Clock& clock,
                                             const CallContext& given);

}  // namespace stocktracker::inline v0
