/// @file
/// Sync: bring what is known of an account up to date, and tell what happened.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/sync/run.hpp>

namespace stocktracker::inline v0 {

struct RunQuery {
  std::optional<AccountId> account{};
  int page_size = 100;  ///< 1 to 1,000
};

class SyncCore;

/// Handle; cheap to copy, thread-safe. Two runs of one account never overlap: the second gets Errc::run_in_progress.
class STK_API Sync {
 public:
  explicit Sync(std::shared_ptr<SyncCore> core) noexcept : core_(std::move(core)) {}

  /// Success means that the run was carried out and recorded, whatever its sources say: read SyncRun::state. An error
  /// means that nothing was applied: conflict, cancelled, unknown account, store out of order.
  ///
  /// When the account is connected again during the run, also by another process, the rest of the run signs in with the
  /// new credentials: at the latest when a third of SyncOptions::lease has passed, at once when the marketplace answers
  /// 401. Where the new ones are for another address, or are not at hand here, nothing more is sent and the sources say
  /// credentials_missing; the next run has the new ones.
  [[nodiscard]] Result<SyncRun> run(const AccountId& account, const SyncOptions& options,
                                    const CallContext& context = {});
  [[nodiscard]] Result<SyncRun> run(const AccountId& account, const CallContext& context = {}) {
    return run(account, SyncOptions{}, context);
  }
  /// Every account of the tenant, in parallel on the io lane; one result per account, in the order of Accounts::list.
  [[nodiscard]] Result<std::vector<Result<SyncRun>>> run_all(const SyncOptions& options = {},
                                                             const CallContext& context = {});
  /// Newest first.
  [[nodiscard]] Pages<SyncRun> runs(RunQuery query = {}, const CallContext& context = {}) const;
  [[nodiscard]] Result<std::vector<SourceStatus>> sources(const AccountId& account,
                                                          const CallContext& context = {}) const;

 private:
  std::shared_ptr<SyncCore> core_;
};

}  // namespace stocktracker::inline v0
