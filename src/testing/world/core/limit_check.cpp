// Numbers that a table of limits may hold.
#include "testing/world/core/limit_check.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

// Sums of a few such times are far from where 64 bits of microseconds end.
constexpr Duration kLongest = std::chrono::hours(24) * 36'525;

}  // namespace

bool within_limit(std::int64_t count, Duration each) noexcept {
  return count >= 1 && each > Duration::zero() && each <= kLongest / count;
}

}  // namespace stocktracker::inline v0::testing::world
