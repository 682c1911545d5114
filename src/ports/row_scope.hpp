/// Row scope: the rows of walled tables of the control plane that a transaction reaches. On PostgreSQL, row security
/// enforces it, and a transaction without a scope cannot use such a table; SQLite ignores it.
#pragma once

#include <stocktracker/core/ids.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Reads and writes rows of this tenant from here on.
[[nodiscard]] Result<void> limit_rows(Transaction& tx, const TenantId& tenant);
/// Reads rows of this user in every tenant from here on, and writes none.
[[nodiscard]] Result<void> limit_rows(Transaction& tx, const UserId& user);

}  // namespace stocktracker::inline v0
