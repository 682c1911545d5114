/// @file
/// Random: for identifiers and jitter. Not for keys: the adapter that makes a key has its own source.
#pragma once

#include <cstdint>

#include <stocktracker/core/ids.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe.
///
/// @code
/// const auto id = random->make_id<st::EventId>(clock->now());
/// @endcode
class STK_API Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random();

  [[nodiscard]] virtual std::uint64_t next() = 0;

  /// A fresh version 7 identifier.
  template <class Id>
  [[nodiscard]] Id make_id(Instant at) {
    const std::uint64_t a = next();
    return Id(Uuid::v7(at, a, next()));
  }
};

}  // namespace stocktracker::inline v0
