/// @file
/// Prices that hold in all shops of the cabinet.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::yandex_market {

/// One page, into the sink. Offers without a price are reported to the watch alone.
[[nodiscard]] Result<NextPage> decode_prices(std::string_view body, PriceSink& sink, PageWatch& watch);
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, std::int64_t business, PriceSink& sink,
                                        const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
