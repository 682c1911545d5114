/// @file
/// Seller warehouses and their stock (FBS).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/marketplace/connector.hpp>

namespace stocktracker::inline v0::wildberries {

[[nodiscard]] Result<void> decode_warehouses(std::string_view body, WarehouseSink& sink);

/// `asked` are the chrtIDs of the request, sorted. An answer about something else is refused; an id told twice must be
/// told alike.
[[nodiscard]] Result<void> decode_seller_stock(std::string body, std::span<const std::int64_t> asked,
                                               StockColumns& into);

[[nodiscard]] std::string seller_stock_request(std::span<const std::int64_t> asked);

}  // namespace stocktracker::inline v0::wildberries
