/// @file
/// Decides whether, and when, a request is sent again. Pure: it sends nothing.
#pragma once

#include <cstdint>
#include <optional>

#include <stocktracker/core/error.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// @code
/// st::OpenOptions options{.path = "shop.db", .retry = {.max_attempts = 5, .max_wait = 60s}};
/// @endcode
struct RetryPolicy {
  int max_attempts = 3;  ///< the first one included; 1: no retry
  Duration first_backoff = std::chrono::milliseconds(500);
  Duration max_backoff = std::chrono::seconds(20);
  /// Upper limit of all waits of one call, limits and retries together. If more is needed, the call ends and the caller
  /// schedules the rest: no thread is blocked longer.
  Duration max_wait = std::chrono::seconds(30);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// The state of a request after an attempt.
struct RetryCase {
  int attempts = 1;  ///< made so far, the last one included
  Idempotency idempotency = Idempotency::safe;
  std::optional<Errc> transport_error{};  ///< of the last attempt; nullopt: it got a status
  int status = 0;                         ///< of the last attempt's answer
  std::optional<Duration> asked_wait{};   ///< by the answer
  Duration waited{};                      ///< in this call so far
  Instant now;
  Instant deadline = Instant::latest();
  bool budget_left = true;   ///< the retry budget has a token left
  std::uint64_t random = 0;  ///< for the jitter
};

enum class RetryVerdict : unsigned char {
  again,
  final_answer,    ///< a success, or a failure that a retry cannot change
  not_idempotent,  ///< the request may have taken effect
  exhausted,       ///< as many attempts as the policy allows; two if the vendor throttles
  too_long,        ///< the wait exceeds max_wait or the deadline
  no_budget,       ///< too many retries recently
};
[[nodiscard]] STK_API const char* to_string(RetryVerdict verdict) noexcept;

struct RetryDecision {
  RetryVerdict verdict = RetryVerdict::final_answer;
  Duration wait{};  ///< for `again`: the wait before sending
};

/// Pure. Never retries earlier than the vendor asks; the library's own backoff doubles, and half of it is jitter. A
/// throttled request is repeated at most once: a second refusal means that the limits differ from the table. 4xx other
/// than 408, 420, 425 and 429 are final.
[[nodiscard]] STK_API RetryDecision decide_retry(const RetryPolicy& policy, const RetryCase& so_far) noexcept;

}  // namespace stocktracker::inline v0
