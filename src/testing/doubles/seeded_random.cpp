// SeededRandom: numbers from a seed.
#include <stocktracker/testing/check.hpp>
#include <stocktracker/testing/seeded_random.hpp>

namespace stocktracker::inline v0::testing {

Check::~Check() = default;

std::uint64_t SeededRandom::next() {
  const std::lock_guard lock(mutex_);
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace stocktracker::inline v0::testing
