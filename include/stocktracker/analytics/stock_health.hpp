/// @file
/// Figures of stock health, each defined here and nowhere else. All functions are pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <stocktracker/analytics/period.hpp>
#include <stocktracker/inventory/orders.hpp>

namespace stocktracker::inline v0 {

/// Orders in a period: units of order lines with distinct keys, by the time of ordering, without cancelled and removed
/// lines. All lines belong to one account; a repeated key is counted once. Sums that do not fit stop at the largest
/// number.
///
/// @code
/// STK_TRY(const auto week, st::last_days(clock->now(), 7, "Europe/Moscow"));
/// st::OrdersInPeriod ordered(week);
/// auto lines = engine.orders().lines({.account = account.id, .from = week.from, .until = week.until});
/// while (auto line = lines.next()) {
///   STK_TRY(const st::OrderLine& row, *line);
///   ordered.add(row);
/// }
/// @endcode
class STK_API OrdersInPeriod {
 public:
  explicit OrdersInPeriod(const Period& period);
  OrdersInPeriod(OrdersInPeriod&&) noexcept;
  OrdersInPeriod& operator=(OrdersInPeriod&&) noexcept;
  ~OrdersInPeriod();

  void add(const OrderLine& line);
  [[nodiscard]] std::int64_t units() const noexcept;
  /// 0 for an offer that nobody ordered.
  [[nodiscard]] std::int64_t units_of(const std::string& offer) const;
  /// Orders from one warehouse, as the lines name it (Warehouse::key, or the raw name if there is no key).
  [[nodiscard]] std::int64_t units_from(const std::string& warehouse) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};
[[nodiscard]] STK_API std::int64_t orders_in_period(std::span<const OrderLine> lines, const Period& period);

/// Days of stock = on hand * days of the period / orders in it, in tenths, halves rounded up. Two states have no
/// number. The arithmetic is exact for all arguments; a result that does not fit becomes the largest number.
///
/// @code
/// const st::DaysOfStock days = st::days_of_stock(120, 12, 7);  // 120 on hand, 12 ordered in 7 days
/// std::puts(days.text().c_str());                              // "70.0"
/// @endcode
struct DaysOfStock {
  enum class State : unsigned char {
    days,      ///< see `tenths`
    sold_out,  ///< nothing on hand
    no_sales,  ///< stock, and no orders
    unknown,   ///< stock or orders are not known
  };
  State state = State::unknown;
  std::int64_t tenths = 0;

  /// "70.0", "sold out", "no sales", "?".
  [[nodiscard]] STK_API std::string text() const;
  friend bool operator==(const DaysOfStock&, const DaysOfStock&) = default;
};
[[nodiscard]] STK_API DaysOfStock days_of_stock(std::optional<std::int64_t> on_hand, std::optional<std::int64_t> orders,
                                                int period_days) noexcept;
/// True when it is time to warn: days of stock are at or below the threshold.
[[nodiscard]] STK_API bool ends_soon(const DaysOfStock& days, int warning_days = 14) noexcept;

/// An offer is never both low and out.
enum class StockAlert : unsigned char {
  unknown,  ///< on hand is not known
  fine,
  low,  ///< 0 < on hand <= threshold
  out,  ///< on hand = 0
};
[[nodiscard]] STK_API const char* to_string(StockAlert alert) noexcept;
[[nodiscard]] STK_API StockAlert stock_alert(std::optional<std::int64_t> on_hand, std::int64_t threshold) noexcept;

/// 100 * (1 - (low + out) / offers), in tenths, halves rounded up; 100 without offers.
[[nodiscard]] STK_API std::int64_t health_score_tenths(std::int64_t low, std::int64_t out,
                                                       std::int64_t offers) noexcept;
/// "97.5".
[[nodiscard]] STK_API std::string tenths_text(std::int64_t tenths);

}  // namespace stocktracker::inline v0
