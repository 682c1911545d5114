/// Sums the positions of a query.
#pragma once

#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Positions that are alike in all but their units.
struct StockSlice {
  StockKind kind = StockKind::fbo;
  PositionState state = PositionState::known;  ///< of the level
  std::int64_t positions = 0;
  std::int64_t on_hand = 0;
  std::int64_t to_client = 0;
  std::int64_t from_client = 0;
  std::int64_t absurd = 0;  ///< positions with more units than there can be; their units are in no sum
};

/// For positions of offers that have not vanished, in listed warehouses.
[[nodiscard]] Result<void> add_slice(StockTotal& total, const StockSlice& slice);

/// Errc::not_found if the query names an account that does not exist.
[[nodiscard]] Result<StockTotal> read_total(Transaction& tx, const PositionQuery& query, Instant now);

}  // namespace stocktracker::inline v0::inventory
