// Days of stock, alerts and the score.
#include <stocktracker/analytics/stock_health.hpp>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "analytics/ordered.hpp"

namespace stocktracker::inline v0 {
namespace {

std::int64_t of(const std::unordered_map<std::string, std::int64_t>& units, const std::string& name) {
  const auto found = units.find(name);
  return found == units.end() ? 0 : found->second;
}

// -Wpedantic does not accept 128-bit integers.
__extension__ using Wide = __int128;

/// a * b / c in tenths, halves up; all positive, `b` below 2^31 or `a` so. What does not fit is the largest number.
std::int64_t tenths_of(std::int64_t a, std::int64_t b, std::int64_t c) noexcept {
  const Wide tenths = (Wide{a} * b * 20 + c) / (Wide{2} * c);
  return tenths > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(tenths);
}

}  // namespace

bool is_ordered_in(const Period& period, OrderStatus status, Instant ordered_at) noexcept {
  if (ordered_at < period.from || ordered_at >= period.until) return false;
  return status != OrderStatus::cancelled && status != OrderStatus::removed;
}

void add_ordered(std::int64_t& sum, std::int64_t units) noexcept {
  if (__builtin_add_overflow(sum, units, &sum)) sum = INT64_MAX;
}

struct OrdersInPeriod::State {
  Period period;
  std::int64_t units = 0;
  std::unordered_set<std::string> seen;
  std::unordered_map<std::string, std::int64_t> by_offer;
  std::unordered_map<std::string, std::int64_t> by_warehouse;
};

OrdersInPeriod::OrdersInPeriod(const Period& period) : state_(std::make_unique<State>()) { state_->period = period; }
OrdersInPeriod::OrdersInPeriod(OrdersInPeriod&&) noexcept = default;
OrdersInPeriod& OrdersInPeriod::operator=(OrdersInPeriod&&) noexcept = default;
OrdersInPeriod::~OrdersInPeriod() = default;

void OrdersInPeriod::add(const OrderLine& line) {
  State& s = *state_;
  if (!is_ordered_in(s.period, line.status, line.ordered_at)) return;
  if (!s.seen.insert(line.key).second) return;
  add_ordered(s.units, line.quantity);
  add_ordered(s.by_offer[line.offer], line.quantity);
  add_ordered(s.by_warehouse[line.warehouse.empty() ? line.warehouse_name : line.warehouse], line.quantity);
}

std::int64_t OrdersInPeriod::units() const noexcept { return state_->units; }
std::int64_t OrdersInPeriod::units_of(const std::string& offer) const { return of(state_->by_offer, offer); }
std::int64_t OrdersInPeriod::units_from(const std::string& warehouse) const {
  return of(state_->by_warehouse, warehouse);
}

std::int64_t orders_in_period(std::span<const OrderLine> lines, const Period& period) {
  OrdersInPeriod orders(period);
  for (const OrderLine& line : lines) orders.add(line);
  return orders.units();
}

std::string tenths_text(std::int64_t tenths) { return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10); }

std::string DaysOfStock::text() const {
  switch (state) {
    case State::days:
      return tenths_text(tenths);
    case State::sold_out:
      return "sold out";
    case State::no_sales:
      return "no sales";
    case State::unknown:
      break;
  }
  return "?";
}

DaysOfStock days_of_stock(std::optional<std::int64_t> on_hand, std::optional<std::int64_t> orders,
                          int period_days) noexcept {
  if (!on_hand || *on_hand < 0 || period_days < 1) return {};
  if (*on_hand == 0) return {DaysOfStock::State::sold_out, 0};
  if (!orders || *orders < 0) return {};
  if (*orders == 0) return {DaysOfStock::State::no_sales, 0};
  return {DaysOfStock::State::days, tenths_of(*on_hand, period_days, *orders)};
}

bool ends_soon(const DaysOfStock& days, int warning_days) noexcept {
  return days.state == DaysOfStock::State::days && days.tenths <= std::int64_t{warning_days} * 10;
}

const char* to_string(StockAlert alert) noexcept {
  switch (alert) {
    case StockAlert::unknown:
      return "unknown";
    case StockAlert::fine:
      return "fine";
    case StockAlert::low:
      return "low";
    case StockAlert::out:
      return "out";
  }
  return "unknown";
}

StockAlert stock_alert(std::optional<std::int64_t> on_hand, std::int64_t threshold) noexcept {
  if (!on_hand || *on_hand < 0) return StockAlert::unknown;
  if (*on_hand == 0) return StockAlert::out;
  return *on_hand <= threshold ? StockAlert::low : StockAlert::fine;
}

std::int64_t health_score_tenths(std::int64_t low, std::int64_t out, std::int64_t offers) noexcept {
  if (offers <= 0) return 1'000;
  const Wide well = Wide{offers} - low - out;
  return well <= 0 ? 0 : tenths_of(100, static_cast<std::int64_t>(well), offers);
}

}  // namespace stocktracker::inline v0
