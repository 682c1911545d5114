/// Rows of runs and sources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/sync/run.hpp>

#include "sync/run_machine.hpp"

namespace stocktracker::inline v0::sync_run {

struct SourceRow {
  std::int64_t id = 0;  ///< 0: not stored yet
  std::string name;
  FetchKind kind = FetchKind::catalogue;
  SourceState state = SourceState::stale;
  Disposition disposition = Disposition::not_applied;
  std::optional<Instant> observed_at;  ///< of the last snapshot applied
  std::optional<Instant> retry_at;
  std::string digest;  ///< of the last snapshot applied
  std::string error;
  std::optional<Absent> absent;  ///< the meaning of absence in the last answer applied; for stock only
};

[[nodiscard]] Result<std::vector<SourceRow>> read_sources(Transaction& tx, const AccountId& account);
/// Assigns ids to new rows.
[[nodiscard]] Result<void> number_sources(Transaction& tx, std::vector<SourceRow>& sources);
[[nodiscard]] Result<void> write_source(Transaction& tx, const AccountId& account, const SourceRow& source);

/// Stores the beginning of a run; returns its number within the store.
[[nodiscard]] Result<std::int64_t> begin_run(Transaction& tx, const SyncRun& run);
/// Stores the end of a run, with its sources.
[[nodiscard]] Result<void> finish_run(Transaction& tx, std::int64_t run_no, const SyncRun& run);
/// Newest first, with numbers below `before`; `last` receives the number of the last one.
[[nodiscard]] Result<std::vector<SyncRun>> read_runs(Transaction& tx, const std::optional<AccountId>& account,
                                                     std::int64_t before, int limit, std::int64_t& last);

}  // namespace stocktracker::inline v0::sync_run
