/// @file
/// One page of the report wb-warehouses.
#pragma once

#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/stock_columns.hpp>

namespace stocktracker::inline v0::wildberries {

/// Under this id Wildberries reports warehouses that it does not disclose; it may repeat within an answer.
inline constexpr std::int64_t kUndisclosedWarehouse = -999'999;

/// Validates every row. The body is used as scratch space and left as it was.
[[nodiscard]] Result<StockColumns> decode_stock_page(std::string& body);

}  // namespace stocktracker::inline v0::wildberries
