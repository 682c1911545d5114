/// @file
/// Movements: the entries of the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/offer.hpp>
#include <stocktracker/marketplace/warehouse.hpp>

namespace stocktracker::inline v0 {

/// Numbers are stored: append-only.
enum class MovementKind : unsigned char {
  observed = 1,  ///< a complete answer named this value
  absent,      ///< a complete answer left the position out: 0 where that means zero; before == after where the value is
               ///< kept
  correction,  ///< an answer was withdrawn, or a person set the value
  undo,        ///< a change that the library made was reverted
  opening,     ///< the position's value when its kept history begins: older entries were removed
};
[[nodiscard]] STK_API const char* to_string(MovementKind kind) noexcept;

/// One change of one position. Identity: (offer, warehouse, seq). `before` is the previous `after`; nullopt is unknown.
///
/// @code
/// auto entries = engine.ledger().movements({.account = account.id});
/// STK_TRY(const auto page, entries.next_page());
/// std::int64_t sum = 0;
/// for (const st::Movement& movement : page) sum += movement.delta();
/// @endcode
struct Movement {
  Offer offer;
  Warehouse warehouse;
  std::int64_t seq = 0;  ///< from 1, without gaps, per position
  MovementKind kind = MovementKind::observed;
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after;
  Instant observed_at;  ///< when the source was asked
  Instant recorded_at;  ///< when it was committed here
  RunId run;            ///< nil when no run made it
  std::string cause;    ///< reason of a correction or undo; otherwise empty
  AccountId account;

  /// after - before, unknown counts as 0: the sum of a position's deltas is its balance.
  [[nodiscard]] std::int64_t delta() const noexcept { return after.value_or(0) - before.value_or(0); }
  /// True when the answer left the position out and the value was kept.
  [[nodiscard]] bool kept() const noexcept { return kind == MovementKind::absent && before == after; }
  /// One line: "2026-11-21 09:30:12Z  Коледино  44 -> 41 (-3)  observed  run 0193...".
  [[nodiscard]] STK_API std::string explain() const;
};

}  // namespace stocktracker::inline v0
