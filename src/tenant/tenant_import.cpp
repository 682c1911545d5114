// TenantsCore: the saga of an import, which an interruption or a second attempt may meet at any step.
#include "tenant/relay.hpp"
#include "tenant/tenant_records.hpp"
#include "tenant/tenant_sealer.hpp"
#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {
namespace {

// The id of an import is in the tenant's reason.
constexpr Statement kTakeOver{
    "tenant.take_over",
    "UPDATE tenant SET name = $2, reason = $3 WHERE tenant_id = $1 AND state = 'creating' AND "
    "reason <> ''"};
constexpr Statement kImported{"tenant.imported",
                              "UPDATE tenant SET state = 'active', reason = '' WHERE tenant_id = $1 AND state = "
                              "'creating' AND reason = $2"};
constexpr Statement kStillMine{"tenant.still_mine",
                               "UPDATE tenant SET reason = reason WHERE tenant_id = $1 AND state = 'creating' AND "
                               "reason = $2"};
constexpr Statement kVoid{"tenant.void_import",
                          "UPDATE tenant SET reason = $2 WHERE tenant_id = $1 AND state = 'creating' AND reason <> ''"};
constexpr Statement kDoubt{"tenant.doubt",
                           "UPDATE tenant SET state = 'quarantined', reason = 'two imports filled it at one moment' "
                           "WHERE tenant_id = $1 AND state IN ('active', 'suspended')"};
constexpr Statement kWithdraw{"tenant.withdraw",
                              "DELETE FROM tenant WHERE tenant_id = $1 AND state = 'creating' AND reason = $2"};

}  // namespace

Result<Tenant> TenantsCore::begin_import(const TenantId& id, std::string_view name, const std::string& import,
                                         const CallContext& context) {
  std::int64_t taken_over = 0;
  const std::string tenant = id.text();
  const std::string reason = reason_of_import(import);
  const auto take_over = [&](Transaction& tx) -> Result<void> {
    STK_TRY(taken_over, tx.execute(kTakeOver, {tenant, name, reason}));
    return success();
  };
  STK_TRY(must_be_free(id, name, context));
  STK_TRY(storage_->control().transact(context, TransactMode::write, take_over));
  if (taken_over != 0) return Tenant{id, std::string(name), TenantState::active, clock_->now()};
  return note_creation(id, name, reason, context);
}

Result<bool> TenantsCore::is_under_way(const TenantId& tenant, const std::string& import,
                                       const CallContext& context) const {
  STK_TRY(const auto known, record(tenant, context));
  return known && known->state == TenantState::creating && known->reason == reason_of_import(import);
}

Result<void> TenantsCore::confirm_filled(const TenantId& tenant, const std::string& import,
                                         const CallContext& context) {
  std::int64_t mine = 0;
  const std::string id = tenant.text();
  const std::string reason = reason_of_import(import);
  const std::string nobodys = reason_of_import("two at one moment");
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(mine, tx.execute(kStillMine, {id, reason}));
    if (mine != 0) return success();
    STK_TRY(tx.execute(kVoid, {id, nobodys}));
    STK_TRY(tx.execute(kDoubt, {id}));
    return success();
  };
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  if (mine != 0) return success();
  return Error(Errc::store_constraint, "another import of tenant " + id + " ran at the same moment")
      .about("tenant")
      .may_retry();
}

Result<void> TenantsCore::finish_import(const TenantId& tenant, const std::string& import, const CallContext& context) {
  if (sealer_) {
    STK_TRY(sealer_->warm(tenant, context));
  }
  std::int64_t finished = 0;
  const std::string id = tenant.text();
  const std::string reason = reason_of_import(import);
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(finished, tx.execute(kImported, {id, reason}));
    return success();
  };
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  if (finished != 0) return success();
  return Error(Errc::store_constraint, "another import of tenant " + id + " took its place")
      .about("tenant")
      .may_retry();
}

Result<void> TenantsCore::withdraw(const TenantId& tenant, const std::string& reason, const CallContext& context) {
  const std::string id = tenant.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(const auto withdrawn, tx.execute(kWithdraw, {id, reason}));
    if (withdrawn == 0) {
      STK_TRY(const bool known, has_tenant_record(tx, id));
      if (known) return success();  // another import replaced this one
    }
    // Also if another process has deleted the record: an import that continued has created them again.
    STK_TRY(TenantSealer::destroy(tx, id));
    return forget_directory(tx, id);
  };
  if (sealer_) sealer_->forget(tenant);
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  STK_TRY(destroy_if_gone(tenant, context));
  return success();
}

Result<void> TenantsCore::withdraw_import(const TenantId& tenant, const std::string& import,
                                          const CallContext& context) {
  return withdraw(tenant, reason_of_import(import), context);
}

}  // namespace stocktracker::inline v0
