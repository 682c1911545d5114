/// Seller warehouses and their stock (FBS).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/wildberries/calls.hpp"
#include "marketplace/stock_cells.hpp"

namespace stocktracker::inline v0::wildberries {

[[nodiscard]] Result<void> decode_warehouses(std::string_view body, WarehouseSink& sink);
[[nodiscard]] Result<void> list_warehouses(const Calls& calls, WarehouseSink& sink, const CallContext& context);

/// `asked`: the sorted chrtIDs of the request. A row about another one is reported and left out.
/// Errc::vendor_contradiction for an id with two amounts.
[[nodiscard]] Result<void> decode_seller_stock(std::string body, std::span<const std::int64_t> asked, StockCells& into,
                                               AnswerSink& sink);
[[nodiscard]] Result<void> fetch_seller_stock(const Calls& calls, const StockQuery& query, StockSink& sink,
                                              const CallContext& context);

[[nodiscard]] std::string seller_stock_request(std::span<const std::int64_t> asked);

}  // namespace stocktracker::inline v0::wildberries
