/// @file
/// HttpPolicies: the steps of every request between a connector and the transport.
#pragma once

#include <memory>

#include <stocktracker/http/breaker.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/http/quota.hpp>
#include <stocktracker/http/retry.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>
#include <stocktracker/ports/random.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

struct HttpPolicyOptions {
  LimitTable limits = LimitTable::shipped();
  std::shared_ptr<QuotaMemory> quota_memory{};  ///< null: limits are counted in this process only
  RetryPolicy retry{};
  BreakerOptions breaker{};

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Thread-safe; shared by all accounts of an engine, so that they share limits. The steps in order: request id,
/// breaker, quota (waits, or Errc::quota_reached with retry_after), transport, learning limits from the headers, retry.
/// Each attempt is a log event `http.exchange` or `http.exchange_failed` and measurements, without address, header or
/// body (metric_table.hpp).
///
/// @code
/// auto policies = std::make_shared<st::HttpPolicies>(st::HttpPolicyOptions{}, clock, random, telemetry);
/// const auto careful = st::HttpPolicies::over(policies, transport);  // waits within limits, repeats, pauses
/// @endcode
class STK_API HttpPolicies {
 public:
  HttpPolicies(HttpPolicyOptions options, std::shared_ptr<Clock> clock, std::shared_ptr<Random> random,
               std::shared_ptr<Telemetry> telemetry);
  ~HttpPolicies();
  HttpPolicies(const HttpPolicies&) = delete;
  HttpPolicies& operator=(const HttpPolicies&) = delete;

  /// The returned transport keeps both alive.
  [[nodiscard]] static std::shared_ptr<HttpTransport> over(std::shared_ptr<HttpPolicies> policies,
                                                           std::shared_ptr<HttpTransport> transport);
  [[nodiscard]] QuotaTree& quota() noexcept;

 private:
  friend class PolicyTransport;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stocktracker::inline v0
