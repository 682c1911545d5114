// Takes, renews and releases the lease of an account.
#include "sync/lease.hpp"

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/sync/run.hpp>

#include "marketplace/account_records.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr Statement kRead{"lease.read", "SELECT holder, fence, expires_at FROM lease WHERE account_id = $1"};
constexpr Statement kMine{"lease.check",
                          "UPDATE lease SET expires_at = $4, renewed_at = $5 "
                          "WHERE account_id = $1 AND holder = $2 AND fence = $3"};
constexpr Statement kFree{"lease.release",
                          "UPDATE lease SET expires_at = 0 WHERE account_id = $1 AND holder = $2 AND fence = $3"};
constexpr Statement kHeld{"lease.held",
                          "SELECT holder, expires_at, renewed_at FROM lease WHERE account_id = $1 AND expires_at <> 0"};
constexpr Statement kRunFailed{"run.fail",
                               "UPDATE run SET state = $2, finished_at = $3 WHERE run_id = $1 AND state = $4"};
/// Code that waits gives a sign of life at least every five seconds: one may be late.
constexpr Duration kLate = std::chrono::seconds(10);

/// True if a run that held the lease would not have renewed it as long ago as this. Leases of older versions have no
/// time of renewal: they are believed until they have passed.
bool is_silent(Instant now, Instant renewed, Instant expires) noexcept {
  if (expires <= now) return true;
  if (renewed.micros() == 0) return false;
  const Duration length = expires - renewed;
  return now - renewed > length / 3 + kLate || renewed - now > length;  // the latter: written by a clock that was ahead
}

}  // namespace

Result<void> Lease::acquire(Transaction& tx) {
  const Instant now = clock_.now();
  std::int64_t last_fence = 0;
  {
    STK_TRY(auto rows, tx.query(kRead, {account_}));
    STK_TRY(const bool known, rows->next());
    if (known) {
      last_fence = rows->integer(1);
      const auto expires = Instant::from_micros(rows->integer(2));
      // A lease that ends later than any lease that begins now was written by a clock that was ahead.
      if (expires > now && expires - now <= length_ * 2) {
        return Error(Errc::run_in_progress,
                     "run " + std::string(rows->text(0)) + " holds the account until " + to_rfc3339(expires) +
                         " at the latest; if its process has ended, an operator can release the account")
            .retry_after(expires - now)
            .may_retry();
      }
    }
  }
  fence_ = last_fence + 1;
  renewed_at_ = now;
  STK_TRY(tx.upsert("lease", OnConflict::update,
                    {SqlColumn::constant("account_id", account_), SqlColumn::constant("holder", holder_),
                     SqlColumn::constant("fence", fence_), SqlColumn::constant("expires_at", (now + length_).micros()),
                     SqlColumn::constant("renewed_at", now.micros())}));
  return look_at_credentials(tx);
}

Result<void> Lease::look_at_credentials(Transaction& tx) {
  STK_TRY(const auto stamp, read_stamp(tx, account_));
  credentials_.saw(stamp);
  return success();
}

Result<void> Lease::check(Transaction& tx) const {
  const Instant now = clock_.now();
  STK_TRY(const auto mine, tx.execute(kMine, {account_, holder_, fence_, (now + length_).micros(), now.micros()}));
  if (mine != 1)
    return Error(Errc::lease_lost,
                 "the account was taken over by another run, released or disconnected; nothing was applied");
  return success();
}

Result<void> Lease::release(Transaction& tx) const {
  STK_TRY(tx.execute(kFree, {account_, holder_, fence_}));
  return success();
}

Result<std::optional<RunId>> free_account(Transaction& tx, const std::string& account, bool force, Instant now) {
  std::optional<RunId> run;
  {
    STK_TRY(auto rows, tx.query(kHeld, {account}));
    STK_TRY(const bool held, rows->next());
    if (!held) return run;
    const std::string holder(rows->text(0));
    const auto expires = Instant::from_micros(rows->integer(1));
    const auto renewed = Instant::from_micros(rows->integer(2));
    if (!force && !is_silent(now, renewed, expires)) {
      return Error(Errc::run_in_progress, "run " + holder + " is in progress: it renewed its lease at " +
                                              to_rfc3339(renewed) + "; wait for it, stop it, or force the release")
          .retry_after(expires - now)
          .may_retry();
    }
    STK_TRY(run, RunId::parse(holder));
  }
  const std::string id = run->text();
  STK_TRY(end_lease(tx, account));
  STK_TRY(tx.execute(kRunFailed, {id, static_cast<std::int64_t>(RunState::failed), now.micros(),
                                  static_cast<std::int64_t>(RunState::running)}));
  return run;
}

Result<void> Lease::keep(const CallContext& context) {
  {
    const std::lock_guard lock(mutex_);
    const Instant now = clock_.now();
    if (now - renewed_at_ < length_ / 3) return success();
    renewed_at_ = now;
  }
  const auto renew = [&](Transaction& tx) -> Result<void> {
    STK_TRY(check(tx));
    return look_at_credentials(tx);
  };
  auto renewed = database_.transact(context, TransactMode::write, renew);
  if (!renewed && renewed.error().errc() == Errc::lease_lost) lost_ = true;
  return renewed;
}

}  // namespace stocktracker::inline v0::sync_run
