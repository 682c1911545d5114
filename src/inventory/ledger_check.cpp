#include "inventory/ledger_check.hpp"

#include <stocktracker/inventory/movement.hpp>

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kEntries{"ledger.check",
                             "SELECT g.offer_id, g.warehouse_id, g.seq, g.before_qty, g.after_qty, g.observed_at, "
                             "l.on_hand, l.seq, l.seq IS NULL, g.kind "
                             "FROM ledger g LEFT JOIN warehouse w ON w.warehouse_id = g.warehouse_id "
                             "LEFT JOIN level l ON l.source_id = w.source_id AND l.offer_id = g.offer_id "
                             "AND l.warehouse_id = g.warehouse_id "
                             "ORDER BY g.offer_id, g.warehouse_id, g.seq"};
constexpr Statement kLevels{"level.count", "SELECT count(*) FROM level"};

struct Nullable {
  bool null = true;
  std::int64_t value = 0;
  friend bool operator==(const Nullable&, const Nullable&) noexcept = default;
};

Nullable nullable_at(const RowCursor& row, int column) {
  return row.is_null(column) ? Nullable{} : Nullable{false, row.integer(column)};
}

/// The entries of one position, as they come.
struct Position {
  std::int64_t offer = 0;
  std::int64_t warehouse = 0;
  std::int64_t seq = 0;
  std::int64_t sum = 0;
  std::int64_t observed_at = INT64_MIN;
  Nullable after;
  Nullable level;
  std::int64_t level_seq = 0;
  bool level_missing = false;
  std::string fault;

  void entry(const RowCursor& row) {
    const Nullable before = nullable_at(row, 3);
    // History may begin later, with an opening.
    if (seq == 0 && row.integer(9) == static_cast<std::int64_t>(MovementKind::opening)) seq = row.integer(2) - 1;
    if (row.integer(2) != seq + 1)
      blame("seq jumps from " + std::to_string(seq) + " to " + std::to_string(row.integer(2)));
    if (!(before == after)) blame("before of seq " + std::to_string(row.integer(2)) + " is not the previous after");
    if (row.integer(5) < observed_at)
      blame("seq " + std::to_string(row.integer(2)) + " was observed before the previous");
    seq = row.integer(2);
    after = nullable_at(row, 4);
    sum += after.value - before.value;
    observed_at = row.integer(5);
  }
  void finish() {
    if (level_missing) return blame("there is no level");
    if (!(after == level)) blame("the last after is not the level");
    if (sum != level.value) blame("the deltas add up to " + std::to_string(sum));
    if (seq != level_seq) blame("the level names another seq");
  }
  void blame(const std::string& why) {
    if (fault.empty()) fault = why;
  }
};

}  // namespace

Result<LedgerCheck> check_ledger(Transaction& tx) {
  LedgerCheck check;
  Position position;
  const auto close = [&] {
    if (position.offer == 0) return;
    position.finish();
    ++check.positions;
    if (position.fault.empty()) return;
    ++check.broken;
    if (check.faults.size() < 20) {
      check.faults.push_back("offer row " + std::to_string(position.offer) + ", warehouse row " +
                             std::to_string(position.warehouse) + ": " + position.fault);
    }
  };
  {
    STK_TRY(auto rows, tx.query(kEntries));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      if (rows->integer(0) != position.offer || rows->integer(1) != position.warehouse) {
        close();
        position = {};
        position.offer = rows->integer(0);
        position.warehouse = rows->integer(1);
        position.level = nullable_at(*rows, 6);
        position.level_seq = rows->integer(7);
        position.level_missing = rows->integer(8) != 0;
      }
      position.entry(*rows);
      ++check.entries;
    }
    close();
  }
  STK_TRY(auto rows, tx.query(kLevels));
  STK_TRY(const bool any, rows->next());
  if (any && rows->integer(0) != check.positions) {
    ++check.broken;
    check.faults.push_back(std::to_string(rows->integer(0)) + " levels, but entries for " +
                           std::to_string(check.positions) + " positions");
  }
  return check;
}

}  // namespace stocktracker::inline v0::inventory
