// Random bytes of the operating system.
#include <sys/random.h>

#include <mutex>

#include <stocktracker/adapters/system.hpp>

namespace stocktracker::inline v0 {
namespace {

/// SplitMix64 from a kernel seed: identifiers need to be distinct, not secret.
class SystemRandom final : public Random {
 public:
  SystemRandom() {
    if (getrandom(&state_, sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) {
      state_ = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) ^
               reinterpret_cast<std::uintptr_t>(this);
    }
  }

  std::uint64_t next() override {
    const std::lock_guard lock(mutex_);
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

 private:
  std::mutex mutex_;
  std::uint64_t state_ = 0;
};

}  // namespace

std::shared_ptr<Random> make_system_random() { return std::make_shared<SystemRandom>(); }

}  // namespace stocktracker::inline v0
