/// What counts as ordered in a period: the rule of OrdersInPeriod, also for lines that are added up as they are read.
#pragma once

#include <cstdint>

#include <stocktracker/analytics/period.hpp>
#include <stocktracker/marketplace/order.hpp>

namespace stocktracker::inline v0 {

/// Pure.
[[nodiscard]] bool is_ordered_in(const Period& period, OrderStatus status, Instant ordered_at) noexcept;

/// A sum that does not fit stops at the largest number.
void add_ordered(std::int64_t& sum, std::int64_t units) noexcept;

}  // namespace stocktracker::inline v0
