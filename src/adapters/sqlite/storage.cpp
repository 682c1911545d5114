// The store of one seller in one file, as both planes.
#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/file.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

/// Single-file mode: both planes in one file, one writer, one tenant.
class SqliteStorage final : public Storage {
 public:
  explicit SqliteStorage(std::shared_ptr<File> file)
      : file_(std::move(file)),
        control_(file_, Plane::control),
        tenant_(std::make_shared<FileDatabase>(file_, Plane::tenant)) {}

  Database& control() override { return control_; }

  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    if (!tenant.is_nil() && tenant != kDefaultTenant) {
      return Error(Errc::not_found, "a single-file store holds the default tenant only").about("tenant");
    }
    return tenant_;
  }
  Result<void> create_tenant(const TenantId&, const CallContext&) override { return for_one(); }
  Result<void> destroy_tenant(const TenantId&, const CallContext&) override { return for_one(); }

  Result<BackupReport> backup(const std::string& target, const CallContext& context) override {
    if (file_->in_memory()) return Error(Errc::unsupported, "a store in memory has no backup").about("path");
    STK_TRY(tenant(context.tenant));
    STK_TRY(copy_file(file_->options(), target, {}, context));
    return BackupReport{{kDefaultTenant}, {}};
  }
  Result<void> restore_tenant(const TenantId&, const std::string&, const CallContext&) override { return for_one(); }

  Result<std::vector<StorageFinding>> examine(const CallContext& context) override {
    return examine_file(file_->options(), {}, context);
  }

 private:
  [[nodiscard]] Error for_one() const {
    return Error(Errc::unsupported, file_->options().path + " is a file for one seller; tenants need a folder")
        .about("path");
  }

  std::shared_ptr<File> file_;
  FileDatabase control_;
  std::shared_ptr<Database> tenant_;
};

}  // namespace
}  // namespace stocktracker::inline v0::sqlite

namespace stocktracker::inline v0 {

Result<std::shared_ptr<Storage>> make_sqlite_storage(SqliteOptions options) {
  STK_TRY(options.validate());
  const std::string owner = options.owner.is_nil() ? std::string() : options.owner.text();
  STK_TRY(auto file, sqlite::File::open(std::move(options), sqlite::Connection::Use::write, owner));
  return std::make_shared<sqlite::SqliteStorage>(std::move(file));
}

}  // namespace stocktracker::inline v0
