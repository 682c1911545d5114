/// @file
/// Authorizer: adds credentials to a request as the last step, so that no earlier step holds them.
#pragma once

#include <memory>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/http_transport.hpp>

namespace stocktracker::inline v0 {

/// Thread-safe.
///
/// @code
/// class Key final : public st::Authorizer {
///  public:
///   explicit Key(st::Secret key) : key_(std::move(key)) {}
///   st::Result<void> authorize(st::HttpRequest& request, st::Instant) override {
///     request.secret_headers.push_back({"X-Key", key_.clone()});
///     return st::success();
///   }
///
///  private:
///   st::Secret key_;
/// };
/// @endcode
class STK_API Authorizer {
 public:
  Authorizer() = default;
  Authorizer(const Authorizer&) = delete;
  Authorizer& operator=(const Authorizer&) = delete;
  virtual ~Authorizer();
  /// Adds secret headers, and names the seller and the kind of token for limits (owner and tier of the request's tag).
  /// An error means that none of the held credentials would be accepted: nothing is sent.
  [[nodiscard]] virtual Result<void> authorize(HttpRequest& request, Instant now) = 0;
};

/// A transport that authorizes each request before it passes the request on.
[[nodiscard]] STK_API std::shared_ptr<HttpTransport> with_auth(std::shared_ptr<Authorizer> authorizer,
                                                               std::shared_ptr<HttpTransport> transport,
                                                               std::shared_ptr<Clock> clock);

}  // namespace stocktracker::inline v0
