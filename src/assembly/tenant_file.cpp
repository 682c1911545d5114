#include "assembly/tenant_file.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>

#include "assembly/draft.hpp"
#include "sql/product_schema.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {
namespace {

/// A tenant's file holds its plane and nothing else.
const Schema& schema_of_tenant() {
  static const std::vector<Migration> migrations = [] {
    std::vector<Migration> own;
    const Schema all = sql::product_schema();
    std::copy_if(all.migrations.begin(), all.migrations.end(), std::back_inserter(own),
                 [](const Migration& migration) { return migration.plane == Plane::tenant; });
    return own;
  }();
  static const Schema schema{migrations, sql::product_schema().tables};
  return schema;
}

Result<std::shared_ptr<Storage>> open_file(const std::string& path, const TenantId& owner) {
  SqliteOptions options;
  options.path = path;
  options.schema = schema_of_tenant();
  options.owner = owner;
  options.overwrite_deleted = true;
  return make_sqlite_storage(std::move(options));
}

}  // namespace

Result<void> write_tenant_file(Storage& from, const TenantId& tenant, const std::string& target,
                               const CallContext& context) {
  STK_TRY(Draft::must_be_new(target));
  STK_TRY(auto reading, from.tenant(tenant));  // nothing is made for a tenant that is not there
  const Draft draft(target);
  {
    STK_TRY(auto file, open_file(draft.path(), tenant));
    STK_TRY(auto writing, file->tenant(kDefaultTenant));
    STK_TRY(copy_plane(*reading, *writing, sql::product_schema(), context));
  }
  STK_TRY(flush(draft.path()));
  return draft.become_target();
}

Result<void> read_tenant_file(Storage& to, const TenantId& tenant, const std::string& file,
                              const CallContext& context) {
  const Draft copy(file + ".read");
  if (std::error_code failed; !std::filesystem::copy_file(file, copy.path(), failed)) {
    return Error(Errc::io_failed, file + " cannot be read: " + failed.message()).during("restore");
  }
  STK_TRY(auto source, open_file(copy.path(), tenant));
  STK_TRY(auto reading, source->tenant(kDefaultTenant));
  STK_TRY(auto writing, to.tenant(tenant));
  return copy_plane(*reading, *writing, sql::product_schema(), context);
}

Result<void> strip_tenant_file(const std::string& file, const TenantId& tenant, const CallContext& context) {
  {
    STK_TRY(auto storage, open_file(file, tenant));
    STK_TRY(auto plane, storage->tenant(kDefaultTenant));
    STK_TRY(empty_tables(*plane, kNotExported, context));
  }
  return flush(file);
}

}  // namespace stocktracker::inline v0
