/// Reads all positions of a query into columns.
#pragma once

#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// All positions of the query. Checks the context's deadline and stop token at intervals.
[[nodiscard]] Result<PositionColumns> read_columns(Transaction& tx, const PositionQuery& query,
                                                   const CallContext& context, const Clock& clock);

}  // namespace stocktracker::inline v0::inventory
