// Takes, renews and releases the lease of an account.
#include "sync/lease.hpp"

#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0::sync_run {
namespace {

constexpr Statement kRead{"lease.read", "SELECT holder, fence, expires_at FROM lease WHERE account_id = $1"};
constexpr Statement kMine{"lease.check",
                          "UPDATE lease SET expires_at = $4 WHERE account_id = $1 AND holder = $2 AND fence = $3"};
constexpr Statement kFree{"lease.release",
                          "UPDATE lease SET expires_at = 0 WHERE account_id = $1 AND holder = $2 AND fence = $3"};

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
        return Error(Errc::run_in_progress, "run " + std::string(rows->text(0)) + " holds the account until " +
                                                to_rfc3339(expires) + " at the latest")
            .retry_after(expires - now)
            .may_retry();
      }
    }
  }
  fence_ = last_fence + 1;
  renewed_at_ = now;
  STK_TRY(
      tx.upsert("lease", OnConflict::update,
                {SqlColumn::constant("account_id", account_), SqlColumn::constant("holder", holder_),
                 SqlColumn::constant("fence", fence_), SqlColumn::constant("expires_at", (now + length_).micros())}));
  return look_at_credentials(tx);
}

Result<void> Lease::look_at_credentials(Transaction& tx) {
  STK_TRY(const auto stamp, read_stamp(tx, account_));
  credentials_.saw(stamp);
  return success();
}

Result<void> Lease::check(Transaction& tx) const {
  STK_TRY(const auto mine, tx.execute(kMine, {account_, holder_, fence_, (clock_.now() + length_).micros()}));
  if (mine != 1) return Error(Errc::lease_lost, "another run took the account over; nothing was applied");
  return success();
}

Result<void> Lease::release(Transaction& tx) const {
  STK_TRY(tx.execute(kFree, {account_, holder_, fence_}));
  return success();
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
