/// Orders of the cabinet: each item is an order line.
#pragma once

#include <string>
#include <string_view>

#include "adapters/yandex_market/calls.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::yandex_market {

/// Decodes one page into the sink; test orders are left out. Orders without lines are only reported to the watch.
[[nodiscard]] Result<NextPage> decode_orders(std::string_view body, OrderSink& sink, PageWatch& watch);

/// The states of an item's units, by OrderItemUnitStatusType; units in no list have no state of their own.
struct UnitStates {
  std::int64_t count = 0;  ///< of the item
  std::int64_t under_way = 0, cancelled = 0, delivered = 0, lost = 0, rejected = 0, returned = 0, unknown = 0;

  /// Adds the units of another row of the same item.
  void add(const UnitStates& other) noexcept;
};
struct LineState {
  OrderStatus status = OrderStatus::unknown;
  std::int64_t quantity = 0;  ///< 0: nothing of the item is left
};
/// What a line counts: its units that were not cancelled, refused or lost, with the most advanced known state; all
/// units, as cancelled, if none is left.
[[nodiscard]] LineState line_state(OrderStatus of_order, const UnitStates& units) noexcept;
[[nodiscard]] OrderStatus order_status(std::string_view word) noexcept;

/// Reads a short period by the time of change, as one list. A long one (a first load) is read by the day of ordering,
/// oldest first, in windows that are reported as covered one by one; then come the changes since its begin. An
/// interrupted call continues from the last window: the time from which changes must be read is remembered.
[[nodiscard]] Result<OrderCoverage> fetch_orders(const Calls& calls, std::int64_t business, const OrderQuery& query,
                                                 OrderSink& sink, const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
