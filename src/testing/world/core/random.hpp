// The world's own random streams. Each event draws from a stream that is named after it, so that no request, and no
// change elsewhere, changes its numbers.
#pragma once

#include <cstdint>

namespace stocktracker::inline v0::testing::world {

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

// Purposes of streams: streams of different purposes never share numbers.
enum class Purpose : std::uint64_t {
  seller = 1,
  warehouses,
  cards,
  card_text,
  stock,
  slot,
  order,
  supply,
  restock,
  token,
  answer,
  shop_offers,
  shop_stock,
  shop_choice,
  prices
};

// SplitMix64 as a value, without a lock.
class Stream {
 public:
  explicit constexpr Stream(std::uint64_t state) noexcept : state_(state) {}
  constexpr Stream(std::uint64_t seed, Purpose purpose, std::uint64_t a = 0, std::uint64_t b = 0) noexcept
      : state_(mix(mix(mix(seed ^ mix(static_cast<std::uint64_t>(purpose))) + a) + b)) {}

  constexpr std::uint64_t next() noexcept {
    const std::uint64_t value = mix(state_);
    state_ += 0x9E3779B97F4A7C15U;
    return value;
  }
  // Uniform in [0, bound); bound > 0.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
  // Uniform in [low, high].
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  constexpr bool chance(int percent) noexcept { return between(0, 99) < percent; }
  [[nodiscard]] constexpr std::uint64_t state() const noexcept { return state_; }

 private:
  std::uint64_t state_;
};

}  // namespace stocktracker::inline v0::testing::world
