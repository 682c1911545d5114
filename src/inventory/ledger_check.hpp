/// Checks the invariants of the ledger over all stored entries and levels.
#pragma once

#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

[[nodiscard]] Result<LedgerCheck> check_ledger(Transaction& tx);

}  // namespace stocktracker::inline v0::inventory
