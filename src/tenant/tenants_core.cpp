// TenantsCore: the sagas of tenants, with their states, and what each step undoes. Imports are in tenant_import.cpp.
#include "tenant/tenants_core.hpp"

#include "core/storable_text.hpp"
#include "sql/product_schema.hpp"
#include "tenant/account_ids.hpp"
#include "tenant/event_log.hpp"
#include "tenant/plane_copy.hpp"
#include "tenant/relay.hpp"
#include "tenant/tenant_records.hpp"
#include "tenant/tenant_sealer.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kMove{"tenant.move",
                          "UPDATE tenant SET state = $3, reason = '' WHERE tenant_id = $1 AND state = $2"};
constexpr Statement kBury{"tenant.bury",
                          "UPDATE tenant SET state = 'deleted', name = tenant_id WHERE tenant_id = $1 AND "
                          "state = 'deleting'"};
constexpr Statement kCondemn{"tenant.condemn",
                             "UPDATE tenant SET state = 'deleting', reason = '' WHERE tenant_id = $1 AND state <> "
                             "'deleted'"};

constexpr std::size_t kMostName = 120;

/// The event of a move; empty if nobody who reads the tenant's events needs to know.
std::string_view topic_of(TenantState from, TenantState to) noexcept {
  if (from == TenantState::creating) return {};
  if (to == TenantState::active) return kTenantResumed;
  if (to != TenantState::suspended) return {};
  return from == TenantState::quarantined ? kTenantRestored : kTenantSuspended;
}

}  // namespace

Result<void> check_tenant_name(std::string_view name) {
  if (is_visible_name(name, kMostName) && !TenantId::parse(name)) return success();
  return Error(Errc::invalid_argument,
               "a tenant's name has 1 to 120 bytes of UTF-8, is not blank and no id, and has no control characters or "
               "marks that turn the direction of writing")
      .about("name");
}

Result<void> TenantsCore::need_many() const {
  if (many_) return success();
  return Error(Errc::unsupported, "this store is a file for one seller; tenants need a folder").about("path");
}

Result<std::optional<Tenant>> TenantsCore::record(const TenantId& tenant, const CallContext& context) const {
  return read_tenant(storage_->control(), tenant, context);
}

Result<std::optional<Tenant>> TenantsCore::record_named(std::string_view name, const CallContext& context) const {
  return read_tenant_named(storage_->control(), name, context);
}

Result<std::vector<Tenant>> TenantsCore::page(const TenantId& after, int most, bool deleted,
                                              const CallContext& context) const {
  return read_tenants(storage_->control(), after, most, deleted, context);
}

Result<Tenant> TenantsCore::create(std::string_view name, const CallContext& context) {
  return adopt(random_->make_id<TenantId>(clock_->now()), name, context);
}

Result<void> TenantsCore::must_be_free(const TenantId& tenant, std::string_view name,
                                       const CallContext& context) const {
  STK_TRY(need_many());
  STK_TRY(check_tenant_name(name));
  STK_TRY(const auto taken, record_named(name, context));
  if (taken && !(is_import(*taken) && (tenant.is_nil() || taken->id == tenant))) {
    return Error(Errc::already_exists, "a tenant with this name exists; choose another name").about("name");
  }
  if (tenant.is_nil()) return success();
  STK_TRY(const auto known, record(tenant, context));
  if (!known || is_import(*known)) return success();
  return Error(Errc::already_exists,
               "tenant " + tenant.text() + " is known here already, and is " + to_string(known->state))
      .about("tenant");
}

Result<Tenant> TenantsCore::adopt(const TenantId& id, std::string_view name, const CallContext& context) {
  STK_TRY(auto tenant, note_creation(id, name, "", context));
  STK_TRY(finish_creation(tenant.id, context));
  return tenant;
}

Result<Tenant> TenantsCore::begin_creation(std::string_view name, WithTenant also, const CallContext& context) {
  return note_creation(random_->make_id<TenantId>(clock_->now()), name, "", also, context);
}

Result<Tenant> TenantsCore::note_creation(const TenantId& id, std::string_view name, const std::string& reason,
                                          const CallContext& context) {
  const auto nothing = [](Transaction&, const TenantId&) -> Result<void> { return success(); };
  return note_creation(id, name, reason, nothing, context);
}

