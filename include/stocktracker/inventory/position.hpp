/// @file
/// Stock positions: one per offer and warehouse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/quantity.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/offer.hpp>
#include <stocktracker/marketplace/warehouse.hpp>

namespace stocktracker::inline v0 {

/// How a position's number is known.
enum class PositionState : unsigned char {
  known,    ///< named by, or validly absent from, the last whole answer of its source
  kept,     ///< the last whole answer left it out and the channel's silence means nothing: the last value is kept
  unknown,  ///< no value was ever known, or the known one was withdrawn
  gone      ///< its warehouse is not listed any more: the last value, outside totals
};
[[nodiscard]] STK_API const char* to_string(PositionState state) noexcept;

struct StockPosition {
  AccountId account;
  Offer offer;
  Warehouse warehouse;
  StockKind kind = StockKind::fbo;
  PositionState state = PositionState::known;
  std::optional<Quantity> on_hand;      ///< free to sell; never includes transit
  std::optional<Quantity> reserved;     ///< nullopt: the channel does not tell, as for the two below
  std::optional<Quantity> to_client;    ///< in transit to customers
  std::optional<Quantity> from_client;  ///< in transit from customers
  Instant observed_at;  ///< when the source was last seen whole; as of an instant: when the value was seen
  Instant asked_at;     ///< when this row was read

  /// Freshness: asked_at - observed_at.
  [[nodiscard]] Age age() const noexcept { return {asked_at - observed_at}; }
};

/// Sums over the positions of offers that have not vanished, in warehouses that are listed; unknown values are counted,
/// not added.
struct StockTotal {
  Quantity on_hand;  ///< fbo + fbs
  Quantity fbo;
  Quantity fbs;
  Quantity to_client;
  Quantity from_client;
  std::int64_t positions = 0;
  std::int64_t kept = 0;               ///< positions whose value is kept from an earlier answer; they are in the sums
  std::int64_t unknown = 0;            ///< positions without a value; not in the sums
  std::int64_t vanished = 0;           ///< positions of vanished offers; not in the sums
  std::int64_t gone = 0;               ///< positions of warehouses that are not listed any more; not in the sums
  std::optional<Instant> observed_at;  ///< of the least fresh source; nullopt while one was never seen
};

}  // namespace stocktracker::inline v0
