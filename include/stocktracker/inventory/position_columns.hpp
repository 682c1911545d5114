/// @file
/// PositionColumns: all positions of a query, column by column, for tables, reports and other languages.
#pragma once

#include <cstdint>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/inventory/position.hpp>

namespace stocktracker::inline v0 {

/// Units of one column. An unknown quantity has 1 in `unknown` and 0 in `units`, so that sums count only what is known.
struct QuantityColumn {
  std::vector<std::int64_t> units;
  std::vector<std::uint8_t> unknown;
};

/// Row i is the position (account[i], offer[i], warehouse[i]): indices into the three lists above them, which contain
/// each account, offer and warehouse once. All columns have the same number of rows. About 60 bytes per row.
///
/// @code
/// STK_TRY(const auto all, engine.stock().columns({.account = account.id}));
/// std::int64_t units = 0;
/// for (std::size_t row = 0; row < all.rows(); ++row) {
///   if (all.on_hand.unknown[row] == 0) units += all.on_hand.units[row];
/// }
/// @endcode
struct PositionColumns {
  std::vector<AccountId> accounts;
  std::vector<Offer> offers;
  std::vector<Warehouse> warehouses;

  std::vector<std::uint32_t> account;
  std::vector<std::uint32_t> offer;
  std::vector<std::uint32_t> warehouse;
  std::vector<std::uint8_t> kind;   ///< as StockKind
  std::vector<std::uint8_t> state;  ///< as PositionState
  QuantityColumn on_hand;
  QuantityColumn reserved;
  QuantityColumn to_client;
  QuantityColumn from_client;
  std::vector<std::int64_t> observed_at;  ///< microseconds, as Instant
  Instant asked_at;

  [[nodiscard]] std::size_t rows() const noexcept { return offer.size(); }
};

}  // namespace stocktracker::inline v0
