// The store of one seller in one file, as both planes.
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/file.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

/// True for a file that holds something and does not begin as a database. A store that is damaged elsewhere does.
bool is_another_file(const std::string& path) {
  static constexpr std::string_view kBegin("SQLite format 3\0", 16);  // https://sqlite.org/fileformat.html, 1.3
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return false;
  std::string begin(kBegin.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return file.gcount() > 0 && begin != kBegin;
}

/// SQLite would take a file of a few bytes for an empty one and write over it. Beside a log the beginning may be in it.
bool would_be_overwritten(const std::string& path) {
  std::error_code none;
  const auto beside = [&](const char* suffix) { return std::filesystem::exists(path + suffix, none); };
  return !beside("-wal") && !beside("-journal") && is_another_file(path);
}

Error no_store(const std::string& path) {
  return Error(Errc::invalid_argument,
               path +
                   " is no stocktracker store: it is not an SQLite database; name another file, or restore it from "
                   "a backup if it was a store")
      .about("path")
      .during("open");
}

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
  const std::string path = options.path;
  if (sqlite::would_be_overwritten(path)) return sqlite::no_store(path);
  auto file = sqlite::File::open(std::move(options), sqlite::Connection::Use::write, owner);
  if (!file && file.error().errc() == Errc::store_corrupt && sqlite::is_another_file(path)) {
    return sqlite::no_store(path);
  }
  STK_TRY(auto opened, std::move(file));
  return std::make_shared<sqlite::SqliteStorage>(std::move(opened));
}

}  // namespace stocktracker::inline v0
