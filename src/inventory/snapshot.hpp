/// StockSnapshot: the complete answer of one source with the ids of this store, one row per position, sorted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>

#include "marketplace/stock_cells.hpp"

namespace stocktracker::inline v0::inventory {

/// Sorted by (offer, warehouse), no pair twice. `reserved`, `to_client` and `from_client` are empty if the answer
/// does not report them.
struct StockSnapshot {
  std::vector<std::int64_t> offer;
  std::vector<std::int64_t> warehouse;
  std::vector<std::int64_t> on_hand;
  std::vector<std::int64_t> reserved;
  std::vector<std::int64_t> to_client;
  std::vector<std::int64_t> from_client;

  [[nodiscard]] std::size_t rows() const noexcept { return offer.size(); }
};

/// `offer_ids` has one id per row, `warehouse_ids` one per entry of `columns.warehouses`. If several
/// rows name one position: for undisclosed warehouses their numbers are added (the channel repeats them on purpose);
/// otherwise they count once if they are equal, and are Errc::vendor_contradiction if they differ.
[[nodiscard]] Result<StockSnapshot> make_snapshot(const StockCells& columns, std::span<const std::int64_t> offer_ids,
                                                  std::span<const std::int64_t> warehouse_ids);

/// A digest of the answer and of the offers that were requested. It does not depend on the order of the rows.
[[nodiscard]] std::string digest_of(const StockCells& columns, std::span<const std::string> asked);

}  // namespace stocktracker::inline v0::inventory
