/// Reads positions: now from levels, or as of an instant from the ledger.
#pragma once

#include <vector>

#include <stocktracker/inventory/position.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// The last position of a page; the next page begins after it.
struct PositionMark {
  std::int64_t source = 0;
  std::int64_t offer = 0;
  std::int64_t warehouse = 0;
};

/// The page after `mark`; moves `mark` to the last position of the page. Empty if there are no more positions.
[[nodiscard]] Result<std::vector<StockPosition>> read_positions(Transaction& tx, const PositionQuery& query,
                                                                Instant now, PositionMark& mark);

/// Local ids of the offers with this key or article.
[[nodiscard]] Result<std::vector<std::int64_t>> offers_named(Transaction& tx, const std::string& key,
                                                             const std::string& article,
                                                             const std::optional<AccountId>& account);

/// Reads columns offer_key, listing, article, title, brand, size, state of `offer`, beginning with column `at`.
[[nodiscard]] Offer offer_at(const RowCursor& row, int at);
/// The same into an offer that is there.
void read_offer(const RowCursor& row, int at, Offer& offer);
/// Reads columns warehouse_key, name, region, kind of `warehouse`, beginning with column `at`.
[[nodiscard]] Warehouse warehouse_at(const RowCursor& row, int at);

/// The number of SourceState::gone. This layer must not include its header; sync/records.cpp checks that they agree.
inline constexpr std::int64_t kSourceGone = 6;

/// The state of a position now, from the state of its level and the state of its source.
[[nodiscard]] PositionState state_now(std::int64_t level, std::int64_t source) noexcept;

/// The state of a position at an earlier time, from the columns kind, before_qty and after_qty of its ledger entry,
/// beginning with column `at`.
[[nodiscard]] PositionState state_then(const RowCursor& row, int at);

}  // namespace stocktracker::inline v0::inventory
