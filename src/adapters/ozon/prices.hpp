/// @file
/// Prices of products.
#pragma once

#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

/// A page of prices, into the sink. `articles` are those of the pages before it; the watch sees each row, one without a
/// price too.
[[nodiscard]] Result<NextPage> decode_prices(std::string_view body, Articles& articles, PageWatch& watch,
                                             PriceSink& sink);
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
