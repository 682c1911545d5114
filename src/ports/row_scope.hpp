/// Row scope: the rows of walled tables of the control plane that a transaction reaches. On PostgreSQL, row security
/// enforces it, and a transaction without a scope cannot use such a table; SQLite ignores it.
#pragma once

#include <stocktracker/core/ids.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

namespace row_scope {
// set_config is PostgreSQL's; the driver of SQLite has a function of this name without an effect. `true`: until the
// transaction ends.
inline constexpr Statement kLimit{
    "rows.limit", "SELECT set_config('stocktracker.tenant', $1, true), set_config('stocktracker.user', $2, true)"};

/// The one that does not apply is nil: it names nobody.
[[nodiscard]] inline Result<void> limit_to(Transaction& tx, const Uuid& tenant, const Uuid& user) {
  const std::string tenant_text = tenant.text();
  const std::string user_text = user.text();
  STK_TRY(auto rows, tx.query(kLimit, {tenant_text, user_text}));
  STK_TRY(rows->next());
  return success();
}
}  // namespace row_scope

/// Reads and writes rows of this tenant from here on.
[[nodiscard]] inline Result<void> limit_rows(Transaction& tx, const TenantId& tenant) {
  return row_scope::limit_to(tx, tenant.uuid(), Uuid());
}
/// Reads rows of this user in every tenant from here on, and writes none.
[[nodiscard]] inline Result<void> limit_rows(Transaction& tx, const UserId& user) {
  return row_scope::limit_to(tx, Uuid(), user.uuid());
}

}  // namespace stocktracker::inline v0
