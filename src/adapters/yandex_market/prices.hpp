/// @file
/// Prices that hold in all shops of the cabinet.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"

namespace stocktracker::inline v0::yandex_market {

/// One page, into the sink; answers the next page's token.
[[nodiscard]] Result<std::string> decode_prices(std::string_view body, PriceSink& sink);
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, std::int64_t business, PriceSink& sink,
                                        const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
