/// @file
/// SourceChanges: what one whole answer did to what was known.
#pragma once

#include <cstdint>

namespace stocktracker::inline v0 {

/// What applying a whole snapshot did, in positions (offers for the catalogue).
struct SourceChanges {
  std::int64_t added = 0;    ///< first seen
  std::int64_t changed = 0;  ///< another value, zeroed ones included
  /// Positive before, 0 now (offers: vanished; prices: dropped). Units that only moved to another warehouse of the same
  /// answer are not among them: most of them are found again there.
  std::int64_t zeroed = 0;
  std::int64_t kept = 0;  ///< newly marked: left out by the answer, last value kept
  std::int64_t unchanged = 0;
  std::int64_t dropped = 0;  ///< older than what is known: counted, not applied

  friend bool operator==(const SourceChanges&, const SourceChanges&) noexcept = default;
};

}  // namespace stocktracker::inline v0
