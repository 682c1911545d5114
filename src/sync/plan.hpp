/// Estimates the requests of a run from the channel's capabilities and from what is stored.
#pragma once

#include <vector>

#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/sync/plan.hpp>
#include <stocktracker/sync/run.hpp>

#include "marketplace/request_counts.hpp"
#include "sync/records.hpp"

namespace stocktracker::inline v0::sync_run {

/// What the store knows of an account, and of its sources.
struct KnownCounts : KnownRows {
  std::vector<SourceRow> sources{};
};

[[nodiscard]] Result<KnownCounts> read_counts(Transaction& tx, const AccountId& account);

/// Pure. `counts` is null if the connector does not count its requests.
[[nodiscard]] std::vector<PlannedSource> plan_sources(const Capabilities& can, const RequestCounts* counts,
                                                      const KnownCounts& known, const SyncOptions& options,
                                                      Instant now);

}  // namespace stocktracker::inline v0::sync_run
