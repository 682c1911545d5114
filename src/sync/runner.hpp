/// Runs one account: fetches what the machine decides, then commits.
#pragma once

#include <memory>

#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/sync/run.hpp>

#include "sync/sync_core.hpp"

namespace stocktracker::inline v0::sync_run {

/// Runs one account once. `context` has its deadline resolved.
[[nodiscard]] Result<SyncRun> run_account(const SyncCore& core, const Account& account, const SyncOptions& options,
                                          const CallContext& context);

}  // namespace stocktracker::inline v0::sync_run
