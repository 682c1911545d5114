/// Lease: only one run at a time works on an account, over all processes that share the store.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

#include "sync/run_credentials.hpp"

namespace stocktracker::inline v0::sync_run {

/// Thread-safe. It does not release itself: the run's record and the release are one transaction.
class Lease {
 public:
  /// Its transactions also read the stamp of the account's credentials.
  Lease(Database& database, Clock& clock, RunCredentials& credentials, std::string account, std::string holder,
        Duration length)
      : database_(database),
        clock_(clock),
        credentials_(credentials),
        account_(std::move(account)),
        holder_(std::move(holder)),
        length_(length),
        renewed_at_(clock.now()) {}

  /// Call within a transaction. Errc::run_in_progress while another run holds an unexpired lease. The new fence is
  /// larger than all earlier ones.
  [[nodiscard]] Result<void> acquire(Transaction& tx);
  /// Call within a transaction. Errc::lease_lost unless this run still holds the lease, by holder and fence.
  [[nodiscard]] Result<void> check(Transaction& tx) const;
  [[nodiscard]] Result<void> release(Transaction& tx) const;
  /// Called on progress; renews the lease when a third of its length has passed.
  [[nodiscard]] Result<void> keep(const CallContext& context);
  /// True if a renewal found that another run holds the account.
  [[nodiscard]] bool lost() const noexcept { return lost_; }

 private:
  [[nodiscard]] Result<void> look_at_credentials(Transaction& tx);

  Database& database_;
  Clock& clock_;
  RunCredentials& credentials_;
  std::string account_;
  std::string holder_;
  Duration length_;
  std::int64_t fence_ = 0;
  std::mutex mutex_;
  Instant renewed_at_;
  std::atomic<bool> lost_ = false;
};

/// See Sync::release. Call within a write transaction.
[[nodiscard]] Result<std::optional<RunId>> free_account(Transaction& tx, const std::string& account, bool force,
                                                        Instant now);

}  // namespace stocktracker::inline v0::sync_run
