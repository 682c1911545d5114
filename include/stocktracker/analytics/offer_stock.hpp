/// @file
/// Offer stock: the stock of one offer, summed over its warehouses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <stocktracker/core/quantity.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/inventory/position.hpp>

namespace stocktracker::inline v0 {

/// The sums of an offer's positions. Warehouses that the channel no longer lists are left out.
///
/// @code
/// STK_TRY(const auto offers, engine.analytics().offer_stock(account.id));
/// for (const st::OfferStock& offer : offers) {
///   if (offer.unknown == 0 && offer.fbs.units() == 0) std::puts(offer.offer.c_str());
/// }
/// @endcode
struct OfferStock {
  std::string offer;           ///< Offer::key
  Quantity fbo;                ///< units in the marketplace's warehouses
  Quantity fbs;                ///< units in the seller's warehouses
  std::int64_t unknown = 0;    ///< positions without a value, or with one that does not fit into the sum; in no sum
  std::int64_t positions = 0;  ///< in listed warehouses, those without a value included; 0: no listed warehouse
  std::optional<Instant> observed_at;  ///< of the least fresh position
};

/// Adds a position of that offer to its sums. Positions in PositionState::gone change nothing.
STK_API void add_position(OfferStock& stock, const StockPosition& position);

}  // namespace stocktracker::inline v0
