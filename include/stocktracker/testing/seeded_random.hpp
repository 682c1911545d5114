/// @file
/// SeededRandom: the same numbers for the same seed, on every machine.
#pragma once

#include <cstdint>
#include <mutex>

#include <stocktracker/ports/random.hpp>

namespace stocktracker::inline v0::testing {

/// SplitMix64. Thread-safe.
///
/// @code
/// STK_TRY(auto engine, st::open({.path = ":memory:", .random = std::make_shared<st::testing::SeededRandom>(42)}));
/// @endcode
class STK_API SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
  [[nodiscard]] std::uint64_t next() override;
  /// Uniform in [0, bound); bound > 0. The modulo bias is below 2^-32 for bounds below 2^32.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// True with a probability of `percent` in 100.
  [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace stocktracker::inline v0::testing
