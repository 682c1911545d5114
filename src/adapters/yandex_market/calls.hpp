/// What all methods of the API share: sending requests in turn, page tokens, currencies.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

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
  /// An empty body is not sent.
  [[nodiscard]] Result<HttpResponse> post(std::string path, std::string_view operation, std::string body,
                                          const CallContext& context) const;

 private:
  [[nodiscard]] Result<HttpResponse> in_turn(const HttpRequest& request, const CallContext& context) const;
  [[nodiscard]] Result<void> take_turn(const CallContext& context) const;

  const Options options_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any freed_;
  mutable int under_way_ = 0;
};

/// "path?limit=..&pageToken=..", with the token percent-encoded.
[[nodiscard]] std::string page_of(std::string_view path, int limit, std::string_view token);

/// The token of the next page; nullopt: this was the last page.
using NextPage = std::optional<std::string>;
/// Reads `paging` of a list's object. Errc::vendor_schema for a token that is neither a text nor a number.
[[nodiscard]] Result<NextPage> next_page(const json::Value& holder);

/// A currency in the API's documentation; the API writes RUR for the rouble.
[[nodiscard]] Result<Currency> currency_of(const json::Value& code);

}  // namespace stocktracker::inline v0::yandex_market
