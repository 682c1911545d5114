/// @file
/// Order lines: what buyers ordered, under the vendor's own identity. They explain changes of stock, and never change
/// it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <stocktracker/core/money.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/marketplace/odd_row.hpp>

namespace stocktracker::inline v0 {

/// The state of a line as far as stock is concerned; the vendor's own status is kept beside it. Numbers are stored:
/// append-only.
enum class OrderStatus : unsigned char {
  placed = 1,  ///< ordered, neither delivered nor cancelled
  delivered,   ///< the buyer has it
  cancelled,   ///< cancelled by any side before the buyer had it
  returned,    ///< the buyer had it and returned it
  unknown,     ///< the vendor's status is not known to this version: no conclusion is drawn
  removed,     ///< it left its order (split, partly packed, changed by the shop): counted nowhere
};
[[nodiscard]] STK_API const char* to_string(OrderStatus status) noexcept;

/// A line on its way from a connector; views are valid during the call to the sink. Empty text: the channel does not
/// say.
struct OrderLineRow {
  std::string_view key{};    ///< the line's identity, permanently unique in the account (Wildberries: srid)
  std::string_view order{};  ///< the order, basket or posting that it belongs to
  std::string_view offer{};  ///< Offer::key
  std::string_view listing{};
  std::string_view article{};
  OrderStatus status = OrderStatus::placed;
  std::string_view status_text{};  ///< the vendor's own status
  StockKind kind = StockKind::fbo;
  std::string_view warehouse{};       ///< Warehouse::key
  std::string_view warehouse_name{};  ///< raw
  std::int64_t quantity = 1;          ///< >= 1
  std::optional<Money> price{};  ///< of one unit, as the seller gets it before the vendor's fees; nullopt: not reported
  Instant ordered_at{};
  Instant changed_at{};  ///< when the status changed last; ordered_at if the channel does not say
};

/// The period that an answer covers: every line that was ordered in [from, until) has been reported with its state at
/// `until`, or has not changed since it was last reported.
struct OrderCoverage {
  Instant from{};
  Instant until{};
};

class STK_API OrderSink : public AnswerSink {
 public:
  ~OrderSink() override;
  /// Receives one page. A line may come again; the last row counts.
  [[nodiscard]] virtual Result<void> lines(std::span<const OrderLineRow> page) = 0;
  /// The connector starts again: discard all pages so far.
  virtual void restart() = 0;
  /// An order (OrderLineRow::order) was reported without lines: all of them have left it. The default does nothing.
  virtual void emptied(std::string_view order);
  /// Every line of this period has been given to the sink. It stays valid if the rest of the answer fails: these lines
  /// are kept, and the next run continues from there. The default does nothing.
  virtual void covered(const OrderCoverage& period);
};

struct OrderQuery {
  /// Lines that were ordered or changed at this time or later. A connector reads further back if its channel changes
  /// older lines, but not further than the channel permits.
  Instant since{};
  /// No orders of the account are stored yet: there are no older states that could have changed.
  bool first = false;
};

}  // namespace stocktracker::inline v0
