/// @file
/// The guard against answers that would set too many positions to 0 at once.
#pragma once

#include <cstdint>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// A snapshot is held when both limits are reached: by one source, by all sources of an account together, or by all
/// runs within `window` together. The defaults are defined by the product.
///
/// @code
/// STK_TRY(const auto run, engine.sync().run(account.id, {.mass_zero = {.at_least = 5, .percent = 50}}));
/// @endcode
struct MassZeroGuard {
  std::int64_t at_least = 10;  ///< positions; offers for a catalogue, prices for a price list; >= 1
  int percent = 30;            ///< share of those that were above 0, or listed, before; 1 to 100
  /// Positions that earlier runs of the account set to 0 count for this long. 0: each run counts alone.
  Duration window = std::chrono::hours(24);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// True when a complete snapshot must be held: it would set to 0 (or drop) `zeroed` of `positive_before`, which is at
/// least `guard.at_least` and at least `guard.percent` per cent, and it is not the first load.
[[nodiscard]] STK_API bool is_mass_zero(const MassZeroGuard& guard, std::int64_t positive_before, std::int64_t zeroed,
                                        bool first_load) noexcept;

}  // namespace stocktracker::inline v0
