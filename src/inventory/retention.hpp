/// Removes old ledger entries: the last old entry of each position becomes the opening of its kept history.
#pragma once

#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Works in batches of offers, one transaction each. If it is interrupted, call it again: finished batches stay done.
[[nodiscard]] Result<RetentionReport> retain(Database& database, Instant since, const CallContext& context);

}  // namespace stocktracker::inline v0::inventory
