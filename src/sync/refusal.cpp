// Writes a refusal to the run and to the sources that it held.
#include "sync/refusal.hpp"

#include <vector>

#include "sync/records.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr Statement kRun{"run.by_id", "SELECT run_no, account_id, dry_run, refused_at FROM run WHERE run_id = $1"};
// 3: Disposition::held.
constexpr Statement kHeld{"run_source.held",
                          "SELECT name FROM run_source WHERE run_no = $1 AND disposition = 3 ORDER BY position"};
constexpr Statement kRefuse{"run.refuse",
                            "UPDATE run SET refused_by = $2, refused_at = $3, refusal = $4 WHERE run_no = $1"};
// 1: Disposition::not_applied. What a later run holds waits for a decision of its own.
constexpr Statement kPutAside{
    "source.put_aside",
    "UPDATE source SET disposition = 1, error = $4 WHERE account_id = $1 AND name = $2 AND disposition = 3 "
    "AND NOT EXISTS (SELECT 1 FROM run r JOIN run_source s ON s.run_no = r.run_no WHERE r.account_id = $1 "
    "AND r.run_no > $3 AND r.dry_run = 0 AND s.name = $2 AND s.disposition = 3)"};
static_assert(static_cast<int>(Disposition::held) == 3 && static_cast<int>(Disposition::not_applied) == 1);

struct HeldRun {
  std::int64_t run_no = 0;
  AccountId account;
  std::vector<std::string> sources;
};

Error not_held(const char* why) { return Error(Errc::invalid_argument, why).about("run"); }

Result<HeldRun> find_held(Transaction& tx, const RunId& run) {
  HeldRun held;
  {
    const std::string id = run.text();
    STK_TRY(auto rows, tx.query(kRun, {id}));
    STK_TRY(const bool known, rows->next());
    if (!known) return Error(Errc::not_found, "there is no run " + id).about("run");
    held.run_no = rows->integer(0);
    STK_TRY(held.account, AccountId::parse(rows->text(1)));
    if (rows->integer(2) != 0) return not_held("is a dry run: it holds nothing");
    if (!rows->is_null(3)) return not_held("has been refused already");
  }
  STK_TRY(auto rows, tx.query(kHeld, {held.run_no}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) break;
    held.sources.emplace_back(rows->text(0));
  }
  if (held.sources.empty()) return not_held("holds nothing: there is nothing to refuse");
  return held;
}

}  // namespace

Result<SyncRun> refuse_run(Transaction& tx, const RunId& run, const RunRefusal& refusal) {
  STK_TRY(const HeldRun held, find_held(tx, run));
  STK_TRY(tx.execute(kRefuse, {held.run_no, refusal.by, refusal.at.micros(), refusal.why}));
  const std::string account = held.account.text();
  const std::string error = "refused: " + refusal.why;
  for (const std::string& source : held.sources) {
    STK_TRY(tx.execute(kPutAside, {account, source, held.run_no, error}));
  }
  std::int64_t last = 0;
  STK_TRY(auto runs, read_runs(tx, held.account, held.run_no + 1, 1, last));
  if (runs.empty() || runs.front().id != run) return Error(Errc::internal, "the refused run cannot be read");
  return std::move(runs.front());
}

}  // namespace stocktracker::inline v0::sync_run
