// Writes one tenant's rows to a file, and reads them from one.
#include "assembly/tenant_file.hpp"

#include <algorithm>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>

#include "adapters/sqlite/draft.hpp"
#include "adapters/sqlite/private_folder.hpp"
#include "sql/product_schema.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {
namespace {

/// Checks that a tenant's file contains its plane and nothing else.
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

Result<std::shared_ptr<Storage>> open_file(const std::string& path, const TenantId& owner,
                                           const std::shared_ptr<Clock>& clock) {
  SqliteOptions options;
  options.path = path;
  options.schema = schema_of_tenant();
  options.clock = clock;
  options.owner = owner;
  options.overwrite_deleted = true;
  return make_sqlite_storage(std::move(options));
}

}  // namespace

Result<void> write_tenant_file(Storage& from, const TenantId& tenant, const std::string& target,
                               const std::shared_ptr<Clock>& clock, const CallContext& context) {
  STK_TRY(auto reading, from.tenant(tenant));  // fails for a tenant that does not exist; creates nothing
  STK_TRY(const auto draft, sqlite::Draft::begin(target));
  {
    STK_TRY(auto file, open_file(draft->path(), tenant, clock));
    STK_TRY(auto writing, file->tenant(kDefaultTenant));
    STK_TRY(copy_plane(*reading, *writing, sql::product_schema(), context));
  }
  STK_TRY(sqlite::flush(draft->path()));
  return draft->become_target();
}

Result<void> read_tenant_file(Storage& to, const TenantId& tenant, const std::string& file,
                              const std::shared_ptr<Clock>& clock, const CallContext& context) {
  // Not beside the backup, which may be in a folder that cannot be written.
  STK_TRY(const auto place, sqlite::PrivateFolder::make({}));
  ForeignFileOptions from;
  from.path = file;
  from.schema = sql::product_schema();
  from.owner = tenant;
  from.clock = clock;
  const std::string fresh = place.path() + "/tenant.db";
  STK_TRY(read_foreign_file(from, fresh, context));
  STK_TRY(auto source, open_file(fresh, tenant, clock));
  STK_TRY(auto reading, source->tenant(kDefaultTenant));
  STK_TRY(auto writing, to.tenant(tenant));
  return copy_plane(*reading, *writing, sql::product_schema(), context);
}

Result<void> strip_tenant_file(const std::string& file, const TenantId& tenant, const std::shared_ptr<Clock>& clock,
                               const CallContext& context) {
  {
    STK_TRY(auto storage, open_file(file, tenant, clock));
    STK_TRY(auto plane, storage->tenant(kDefaultTenant));
    STK_TRY(empty_tables(*plane, sql::tables_not_exported(), context));
  }
  return sqlite::flush(file);
}

}  // namespace stocktracker::inline v0
