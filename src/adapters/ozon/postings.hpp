/// @file
/// Orders: each product of a posting is a line; what came back is told by the list of returns.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "adapters/ozon/calls.hpp"

namespace stocktracker::inline v0::ozon {

/// Units that buyers gave back, and when, by line.
struct ReturnedUnits {
  std::int64_t quantity = 0;
  Instant at{};
};
using Returns = std::map<std::string, ReturnedUnits, std::less<>>;

/// The identity of a line: a posting names a product once.
[[nodiscard]] std::string line_key(std::string_view posting, std::int64_t sku);

/// A page of returns; where the list goes on is the last one's id.
[[nodiscard]] Result<NextPage> decode_returns(std::string_view body, Returns& into);

/// A page of postings of one kind, into the sink.
[[nodiscard]] Result<NextPage> decode_postings(std::string_view body, StockKind kind, const Returns& returns,
                                               OrderSink& sink);

[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink,
                                                 const CallContext& context);

}  // namespace stocktracker::inline v0::ozon
