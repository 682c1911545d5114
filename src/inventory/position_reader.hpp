/// Reading positions from levels, or from the ledger as of an instant.
#pragma once

#include <vector>

#include <stocktracker/inventory/position.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Where the next page begins: behind this position.
struct PositionMark {
  std::int64_t source = 0;
  std::int64_t offer = 0;
  std::int64_t warehouse = 0;
};

/// One page behind `mark`, which moves to its end. Empty at the end.
[[nodiscard]] Result<std::vector<StockPosition>> read_positions(Transaction& tx, const PositionQuery& query,
                                                                Instant now, PositionMark& mark);

/// Local ids of the offers that a query names by key or article.
[[nodiscard]] Result<std::vector<std::int64_t>> offers_named(Transaction& tx, const std::string& key,
                                                             const std::string& article,
                                                             const std::optional<AccountId>& account);

/// Columns offer_key, listing, article, title, brand, size, state of `offer`, from column `at` on.
[[nodiscard]] Offer offer_at(const RowCursor& row, int at);
void read_offer(const RowCursor& row, int at, Offer& offer);
/// Columns warehouse_key, name, region, kind of `warehouse`, from column `at` on.
[[nodiscard]] Warehouse warehouse_at(const RowCursor& row, int at);

/// SourceState::gone, which this folder does not know by name; sync/records.cpp holds the two together.
inline constexpr std::int64_t kSourceGone = 6;

/// How a number is known now: by its level's state and its source's.
[[nodiscard]] PositionState state_now(std::int64_t level, std::int64_t source) noexcept;

/// How a number of then was known, from the ledger's kind, before_qty and after_qty, from column `at` on.
[[nodiscard]] PositionState state_then(const RowCursor& row, int at);

}  // namespace stocktracker::inline v0::inventory
