// Row scope: two settings of the transaction. The one that does not apply names nobody.
#include "ports/row_scope.hpp"

namespace stocktracker::inline v0 {
namespace {

// set_config is PostgreSQL's; the driver of SQLite has a function of this name without an effect. `true`: until the
// transaction ends.
constexpr Statement kLimit{"rows.limit",
                           "SELECT set_config('stocktracker.tenant', $1, true), set_config('stocktracker.user', $2, "
                           "true)"};

Result<void> limit_to(Transaction& tx, const Uuid& tenant, const Uuid& user) {
  const std::string tenant_text = tenant.text();
  const std::string user_text = user.text();
  STK_TRY(auto rows, tx.query(kLimit, {tenant_text, user_text}));
  STK_TRY(rows->next());
  return success();
}

}  // namespace

Result<void> limit_rows(Transaction& tx, const TenantId& tenant) { return limit_to(tx, tenant.uuid(), Uuid()); }
Result<void> limit_rows(Transaction& tx, const UserId& user) { return limit_to(tx, Uuid(), user.uuid()); }

}  // namespace stocktracker::inline v0
