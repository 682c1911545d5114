/// @file
/// Operation<T>: a call that runs on the engine's executor, to poll, wait for or cancel.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// What an operation and its task share. Thread-safe.
class STK_API OperationState {
 public:
  /// `caller`: a stop request there cancels the operation, too.
  explicit OperationState(const std::stop_token& caller);
  OperationState(const OperationState&) = delete;
  OperationState& operator=(const OperationState&) = delete;
  ~OperationState();

  [[nodiscard]] bool is_done() const noexcept;
  /// Errc::engine_forked, at once, in a child that was forked since. To `is_done` and `wait_for` it is done there.
  [[nodiscard]] Result<void> wait() const;
  [[nodiscard]] bool wait_for(Duration most) const;
  void cancel() noexcept;
  [[nodiscard]] std::stop_token stop() const noexcept;
  /// Called by the task, once, after the result was stored.
  void finish() noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Made by functions whose names begin with `submit_`. Move-only; `is_done`, `wait_for` and `cancel` are thread-safe.
/// Destroying it does not stop the call: cancel it first if nobody needs its result. In a forked child, which has no
/// thread to end it, it is done with Errc::engine_forked.
///
/// @code
/// STK_TRY(auto run, engine.sync().submit_run(account.id, {.orders = true}));
/// while (!run.wait_for(std::chrono::milliseconds(200))) std::puts("still running");
/// STK_TRY(const st::SyncRun report, run.take());
/// @endcode
template <class T>
class Operation {
 public:
  /// What the task writes its result to.
  struct Shared {
    explicit Shared(const std::stop_token& caller) : state(caller) {}
    OperationState state;
    std::optional<Result<T>> result{};  ///< written before `state.finish`, read after it
  };
  explicit Operation(std::shared_ptr<Shared> shared) noexcept : shared_(std::move(shared)) {}
  Operation(Operation&&) noexcept = default;
  Operation& operator=(Operation&&) noexcept = default;

  [[nodiscard]] bool is_done() const noexcept { return shared_->state.is_done(); }
  /// True when it is done; false if that took longer than `most` (real time).
  [[nodiscard]] bool wait_for(Duration most) const { return shared_->state.wait_for(most); }
  /// Asks the call to stop: it ends with Errc::cancelled, unless it is done first.
  void cancel() noexcept { shared_->state.cancel(); }
  /// Waits for the end and returns the result of the call; a second time Errc::invalid_argument. Do not wait in a task
  /// of the same executor.
  [[nodiscard]] Result<T> take() {
    STK_TRY(shared_->state.wait());
    if (!shared_->result) return Error(Errc::invalid_argument, "the result of the operation was taken already");
    Result<T> result = std::move(*shared_->result);
    shared_->result.reset();
    return result;
  }

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace stocktracker::inline v0
