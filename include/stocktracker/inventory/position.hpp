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
  known,    ///< the last complete answer of its source named it, or left it out where that means 0
  kept,     ///< the last complete answer left it out, which means nothing for this channel: the last value is kept
  unknown,  ///< there never was a value, it was withdrawn, or its history of that time was removed (Ledger::retain)
  gone      ///< the channel no longer lists its warehouse: holds the last value, not part of totals
};
[[nodiscard]] STK_API const char* to_string(PositionState state) noexcept;

/// @code
/// STK_TRY(const auto all, engine.stock().positions({.account = account.id}).collect());
/// for (const st::StockPosition& position : all) {
///   if (position.state == st::PositionState::kept) std::puts(position.offer.article.c_str());  // an old value
/// }
/// @endcode
struct StockPosition {
  AccountId account;
  Offer offer;
  Warehouse warehouse;
  StockKind kind = StockKind::fbo;
  PositionState state = PositionState::known;
  std::optional<Quantity> on_hand;      ///< free to sell; never includes transit
  std::optional<Quantity> reserved;     ///< nullopt: the channel does not report it; the same for the two below
  std::optional<Quantity> to_client;    ///< in transit to customers
  std::optional<Quantity> from_client;  ///< in transit from customers
  /// When the source was last read completely. With as_of: when the value was seen, and of a position whose history was
  /// removed when the kept history begins.
  Instant observed_at;
  Instant asked_at;  ///< when this row was read

  /// Freshness: asked_at - observed_at.
  [[nodiscard]] Age age() const noexcept { return {asked_at - observed_at}; }
};

/// Sums over the positions of offers that have not vanished, in listed warehouses; positions with an unknown value are
/// counted, not added. As of an earlier time: over all positions, without transit (see Stock::total).
///
/// @code
/// STK_TRY(const auto total, engine.stock().total(account.id));
/// std::printf("%lld units; %lld positions without a value\n", static_cast<long long>(total.on_hand.units()),
///             static_cast<long long>(total.unknown));
/// @endcode
struct StockTotal {
  Quantity on_hand;  ///< fbo + fbs
  Quantity fbo;
  Quantity fbs;
  Quantity to_client;
  Quantity from_client;
  std::int64_t positions = 0;
  std::int64_t kept = 0;      ///< positions with a value from an earlier answer; they are in the sums
  std::int64_t unknown = 0;   ///< positions without a value; not in the sums
  std::int64_t vanished = 0;  ///< positions of vanished offers; not in the sums
  std::int64_t gone = 0;      ///< positions of warehouses that are no longer listed; not in the sums
  /// Of the least fresh source with the query's positions; nullopt until every source has been seen, and with as_of.
  std::optional<Instant> observed_at;
};

}  // namespace stocktracker::inline v0
