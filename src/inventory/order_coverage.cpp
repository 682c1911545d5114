// Reads and joins the periods of which every order line is known.
#include "inventory/order_coverage.hpp"

#include <algorithm>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kCoverage{"order_coverage.of_account",
                              "SELECT from_at, until_at FROM order_coverage WHERE account_id = $1"};
// `changed_at` of a removed line is the time of our run, not of the vendor. 6: OrderStatus::removed.
constexpr Statement kNewest{
    "order_line.newest",
    "SELECT max(CASE WHEN changed_at <= $2 AND status <> 6 THEN changed_at ELSE ordered_at END) "
    "FROM order_line WHERE account_id = $1 AND ordered_at <= $2"};
static_assert(static_cast<int>(OrderStatus::removed) == 6);

/// Correct clocks differ by less. Reading begins an hour before the end of the coverage, so nothing is missed.
constexpr auto kClockTolerance = std::chrono::minutes(5);

Result<std::optional<Instant>> newest_line(Transaction& tx, const std::string& account, Instant now) {
  STK_TRY(auto rows, tx.query(kNewest, {account, now.micros()}));
  STK_TRY(const bool any, rows->next());
  if (!any || rows->is_null(0)) return std::optional<Instant>();
  return std::optional<Instant>(Instant::from_micros(rows->integer(0)));
}

}  // namespace

OrderCoverage joined(const std::optional<OrderCoverage>& known, const OrderCoverage& reported) noexcept {
  if (!known || reported.from > known->until || known->from > reported.until) {
    return known && known->until > reported.until ? *known : reported;
  }
  return {std::min(known->from, reported.from), std::max(known->until, reported.until)};
}

std::optional<OrderCoverage> believed(const OrderCoverage& stored, const std::optional<Instant>& newest,
                                      Instant now) noexcept {
  if (stored.from > now) return std::nullopt;
  if (stored.until <= now) return stored;
  if (stored.until <= now + kClockTolerance) return OrderCoverage{stored.from, now};
  return OrderCoverage{stored.from, std::min(std::max(newest.value_or(stored.from), stored.from), now)};
}

Result<std::optional<OrderCoverage>> read_coverage(Transaction& tx, const AccountId& account) {
  const std::string id = account.text();
  STK_TRY(auto rows, tx.query(kCoverage, {id}));
  STK_TRY(const bool any, rows->next());
  if (!any) return std::optional<OrderCoverage>();
  return std::optional<OrderCoverage>({Instant::from_micros(rows->integer(0)), Instant::from_micros(rows->integer(1))});
}

Result<std::optional<OrderCoverage>> read_believed_coverage(Transaction& tx, const AccountId& account, Instant now) {
  STK_TRY(const auto stored, read_coverage(tx, account));
  if (!stored || stored->until <= now) return stored;
  STK_TRY(const auto newest, newest_line(tx, account.text(), now));
  return believed(*stored, newest, now);
}

}  // namespace stocktracker::inline v0::inventory
