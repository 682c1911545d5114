/// A person's decision not to apply what a run held.
#pragma once

#include <string>

#include <stocktracker/ports/database.hpp>
#include <stocktracker/sync/run.hpp>

namespace stocktracker::inline v0::sync_run {

/// Records the refusal, and ends the hold of the run's sources unless a later run holds them too. Returns the run. See
/// Sync::refuse for the errors.
[[nodiscard]] Result<SyncRun> refuse_run(Transaction& tx, const RunId& run, const RunRefusal& refusal);

}  // namespace stocktracker::inline v0::sync_run
