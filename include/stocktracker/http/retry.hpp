/// @file
/// Whether, and when, a request is sent again: decided without doing.
#pragma once

#include <cstdint>
#include <optional>

#include <stocktracker/core/error.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

struct RetryPolicy {
  int max_attempts = 3;  ///< the first one counted; 1: never again
  Duration first_backoff = std::chrono::milliseconds(500);
  Duration max_backoff = std::chrono::seconds(20);
  /// A call waits no longer than this in all, limits and retries together; what would take longer is the caller's to
  /// schedule. No thread is held beyond it.
  Duration max_wait = std::chrono::seconds(30);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// What happened so far.
struct RetryCase {
  int attempts = 1;  ///< made, the last one counted
  Idempotency idempotency = Idempotency::safe;
  std::optional<Errc> transport_error{};  ///< of the last attempt; otherwise it has a status
  int status = 0;                         ///< of the last attempt's answer
  std::optional<Duration> asked_wait{};   ///< by the answer
  Duration waited{};                      ///< in this call so far
  Instant now;
  Instant deadline = Instant::latest();
  bool budget_left = true;   ///< the retry budget has a token
  std::uint64_t random = 0;  ///< for the jitter
};

enum class RetryVerdict : unsigned char {
  again,
  final_answer,    ///< a success, or a failure that stays one
  not_idempotent,  ///< it may have taken effect
  exhausted,       ///< as often as the policy allows
  too_long,        ///< the wait exceeds max_wait or the deadline
  no_budget,       ///< too many of late
};
[[nodiscard]] STK_API const char* to_string(RetryVerdict verdict) noexcept;

struct RetryDecision {
  RetryVerdict verdict = RetryVerdict::final_answer;
  Duration wait{};  ///< `again`: before sending
};

/// Pure. Never earlier than the vendor asks; own backoff doubles, half of it is jitter. A throttled request is repeated
/// once at most: a second refusal means that the limits are not what we think. 4xx but 408, 420, 425 and 429 are final.
[[nodiscard]] STK_API RetryDecision decide_retry(const RetryPolicy& policy, const RetryCase& so_far) noexcept;

}  // namespace stocktracker::inline v0
