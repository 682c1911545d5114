// Creates a tenant from a file, in steps that can be repeated and undone.
#include "assembly/tenant_import.hpp"

#include <stocktracker/adapters/sqlite.hpp>

#include "adapters/sqlite/private_folder.hpp"
#include "sql/product_schema.hpp"
#include "tenant/account_ids.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {

Result<Tenant> TenantImport::run(const std::string& file, std::string_view name) {
  // The name is checked before the file, which may take minutes.
  STK_TRY(parts_.tenants->must_be_free({}, name, context_));
  tenant_ = parts_.ports.random->make_id<TenantId>(parts_.ports.clock->now());
  attempt_ = parts_.ports.random->make_id<EventId>(parts_.ports.clock->now()).text();
  STK_TRY(read_owner(file));
  STK_TRY(auto tenant, parts_.tenants->begin_import(tenant_, name, attempt_, context_));
  auto imported = fill_plane();
  if (imported) imported = parts_.relay->rebuild(tenant_, context_);
  if (imported) imported = parts_.tenants->finish_import(tenant_, attempt_, context_);
  if (imported) return tenant;
  undo();
  return std::move(imported).error();
}

Result<void> TenantImport::read_owner(const std::string& file) {
  ForeignFileOptions from;
  from.path = file;
  from.schema = sql::product_schema();
  from.clock = parts_.ports.clock;
  STK_TRY(const TenantId owner, foreign_owner(from, context_));
  file_ = file;
  if (!owner.is_nil()) {
    tenant_ = owner;
    return success();
  }
  from.new_owner = tenant_;
  STK_TRY(auto place, sqlite::PrivateFolder::make({}));
  converted_.emplace(std::move(place));
  file_ = converted_->path() + "/tenant.db";
  STK_TRY(read_foreign_file(from, file_, context_));
  return success();
}

Result<void> TenantImport::fill_plane() {
  Storage& storage = parts_.tenants->storage();
  // An existing plane was left by an interrupted import: it is replaced.
  const auto there = storage.tenant(tenant_);
  if (!there && there.error().errc() == Errc::not_found) {
    STK_TRY(storage.create_tenant(tenant_, context_));
  }
  STK_TRY(const bool ours, parts_.tenants->is_under_way(tenant_, attempt_, context_));
  if (!ours)
    return Error(Errc::store_constraint, "another import of this tenant took its place").about("tenant").may_retry();
  STK_TRY(storage.restore_tenant(tenant_, file_, context_));
  auto settled = settle_plane();
  parts_.accounts->forget(tenant_);
  // This may have taken minutes, and may have replaced what another import has filled meanwhile: checked however it
  // ended.
  STK_TRY(parts_.tenants->confirm_filled(tenant_, attempt_, quiet()));
  return settled;
}

Result<void> TenantImport::settle_plane() {
  Storage& storage = parts_.tenants->storage();
  STK_TRY(auto plane, storage.tenant(tenant_));
  STK_TRY(empty_tables(*plane, sql::tables_not_exported(), context_));
  return settle_accounts(storage, tenant_, *parts_.ports.random, *parts_.ports.clock, context_);
}

void TenantImport::undo() noexcept { static_cast<void>(parts_.tenants->withdraw_import(tenant_, attempt_, quiet())); }

CallContext TenantImport::quiet() const {
  CallContext quiet;
  quiet.actor = context_.actor;
  quiet.request_id = context_.request_id;
  return quiet;
}

}  // namespace stocktracker::inline v0
