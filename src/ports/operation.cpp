// The state of an operation: done or not, and the request to stop.
#include <stocktracker/ports/operation.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "ports/fork_guard.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Duration kMostWait = std::chrono::hours(24 * 365);  // longer ones overflow the system's clock

struct Ask {
  std::stop_source source;
  void operator()() noexcept { source.request_stop(); }
};

}  // namespace

struct OperationState::Parts {
  explicit Parts(const std::stop_token& caller) : by_caller(caller, Ask{stop}) {}
  /// Locks may be held by threads of the parent, and nobody will end the call.
  [[nodiscard]] bool is_forked() const noexcept { return fork_count() != forks; }

  const std::uint32_t forks = fork_count();
  std::stop_source stop;
  std::stop_callback<Ask> by_caller;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
};

OperationState::OperationState(const std::stop_token& caller) : parts_(std::make_unique<Parts>(caller)) {}
OperationState::~OperationState() = default;

bool OperationState::is_done() const noexcept {
  if (parts_->is_forked()) return true;
  const std::lock_guard lock(parts_->mutex);
  return parts_->done;
}

Result<void> OperationState::wait() const {
  if (parts_->is_forked()) return forked_error();
  std::unique_lock lock(parts_->mutex);
  parts_->ended.wait(lock, [&] { return parts_->done; });
  return success();
}

bool OperationState::wait_for(Duration most) const {
  if (parts_->is_forked()) return true;
  std::unique_lock lock(parts_->mutex);
  return parts_->ended.wait_for(lock, std::clamp(most, Duration::zero(), kMostWait), [&] { return parts_->done; });
}

void OperationState::cancel() noexcept {
  if (!parts_->is_forked()) parts_->stop.request_stop();
}

std::stop_token OperationState::stop() const noexcept { return parts_->stop.get_token(); }

void OperationState::finish() noexcept {
  const std::lock_guard lock(parts_->mutex);
  parts_->done = true;
  parts_->ended.notify_all();
}

}  // namespace stocktracker::inline v0
