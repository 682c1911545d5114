/// @file
/// Clock: the only source of time. The manual clock of testing/ makes weeks pass in milliseconds.
#pragma once

#include <stop_token>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe.
class STK_API Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  [[nodiscard]] virtual Instant now() const = 0;
  /// Returns when `now() >= at`; Errc::cancelled as soon as the token is set.
  [[nodiscard]] virtual Result<void> wait_until(Instant at, std::stop_token stop) = 0;
};

}  // namespace stocktracker::inline v0
