/// @file
/// Order lines: what buyers ordered, under the vendor's own identity. They explain stock; they never move it.
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

/// What became of a line, as far as stock goes; the vendor's own word is kept beside it. Numbers are stored:
/// append-only.
enum class OrderStatus : unsigned char {
  placed = 1,  ///< ordered, and neither with the buyer nor called off
  delivered,   ///< the buyer has it
  cancelled,   ///< called off by anybody before the buyer had it
  returned,    ///< the buyer had it and gave it back
  unknown,     ///< the vendor's word is newer than this library: nothing is concluded from it
  removed,     ///< it left its order (split, packed in part, changed by the shop): counted nowhere
};
[[nodiscard]] STK_API const char* to_string(OrderStatus status) noexcept;

/// A line on its way from a connector; views are valid during the call to the sink. Empty text: the channel does not
/// say.
struct OrderLineRow {
  std::string_view key{};    ///< the line's identity, unique in the account for ever (Wildberries: srid)
  std::string_view order{};  ///< the order, basket or posting that it is a part of
  std::string_view offer{};  ///< Offer::key
  std::string_view listing{};
  std::string_view article{};
  OrderStatus status = OrderStatus::placed;
  std::string_view status_text{};  ///< the vendor's word
  StockKind kind = StockKind::fbo;
  std::string_view warehouse{};       ///< Warehouse::key
  std::string_view warehouse_name{};  ///< raw
  std::int64_t quantity = 1;          ///< >= 1
  std::optional<Money> price{};  ///< of one unit, as the seller gets it before the vendor's fees; nullopt: not told
  Instant ordered_at{};
  Instant changed_at{};  ///< when the status became what it is; ordered_at where the channel does not say
};

/// What an answer is about: every line that was ordered in [from, until) has been reported with its state at `until`,
/// or has not changed since it was reported before.
struct OrderCoverage {
  Instant from{};
  Instant until{};
};

class STK_API OrderSink : public AnswerSink {
 public:
  ~OrderSink() override;
  /// One page. A line may come again; the last telling counts.
  [[nodiscard]] virtual Result<void> lines(std::span<const OrderLineRow> page) = 0;
  /// The connector starts over: forget the pages so far.
  virtual void restart() = 0;
  /// An order (OrderLineRow::order) that was reported without any line: all of them have left it. By default nothing.
  virtual void emptied(std::string_view order);
  /// Every line of this period has been given to the sink. Stays true if the rest of the answer fails: what came is
  /// kept, and the next run goes on from there. By default nothing.
  virtual void covered(const OrderCoverage& period);
};

struct OrderQuery {
  /// Whatever was ordered or has changed at or after it. A connector goes further back where its channel restates older
  /// lines, and not further than the channel can.
  Instant since{};
  /// Nothing of the account's orders is known yet: there are no older states that could have changed.
  bool first = false;
};

}  // namespace stocktracker::inline v0
