// Folder storage: a control file, and one file for each tenant.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <stocktracker/core/progress_stages.hpp>

#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/draft.hpp"
#include "adapters/sqlite/file.hpp"
#include "adapters/sqlite/foreign_file.hpp"
#include "adapters/sqlite/tenant_files.hpp"
#include "ports/damage.hpp"
#include "ports/tenant_unset.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

std::vector<Migration> of_plane(const Schema& schema, Plane plane) {
  std::vector<Migration> own;
  std::copy_if(schema.migrations.begin(), schema.migrations.end(), std::back_inserter(own),
               [&](const Migration& migration) { return migration.plane == plane; });
  return own;
}

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    ::chmod(path.c_str(), 0700);  // a umask may take rights from its owner as well
    return success();
  }
  if (errno == EEXIST) return success();
  return Error(Errc::store_unreadable, path + " cannot be made: " + std::strerror(errno)).during("open");
}

/// Makes created and removed names in a folder survive a power cut.
Result<void> flush_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool flushed = folder >= 0 && ::fsync(folder) == 0;
  const int why = errno;
  if (folder >= 0) ::close(folder);
  if (flushed) return success();
  return Error(Errc::io_failed, path + " cannot be flushed: " + std::strerror(why)).during("flush");
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

class FolderStorage final : public Storage {
 public:
  FolderStorage(std::shared_ptr<File> control, const Schema& schema, std::vector<Migration> control_migrations,
                std::vector<Migration> tenant_migrations, const std::string& tenants, SqliteOptions each,
                std::size_t open_tenants)
      : migrations_(schema.migrations.begin(), schema.migrations.end()),
        control_migrations_(std::move(control_migrations)),
        tenant_migrations_(std::move(tenant_migrations)),
        control_file_(std::move(control)),
        control_(control_file_, Plane::control),
        files_(tenants, std::move(each), open_tenants) {}

