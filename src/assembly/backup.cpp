#include <stocktracker/assembly/backup.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>

#include "sql/product_schema.hpp"
#include "tenant/plane_copy.hpp"

namespace stocktracker::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr Statement kTenants{"tenant.with_data",
                             "SELECT tenant_id FROM tenant WHERE state IN ('active', 'suspended') ORDER BY tenant_id"};
constexpr Statement kAny{"tenant.any", "SELECT count(*) FROM tenant"};

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

Result<std::vector<TenantId>> tenants_in(Database& control, const CallContext& context) {
  std::vector<TenantId> tenants;
  const auto read = [&](Transaction& tx) -> Result<void> {
    tenants.clear();
    STK_TRY(auto rows, tx.query(kTenants));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(const auto id, TenantId::parse(rows->text(0)));
      tenants.push_back(id);
    }
  };
  STK_TRY(control.transact(context, TransactMode::read, read));
  return tenants;
}

Error io_error(const std::string& path, const char* what) {
  return Error(Errc::io_failed, path + " " + what + ": " + std::strerror(errno)).during("backup");
}

Result<void> flush(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return io_error(path, "cannot be opened");
  const bool flushed = ::fsync(file) == 0;
  ::close(file);
  if (!flushed) return io_error(path, "cannot be flushed");
  return success();
}

/// A draft beside what it becomes; goes away unless it became that.
class Draft {
 public:
  explicit Draft(const std::string& target) : target_(target), path_(target + ".part") { remove(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { remove(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] static Result<void> must_be_new(const std::string& target) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(target, ignored))) return success();
    return Error(Errc::invalid_argument, target + " is there already; name another").about("target");
  }
  [[nodiscard]] Result<void> become_target() const {
    STK_TRY(must_be_new(target_));
    if (::rename(path_.c_str(), target_.c_str()) != 0) return io_error(target_, "cannot be made");
    return success();
  }

 private:
  void remove() const noexcept {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove_all(path_ + suffix, ignored);
  }
  std::string target_;
  std::string path_;
};

Result<void> copy_tenant(Storage& from, Storage& to, const TenantId& source, const TenantId& target,
                         const CallContext& context) {
  STK_TRY(auto reading, from.tenant(source));
  STK_TRY(auto writing, to.tenant(target));
  return copy_plane(*reading, *writing, sql::product_schema(), context);
}

class RowBackups final : public Storage {
 public:
  explicit RowBackups(std::shared_ptr<Storage> storage) : storage_(std::move(storage)) {}
  Database& control() override { return storage_->control(); }
  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override { return storage_->tenant(tenant); }
  Result<void> create_tenant(const TenantId& tenant, const CallContext& context) override {
    return storage_->create_tenant(tenant, context);
  }
  Result<void> destroy_tenant(const TenantId& tenant, const CallContext& context) override {
    return storage_->destroy_tenant(tenant, context);
  }
  Result<std::vector<StorageFinding>> examine(const CallContext& context) override {
    return storage_->examine(context);
  }

  Result<void> backup(const std::string& target, const CallContext& context) override {
    STK_TRY(Draft::must_be_new(target));
    const Draft draft(target);
    if (context.tenant.is_nil()) {
      STK_TRY(write_all(draft.path(), context));
    } else {
      STK_TRY(write_one(draft.path(), context));
    }
    return draft.become_target();
  }

  Result<void> restore_tenant(const TenantId& tenant, const std::string& backup, const CallContext& context) override {
    std::error_code ignored;
    const bool of_all = fs::is_directory(backup, ignored);
    const std::string file = of_all ? backup + "/tenants/" + tenant.text() + ".db" : backup;
    if (!fs::exists(file, ignored)) return Error(Errc::not_found, "there is no " + file).during("restore");
    // A copy, because an older version's is migrated first.
    const Draft copy(file + ".restored");
    if (std::error_code failed; !fs::copy_file(file, copy.path(), failed)) {
      return Error(Errc::io_failed, file + " cannot be read: " + failed.message()).during("restore");
    }
    SqliteOptions options;
    options.path = copy.path();
    options.schema = schema_of_tenant();
    options.owner = tenant;
    STK_TRY(auto source, make_sqlite_storage(std::move(options)));
    return copy_tenant(*source, *storage_, kDefaultTenant, tenant, context);
  }

 private:
  [[nodiscard]] Result<void> write_one(const std::string& path, const CallContext& context) {
    // Nothing is made for a tenant that is not there.
    STK_TRY(storage_->tenant(context.tenant));
    {
      SqliteOptions options;
      options.path = path;
      options.schema = schema_of_tenant();
      options.owner = context.tenant;
      STK_TRY(auto target, make_sqlite_storage(std::move(options)));
      STK_TRY(copy_tenant(*storage_, *target, context.tenant, kDefaultTenant, context));
    }
    return flush(path);
  }

  [[nodiscard]] Result<void> write_all(const std::string& path, const CallContext& context) {
    std::vector<TenantId> tenants;
    {
      SqliteFolderOptions options;
      options.path = path;
      options.schema = sql::product_schema();
      options.open_tenants = 1;
      STK_TRY(auto target, make_sqlite_folder(std::move(options)));
      STK_TRY(copy_plane(storage_->control(), target->control(), sql::product_schema(), context));
      STK_TRY(tenants, tenants_in(target->control(), context));
      for (std::size_t i = 0; i < tenants.size(); ++i) {
        STK_TRY(target->create_tenant(tenants[i], context));
        auto copied = copy_tenant(*storage_, *target, tenants[i], tenants[i], context);
        if (!copied && copied.error().errc() == Errc::not_found) {
          STK_TRY(target->destroy_tenant(tenants[i], context));  // removed meanwhile
        } else if (!copied) {
          return copied;
        }
        context.report({"tenants", i + 1, tenants.size()});
      }
    }
    STK_TRY(flush(path + "/control.db"));
    for (const TenantId& tenant : tenants) {
      std::error_code ignored;
      const std::string file = path + "/tenants/" + tenant.text() + ".db";
      if (fs::exists(file, ignored)) {
        STK_TRY(flush(file));
      }
    }
    return success();
  }

  const std::shared_ptr<Storage> storage_;
};

}  // namespace

std::shared_ptr<Storage> with_row_backups(std::shared_ptr<Storage> storage) {
  return std::make_shared<RowBackups>(std::move(storage));
}

Result<void> restore_all(const std::string& backup, Storage& empty, const CallContext& context) {
  bool taken = false;
  const auto look = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kAny));
    STK_TRY(const bool any, rows->next());
    taken = any && rows->integer(0) > 0;
    return success();
  };
  STK_TRY(empty.control().transact(context, TransactMode::read, look));
  if (taken) {
    return Error(Errc::store_constraint, "the store has tenants; restore one of them, or name an empty store");
  }
  SqliteFolderOptions options;
  options.path = backup;
  options.schema = sql::product_schema();
  options.read_only = true;
  options.open_tenants = 1;
  STK_TRY(auto source, make_sqlite_folder(std::move(options)));
  STK_TRY(const auto tenants, tenants_in(source->control(), context));
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    STK_TRY(empty.create_tenant(tenants[i], context));
    STK_TRY(copy_tenant(*source, empty, tenants[i], tenants[i], context));
    context.report({"tenants", i + 1, tenants.size()});
  }
  // Last: until then the store has no tenants, and this may be called again.
  return copy_plane(source->control(), empty.control(), sql::product_schema(), context);
}

}  // namespace stocktracker::inline v0
