/// @file
/// Orders of the cabinet: each item is a line.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::yandex_market {

/// One page, into the sink; test orders are left out. Orders without a line are reported to the watch alone.
[[nodiscard]] Result<NextPage> decode_orders(std::string_view body, OrderSink& sink, PageWatch& watch);

/// What became of the units of an item, by OrderItemUnitStatusType; those in no list have no status of their own.
struct UnitStates {
  std::int64_t count = 0;  ///< of the item
  std::int64_t under_way = 0, cancelled = 0, delivered = 0, lost = 0, rejected = 0, returned = 0, unknown = 0;

  /// The units of another row of the same item.
  void add(const UnitStates& other) noexcept;
};
struct LineState {
  OrderStatus status = OrderStatus::unknown;
  std::int64_t quantity = 0;  ///< 0: nothing is left of the item
};
/// What a line counts as: its units that were neither cancelled nor refused nor lost, under the most that is known of
/// them; all of them, as cancelled, where none is left.
[[nodiscard]] LineState line_state(OrderStatus of_order, const UnitStates& units) noexcept;
[[nodiscard]] OrderStatus order_status(std::string_view word) noexcept;

/// Reads a short period by the time of change, as one list. A long one (a first load) is read by the day of ordering,
/// oldest first, in windows that are reported as covered one by one; then follows what has changed meanwhile. A call
/// that is interrupted goes on from the last window: since when changes are to be read is remembered.
[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, std::int64_t business, const OrderQuery& query,
                                                 OrderSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
