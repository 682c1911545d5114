// The service Sync: starts runs, and reads their records.
#include <stocktracker/sync/sync.hpp>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/visible_text.hpp>

#include "inventory/known_account.hpp"
#include "marketplace/account_list.hpp"
#include "ports/audited.hpp"
#include "ports/submit.hpp"
#include "sync/lease.hpp"
#include "sync/plan.hpp"
#include "sync/records.hpp"
#include "sync/refusal.hpp"
#include "sync/runner.hpp"
#include "sync/sync_core.hpp"

namespace stocktracker::inline v0 {
namespace {

class RunPages final : public PageSource<SyncRun> {
 public:
  RunPages(std::shared_ptr<SyncCore> core, const RunQuery& query, CallContext context)
      : core_(std::move(core)), query_(query), context_(std::move(context)) {}

  Result<std::vector<SyncRun>> fetch() override {
    STK_TRY(const auto context, enter_page(core_->accounts->ports(), context_));
    if (query_.page_size < 1 || query_.page_size > 1'000) {
      return Error(Errc::invalid_argument, "page_size must be between 1 and 1000").about("page_size");
    }
    STK_TRY(auto database, core_->accounts->ports().storage->tenant(context.tenant));
    std::vector<SyncRun> page;
    const std::int64_t before = before_;
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(page, sync_run::read_runs(tx, query_.account, before, query_.page_size, before_));
      const bool nothing = page.empty() && before == INT64_MAX;
      return nothing ? inventory::require_account(tx, query_.account) : Result<void>(success());
    };
    STK_TRY(database->transact(context, TransactMode::read, read));
    return page;
  }

 private:
  std::shared_ptr<SyncCore> core_;
  RunQuery query_;
  CallContext context_;
  std::int64_t before_ = INT64_MAX;
};

/// The audit records who started a run, and separately who accepted what the guard would hold.
Result<SyncRun> run_recorded(const SyncCore& core, const Account& account, const SyncOptions& options,
                             const CallContext& context) {
  auto run = sync_run::run_account(core, account, options, context);
  if (context.actor.empty()) return run;
  const char* const action = options.accept_mass_zero ? "sync.run_accepted" : "sync.run";
  return audited(core.accounts->ports(), {action, context.tenant, account.id.text()}, context, std::move(run));
}

constexpr std::size_t kMostReason = 500;

Result<SyncRun> refuse_held(const Ports& ports, const RunId& run, std::string_view why, const CallContext& context) {
  if (why.empty() || why.size() > kMostReason) {
    return Error(Errc::invalid_argument, "why must be 1 to 500 bytes").about("why");
  }
  const RunRefusal refusal{context.actor, ports.clock->now(), visible(why)};
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  SyncRun refused;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(refused, sync_run::refuse_run(tx, run, refusal));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::write, write));
  return refused;
}

}  // namespace

Result<SyncRun> Sync::run(const AccountId& account, const SyncOptions& options, const CallContext& given) {
  STK_TRY(const auto context, enter(core_->accounts->ports(), given, Permission::sync_run));
  STK_TRY(options.validate());
  STK_TRY(const auto found, find_account(*core_->accounts, account.text(), context));
  return run_recorded(*core_, found, options, context);
}

Result<Operation<SyncRun>> Sync::submit_run(const AccountId& account, const SyncOptions& options,
                                            const CallContext& given) {
  const auto call = [sync = *this, account, options](const CallContext& context) mutable {
    return sync.run(account, options, context);
  };
  return submit_call<SyncRun>(core_->accounts->ports(), Lane::io, Permission::sync_run, given, call);
}

Result<std::vector<Result<SyncRun>>> Sync::run_all(const SyncOptions& options, const CallContext& given) {
  const Ports& ports = core_->accounts->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::sync_run));
  STK_TRY(options.validate());
  STK_TRY(const auto accounts, read_all(*core_->accounts, context));
  std::vector<std::optional<Result<SyncRun>>> ended(accounts.size());
  const auto one = [&](std::size_t i) -> Result<void> {
    ended[i] = run_recorded(*core_, accounts[i], options, context);
    return success();
  };
  STK_TRY(parallel(*ports.executor, Lane::io, accounts.size(), one, context.tenant));
  std::vector<Result<SyncRun>> results;
  for (auto& result : ended) results.push_back(std::move(*result));
  return results;
}

Result<SyncRun> Sync::refuse(const RunId& run, std::string_view why, const CallContext& given) {
  const Ports& ports = core_->accounts->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::sync_run));
  return audited(ports, {"sync.refuse", context.tenant, run.text()}, context, refuse_held(ports, run, why, context));
}

Result<SyncPlan> Sync::plan(const AccountId& account, const SyncOptions& options, const CallContext& given) const {
  const AccountsCore& accounts = *core_->accounts;
  STK_TRY(const auto context, enter(accounts.ports(), given, Permission::sync_run));
  STK_TRY(options.validate());
  STK_TRY(const auto found, find_account(accounts, account.text(), context));
  STK_TRY(const auto signs_in_with, accounts.credentials(found, context));
  STK_TRY(const auto connector, accounts.connector(found, signs_in_with.credentials, context));
  STK_TRY(auto database, accounts.ports().storage->tenant(context.tenant));
  sync_run::KnownCounts known;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(known, sync_run::read_counts(tx, account));
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return SyncPlan{account,
                  sync_run::plan_sources(connector->capabilities(), dynamic_cast<const RequestCounts*>(connector.get()),
                                         known, options, accounts.ports().clock->now())};
}

Result<std::optional<RunId>> Sync::release(const AccountId& account, const ReleaseOptions& options,
                                           const CallContext& given) {
  const Ports& ports = core_->accounts->ports();
  STK_TRY(const auto context, enter(ports, given, Permission::sync_release));
  const std::string id = account.text();
  const auto free = [&]() -> Result<std::optional<RunId>> {
    STK_TRY(auto database, ports.storage->tenant(context.tenant));
    std::optional<RunId> run;
    const auto write = [&](Transaction& tx) -> Result<void> {
      STK_TRY(read_account(tx, account));
      STK_TRY(run, sync_run::free_account(tx, id, options.force, ports.clock->now()));
      return success();
    };
    STK_TRY(database->transact(context, TransactMode::write, write));
    return run;
  };
  const char* const action = options.force ? "sync.release_forced" : "sync.release";
  return audited(ports, {action, context.tenant, id}, context, free());
}

Pages<SyncRun> Sync::runs(RunQuery query, const CallContext& given) const {
  auto context = enter_listing(core_->accounts->ports(), given, Permission::sync_read);
  if (!context) return Pages<SyncRun>::failed(std::move(context).error());
  return Pages<SyncRun>(std::make_unique<RunPages>(core_, query, std::move(context).value()));
}

Result<std::vector<SourceStatus>> Sync::sources(const AccountId& account, const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->accounts->ports(), given, Permission::sync_read));
  STK_TRY(auto database, core_->accounts->ports().storage->tenant(context.tenant));
  std::vector<SourceStatus> all;
  const auto read = [&](Transaction& tx) -> Result<void> {
    all.clear();
    STK_TRY(const auto rows, sync_run::read_sources(tx, account));
    if (rows.empty()) return inventory::require_account(tx, account);
    for (const auto& row : rows) {
      all.push_back({row.name, row.state, row.disposition, row.observed_at, row.retry_at, row.error});
    }
    return success();
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  return all;
}

}  // namespace stocktracker::inline v0
