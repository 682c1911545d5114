// ManualClock: moves on when all participating threads wait.
#include <stocktracker/testing/manual_clock.hpp>

#include <algorithm>

namespace stocktracker::inline v0::testing {

ManualClock::ManualClock(Instant start) noexcept : now_(start) {}

Instant ManualClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

Result<void> ManualClock::wait_until(Instant at, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (stop.stop_requested()) return Errc::cancelled;
  if (now_ >= at) return success();
  waiting_.push_back(at);
  jump_if_all_wait();
  const bool reached = moved_.wait(lock, stop, [&] { return now_ >= at; });
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), at));
  if (!reached) return Errc::cancelled;
  return success();
}

void ManualClock::advance_to(Instant at) {
  const std::lock_guard lock(mutex_);
  if (at > now_) now_ = at;
  moved_.notify_all();
}

void ManualClock::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  if (by > Duration::zero()) now_ = now_ + by;
  moved_.notify_all();
}

void ManualClock::step_back(Duration by) {
  const std::lock_guard lock(mutex_);
  now_ = now_ - by;
  stepped_back_ += by;
}

Duration ManualClock::stepped_back() const {
  const std::lock_guard lock(mutex_);
  return stepped_back_;
}

void ManualClock::set_participants(std::size_t count) {
  const std::lock_guard lock(mutex_);
  participants_ = count;
  jump_if_all_wait();
}

void ManualClock::jump_if_all_wait() {
  // A waiter stays in the list after its time is reached, until it runs.
  std::size_t asleep = 0;
  Instant earliest = Instant::latest();
  for (const Instant at : waiting_) {
    if (at > now_) {
      ++asleep;
      earliest = std::min(earliest, at);
    }
  }
  if (asleep == 0 || asleep < participants_) return;
  now_ = earliest;
  moved_.notify_all();
}

}  // namespace stocktracker::inline v0::testing
