/// @file
/// Quantity: integer units of an offer. Never negative; arithmetic is checked.
#pragma once

#include <compare>
#include <cstdint>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// @code
/// STK_TRY(const auto shelf, st::Quantity::from_units(12));
/// STK_TRY(const auto both, shelf.plus(shelf));  // out_of_range instead of an overflow
/// std::printf("%lld\n", static_cast<long long>(both.units()));
/// @endcode
class Quantity {
 public:
  constexpr Quantity() noexcept = default;
  /// Errc::out_of_range below zero.
  [[nodiscard]] static Result<Quantity> from_units(std::int64_t units) {
    if (units < 0) return Errc::out_of_range;
    return Quantity(units);
  }

  [[nodiscard]] constexpr std::int64_t units() const noexcept { return units_; }
  [[nodiscard]] Result<Quantity> plus(Quantity other) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(units_, other.units_, &sum)) return Errc::out_of_range;
    return Quantity(sum);
  }
  friend constexpr auto operator<=>(Quantity, Quantity) noexcept = default;

 private:
  explicit constexpr Quantity(std::int64_t units) noexcept : units_(units) {}
  std::int64_t units_ = 0;
};

}  // namespace stocktracker::inline v0