Result<Tenant> TenantsCore::note_creation(const TenantId& id, std::string_view name, const std::string& reason,
                                          WithTenant also, const CallContext& context) {
  STK_TRY(must_be_free(id, name, context));
  const Instant now = clock_->now();
  const Tenant tenant{id, std::string(name), TenantState::active, now};
  const std::string text = id.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.upsert("tenant", OnConflict::fail,
                      {SqlColumn::constant("tenant_id", text), SqlColumn::constant("name", tenant.name),
                       SqlColumn::constant("state", to_string(TenantState::creating)),
                       SqlColumn::constant("created_at", now.micros()), SqlColumn::constant("reason", reason)}));
    return also(tx, id);
  };
  auto written = storage_->control().transact(context, TransactMode::write, write);
  if (!written && written.error().details().field.empty()) return std::move(written).error().about("name");
  if (!written) return std::move(written).error();
  return tenant;
}

// A process may have filled a plane again after it was destroyed. A plane that another import has taken over is left
// alone. A removal that begins later destroys its plane itself.
Result<bool> TenantsCore::destroy_if_gone(const TenantId& tenant, const CallContext& context) {
  STK_TRY(const auto known, record(tenant, context));
  if (known && known->state != TenantState::deleting && known->state != TenantState::deleted) return false;
  STK_TRY(storage_->destroy_tenant(tenant, context));
  return true;
}

Result<void> TenantsCore::finish_creation(const TenantId& tenant, const CallContext& context) {
  STK_TRY(storage_->create_tenant(tenant, context));
  if (sealer_) {
    STK_TRY(sealer_->warm(tenant, context));
  }
  STK_TRY(move(tenant, TenantState::creating, TenantState::active, context));
  return success();
}

Result<std::int64_t> TenantsCore::move(const TenantId& tenant, TenantState from, TenantState to,
                                       const CallContext& context) {
  std::int64_t moved = 0;
  const std::string id = tenant.text();
  const Instant now = clock_->now();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(moved, tx.execute(kMove, {id, to_string(from), to_string(to)}));
    const std::string_view topic = topic_of(from, to);
    if (moved == 0 || topic.empty()) return success();
    return append_control_event(tx, id, topic, now);
  };
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  return moved;
}

void TenantsCore::forget(const TenantId& tenant) const {
  if (forget_) forget_(tenant);
}

Result<void> TenantsCore::begin_anew(const TenantId& tenant, TenantState from, const CallContext& context) {
  STK_TRY(const auto known, record(tenant, context));
  if (!known || known->state != from) return success();  // the move refuses it
  STK_TRY(auto plane, storage_->tenant(tenant));
  return clear_stamps(*plane, context);
}

Result<Tenant> TenantsCore::change(const TenantId& tenant, TenantState from, TenantState to,
                                   const CallContext& context) {
  STK_TRY(need_many());
  if (to == TenantState::active) {
    STK_TRY(begin_anew(tenant, from, context));
  }
  STK_TRY(const std::int64_t moved, move(tenant, from, to, context));
  if (moved != 0 && to != TenantState::active) forget(tenant);
  STK_TRY(const auto now_is, record(tenant, context));
  if (!now_is) return Error(Errc::not_found, "there is no tenant " + tenant.text()).about("tenant");
  if (moved == 0) {
    return Error(Errc::invalid_argument,
                 "tenant " + tenant.text() + " is " + to_string(now_is->state) + ", not " + to_string(from))
        .about("tenant");
  }
  return *now_is;
}

Result<void> TenantsCore::remove(const TenantId& tenant, const CallContext& context) {
  STK_TRY(need_many());
  STK_TRY(const auto record_of_it, record(tenant, context));
  // Removes everything that an interrupted import has left, so that it can be repeated.
  if (record_of_it && is_import(*record_of_it)) return withdraw(tenant, record_of_it->reason, context);
  std::int64_t condemned = 0;
  const std::string id = tenant.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(condemned, tx.execute(kCondemn, {id}));
    if (condemned == 0) return success();
    if (clear_) {
      STK_TRY(clear_(tx, tenant));
    }
    return TenantSealer::destroy(tx, id);
  };
  STK_TRY(storage_->control().transact(context, TransactMode::write, write));
  if (condemned == 0) {
    STK_TRY(const auto known, record(tenant, context));
    if (!known) return Error(Errc::not_found, "there is no tenant " + id).about("tenant");
    return success();
  }
  return finish_deletion(tenant, context);
}

