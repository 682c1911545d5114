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

  /// Nothing comes after it. Told by its rows, too: lists were seen that name a cursor on their last page.
  [[nodiscard]] bool last() const noexcept { return rows == 0 || cursor.empty() || has_next == false; }
};

}  // namespace stocktracker::inline v0::ozon
