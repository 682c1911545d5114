// Positions of stock as JSON, CSV and a table.
#pragma once

#include <cstdint>

#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/inventory/position.hpp>

#include "server/render/sink.hpp"

namespace server {

// An array of one object per position.
[[nodiscard]] stocktracker::Result<void> positions_as_json(stocktracker::Pages<stocktracker::StockPosition> pages,
                                                           Sink& sink);
[[nodiscard]] stocktracker::Result<void> positions_as_csv(stocktracker::Pages<stocktracker::StockPosition> pages,
                                                          bool byte_order_mark, Sink& sink);
// Prints the first `rows` positions; returns the number of all.
[[nodiscard]] stocktracker::Result<std::int64_t> positions_as_table(
    stocktracker::Pages<stocktracker::StockPosition> pages, std::int64_t rows, Sink& sink);

}  // namespace server
