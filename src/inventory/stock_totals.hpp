/// Sums the positions of a query.
#pragma once

#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Errc::not_found if the query names an account that does not exist.
[[nodiscard]] Result<StockTotal> read_total(Transaction& tx, const PositionQuery& query, Instant now);

}  // namespace stocktracker::inline v0::inventory
