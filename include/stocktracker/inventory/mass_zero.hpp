/// @file
/// The guard against answers that would zero too much at once.
#pragma once

#include <cstdint>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Both must be reached for a snapshot to be held: by one source, by all of an account together, or by those of the
/// window's runs together. The defaults are the product's definition.
struct MassZeroGuard {
  std::int64_t at_least = 10;  ///< positions; offers for a catalogue, prices for a price list; >= 1
  int percent = 30;            ///< of those positive before; 1 to 100
  /// Zeroes of earlier runs of the account count until they are so old. 0: each run is judged alone.
  Duration window = std::chrono::hours(24);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Whether a whole snapshot must be held: it would zero (or drop) `zeroed` of `positive_before`, at least
/// `guard.at_least` and at least `guard.percent` per cent, and it is not the first load.
[[nodiscard]] STK_API bool is_mass_zero(const MassZeroGuard& guard, std::int64_t positive_before, std::int64_t zeroed,
                                        bool first_load) noexcept;

}  // namespace stocktracker::inline v0
