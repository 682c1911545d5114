/// @file
/// The guard against answers that would zero too much at once.
#pragma once

#include <cstdint>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Both must be reached for a snapshot to be held. The defaults are the product's definition.
struct MassZeroGuard {
  std::int64_t at_least = 10;  ///< positions, or offers for a catalogue; >= 1
  int percent = 30;            ///< of those positive before; 1 to 100

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Whether a whole snapshot must be held: it would zero (or drop) `zeroed` of `positive_before`, at least
/// `guard.at_least` and at least `guard.percent` per cent, and it is not the first load.
[[nodiscard]] STK_API bool is_mass_zero(const MassZeroGuard& guard, std::int64_t positive_before, std::int64_t zeroed,
                                        bool first_load) noexcept;

}  // namespace stocktracker::inline v0
