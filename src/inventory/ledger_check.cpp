// Finds ledger entries that contradict each other or the levels.
#include "inventory/ledger_check.hpp"

#include <stocktracker/inventory/movement.hpp>

#include "inventory/doctor_rules.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

constexpr Statement kEntries{"ledger.check",
                             "SELECT g.offer_id, g.warehouse_id, g.seq, g.before_qty, g.after_qty, g.observed_at, "
                             "l.on_hand, l.seq, l.seq IS NULL, g.kind "
                             "FROM ledger g LEFT JOIN warehouse w ON w.warehouse_id = g.warehouse_id "
                             "LEFT JOIN level l ON l.source_id = w.source_id AND l.offer_id = g.offer_id "
                             "AND l.warehouse_id = g.warehouse_id "
                             "ORDER BY g.offer_id, g.warehouse_id, g.seq"};
// Levels that kEntries does not compare: without an entry, or of another source than that of their warehouse.
constexpr Statement kAlone{
    "level.alone",
    "SELECT l.offer_id, l.warehouse_id, w.source_id = l.source_id FROM level l "
    "LEFT JOIN warehouse w ON w.warehouse_id = l.warehouse_id "
    "WHERE w.source_id IS NULL OR w.source_id <> l.source_id OR NOT EXISTS (SELECT 1 FROM ledger g "
    "WHERE g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id) "
    "ORDER BY l.offer_id, l.warehouse_id, l.source_id"};
constexpr std::size_t kMostFaults = 20;

struct Nullable {
  bool null = true;
  std::int64_t value = 0;
  friend bool operator==(const Nullable&, const Nullable&) noexcept = default;
};

Nullable nullable_at(const RowCursor& row, int column) {
  return row.is_null(column) ? Nullable{} : Nullable{false, row.integer(column)};
}

/// Checks the entries of one position, in the order of seq.
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
    // After `retain` the history begins with an opening, not with seq 1.
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

/// A fault of a position. The names of offer and warehouse are looked up after all entries are read.
struct Fault {
  std::int64_t offer = 0;
  std::int64_t warehouse = 0;
  std::string why;
};

class Checker {
 public:
  explicit Checker(Transaction& tx) : tx_(tx) {}

  Result<LedgerCheck> run() {
    STK_TRY(entries());
    STK_TRY(levels());
    for (const Fault& fault : faults_) {
      STK_TRY(const auto offer, name_of_offer(tx_, fault.offer));
      STK_TRY(const auto warehouse, name_of_warehouse(tx_, fault.warehouse));
      check_.faults.push_back(offer + ", " + warehouse + ": " + fault.why);
    }
    return std::move(check_);
  }

 private:
  Result<void> entries() {
    STK_TRY(auto rows, tx_.query(kEntries));
    Position position;
    bool any = false;
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (any && (!more || rows->integer(0) != position.offer || rows->integer(1) != position.warehouse)) {
        position.finish();
        ++check_.positions;
        if (!position.fault.empty()) broken(position.offer, position.warehouse, position.fault);
        any = false;
      }
      if (!more) return success();
      if (!any) {
        any = true;
        position = {};
        position.offer = rows->integer(0);
        position.warehouse = rows->integer(1);
        position.level = nullable_at(*rows, 6);
        position.level_seq = rows->integer(7);
        position.level_missing = rows->integer(8) != 0;
      }
      position.entry(*rows);
      ++check_.entries;
    }
  }

  Result<void> levels() {
    STK_TRY(auto rows, tx_.query(kAlone));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      const bool own = !rows->is_null(2) && rows->integer(2) != 0;
      broken(rows->integer(0), rows->integer(1),
             own ? "the level has no entry" : "the level is of another source than its warehouse");
    }
  }

  void broken(std::int64_t offer, std::int64_t warehouse, std::string why) {
    ++check_.broken;
    if (faults_.size() < kMostFaults) faults_.push_back({offer, warehouse, std::move(why)});
  }

  Transaction& tx_;
  LedgerCheck check_;
  std::vector<Fault> faults_;
};

}  // namespace

Result<LedgerCheck> check_ledger(Transaction& tx) { return Checker(tx).run(); }

}  // namespace stocktracker::inline v0::inventory
