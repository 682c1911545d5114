/// Fast hashes of stored content. Not for secrets: they resist accidents, not attackers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

[[nodiscard]] std::uint64_t hash64(std::string_view bytes) noexcept;

/// 128 bits. Digests add up modulo 2^128: the sum over a set does not depend on the order it was read in.
struct Digest128 {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;

  Digest128& operator+=(const Digest128& other) noexcept {
    const std::uint64_t sum = lo + other.lo;
    hi += other.hi + (sum < lo ? 1 : 0);
    lo = sum;
    return *this;
  }
  /// 32 hexadecimal digits.
  [[nodiscard]] STK_API std::string text() const;
  friend bool operator==(const Digest128&, const Digest128&) noexcept = default;
};

/// Exported, but not installed: for the library's own add-ons.
[[nodiscard]] STK_API Digest128 digest128(const void* bytes, std::size_t size) noexcept;

}  // namespace stocktracker::inline v0
