// File: a database file with its writer and readers.
#include "adapters/sqlite/file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/owner.hpp"
#include "adapters/sqlite/private_file.hpp"
#include "adapters/sqlite/transaction.hpp"
#include "ports/damage.hpp"
#include "ports/fork_guard.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

ino_t inode_of(const std::string& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

/// The files that this process has open. SQLite counts locks by process: a child that was forked since believes that it
/// holds those of its parent, takes none, and its commits are lost when the parent or another process ends the log. So
/// a child must not open such a file.
struct OpenFiles {
  using Id = std::pair<dev_t, ino_t>;
  struct Entry {
    std::uint32_t forks = 0;  ///< when it was opened
    int count = 0;
  };
  std::mutex mutex;
  std::map<Id, Entry> files;

  static OpenFiles& of_process() {
    static OpenFiles& all = *new OpenFiles;  // never destroyed: files may be closed at the end of the process
    return all;
  }
};

std::optional<OpenFiles::Id> id_of(const std::string& path) noexcept {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return OpenFiles::Id(status.st_dev, status.st_ino);
}

Result<void> refuse_parents_file(const std::string& path) {
  const auto id = id_of(path);
  if (!id || fork_count() == 0) return success();
  OpenFiles& all = OpenFiles::of_process();
  const std::lock_guard lock(all.mutex);
  const auto found = all.files.find(*id);
  if (found == all.files.end() || found->second.forks == fork_count()) return success();
  return Error(Errc::engine_forked, path + " was open in the process that this one was forked from; fork first, and " +
                                        "open it in each process")
      .during("open");
}

std::shared_ptr<void> note_open(const std::string& path) {
  const auto id = id_of(path);
  if (!id) return nullptr;
  OpenFiles& all = OpenFiles::of_process();
  const std::lock_guard lock(all.mutex);
  OpenFiles::Entry& entry = all.files[*id];
  if (entry.count++ == 0) entry.forks = fork_count();
  return {static_cast<void*>(&all), [id = *id](void*) {
            OpenFiles& open = OpenFiles::of_process();
            const std::lock_guard closing(open.mutex);
            const auto found = open.files.find(id);
            if (found != open.files.end() && --found->second.count == 0) open.files.erase(found);
          }};
}

}  // namespace

Result<std::shared_ptr<File>> File::open(SqliteOptions given, Connection::Use use, const std::string& owner) {
  auto file = std::make_shared<File>(std::move(given));
  STK_TRY(refuse_parents_file(file->options_.path));
  STK_TRY(auto connection, Connection::open(file->options_, use));
  const bool makes = use == Connection::Use::write && !file->options_.read_only;
  // Checked before anything is changed: the file at the tenant's path may belong to another tenant.
  if (!owner.empty() && !makes) {
    STK_TRY(check_owner(*connection, owner));
  }
  if (file->options_.read_only) {
    STK_TRY(check_history(*connection, true));
  } else {
    STK_TRY(migrate(*connection));
    if (!owner.empty() && makes) {
      STK_TRY(claim(*connection, owner));
    }
    file->writer_ = std::make_unique<Writer>(std::move(connection));
  }
  file->inode_ = inode_of(file->options_.path);
  file->noted_ = note_open(file->options_.path);
  return file;
}

Result<void> carry_log_over(const SqliteOptions& options) {
  STK_TRY(auto connection, Connection::open(options, Connection::Use::write_existing));
  STK_TRY(connection->lines("PRAGMA wal_checkpoint(TRUNCATE)", "checkpoint"));
  return success();
}

bool File::is_there() const noexcept { return in_memory() || inode_of(options_.path) == inode_; }

Result<void> File::transact(Plane plane, const CallContext& given, TransactMode mode,
                            FunctionRef<Result<void>(Transaction&)> body) {
  if (InsideBody::now()) return Error(Errc::store_nested, "a transaction was begun inside another");
  const Instant now = Connection::now_by(options_);
  const CallContext context = given.started(now);
  STK_TRY(context.check(now));
  // A database in memory has one connection: reading and writing take turns.
  if (mode == TransactMode::read && !in_memory()) return readers_.transact(plane, context, body);
  if (!writer_) return Error(Errc::store_read_only, options_.path + " was opened for reading only");
  return writer_->transact(plane, context, mode, body);
}

namespace {

StorageFinding of_check(const char* subject, const Result<void>& check, const char* good) {
  if (check) return {subject, true, good};
  return {subject, false, check.error().text(), {}, is_damage(check.error())};
}

/// `damages`: true if any other answer than the good one means damaged data.
StorageFinding of_lines(const char* subject, const Result<std::vector<std::string>>& lines, std::string_view good,
                        bool damages) {
  if (!lines) return {subject, false, lines.error().text(), {}, is_damage(lines.error())};
  std::string detail;
  for (const std::string& line : lines.value()) detail += (detail.empty() ? "" : "; ") + line;
  const bool ok = detail == good;
  return {subject, ok, std::move(detail), {}, damages && !ok};
}

std::string octal(mode_t mode) {
  std::string digits;
  for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7));
  return digits;
}

/// Returns only what is wrong.
void check_mode(const std::string& path, std::vector<StorageFinding>& findings) {
  const mode_t mode = mode_of(path);
  if ((mode & (S_IROTH | S_IWOTH)) == 0) return;
  findings.push_back(
      {"mode", false,
       "every user of this machine can open " + path + " (mode " + octal(mode) + "); run: chmod 600 '" + path + "'"});
}

}  // namespace

Result<std::vector<StorageFinding>> examine_file(const SqliteOptions& options, const std::string& owner,
                                                 const CallContext& given) {
  const CallContext context = given.started(Connection::now_by(options));
  STK_TRY(context.check(Connection::now_by(options)));
  if (options.path == ":memory:") return std::vector<StorageFinding>{{"file", true, "none: the store is in memory"}};
  std::vector<StorageFinding> findings;
  // Uses its own connection: checking a large file must not block a reader that others wait for.
  auto opened = Connection::open(options, Connection::Use::read);
  if (!opened) {
    struct stat status {};
    const bool missing = ::stat(options.path.c_str(), &status) != 0 && errno == ENOENT;
    findings.push_back({"file",
                        false,
                        missing ? options.path + " is missing" : opened.error().text(),
                        {},
                        missing || is_damage(opened.error())});
    return findings;
  }
  const std::unique_ptr<Connection> connection = std::move(opened).value();
  connection->watch(&context);
  findings.push_back(
      of_lines("integrity", connection->lines("PRAGMA integrity_check(20)", "integrity_check"), "ok", true));
  findings.push_back(of_check("schema", check_history(*connection, true), "all migrations applied"));
  if (!owner.empty()) findings.push_back(of_check("owner", check_owner(*connection, owner), "the tenant's own"));
  findings.push_back(of_lines("journal", connection->lines("PRAGMA journal_mode", "journal_mode"), "wal", false));
  check_mode(options.path, findings);
  connection->watch(nullptr);
  // An interrupted check is not a finding about the store.
  STK_TRY(context.check(connection->now()));
  return findings;
}

}  // namespace stocktracker::inline v0::sqlite
