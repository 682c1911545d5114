/// Reading positions into columns.
#pragma once

#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Everything the query names. Looks at the context's deadline and stop token now and then.
[[nodiscard]] Result<PositionColumns> read_columns(Transaction& tx, const PositionQuery& query,
                                                   const CallContext& context, const Clock& clock);

}  // namespace stocktracker::inline v0::inventory
