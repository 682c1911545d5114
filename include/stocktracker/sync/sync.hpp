/// @file
/// Sync: brings the stored data of an account up to date, and reports what happened.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/ports/operation.hpp>
#include <stocktracker/sync/plan.hpp>
#include <stocktracker/sync/run.hpp>

namespace stocktracker::inline v0 {

struct RunQuery {
  std::optional<AccountId> account{};
  int page_size = 100;  ///< 1 to 1,000
};

struct ReleaseOptions {
  bool force = false;  ///< also ends a run in progress: it applies nothing, and its call ends with lease_lost
};

class SyncCore;

/// Handle; cheap to copy, thread-safe. Two runs of one account never overlap: the second gets Errc::run_in_progress.
///
/// @code
/// STK_TRY(const auto run, engine.sync().run(account.id, {.orders = true}, {.timeout = 120s}));
/// for (const st::SourceOutcome& source : run.sources) {
///   std::printf("%s: %s, %zu rows\n", source.name.c_str(), to_string(source.state), source.rows);
/// }
/// @endcode
class STK_API Sync {
 public:
  explicit Sync(std::shared_ptr<SyncCore> core) noexcept : core_(std::move(core)) {}

  /// Success means that the run was carried out and recorded; its sources may have failed: read SyncRun::state. An
  /// error means that nothing was applied: conflict, cancelled, unknown account, a store that cannot be used. A timeout
  /// is no error: sources that were not read by then end with Errc::deadline_exceeded.
  ///
  /// If the account is connected again during the run, also by another process, the run changes to the new credentials:
  /// at once when the marketplace answers 401, otherwise at the latest after a third of SyncOptions::lease. If the new
  /// credentials are for another address, or this process cannot read them, nothing more is sent and the sources end
  /// with credentials_missing; the next run uses the new ones.
  [[nodiscard]] Result<SyncRun> run(const AccountId& account, const SyncOptions& options,
                                    const CallContext& context = {});
  [[nodiscard]] Result<SyncRun> run(const AccountId& account, const CallContext& context = {}) {
    return run(account, SyncOptions{}, context);
  }
  /// The same as `run`, on the engine's executor: returns at once. Errc::overloaded if its queue is full.
  [[nodiscard]] Result<Operation<SyncRun>> submit_run(const AccountId& account, const SyncOptions& options = {},
                                                      const CallContext& context = {});
  /// Runs every account of the tenant, in parallel on the io lane; one result per account, in the order of
  /// Accounts::list.
  [[nodiscard]] Result<std::vector<Result<SyncRun>>> run_all(const SyncOptions& options = {},
                                                             const CallContext& context = {});
  /// The requests that a run with these options would make, estimated. Sends nothing. Errc::not_found if the account
  /// does not exist, credentials_missing if it has no credentials.
  [[nodiscard]] Result<SyncPlan> plan(const AccountId& account, const SyncOptions& options = {},
                                      const CallContext& context = {}) const;
  /// Puts aside what a run held: its sources no longer wait for a decision, and the run records who refused, when and
  /// why (1 to 500 bytes). No number changes. The next run asks again, and holds again what would still set too much to
  /// 0. Returns the run. Errc::not_found if there is no such run; invalid_argument (field "run") if it holds nothing,
  /// was refused before or is a dry run, (field "why") if the reason is empty or too long.
  [[nodiscard]] Result<SyncRun> refuse(const RunId& run, std::string_view why, const CallContext& context = {});
  /// For an operator: frees an account after the process of its run has ended, without waiting for the lease to pass.
  /// Returns the run that held it, now recorded as failed; nullopt if no run holds it. Errc::run_in_progress (with
  /// retry_after) if the run renewed its lease in time (within a third of SyncOptions::lease, and ten seconds more),
  /// unless `force`. A run that is wrongly taken for ended applies nothing: its commit finds the lease lost.
  /// Errc::not_found for an unknown account.
  [[nodiscard]] Result<std::optional<RunId>> release(const AccountId& account, const ReleaseOptions& options = {},
                                                     const CallContext& context = {});
  /// Newest first. Errc::not_found if the account does not exist.
  [[nodiscard]] Pages<SyncRun> runs(RunQuery query = {}, const CallContext& context = {}) const;
  /// Empty before the account's first run. Errc::not_found if the account does not exist.
  [[nodiscard]] Result<std::vector<SourceStatus>> sources(const AccountId& account,
                                                          const CallContext& context = {}) const;

 private:
  std::shared_ptr<SyncCore> core_;
};

}  // namespace stocktracker::inline v0
