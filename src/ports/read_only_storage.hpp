/// A store that an engine reads and never changes, whatever its driver permits.
#pragma once

#include <memory>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Refuses every transaction that may write, and what creates, removes or replaces a tenant's plane, with
/// Errc::store_read_only. Backups read.
[[nodiscard]] std::shared_ptr<Storage> read_only(std::shared_ptr<Storage> storage);

}  // namespace stocktracker::inline v0
