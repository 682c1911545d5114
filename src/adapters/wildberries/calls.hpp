/// @file
/// What every method of the API shares: building a request, sending it, judging the answer.
#pragma once

#include <stocktracker/adapters/wildberries.hpp>

#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// A request of one method, without its body.
[[nodiscard]] HttpRequest request_for(HttpMethod method, std::string url, std::string_view operation,
                                      std::string_view category);

/// A success is 200 or 204. Thread-safe.
class Calls : public VendorCalls {
 public:
  Calls(Options options, ConnectorPorts ports);

  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  const Options options_;
};

}  // namespace stocktracker::inline v0::wildberries
