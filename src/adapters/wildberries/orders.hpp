/// @file
/// Orders by the order feed: one order is one unit of one size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

struct OrderPage {
  std::string snapshot{};  ///< as the marketplace writes it, and later pages name it; empty: the answer names none
  std::size_t lines = 0;   ///< those that were left out among them
  std::optional<Instant> newest{};  ///< the latest change on the page
};

/// One page of the feed, into the sink. Lines that cannot be read are reported under their srid.
[[nodiscard]] Result<OrderPage> decode_order_page(std::string_view body, OrderSink& sink);

/// The page from `offset` on of what has changed since `from`; `snapshot` is empty for the first.
[[nodiscard]] std::string order_feed_request(Instant from, std::int64_t offset, int limit, std::string_view snapshot);

/// What has changed since `since`. The feed is read from its newest change back, in pages of one snapshot. Where a
/// later page fails, the account remembers how far the pages came, and the next call goes on there, for as long as the
/// snapshot is believed to last. Errc::vendor_contradiction for a feed that goes on without anything new.
[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
