// Reads the records of tenants in the control plane.
#include "tenant/tenant_records.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kById{"tenant.by_id",
                          "SELECT tenant_id, name, state, created_at, reason FROM tenant WHERE tenant_id = $1"};
constexpr Statement kByName{"tenant.by_name",
                            "SELECT tenant_id, name, state, created_at, reason FROM tenant WHERE name = $1"};
constexpr Statement kPage{"tenant.page",
                          "SELECT tenant_id, name, state, created_at, reason FROM tenant WHERE tenant_id > $1 AND "
                          "($2 = 1 OR state <> 'deleted') ORDER BY tenant_id LIMIT $3"};
constexpr Statement kHalfWay{
    "tenant.half_way",
    "SELECT tenant_id, name, state, created_at, reason FROM tenant WHERE state IN ('creating', "
    "'deleting') AND reason = '' ORDER BY tenant_id"};

constexpr TenantState kStates[] = {TenantState::creating, TenantState::active,  TenantState::suspended,
                                   TenantState::deleting, TenantState::deleted, TenantState::quarantined};

Result<Tenant> tenant_of(const RowCursor& row) {
  Tenant tenant;
  STK_TRY(tenant.id, TenantId::parse(row.text(0)));
  tenant.name = row.text(1);
  const std::string_view state = row.text(2);
  const auto* const known =
      std::find_if(std::begin(kStates), std::end(kStates), [&](TenantState s) { return state == to_string(s); });
  if (known == std::end(kStates)) return Error(Errc::store_corrupt, "tenant " + tenant.id.text() + " has no state");
  tenant.state = *known;
  tenant.created_at = Instant::from_micros(row.integer(3));
  tenant.reason = row.text(4);
  return tenant;
}

Result<std::vector<Tenant>> tenants_by(Database& control, const Statement& statement, std::span<const SqlValue> values,
                                       const CallContext& context) {
  std::vector<Tenant> tenants;
  const auto read = [&](Transaction& tx) -> Result<void> {
    tenants.clear();
    STK_TRY(auto rows, tx.query(statement, values));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(auto tenant, tenant_of(*rows));
      tenants.push_back(std::move(tenant));
    }
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return tenants;
}

Result<std::optional<Tenant>> first(Result<std::vector<Tenant>> found) {
  if (!found) return std::move(found).error();
  if (found.value().empty()) return std::optional<Tenant>();
  return std::optional<Tenant>(std::move(found.value().front()));
}

}  // namespace

Result<std::optional<Tenant>> read_tenant(Database& control, const TenantId& tenant, const CallContext& context) {
  const std::string id = tenant.text();
  const SqlValue values[] = {id};
  return first(tenants_by(control, kById, values, context));
}

Result<std::optional<Tenant>> read_tenant_named(Database& control, std::string_view name, const CallContext& context) {
  const SqlValue values[] = {name};
  return first(tenants_by(control, kByName, values, context));
}

Result<std::vector<Tenant>> read_tenants(Database& control, const TenantId& after, int most, bool deleted,
                                         const CallContext& context) {
  const std::string behind = after.is_nil() ? std::string() : after.text();
  const SqlValue values[] = {behind, deleted ? 1 : 0, most};
  return tenants_by(control, kPage, values, context);
}

Result<std::vector<Tenant>> read_half_way_tenants(Database& control, const CallContext& context) {
  return tenants_by(control, kHalfWay, {}, context);
}

Result<std::optional<Tenant>> read_tenant(Transaction& tx, const TenantId& tenant) {
  const std::string id = tenant.text();
  STK_TRY(auto rows, tx.query(kById, {id}));
  STK_TRY(const bool found, rows->next());
  if (!found) return std::optional<Tenant>();
  STK_TRY(auto read, tenant_of(*rows));
  return std::optional<Tenant>(std::move(read));
}

Result<bool> has_tenant_record(Transaction& tx, std::string_view tenant) {
  STK_TRY(auto rows, tx.query(kById, {tenant}));
  return rows->next();
}

std::string reason_of_import(const std::string& import) {
  return "an import is in progress or was interrupted (" + import + "): import it again, or delete it";
}

bool is_import(const Tenant& tenant) { return tenant.state == TenantState::creating && !tenant.reason.empty(); }

}  // namespace stocktracker::inline v0
