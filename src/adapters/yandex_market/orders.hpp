/// @file
/// Orders of the cabinet: each item is a line.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"

namespace stocktracker::inline v0::yandex_market {

/// One page, into the sink; test orders are left out. Answers the next page's token.
[[nodiscard]] Result<std::string> decode_orders(std::string_view body, OrderSink& sink);
[[nodiscard]] std::string orders_request(Instant from, Instant until);

[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, std::int64_t business, Instant since,
                                                 OrderSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