Result<void> TenantsCore::finish_deletion(const TenantId& tenant, const CallContext& context) {
  if (sealer_) sealer_->forget(tenant);
  forget(tenant);
  STK_TRY(storage_->destroy_tenant(tenant, context));
  const std::string id = tenant.text();
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(TenantSealer::destroy(tx, id));  // a process that sealed meanwhile may have made one
    STK_TRY(forget_directory(tx, id));
    STK_TRY(tx.execute(kBury, {id}));
    return success();
  };
  return storage_->control().transact(context, TransactMode::write, write);
}

Result<void> TenantsCore::restore(const TenantId& tenant, const std::string& backup, const CallContext& context) {
  STK_TRY(need_many());
  STK_TRY(const auto known, record(tenant, context));
  if (!known) return Error(Errc::not_found, "there is no tenant " + tenant.text()).about("tenant");
  if (known->state != TenantState::suspended && known->state != TenantState::quarantined) {
    return Error(Errc::invalid_argument,
                 "tenant " + tenant.text() + " is " + to_string(known->state) + "; suspend it before it is restored")
        .about("tenant");
  }
  auto restored = storage_->restore_tenant(tenant, backup, context);
  forget(tenant);
  if (restored) restored = settle_restored(tenant, context);
  // The restore may have taken minutes, and may have brought back data of a tenant that was removed meanwhile. So this
  // is done however it ended.
  CallContext quiet;
  quiet.actor = context.actor;
  quiet.request_id = context.request_id;
  STK_TRY(const bool gone, destroy_if_gone(tenant, quiet));
  if (gone) return Error(Errc::not_found, "tenant " + tenant.text() + " was removed meanwhile").about("tenant");
  return restored;
}

Result<void> TenantsCore::settle_restored(const TenantId& tenant, const CallContext& context) {
  STK_TRY(auto plane, storage_->tenant(tenant));
  STK_TRY(empty_tables(*plane, sql::tables_not_restored(), context));
  STK_TRY(settle_accounts(*storage_, tenant, *random_, *clock_, context));
  // Still closed for writing: an operator checks the restored data before the tenant is resumed.
  STK_TRY(move(tenant, TenantState::quarantined, TenantState::suspended, context));
  // Its accounts may be others now. Events of the backup's time are published again or not at all.
  return RelayCore(storage_, clock_).rebuild(tenant, context);
}

Result<Tenant> TenantsCore::resume(const TenantId& tenant, const CallContext& context) {
  STK_TRY(need_many());
  STK_TRY(const auto known, record(tenant, context));
  if (!known || known->state != TenantState::quarantined) {
    return change(tenant, TenantState::suspended, TenantState::active, context);
  }
  STK_TRY(must_be_sound(tenant, context));
  return change(tenant, TenantState::quarantined, TenantState::active, context);
}

Result<void> TenantsCore::must_be_sound(const TenantId& tenant, const CallContext& context) const {
  if (const auto opened = storage_->tenant(tenant); !opened) {
    return Quarantine::closed(tenant, reason_of(opened.error())).because(opened.error());
  }
  CallContext own = context;
  own.tenant = tenant;
  STK_TRY(const auto findings, storage_->examine(own));
  for (const StorageFinding& finding : findings) {
    if (finding.tenant == tenant && finding.damaged) return Quarantine::closed(tenant, finding.detail);
  }
  // The directory may be of another time than these data.
  return RelayCore(storage_, clock_).rebuild(tenant, context);
}

Result<std::size_t> TenantsCore::recover(const CallContext& context) {
  if (!many_) return std::size_t{0};
  STK_TRY(const auto half_way, read_half_way_tenants(storage_->control(), context));
  std::size_t finished = 0;
  for (const Tenant& tenant : half_way) {
    const CallContext own = patient(context);
    const auto done =
        tenant.state == TenantState::creating ? finish_creation(tenant.id, own) : finish_deletion(tenant.id, own);
    if (done) {
      ++finished;
      continue;
    }
    STK_TRY(context.check(clock_->now()));
    if (!quarantine_) return done.error();
    quarantine_->report<LogEntry::tenant_half_way>(tenant.id, done.error());
  }
  return finished;
}

}  // namespace stocktracker::inline v0
