/// @file
/// Prices by card: each size has its own.
#pragma once

#include <string_view>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

/// One page, into the sink; answers how many cards it holds.
[[nodiscard]] Result<std::size_t> decode_price_page(std::string_view body, PriceSink& sink);

[[nodiscard]] Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
