/// Prices by card: each size has its own price.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// The cards of one page as hashes of their identity, in order.
using PricePage = std::vector<std::uint64_t>;

/// Decodes one page into the sink. A size without a readable price is reported and left out; a price of 0 means none.
[[nodiscard]] Result<PricePage> decode_price_page(std::string_view body, PriceSink& sink);

/// Reads the complete list. Pages overlap by a card: if the last card of a page is not on the next one, the list has
/// changed, and a card may have been lost at the border. Then it is read again; Errc::vendor_rebuilt after three
/// attempts, and vendor_contradiction if the list continues without new rows.
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
