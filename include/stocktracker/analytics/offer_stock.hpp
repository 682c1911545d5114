/// @file
/// Offer stock: one offer over its warehouses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <stocktracker/core/quantity.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/inventory/position.hpp>

namespace stocktracker::inline v0 {

/// The sums of an offer's positions, without those of warehouses that are not listed any more.
struct OfferStock {
  std::string offer;           ///< Offer::key
  Quantity fbo;                ///< units in the marketplace's warehouses
  Quantity fbs;                ///< units in the seller's warehouses
  std::int64_t unknown = 0;    ///< positions without a value, or whose value does not fit into the sum; in no sum
  std::int64_t positions = 0;  ///< positions that count, those without a value included; 0: no listed warehouse
  std::optional<Instant> observed_at;  ///< of the least fresh position
};

/// Adds a position of that offer. Positions in PositionState::gone change nothing.
STK_API void add_position(OfferStock& stock, const StockPosition& position);

}  // namespace stocktracker::inline v0
