#include "assembly/tenant_import.hpp"

#include <stocktracker/adapters/sqlite.hpp>

#include "sql/product_schema.hpp"
#include "tenant/account_ids.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {

Result<Tenant> TenantImport::run(const std::string& file, std::string_view name) {
  // The name before the file: that may take minutes.
  const TenantId fresh = parts_.ports.random->make_id<TenantId>(parts_.ports.clock->now());
  STK_TRY(parts_.tenants->must_be_free(fresh, name, context_));
  tenant_ = fresh;
  STK_TRY(read_owner(file));
  STK_TRY(parts_.tenants->must_be_free(tenant_, name, context_));
  auto filled = fill_plane();
  auto adopted = filled ? adopt(name) : Result<Tenant>(std::move(filled).error());
  if (!adopted) undo();
  return adopted;
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
  STK_TRY(converted_, PrivateFolder::make());
  file_ = converted_->path() + "/tenant.db";
  STK_TRY(read_foreign_file(from, file_, context_));
  return success();
}

// The data before the record: one without them would be taken for a tenant that has none.
Result<void> TenantImport::fill_plane() {
  Storage& storage = parts_.tenants->storage();
  // A plane without a record is what an import that was killed has left: it is replaced.
  const auto there = storage.tenant(tenant_);
  if (!there && there.error().errc() == Errc::not_found) {
    STK_TRY(storage.create_tenant(tenant_, context_));
    plane_is_ours_ = true;
  }
  STK_TRY(storage.restore_tenant(tenant_, file_, context_));
  plane_is_ours_ = true;
  STK_TRY(auto plane, storage.tenant(tenant_));
  STK_TRY(empty_tables(*plane, kNotExported, context_));
  STK_TRY(settle_accounts(parts_.tenants->storage(), tenant_, *parts_.ports.random, *parts_.ports.clock, context_));
  parts_.accounts->forget(tenant_);
  return success();
}

Result<Tenant> TenantImport::adopt(std::string_view name) {
  STK_TRY(auto tenant, parts_.tenants->begin_adoption(tenant_, name, context_));
  record_is_ours_ = true;
  STK_TRY(parts_.relay->rebuild(tenant_, context_));
  STK_TRY(parts_.tenants->finish_creation(tenant_, context_));
  return tenant;
}

// Whatever ended the import must not end this.
void TenantImport::undo() noexcept {
  CallContext quiet;
  quiet.actor = context_.actor;
  quiet.request_id = context_.request_id;
  if (record_is_ours_) {
    static_cast<void>(parts_.tenants->withdraw(tenant_, quiet));
    return;
  }
  if (!plane_is_ours_) return;
  // Another process may have imported the same tenant meanwhile: then the plane is that one's.
  const auto known = parts_.tenants->record(tenant_, quiet);
  if (known && !known.value()) static_cast<void>(parts_.tenants->storage().destroy_tenant(tenant_, quiet));
}

}  // namespace stocktracker::inline v0
