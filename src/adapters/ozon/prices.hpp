/// @file
/// Prices of products.
#pragma once

#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

[[nodiscard]] Result<NextPage> decode_prices(std::string_view body, PriceSink& sink);
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
