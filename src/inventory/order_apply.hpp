/// @file
/// Order lines of one answer, and their application to the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/inventory/changes.hpp>
#include <stocktracker/inventory/orders.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

struct OrderAnswer {
  AccountId account;
  const std::vector<OrderLine>* lines = nullptr;  ///< as told; a key may come again, the last telling counts
  OrderCoverage coverage;
  Instant recorded_at;
};

/// Lines that are told as they are known are not written again; one that was told with a later change before is left
/// as it is, and counted as dropped.
[[nodiscard]] Result<SourceChanges> apply_orders(Transaction& tx, const OrderAnswer& answer);

[[nodiscard]] Result<std::optional<OrderCoverage>> read_coverage(Transaction& tx, const AccountId& account);

/// Periods that touch are one; of two that do not, the later one counts: a gap would be a guess.
[[nodiscard]] OrderCoverage joined(const std::optional<OrderCoverage>& known, const OrderCoverage& told) noexcept;

}  // namespace stocktracker::inline v0::inventory
