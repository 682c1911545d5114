/// @file
/// Orders by the order feed: one order is one unit of one size.
#pragma once

#include <string>
#include <string_view>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

struct OrderPage {
  std::string snapshot{};  ///< as the marketplace writes it: later pages name it
  std::size_t lines = 0;
};

/// One page of the feed, into the sink.
[[nodiscard]] Result<OrderPage> decode_order_page(std::string_view body, OrderSink& sink);

/// The page from `offset` on of what has changed since `from`; `snapshot` is empty for the first.
[[nodiscard]] std::string order_feed_request(Instant from, std::int64_t offset, int limit, std::string_view snapshot);

[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
