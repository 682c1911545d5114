// Finds the order lines that explain an entry of the ledger.
#include <stocktracker/inventory/orders.hpp>

#include "inventory/inventory_core.hpp"
#include "inventory/order_coverage.hpp"

namespace stocktracker::inline v0 {
namespace {

// Lines ordered or cancelled in the interval. 6: OrderStatus::removed.
constexpr Statement kTouching{
    "order_line.touching",
    "SELECT status, quantity, ordered_at, changed_at, warehouse_key, warehouse_name FROM order_line "
    "WHERE account_id = $1 AND offer_key = $2 AND kind = $3 AND "
    "status <> 6 AND ((ordered_at > $4 AND ordered_at <= $5) OR (changed_at > $4 AND changed_at <= $5))"};
constexpr Statement kEntryBefore{
    "ledger.entry_before",
    "SELECT max(g.observed_at) FROM ledger g JOIN offer o ON o.offer_id = g.offer_id "
    "JOIN warehouse w ON w.warehouse_id = g.warehouse_id WHERE o.account_id = $1 AND o.offer_key = $2 "
    "AND w.kind = $3 AND w.warehouse_key = $4 AND g.seq < $5"};

static_assert(static_cast<int>(OrderStatus::removed) == 6);

void add_units(std::int64_t& sum, std::int64_t units) noexcept {
  if (__builtin_add_overflow(sum, units, &sum)) sum = INT64_MAX;
}

/// When the position's value was observed before this entry; the earliest instant for the first entry.
Result<Instant> seen_before(Transaction& tx, const std::string& account, const Movement& movement) {
  STK_TRY(auto rows,
          tx.query(kEntryBefore, {account, movement.offer.key, static_cast<std::int64_t>(movement.warehouse.kind),
                                  movement.warehouse.key, movement.seq}));
  STK_TRY(const bool any, rows->next());
  if (!any || rows->is_null(0)) return movement.observed_at;
  return Instant::from_micros(rows->integer(0));
}

}  // namespace

Result<MovementExplanation> Orders::explain_movement(const Movement& movement, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::orders_read));
  STK_TRY(auto database, core_->ports.storage->tenant(context.tenant));
  const std::string id = movement.account.text();
  const StockKind kind = movement.warehouse.kind == WarehouseKind::seller ? StockKind::fbs : StockKind::fbo;
  MovementExplanation found;
  const auto read = [&](Transaction& tx) -> Result<void> {
    found = {};
    STK_TRY(const Instant since, seen_before(tx, id, movement));
    const Instant until = movement.observed_at;
    STK_TRY(const auto coverage, inventory::read_believed_coverage(tx, movement.account, core_->ports.clock->now()));
    found.covered = coverage && since < until && coverage->from <= since && until <= coverage->until;
    STK_TRY(auto rows, tx.query(kTouching, {id, movement.offer.key, static_cast<std::int64_t>(kind), since.micros(),
                                            until.micros()}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      const bool here =
          rows->text(4).empty() ? rows->text(5) == movement.warehouse.name : rows->text(4) == movement.warehouse.key;
      if (!here) continue;
      const auto within = [&](int column) {
        const std::int64_t at = rows->integer(column);
        return at > since.micros() && at <= until.micros();
      };
      const bool cancelled = static_cast<OrderStatus>(rows->integer(0)) == OrderStatus::cancelled;
      const bool placed_here = within(2);
      const bool called_off_here = cancelled && within(3);
      if (!placed_here && !called_off_here) continue;
      ++found.lines;
      if (placed_here) add_units(found.ordered, rows->integer(1));
      if (called_off_here) add_units(found.called_off, rows->integer(1));
    }
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return found;
}

}  // namespace stocktracker::inline v0
