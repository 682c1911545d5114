/// Old facts fold into one: what a position held when its kept history begins.
#pragma once

#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// In batches of offers, a transaction each: cut off, it goes on where it ended.
[[nodiscard]] Result<RetentionReport> retain(Database& database, Instant since, const CallContext& context);

}  // namespace stocktracker::inline v0::inventory
