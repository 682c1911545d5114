/// @file
/// Breaker: stops sending an identical request that is refused repeatedly, before the vendor switches an account off.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

struct BreakerOptions {
  int failures = 5;                                   ///< number of equal refusals in a row that opens it
  Duration refused_pause = std::chrono::minutes(10);  ///< first pause after a 4xx status
  Duration broken_pause = std::chrono::minutes(1);    ///< first pause after a 5xx status
  Duration max_pause = std::chrono::hours(1);         ///< pauses double up to this

  [[nodiscard]] STK_API Result<void> validate() const;
};

struct BreakerOpen {
  Duration wait{};  ///< until one trial request is let through
  int status = 0;   ///< the repeated status
};

/// Thread-safe. Requests are identified by a hash of everything that is sent, credentials included: new credentials
/// start with a closed breaker. Limits (429, 420) and broken connections do not count: the quota handles the first, and
/// the vendor has not seen the second.
///
/// @code
/// st::Breaker breaker({.failures = 3});
/// const std::uint64_t request = 42;  // a hash of everything that is sent
/// const auto open = breaker.ask(request, clock->now());
/// if (open) return st::Error(st::Errc::breaker_open).retry_after(open->wait);
/// breaker.record(request, 503, clock->now());
/// @endcode
class STK_API Breaker {
 public:
  explicit Breaker(BreakerOptions options);
  ~Breaker();
  Breaker(const Breaker&) = delete;
  Breaker& operator=(const Breaker&) = delete;

  /// Nullopt: send. After a pause one caller is let through, the others wait for its outcome.
  [[nodiscard]] std::optional<BreakerOpen> ask(std::uint64_t request, Instant now);
  void record(std::uint64_t request, int status, Instant now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stocktracker::inline v0
