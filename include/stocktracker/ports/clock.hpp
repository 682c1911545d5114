/// @file
/// Clock: the only source of time. With the manual clock of testing/, weeks pass in milliseconds.
#pragma once

#include <stop_token>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe. What it throws ends the calls that ask it (Errc::internal).
///
/// @code
/// const st::Instant end = clock->now() + 5s;
/// STK_TRY(clock->wait_until(end, context.stop));  // cancelled as soon as a stop is requested
/// @endcode
class STK_API Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  [[nodiscard]] virtual Instant now() const = 0;
  /// Returns when `now() >= at`, or Errc::cancelled as soon as a stop is requested.
  [[nodiscard]] virtual Result<void> wait_until(Instant at, std::stop_token stop) = 0;
};

}  // namespace stocktracker::inline v0
