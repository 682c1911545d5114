/// @file
/// Prices by card: each size has its own.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// The cards of one page, each as a hash of its identity, in their order.
using PricePage = std::vector<std::uint64_t>;

/// One page, into the sink. A size without a readable price is reported and left out; one with a price of 0 has none.
[[nodiscard]] Result<PricePage> decode_price_page(std::string_view body, PriceSink& sink);

/// The complete list. Pages overlap by a card: where the last card of a page is not on the next one, the list has
/// moved, and a card may have been lost at the border. Then it is read again; Errc::vendor_rebuilt after three times,
/// and vendor_contradiction for a list that goes on without anything new.
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
