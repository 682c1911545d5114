/// One page of the report wb-warehouses.
#pragma once

#include <string>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/odd_row.hpp>

#include "marketplace/stock_cells.hpp"

namespace stocktracker::inline v0::wildberries {

/// Id of warehouses that Wildberries does not disclose; it may repeat within an answer.
inline constexpr std::int64_t kUndisclosedWarehouse = -999'999;

struct FboPage {
  StockCells columns{};
  std::size_t rows = 0;  ///< of the page, those that were left out included
};

/// Validates every row; odd ones are reported to the sink. The body is used as scratch space and restored.
[[nodiscard]] Result<FboPage> decode_stock_page(std::string& body, AnswerSink& sink);

}  // namespace stocktracker::inline v0::wildberries