  Database& control() override { return control_; }

  Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) override {
    STK_TRY(named(tenant));
    STK_TRY(auto file, files_.take(tenant, false));
    return std::make_shared<TenantDatabase>(std::move(file), tenant);
  }

  Result<void> create_tenant(const TenantId& tenant, const CallContext& context) override {
    STK_TRY(named(tenant));
    STK_TRY(may_change(context));
    STK_TRY(files_.take(tenant, true));
    // When the call returns, the file must survive a power cut: first its content is flushed, then its name.
    SqliteOptions options = files_.options();
    options.path = files_.path_of(tenant);
    STK_TRY(carry_log_over(options));
    return flush_folder(files_.folder());
  }

  Result<void> destroy_tenant(const TenantId& tenant, const CallContext& context) override {
    STK_TRY(named(tenant));
    STK_TRY(may_change(context));
    files_.forget(tenant);
    const std::string path = files_.path_of(tenant);
    // The file is removed first: a log without its file is harmless, while a file without its log would be older data.
    for (const char* suffix : {"", "-wal", "-shm"}) {
      if (::unlink((path + suffix).c_str()) != 0 && errno != ENOENT) {
        return Error(Errc::io_failed, path + suffix + " cannot be removed: " + std::strerror(errno)).during("destroy");
      }
    }
    Draft::remove_leftovers(path);         // from killed restores: they hold the tenant's data
    return flush_folder(files_.folder());  // it does not come back once its record says that it is gone
  }

  /// Backs up everything: a folder like this one, the control plane first, then the tenants that it lists.
  Result<BackupReport> backup(const std::string& target, const CallContext& given) override {
    const CallContext context = given.started(Connection::now_by(control_file_->options()));
    if (!context.tenant.is_nil()) {
      SqliteOptions one = files_.options();
      STK_TRY(files_.take(context.tenant, false));
      one.path = files_.path_of(context.tenant);
      STK_TRY(copy_file(one, target, context.tenant.text(), context));
      return BackupReport{{context.tenant}, {}};
    }
    STK_TRY(const auto draft, Draft::begin(target));
    STK_TRY(auto report, copy_all(draft->path(), context));
    STK_TRY(draft->become_target());
    return report;
  }

  Result<void> restore_tenant(const TenantId& tenant, const std::string& backup, const CallContext& context) override {
    STK_TRY(named(tenant));
    STK_TRY(may_change(context));
    ForeignFileOptions from;
    struct stat status {};
    const bool of_all = ::stat(backup.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    from.path = of_all ? backup + "/tenants/" + tenant.text() + ".db" : backup;
    from.schema = {migrations_, files_.options().schema.tables};
    from.owner = tenant;
    from.clock = files_.options().clock;
    // Not among the tenants' files: a file left there by a killed process would be mistaken for a tenant's.
    STK_TRY(const auto place, PrivateFolder::make(files_.folder() + "/.."));
    STK_TRY(const auto fresh, make_fresh(from, place, context));
    files_.forget(tenant);
    return replace_file(fresh.path, files_.path_of(tenant), files_.options());
  }

  /// Checks the control file, then each tenant: reports faults by name, and sound files as a number.
  Result<std::vector<StorageFinding>> examine(const CallContext& given) override {
    const CallContext context = given.started(Connection::now_by(control_file_->options()));
    STK_TRY(auto findings, examine_file(control_file_->options(), {}, context));
    for (StorageFinding& finding : findings) finding.subject = "control " + finding.subject;
    STK_TRY(const auto tenants, tenants_here(context));
    std::size_t sound = 0;
    for (const TenantId& tenant : tenants) {
      SqliteOptions options = files_.options();
      options.path = files_.path_of(tenant);
      STK_TRY(const auto own, examine_file(options, tenant.text(), context));
      const bool good = std::all_of(own.begin(), own.end(), [](const StorageFinding& finding) { return finding.ok; });
      sound += good ? 1 : 0;
      for (const StorageFinding& finding : own) {
        if (finding.ok) continue;
        findings.push_back(
            {"tenant " + tenant.text() + " " + finding.subject, false, finding.detail, tenant, finding.damaged});
      }
    }
    findings.push_back({"tenants", sound == tenants.size(),
                        std::to_string(sound) + " of " + std::to_string(tenants.size()) + " sound"});
    STK_TRY(add_unknown(tenants, findings, context));
    return findings;
  }

 private:
  [[nodiscard]] Result<BackupReport> copy_all(const std::string& draft, const CallContext& context) const {
    const std::string folder = draft + "/tenants";
    STK_TRY(make_folder(draft));
    STK_TRY(make_folder(folder));
    STK_TRY(write_copy(control_file_->options(), draft + "/control.db", {}, context));
    STK_TRY(const auto tenants, tenants_here(context));
    BackupReport report;
    SqliteOptions each = files_.options();
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      const std::string id = tenants[i].text();
      each.path = files_.path_of(tenants[i]);
      auto copied = write_copy(each, folder + "/" + id + ".db", id, context);
      if (copied) {
        report.tenants.push_back(tenants[i]);
      } else if (is_of_one_tenant(copied.error())) {
        report.skipped.push_back({tenants[i], std::move(copied).error()});
      } else if (copied.error().errc() != Errc::not_found) {  // destroyed meanwhile
        return std::move(copied).error();
      }
      context.report({kStageTenants, i + 1, tenants.size()});
    }
    STK_TRY(flush(folder));
    STK_TRY(flush(draft));
    return report;
  }

  /// Finds files of tenants that the control plane does not list: an import that was killed. A file that is younger
  /// than this storage may still be listed.
  [[nodiscard]] Result<void> add_unknown(const std::vector<TenantId>& tenants, std::vector<StorageFinding>& findings,
                                         const CallContext& context) {
    const auto& tables = files_.options().schema.tables;
    if (std::none_of(tables.begin(), tables.end(), [](const TableKey& key) { return key.table == "tenant"; })) {
      return success();
    }
    for (const TenantId& tenant : tenants) {
      std::error_code failed;
      const auto written = std::filesystem::last_write_time(files_.path_of(tenant), failed);
      if (failed || written >= opened_) continue;
      STK_TRY(const bool known, is_known(tenant, context));
      if (known) continue;
      findings.push_back({"tenant " + tenant.text() + " record", false,
                          "its file is there, its record is not: import it again, or move the file away"});
    }
    return success();
  }
  [[nodiscard]] Result<bool> is_known(const TenantId& tenant, const CallContext& context) {
    static constexpr Statement kKnown{"tenant.known", "SELECT tenant_id FROM tenant WHERE tenant_id = $1"};
    bool known = false;
    const std::string id = tenant.text();
    const auto read = [&](Transaction& tx) -> Result<void> {
      STK_TRY(auto rows, tx.query(kKnown, {id}));
      STK_TRY(known, rows->next());
      return success();
    };
    STK_TRY(control_.transact(context, TransactMode::read, read));
    return known;
  }

  static Result<void> named(const TenantId& tenant) {
    if (!tenant.is_nil()) return success();
    return tenant_unset();
  }
  [[nodiscard]] Result<void> may_change(const CallContext& given) const {
    const Instant now = Connection::now_by(control_file_->options());
    STK_TRY(given.started(now).check(now));
    if (!control_file_->options().read_only) return success();
    return Error(Errc::store_read_only, files_.folder() + " was opened for reading only");
  }

  /// The context's tenant if it names one, otherwise every file with an id as its name.
  [[nodiscard]] Result<std::vector<TenantId>> tenants_here(const CallContext& context) const {
    if (!context.tenant.is_nil()) return std::vector{context.tenant};
    std::vector<TenantId> tenants;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(files_.folder(), failed)) {
      if (entry.path().extension() != ".db") continue;
      if (const auto tenant = TenantId::parse(entry.path().stem().string())) tenants.push_back(tenant.value());
    }
    if (failed) return Error(Errc::store_unreadable, files_.folder() + ": " + failed.message());
    std::sort(tenants.begin(), tenants.end());
    return tenants;
  }

  const std::filesystem::file_time_type opened_ = std::filesystem::file_time_type::clock::now();
  // The files' schemas are views of these.
  const std::vector<Migration> migrations_;
  const std::vector<Migration> control_migrations_;
  const std::vector<Migration> tenant_migrations_;
  std::shared_ptr<File> control_file_;
  FileDatabase control_;
  TenantFiles files_;
};

}  // namespace
}  // namespace stocktracker::inline v0::sqlite

