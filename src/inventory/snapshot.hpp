/// StockSnapshot: a whole answer of one source, resolved to this store's rows, one row per position, sorted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/stock_columns.hpp>

namespace stocktracker::inline v0::inventory {

/// Sorted by (offer, warehouse), no pair twice. `reserved`, `to_client` and `from_client` are empty where the answer
/// does not tell them.
struct StockSnapshot {
  std::vector<std::int64_t> offer;
  std::vector<std::int64_t> warehouse;
  std::vector<std::int64_t> on_hand;
  std::vector<std::int64_t> reserved;
  std::vector<std::int64_t> to_client;
  std::vector<std::int64_t> from_client;

  [[nodiscard]] std::size_t rows() const noexcept { return offer.size(); }
};

/// `offer_ids` has one id per row, `warehouse_ids` one per entry of `columns.warehouses`. Rows that name one position
/// twice are added up for undisclosed warehouses (the channel repeats them on purpose), count once when they agree, and
/// are Errc::vendor_contradiction when they do not.
[[nodiscard]] Result<StockSnapshot> make_snapshot(const StockColumns& columns, std::span<const std::int64_t> offer_ids,
                                                  std::span<const std::int64_t> warehouse_ids);

/// A digest of the answer that does not depend on the order of its rows, and the offers it was asked for.
[[nodiscard]] std::string digest_of(const StockColumns& columns, std::span<const std::string> asked);

}  // namespace stocktracker::inline v0::inventory
