/// @file
/// Order lines of one answer, and their application to the store.
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
  bool accept = false;  ///< remove even what the guard would hold
};

struct OrdersApplied {
  bool held = false;  ///< nothing was written
  SourceChanges changes;
  std::string note;  ///< why it was held, or what was removed; otherwise empty
};

/// A line that is reported as it is known is not written again. With `changes_timed` a state that is older than the
/// known one is left out and counted as dropped; otherwise the later answer counts. A known line that is missing from
/// its order (`complete_orders`) or from a complete period (`by_period`) becomes OrderStatus::removed, unless its order
/// is odd; reported again, it lives again.
[[nodiscard]] Result<OrdersApplied> apply_orders(Transaction& tx, const OrderAnswer& answer);

/// As stored: it may have been written by a clock that ran ahead.
[[nodiscard]] Result<std::optional<OrderCoverage>> read_coverage(Transaction& tx, const AccountId& account);
/// What of it can be true at `now`.
[[nodiscard]] Result<std::optional<OrderCoverage>> read_believed_coverage(Transaction& tx, const AccountId& account,
                                                                          Instant now);

/// A coverage that ends in the future ends at the newest line known instead (`newest`, not after `now`), and without
/// one at its beginning; nullopt where it begins in the future. Some minutes are a difference of two good clocks: it
/// ends at `now` then, and reading goes on from before its end anyway.
[[nodiscard]] std::optional<OrderCoverage> believed(const OrderCoverage& stored, const std::optional<Instant>& newest,
                                                    Instant now) noexcept;

/// Periods that touch are one; of two that do not, the later one counts: a gap would be a guess.
[[nodiscard]] OrderCoverage joined(const std::optional<OrderCoverage>& known, const OrderCoverage& reported) noexcept;

}  // namespace stocktracker::inline v0::inventory
