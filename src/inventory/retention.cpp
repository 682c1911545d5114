// Removes old ledger entries; the last old entry with a value becomes the opening of its position.
#include "inventory/retention.hpp"

#include <stocktracker/core/progress_stages.hpp>

namespace stocktracker::inline v0::inventory {
namespace {

// The last old entry of a position that reports a value. An entry "absent" with before = after reports none: it stays
// after the opening, unchanged. Kinds: see MovementKind.
#define STK_OPENING                                                                                  \
  "(SELECT max(h.seq) FROM ledger h WHERE h.offer_id = ledger.offer_id AND h.warehouse_id = "        \
  "ledger.warehouse_id AND h.observed_at < $3 AND NOT (h.kind = 2 AND coalesce(h.before_qty, -1) = " \
  "coalesce(h.after_qty, -1)))"

constexpr Statement kBatch{"offer.batch", "SELECT offer_id FROM offer WHERE offer_id > $1 ORDER BY offer_id LIMIT 500"};
constexpr Statement kOpen{
    "ledger.open",
    "UPDATE ledger SET kind = 5, before_qty = NULL, run_no = NULL, cause = 'retention' WHERE offer_id > $1 AND "
    "offer_id <= $2 AND observed_at < $3 AND seq = " STK_OPENING
    " AND seq > (SELECT min(i.seq) FROM ledger i WHERE i.offer_id = ledger.offer_id AND i.warehouse_id = "
    "ledger.warehouse_id)"};
constexpr Statement kFold{"ledger.fold",
                          "DELETE FROM ledger WHERE offer_id > $1 AND offer_id <= $2 AND observed_at < $3 AND "
                          "seq < " STK_OPENING};

/// The last offer of the next batch; 0 if there is no further batch.
Result<std::int64_t> end_of_batch(Database& database, std::int64_t from, const CallContext& context) {
  std::int64_t end = 0;
  const auto read = [&](Transaction& tx) -> Result<void> {
    end = 0;
    STK_TRY(auto rows, tx.query(kBatch, {from}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      end = rows->integer(0);
    }
  };
  STK_TRY(database.transact(context, TransactMode::read, read));
  return end;
}

}  // namespace

Result<RetentionReport> retain(Database& database, Instant since, const CallContext& context) {
  RetentionReport report;
  std::int64_t from = 0;
  while (true) {
    STK_TRY(const std::int64_t end, end_of_batch(database, from, context));
    if (end == 0) return report;
    RetentionReport batch;
    const auto write = [&](Transaction& tx) -> Result<void> {
      STK_TRY(batch.opened, tx.execute(kOpen, {from, end, since.micros()}));
      STK_TRY(batch.folded, tx.execute(kFold, {from, end, since.micros()}));
      return success();
    };
    STK_TRY(database.transact(context, TransactMode::write, write));
    report.opened += batch.opened;
    report.folded += batch.folded;
    context.report({kStageRetention, static_cast<std::uint64_t>(report.folded), 0});
    from = end;
  }
}

}  // namespace stocktracker::inline v0::inventory
