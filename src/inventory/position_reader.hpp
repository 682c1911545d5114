/// Reads positions: now from levels, or as of an instant from the ledger.
#pragma once

#include <vector>

#include <stocktracker/inventory/position.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/database.hpp>

#include "inventory/stock_sources.hpp"

namespace stocktracker::inline v0::inventory {

/// The place of a position in the order of a list.
struct PositionMark {
  std::int64_t source = 0;
  std::int64_t offer = 0;
  std::int64_t warehouse = 0;
};

struct PositionPage {
  std::vector<StockPosition> rows;
  std::vector<PositionMark> marks;  ///< one per row
};

/// The page after `mark`. Empty if there are no more positions.
[[nodiscard]] Result<PositionPage> read_positions(Transaction& tx, const PositionQuery& query, Instant now,
                                                  const PositionMark& mark);

/// Reads columns offer_key, listing, article, title, brand, size, state of `offer`, beginning with column `at`.
[[nodiscard]] Offer offer_at(const RowCursor& row, int at);
/// The same into an offer that is there.
void read_offer(const RowCursor& row, int at, Offer& offer);
/// Reads columns warehouse_key, name, region, kind of `warehouse`, beginning with column `at`.
[[nodiscard]] Warehouse warehouse_at(const RowCursor& row, int at);

/// The state of a position now, from the state of its level and the state of its source.
[[nodiscard]] PositionState state_now(std::int64_t level, std::int64_t source) noexcept;

/// The state of a position at an earlier time, from the columns kind, before_qty and after_qty of its ledger entry,
/// beginning with column `at`.
[[nodiscard]] PositionState state_then(const RowCursor& row, int at);

}  // namespace stocktracker::inline v0::inventory
