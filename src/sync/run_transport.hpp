/// The transport of one run: counts its requests, gives signs of life, signs in with credentials that were replaced
/// during the run, and measures how far this machine's clock is from the vendor's.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>

#include "marketplace/sent_secrets.hpp"
#include "marketplace/vendor_answers.hpp"
#include "sync/run_credentials.hpp"

namespace stocktracker::inline v0::sync_run {

/// Thread-safe.
class RunTransport final : public HttpTransport {
 public:
  RunTransport(std::shared_ptr<HttpTransport> next, std::shared_ptr<Clock> clock,
               std::shared_ptr<RunCredentials> credentials, std::shared_ptr<SentSecrets> secrets) noexcept
      : next_(std::move(next)),
        clock_(std::move(clock)),
        credentials_(std::move(credentials)),
        secrets_(std::move(secrets)) {}

  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    context.waiting();
    std::string stamp;
    STK_TRY(auto response, send_once(request, context, stamp));
    // The token may have been revoked because it was replaced.
    if (response.status == 401 && credentials_->replaced_since(stamp) && request.idempotency != Idempotency::unsafe) {
      return send_once(request, context, stamp);
    }
    return response;
  }

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  /// This machine's time, corrected by the vendor's clock if they differ. The latest reported time counts, because an
  /// answer from a cache reports an old one. This machine's clock is never considered to be more than a day behind.
  [[nodiscard]] Instant real(Instant ours) const noexcept {
    const std::int64_t ahead = ahead_;
    if (ahead == kUnknown || (ahead < kTolerance.count() && ahead > -kTolerance.count())) return ours;
    return ours - std::max(Duration(ahead), -kMostBehind);
  }

 private:
  /// Date headers have a resolution of one second, and answers take time: smaller differences are ignored.
  static constexpr Duration kTolerance = std::chrono::minutes(2);
  static constexpr Duration kMostBehind = std::chrono::hours(24);
  static constexpr std::int64_t kUnknown = INT64_MAX;

  /// `stamp`: of the credentials that the request was sent with.
  Result<HttpResponse> send_once(const HttpRequest& request, const CallContext& context, std::string& stamp) {
    STK_TRY(const auto prepared, credentials_->prepare(request));
    stamp = prepared.stamp;
    if (prepared.request) secrets_->note(*prepared.request);  // the connector's own secrets were noted above
    ++count_;
    auto response = next_->send(prepared.request ? *prepared.request : request, context);
    if (response) compare_clocks(response.value());
    context.waiting();
    return response;
  }

  void compare_clocks(const HttpResponse& response) {
    const auto theirs = vendor_time(response);
    if (!theirs) return;
    const std::int64_t ahead = (clock_->now() - *theirs).count();
    std::int64_t least = ahead_;
    while (ahead < least && !ahead_.compare_exchange_weak(least, ahead)) {
    }
  }

  const std::shared_ptr<HttpTransport> next_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<RunCredentials> credentials_;
  const std::shared_ptr<SentSecrets> secrets_;
  std::atomic<std::int64_t> count_ = 0;
  std::atomic<std::int64_t> ahead_ = kUnknown;
};

}  // namespace stocktracker::inline v0::sync_run
