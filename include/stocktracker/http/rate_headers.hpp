/// @file
/// The limits and waits in an answer's headers.
#pragma once

#include <cstdint>
#include <optional>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// Absent and malformed headers are nullopt.
///
/// @code
/// STK_TRY(const auto response, transport->send({.url = "https://api.shop.example/ping"}, context));
/// const auto wait = st::rate_headers(response, clock->now()).wait();  // what the vendor asks for
/// @endcode
struct RateHeaders {
  /// A longer wait in an answer is treated as a mistake and left out.
  static constexpr Duration kMostStatedWait = std::chrono::hours(10 * 24);

  std::optional<std::int64_t> remaining{};  ///< X-Ratelimit-Remaining: requests left in the burst
  std::optional<std::int64_t> limit{};      ///< X-Ratelimit-Limit: size of the burst
  /// X-Ratelimit-Retry; in an answer with status 420, X-RateLimit-Resource-Until (a date, measured from the answer's
  /// own Date): until one request is allowed.
  std::optional<Duration> retry{};
  std::optional<Duration> reset{};  ///< X-Ratelimit-Reset: until the burst is full
  /// Retry-After (RFC 9110 10.2.3), seconds or a date. A date is measured from the answer's own Date if there is one,
  /// so that a wrong clock does no harm, otherwise from `now`.
  std::optional<Duration> retry_after{};

  /// The wait that the vendor asks for: retry, else retry_after, else reset.
  [[nodiscard]] std::optional<Duration> wait() const noexcept {
    return retry ? retry : retry_after ? retry_after : reset;
  }
};

/// Waits above kMostStatedWait are treated as mistakes and left out.
[[nodiscard]] STK_API RateHeaders rate_headers(const HttpResponse& response, Instant now);

}  // namespace stocktracker::inline v0
