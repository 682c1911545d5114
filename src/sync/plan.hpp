/// Estimates the requests of a run from the channel's capabilities and from what is stored.
#pragma once

#include <vector>

#include <stocktracker/marketplace/capabilities.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/sync/plan.hpp>
#include <stocktracker/sync/run.hpp>

#include "sync/records.hpp"

namespace stocktracker::inline v0::sync_run {

/// What the store knows of an account.
struct KnownCounts {
  std::int64_t offers = 0;     ///< listed
  std::int64_t listings = 0;   ///< of those offers
  std::int64_t positions = 0;  ///< of FBO stock
  std::int64_t in_stock = 0;   ///< of those positions
  std::vector<SourceRow> sources{};
};

[[nodiscard]] Result<KnownCounts> read_counts(Transaction& tx, const AccountId& account);

/// Pure.
[[nodiscard]] std::vector<PlannedSource> plan_sources(const Capabilities& can, const KnownCounts& known,
                                                      const SyncOptions& options, Instant now);

}  // namespace stocktracker::inline v0::sync_run
