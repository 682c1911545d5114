/// Prices that are valid in all shops of the cabinet.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::yandex_market {

/// Decodes one page into the sink. Offers without a price are only reported to the watch.
[[nodiscard]] Result<NextPage> decode_prices(std::string_view body, PriceSink& sink, PageWatch& watch);
[[nodiscard]] Result<void> fetch_prices(const Calls& calls, std::int64_t business, PriceSink& sink,
                                        const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
