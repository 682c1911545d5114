/// @file
/// Breaker: identical requests that keep being refused are not sent any more, before the vendor switches an account
/// off.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

struct BreakerOptions {
  int failures = 5;                                   ///< the same refusal in a row that opens it
  Duration refused_pause = std::chrono::minutes(10);  ///< first pause after a 4xx
  Duration broken_pause = std::chrono::minutes(1);    ///< first pause after a 5xx
  Duration max_pause = std::chrono::hours(1);         ///< pauses double up to this

  [[nodiscard]] STK_API Result<void> validate() const;
};

struct BreakerOpen {
  Duration wait{};  ///< until one trial is let through
  int status = 0;   ///< what kept being answered
};

/// Thread-safe. Knows requests by a hash of everything that is sent, credentials included: new ones begin anew. Limits
/// (429, 420) and broken connections do not count: the first are the quota's, the vendor never saw the others.
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
