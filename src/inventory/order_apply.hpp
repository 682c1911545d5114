/// Applies the order lines of one answer, inside the transaction of a run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/mass_zero.hpp>
#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// One answer, complete or not: rows that arrived before a failure count too.
struct OrderAnswer {
  AccountId account;
  const std::vector<OrderLine>* lines = nullptr;  ///< as reported; of rows with one key the last counts
  std::optional<OrderCoverage> coverage{};        ///< of the complete answer; nullopt: reading it failed
  Instant recorded_at;                            ///< the present; no later time is covered
  std::vector<OrderCoverage> complete{};          ///< periods with all their lines in `lines` (OrderSink::covered)
  std::optional<Instant> since{};  ///< OrderQuery::since; if no coverage is known, only a period from then on counts
  bool by_period = false;          ///< Capabilities::orders_by_period
  bool complete_orders = false;    ///< Capabilities::orders_complete
  bool changes_timed = false;      ///< Capabilities::order_changes_timed
  std::vector<std::string> odd_orders{};  ///< orders with a row that could not be read; "": any order
  std::vector<std::string> emptied{};     ///< orders that were reported without any line
  MassZeroGuard guard{};
  bool accept_mass_zero = false;  ///< remove even what the guard would hold
};

struct OrderApplied {
  bool held = false;  ///< nothing was written
  SourceChanges changes;
  std::string note;  ///< why it was held, or what was removed; otherwise empty
};

/// An unchanged line is not written again. With `changes_timed` a state that is older than the known one is not applied
/// and counts as dropped; without it the later answer counts. If a known line is missing from its order
/// (`complete_orders`) or from a complete period (`by_period`), its status becomes OrderStatus::removed, unless its
/// order is among `odd_orders`. If the line is reported again, it gets the reported status.
[[nodiscard]] Result<OrderApplied> apply_orders(Transaction& tx, const OrderAnswer& answer);

}  // namespace stocktracker::inline v0::inventory
