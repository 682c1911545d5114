/// @file
/// Reading the orders of a period, in passes that go on where the one before was interrupted.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

/// A pass over the postings of a period that could not be finished. Kept in the account's memory.
struct OrderPass {
  Instant from{};                        ///< the period, as it is asked for
  Instant until{};                       ///< the marketplace's time when the pass began
  Instant reached{};                     ///< what was ordered before has been delivered to a sink
  std::array<std::string, 2> cursors{};  ///< FBO, FBS: pages where everything since `reached` is

  [[nodiscard]] std::string text() const;
  /// Nullopt for a text that is not of a pass.
  [[nodiscard]] static std::optional<OrderPass> parse(std::string_view text);
};

/// Lines of all postings that were created in a period, FBO's and FBS's. Both lists come in the order of time and are
/// read in turn, the one that is behind first, so that what both have passed is complete whenever reading ends.
///
/// OrderSink::covered names what was read completely by this call, and so does the coverage that is returned: a line
/// that is missing there has left the marketplace. When a call is interrupted, by its deadline say, it has reported
/// what it covered, and the next one, within six hours, begins there.
[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
