/// Applying the order lines of one answer, inside the transaction of a run.
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

/// What one answer said, complete or not: what came before a failure counts too.
struct OrderAnswer {
  AccountId account;
  const std::vector<OrderLine>* lines = nullptr;  ///< as reported; a key may come again, the last row counts
  std::optional<OrderCoverage> coverage{};        ///< of the complete answer; nullopt: its rest failed
  Instant recorded_at;                            ///< the present; nothing later is believed to be covered
  std::vector<OrderCoverage> complete{};          ///< periods of which every line is in `lines` (OrderSink::covered)
  std::optional<Instant> since{};  ///< OrderQuery::since; where nothing is known, only a period from there on counts
  bool by_period = false;          ///< Capabilities::orders_by_period
  bool complete_orders = false;    ///< Capabilities::orders_complete
  bool changes_timed = false;      ///< Capabilities::order_changes_timed
  std::vector<std::string> odd_orders{};  ///< of rows that could not be read; an empty one: of any order
  std::vector<std::string> emptied{};     ///< orders that were reported without any line
  MassZeroGuard guard{};
  bool accept_mass_zero = false;  ///< remove even what the guard would hold
};

struct OrderApplied {
  bool held = false;  ///< nothing was written
  SourceChanges changes;
  std::string note;  ///< why it was held, or what was removed; otherwise empty
};

/// A line that is reported as it is known is not written again. With `changes_timed` a state that is older than the
/// known one is left out and counted as dropped; otherwise the later answer counts. A known line that is missing from
/// its order (`complete_orders`) or from a complete period (`by_period`) becomes OrderStatus::removed, unless its order
/// is odd; reported again, it lives again.
[[nodiscard]] Result<OrderApplied> apply_orders(Transaction& tx, const OrderAnswer& answer);

}  // namespace stocktracker::inline v0::inventory
