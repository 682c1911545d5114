/// What the methods of the API share: hosts, options, and sending a request to one of them.
#pragma once

#include <stocktracker/adapters/wildberries.hpp>

#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// One method of the API; views point to static data.
struct Method {
  HttpMethod verb = HttpMethod::get;
  std::string Hosts::*host = nullptr;
  std::string_view path{};
  std::string_view operation{};
  std::string_view category{};
};

/// Successful are 200 and 204. Thread-safe.
class Calls : public VendorCalls {
 public:
  Calls(Options options, ConnectorPorts ports);

  [[nodiscard]] const Options& options() const noexcept { return options_; }

  /// `rest` is appended to the path: an id, a query.
  [[nodiscard]] Result<HttpResponse> ask(const Method& method, const CallContext& context, std::string_view rest = {},
                                         std::string body = {}) const;

 private:
  const Options options_;
};

/// The error of an answer that has status 200 and a refusal in its body; success for all others.
[[nodiscard]] Result<void> check_refusal(const json::Value& root);

}  // namespace stocktracker::inline v0::wildberries
