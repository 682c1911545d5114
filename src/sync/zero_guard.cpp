// Counts positions that became 0, over all sources and a sliding day, and holds the change if there are too many.
#include "sync/zero_guard.hpp"

#include <algorithm>

#include <stocktracker/marketplace/offer.hpp>

#include "sync/run_machine.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr Statement kPositive{"level.positive_of_source",
                              "SELECT count(*) FROM level WHERE source_id = $1 AND on_hand > 0"};
// True if most of the units were first seen elsewhere in the same run: warehouses that joined a group, or got new ids.
constexpr Statement kFoundAgain{
    "level.found_again",
    "SELECT count(*) FROM level l WHERE l.source_id = $1 AND l.on_hand > 0 AND EXISTS "
    "(SELECT 1 FROM ledger g WHERE g.offer_id = l.offer_id AND g.run_no = $2 AND g.before_qty IS NULL "
    "AND g.after_qty >= l.on_hand - g.after_qty)"};
// 1: FetchKind::fbs, the last kind of stock. 6: SourceState::gone.
constexpr Statement kStockSources{"source.stock_of_account",
                                  "SELECT source_id FROM source WHERE account_id = $1 AND kind <= 1 AND state <> 6"};
static_assert(static_cast<int>(FetchKind::fbs) == 1 && static_cast<int>(SourceState::gone) == 6);
// Zeroes that a person accepted, and all before them, no longer count.
constexpr Statement kSettled{"run.last_accepted",
                             "SELECT coalesce(max(r.run_no), 0) FROM run r "
                             "WHERE r.account_id = $1 AND r.accepted = 1 AND r.dry_run = 0 AND EXISTS "
                             "(SELECT 1 FROM run_source s WHERE s.run_no = r.run_no AND s.disposition = 2 "
                             "AND (s.name = 'fbo' OR s.name LIKE 'fbs:%'))"};
// 2: Disposition::applied.
constexpr Statement kRecent{"run_source.zeroed_since",
                            "SELECT coalesce(sum(s.zeroed), 0) FROM run r JOIN run_source s ON s.run_no = r.run_no "
                            "WHERE r.account_id = $1 AND r.run_no > $2 AND r.run_no <> $3 AND r.started_at >= $4 "
                            "AND r.dry_run = 0 AND s.disposition = 2 AND (s.name = 'fbo' OR s.name LIKE 'fbs:%')"};
static_assert(static_cast<int>(Disposition::applied) == 2);
// Positions that became 0 in this time and still are 0: refilled ones are not counted.
constexpr Statement kStillZero{
    "level.zero_since",
    "SELECT count(*) FROM source s JOIN level l ON l.source_id = s.source_id "
    "JOIN ledger g ON g.offer_id = l.offer_id AND g.warehouse_id = l.warehouse_id AND g.seq = l.seq "
    "WHERE s.account_id = $1 AND s.kind <= 1 AND l.on_hand = 0 AND g.before_qty > 0 AND g.run_no > $2 "
    "AND g.observed_at >= $3"};

// Positions of warehouses that left the list in this time and have not come back.
constexpr Statement kStillGone{
    "level.gone_since",
    "SELECT count(*) FROM source s JOIN level l ON l.source_id = s.source_id "
    "WHERE s.account_id = $1 AND s.state = 6 AND l.on_hand > 0 AND s.name IN "
    "(SELECT g.name FROM run r JOIN run_source g ON g.run_no = r.run_no WHERE r.account_id = $1 AND r.run_no > $2 "
    "AND r.started_at >= $3 AND r.dry_run = 0 AND g.state = 6 AND g.disposition = 2)"};

// The same for the catalogue. 2: OfferState::vanished.
constexpr Statement kSettledList{"run.last_accepted_catalogue",
                                 "SELECT coalesce(max(r.run_no), 0) FROM run r "
                                 "WHERE r.account_id = $1 AND r.accepted = 1 AND r.dry_run = 0 AND EXISTS "
                                 "(SELECT 1 FROM run_source s WHERE s.run_no = r.run_no AND s.disposition = 2 "
                                 "AND s.name = 'catalogue')"};
constexpr Statement kRecentList{"run_source.vanished_since",
                                "SELECT coalesce(sum(s.zeroed), 0) FROM run r JOIN run_source s ON s.run_no = r.run_no "
                                "WHERE r.account_id = $1 AND r.run_no > $2 AND r.run_no <> $3 AND r.started_at >= $4 "
                                "AND r.dry_run = 0 AND s.disposition = 2 AND s.name = 'catalogue'"};
