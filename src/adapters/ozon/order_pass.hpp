/// Reads the orders of a period in passes: an interrupted pass is continued by the next call.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

/// A pass over the postings of a period that could not be finished. Stored in the account's memory.
struct OrderPass {
  Instant from{};                        ///< the requested period
  Instant until{};                       ///< the marketplace's time when the pass began
  Instant reached{};                     ///< everything ordered before has been delivered to a sink
  std::array<std::string, 2> cursors{};  ///< FBO, FBS: pages with everything since `reached`

  [[nodiscard]] std::string text() const;
  /// Nullopt if the text is not a stored pass.
  [[nodiscard]] static std::optional<OrderPass> parse(std::string_view text);
};

/// Reads the lines of all postings that were created in a period, of FBO and FBS. Both lists are in the order of time
/// and are read in turn, the one that is behind first, so that what both have passed is complete whenever reading ends.
///
/// OrderSink::covered and the returned coverage name what this call has read completely: a line that is missing there
/// has left the marketplace. An interrupted call (by its deadline, for example) has reported what it covered, and the
/// next call within six hours continues there.
[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
