/// Orders from the order feed: one order is one unit of one size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/wildberries/calls.hpp"

namespace stocktracker::inline v0::wildberries {

struct OrderPage {
  std::string snapshot{};  ///< as the marketplace writes it, for requests of later pages; empty: not in the answer
  std::size_t lines = 0;   ///< those that were left out included
  std::optional<Instant> newest{};  ///< the latest change on the page
};

/// Decodes one page of the feed into the sink. Lines that cannot be read are reported under their srid.
[[nodiscard]] Result<OrderPage> decode_order_page(std::string_view body, OrderSink& sink);

/// Requests the page from `offset` on of changes since `from`; `snapshot` is empty for the first page.
[[nodiscard]] std::string order_feed_request(Instant from, std::int64_t offset, int limit, std::string_view snapshot);

/// Reads changes since `since`: from the newest back, in pages of one snapshot. If a later page fails, the account
/// remembers how far the pages came, and the next call continues there while the snapshot is assumed to exist.
/// Errc::vendor_contradiction if the feed continues without new rows.
[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0::wildberries
