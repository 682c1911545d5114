/// @file
/// SourceChanges: what one complete answer changed.
#pragma once

#include <cstdint>

namespace stocktracker::inline v0 {

/// The effect of applying a complete snapshot, counted in positions (offers for the catalogue).
struct SourceChanges {
  std::int64_t added = 0;    ///< seen for the first time
  std::int64_t changed = 0;  ///< have another value now, those that became 0 included
  /// Positive before, 0 now (offers: vanished; prices: dropped). An offer's positions are not counted if at least half
  /// of the units that they lost are in other warehouses of the same answer: the goods moved.
  std::int64_t zeroed = 0;
  std::int64_t kept = 0;  ///< newly marked as kept: the answer leaves them out, the last value stays
  std::int64_t unchanged = 0;
  std::int64_t dropped = 0;  ///< rows older than the stored value: not applied

  friend bool operator==(const SourceChanges&, const SourceChanges&) noexcept = default;
};

}  // namespace stocktracker::inline v0
