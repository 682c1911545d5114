/// Checks that the stored rows agree with each other. The ledger has its own check: ledger_check.hpp.
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
  std::vector<std::string> faults;  ///< at most 20 rows for each rule, named by natural keys
  bool computable = false;          ///< some faults are of rows that recompute_products makes again
};

/// Finds references to rows that do not exist, numbers outside their range, and contradictions.
[[nodiscard]] Result<RowsCheck> check_rows(Transaction& tx, Plane plane);

/// The name of an offer or warehouse for people, by its keys; the row number if the row does not exist.
[[nodiscard]] Result<std::string> name_of_offer(Transaction& tx, std::int64_t offer);
[[nodiscard]] Result<std::string> name_of_warehouse(Transaction& tx, std::int64_t warehouse);

}  // namespace stocktracker::inline v0::inventory
