/// Prices of products.
#pragma once

#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

/// Decodes a page of prices into the sink. `articles` are those of earlier pages; the watch sees each row, also one
/// without a price.
[[nodiscard]] Result<NextPage> decode_prices(std::string_view body, Articles& articles, PageWatch& watch,
                                             PriceSink& sink);
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
