/// @file
/// What every method of the API shares.
#pragma once

#include <condition_variable>
#include <mutex>

#include <stocktracker/adapters/yandex_market.hpp>

#include "json/document.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::yandex_market {

/// Thread-safe.
class Calls : public VendorCalls {
 public:
  Calls(Options options, ConnectorPorts ports);

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] Result<HttpResponse> get(std::string path, std::string_view operation,
                                         const CallContext& context) const;
  /// An empty body is sent as none.
  [[nodiscard]] Result<HttpResponse> post(std::string path, std::string_view operation, std::string body,
                                          const CallContext& context) const;

 private:
  [[nodiscard]] Result<HttpResponse> in_turn(const HttpRequest& request, const CallContext& context) const;

  const Options options_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any freed_;
  mutable int under_way_ = 0;
};

/// "path?limit=..&pageToken=..", the token as a URL has it.
[[nodiscard]] std::string page_of(std::string_view path, int limit, std::string_view token);
/// Of a list's `paging`; empty on the last page.
[[nodiscard]] std::string next_token(const json::Value& holder);

[[nodiscard]] Error wrong(std::string_view list, std::size_t at, std::string_view member, std::string_view what);
[[nodiscard]] Error stuck(std::string_view operation);

/// The Market writes RUR for the rouble.
[[nodiscard]] Result<Currency> currency_of(const json::Value& code);

}  // namespace stocktracker::inline v0::yandex_market
