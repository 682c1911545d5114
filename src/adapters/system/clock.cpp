// The operating system's time, and waits that can be stopped.
#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <stocktracker/adapters/system.hpp>

namespace stocktracker::inline v0 {
namespace {

class SystemClock final : public Clock {
 public:
  Instant now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
  }

  Result<void> wait_until(Instant at, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const Duration left = at - now();
      if (left <= Duration::zero()) return success();
      // In slices: the wall clock may be set while we wait.
      wake.wait_for(lock, stop, std::min<Duration>(left, std::chrono::seconds(1)), [] { return false; });
    }
    return Errc::cancelled;
  }
};

}  // namespace

std::shared_ptr<Clock> make_system_clock() { return std::make_shared<SystemClock>(); }

}  // namespace stocktracker::inline v0
