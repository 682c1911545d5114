// Ends this process at its n-th change of a file, as a crash would: nothing after it happens, a write may be torn.
#pragma once

#include <atomic>
#include <cstdint>

namespace kill_points {

struct Plan {
  std::atomic<std::int64_t> changes = 0;      ///< writes, truncations, flushes and removals so far
  std::atomic<std::int64_t> die_at = 0;       ///< 0: never
  std::atomic<bool> sends = false;            ///< what is sent to a server counts as a change, too
  std::atomic<bool> torn = false;             ///< the write that kills is done by half
  std::atomic<std::int64_t> wal_flushed = 0;  ///< size of the write-ahead log when it was last flushed
};

/// Shared with children that are forked afterwards.
Plan& plan();

}  // namespace kill_points