constexpr Statement kVanished{"offer.vanished", "SELECT count(*) FROM offer WHERE account_id = $1 AND state = 2"};
static_assert(static_cast<int>(OfferState::vanished) == 2);

Result<std::int64_t> number_of(Transaction& tx, const Statement& statement, std::initializer_list<SqlValue> values) {
  STK_TRY(auto rows, tx.query(statement, values));
  STK_TRY(const bool any, rows->next());
  return any && !rows->is_null(0) ? rows->integer(0) : 0;
}

/// Zeroes of earlier runs that still count.
Result<std::int64_t> recent_zeroes(Transaction& tx, const MassZeroGuard& guard, const std::string& account,
                                   std::int64_t run_no, const AccountZeroes& zeroes, Instant now) {
  if (guard.window <= Duration::zero()) return 0;
  const std::int64_t since = (now - guard.window).micros();
  STK_TRY(const std::int64_t settled, number_of(tx, kSettled, {account}));
  STK_TRY(const std::int64_t zeroed, number_of(tx, kRecent, {account, settled, run_no, since}));
  if (zeroed == 0 || zeroed + zeroes.zeroed < guard.at_least) return zeroed;
  STK_TRY(const std::int64_t still, number_of(tx, kStillZero, {account, settled, since}));
  STK_TRY(const std::int64_t gone, number_of(tx, kStillGone, {account, settled, since}));
  return std::clamp<std::int64_t>(still - (zeroes.zeroed - zeroes.left) + gone, 0, zeroed);
}

}  // namespace

Result<std::optional<std::string>> judge_catalogue(Transaction& tx, const MassZeroGuard& guard,
                                                   const AccountId& account, std::int64_t run_no, std::int64_t vanished,
                                                   std::int64_t listed_before, Instant now) {
  if (vanished == 0 || guard.window <= Duration::zero()) return std::optional<std::string>();
  const std::string id = account.text();
  STK_TRY(const std::int64_t settled, number_of(tx, kSettledList, {id}));
  STK_TRY(const std::int64_t recent, number_of(tx, kRecentList, {id, settled, run_no, (now - guard.window).micros()}));
  if (recent == 0 || recent + vanished < guard.at_least) return std::optional<std::string>();
  STK_TRY(const std::int64_t gone, number_of(tx, kVanished, {id}));
  const std::int64_t before = std::clamp<std::int64_t>(gone - vanished, 0, recent);
  const std::int64_t base = listed_before + before;
  if (!is_mass_zero(guard, base, vanished + before, false)) return std::optional<std::string>();
  return std::optional("would drop " + std::to_string(vanished) + ", after " + std::to_string(before) +
                       " in the runs before, of " + std::to_string(base) + " offers");
}

Result<std::int64_t> positions_found_again(Transaction& tx, std::int64_t source, std::int64_t run_no) {
  return number_of(tx, kFoundAgain, {source, run_no});
}

Result<std::int64_t> positive_positions(Transaction& tx, std::int64_t source) {
  return number_of(tx, kPositive, {source});
}

Result<std::optional<std::string>> judge_account(Transaction& tx, const MassZeroGuard& guard, const AccountId& account,
                                                 std::int64_t run_no, const AccountZeroes& zeroes, Instant now) {
  if (zeroes.zeroed == 0) return std::optional<std::string>();
  const std::string id = account.text();
  STK_TRY(const std::int64_t before, recent_zeroes(tx, guard, id, run_no, zeroes, now));
  if (zeroes.zeroed + before < guard.at_least) return std::optional<std::string>();
  std::int64_t positive = zeroes.positive_before;
  std::vector<std::int64_t> others;
  {
    STK_TRY(auto rows, tx.query(kStockSources, {id}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      others.push_back(rows->integer(0));
    }
  }
  for (const std::int64_t source : others) {
    const auto& applied = zeroes.applied_sources;
    if (std::find(applied.begin(), applied.end(), source) != applied.end()) continue;
    STK_TRY(const std::int64_t count, positive_positions(tx, source));
    positive += count;
  }
  const std::int64_t base = positive + before;
  if (!is_mass_zero(guard, base, zeroes.zeroed + before, false)) return std::optional<std::string>();
  std::string why = "with the account's other sources would zero " + std::to_string(zeroes.zeroed);
  if (before > 0) why += ", after " + std::to_string(before) + " in the " + "runs before,";
  return std::optional(why + " of " + std::to_string(base) + " positions");
}

}  // namespace stocktracker::inline v0::sync_run
