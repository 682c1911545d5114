/// @file
/// What every method of the API shares.
#pragma once

#include <stocktracker/adapters/ozon.hpp>

#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::ozon {

/// Thread-safe.
class Calls : public VendorCalls {
 public:
  Calls(Options options, ConnectorPorts ports);

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  /// Almost everything is a POST, reads too. An empty body is sent as none: methods without one may refuse `{}`.
  [[nodiscard]] Result<HttpResponse> post(std::string_view path, std::string_view operation, std::string body,
                                          const CallContext& context) const;

 private:
  const Options options_;
};

/// Where a list goes on, as its pages tell.
struct NextPage {
  std::string cursor{};
  std::size_t rows = 0;
  std::optional<bool> has_next{};  ///< nullopt: not told as true or false (the documentation's own example is a text)

  /// Whether nothing comes after it, `at` being where this page began. Told by its rows, too: lists were seen that name
  /// a cursor on their last page. A page that promises more and shows no way to it is Errc::vendor_schema: half a list
  /// must not look like a short one.
  [[nodiscard]] Result<bool> ends(std::string_view at, std::string_view operation) const;
};

}  // namespace stocktracker::inline v0::ozon
