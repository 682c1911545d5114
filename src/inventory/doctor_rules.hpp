/// What the rows of a tenant say of each other, checked against everything that is stored: the ledger has a check of
/// its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::inventory {

struct RowsCheck {
  std::int64_t rules = 0;
  std::vector<std::string> faults;  ///< at most 20 rows of each rule, by their natural keys
};

/// Rows that name rows which are not there, numbers outside of what they stand for, and contradictions.
[[nodiscard]] Result<RowsCheck> check_rows(Transaction& tx, Plane plane);

/// "offer 17 of account ...", or the number of a row that is not there.
[[nodiscard]] Result<std::string> name_of_offer(Transaction& tx, std::int64_t offer);
[[nodiscard]] Result<std::string> name_of_warehouse(Transaction& tx, std::int64_t warehouse);

}  // namespace stocktracker::inline v0::inventory