namespace stocktracker::inline v0 {

Result<std::shared_ptr<Storage>> make_sqlite_folder(SqliteFolderOptions options) {
  STK_TRY(options.validate());
  const std::string tenants = options.path + "/tenants";
  if (!options.read_only) {
    STK_TRY(sqlite::make_folder(options.path));
    STK_TRY(sqlite::make_folder(tenants));
  }
  auto control_migrations = sqlite::of_plane(options.schema, Plane::control);
  auto tenant_migrations = sqlite::of_plane(options.schema, Plane::tenant);
  SqliteOptions control;
  control.path = options.path + "/control.db";
  control.schema = {control_migrations, options.schema.tables};
  control.clock = options.clock;
  control.read_only = options.read_only;
  control.busy_timeout = options.busy_timeout;
  control.durable_commits = options.durable_commits;
  SqliteOptions each = control;
  each.schema = {tenant_migrations, options.schema.tables};
  each.readers = options.tenant_readers;
  each.cache_kib = options.tenant_cache_kib;
  control.overwrite_deleted = true;
  // Records and keys of tenants are on disk before a tenant's file is created that needs them (ADR 0018).
  control.durable_commits = true;
  STK_TRY(auto file, sqlite::File::open(std::move(control)));
  if (!options.read_only) {
    STK_TRY(sqlite::flush_folder(options.path));
    STK_TRY(sqlite::flush_folder(sqlite::parent_of(options.path)));
  }
  return std::make_shared<sqlite::FolderStorage>(std::move(file), options.schema, std::move(control_migrations),
                                                 std::move(tenant_migrations), tenants, std::move(each),
                                                 static_cast<std::size_t>(options.open_tenants));
}

}  // namespace stocktracker::inline v0
