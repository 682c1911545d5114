// Copies a file while it is in use, and restores copies.
#include "adapters/sqlite/backup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include <stocktracker/core/progress_stages.hpp>

#include "adapters/sqlite/draft.hpp"
#include "adapters/sqlite/error_map.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/owner.hpp"
#include "adapters/sqlite/private_file.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr int kPagesPerStep = 1'024;

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

Result<void> step_all(sqlite3_backup* backup, sqlite3* target, const Connection& source, const CallContext& context,
                      const std::string& path) {
  auto waits_since = std::chrono::steady_clock::now();
  while (true) {
    STK_TRY(context.check(source.now()));
    const int code = sqlite3_backup_step(backup, kPagesPerStep);
    const auto pages = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup));
    context.report({kStageBackup, pages - static_cast<std::uint64_t>(sqlite3_backup_remaining(backup)), pages});
    if (code == SQLITE_DONE) return success();
    const auto now = std::chrono::steady_clock::now();
    if (code == SQLITE_OK) {
      waits_since = now;
    } else if ((code != SQLITE_BUSY && code != SQLITE_LOCKED) || now - waits_since >= source.options().busy_timeout) {
      return translate(code, target, "backup", path);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
}

/// Copies to `draft`, which no other process knows.
Result<void> copy_pages(const SqliteOptions& from, const std::string& draft, const std::string& owner,
                        const CallContext& context) {
  struct stat status {};
  if (::stat(from.path.c_str(), &status) != 0 && errno == ENOENT) {
    return Error(Errc::not_found, "there is no " + from.path).during("backup");
  }
  STK_TRY(auto source, Connection::open(from, Connection::Use::read));
  if (!owner.empty()) {
    STK_TRY(check_owner(*source, owner));
  }
  STK_TRY(check_history(*source, false));  // refuses another program's file
  sqlite3* raw = nullptr;
  make_private(draft);
  const int opened =
      sqlite3_open_v2(draft.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, CloseConnection> target(raw);
  if (opened != SQLITE_OK) return translate(opened, raw, "backup", draft);
  // A transaction of this connection keeps the snapshot: no writer makes the copy start again.
  STK_TRY(source->run("BEGIN"));
  STK_TRY(source->lines("SELECT count(*) FROM sqlite_schema", "backup"));
  {
    const std::unique_ptr<sqlite3_backup, FinishBackup> backup(
        sqlite3_backup_init(target.get(), "main", source->get(), "main"));
    if (!backup) return translate(sqlite3_errcode(raw), raw, "backup", draft);
    STK_TRY(step_all(backup.get(), raw, *source, context, draft));
  }
  source->roll_back();
  return success();
}

Result<void> check_copy(const SqliteOptions& from, const std::string& draft) {
  SqliteOptions copy = from;
  copy.path = draft;
  copy.read_only = false;
  STK_TRY(auto connection, Connection::open(copy, Connection::Use::write_existing));
  STK_TRY(const auto findings, connection->lines("PRAGMA quick_check(1)", "quick_check"));
  if (findings.size() != 1 || findings.front() != "ok") {
    return Error(Errc::store_corrupt,
                 from.path + " is damaged (" + (findings.empty() ? "" : findings.front()) + "); no copy was made")
        .during("backup");
  }
  return success();
}

/// Writes the log into a file that is about to be replaced: until the name changes, the old data are complete without
/// their log. A log that cannot be opened any more is no loss.
void settle(const SqliteOptions& like, const std::string& path) {
  SqliteOptions options = like;
  options.path = path;
  options.read_only = false;
  const auto old = Connection::open(options, Connection::Use::write_existing);
  if (old) static_cast<void>(old.value()->lines("PRAGMA wal_checkpoint(TRUNCATE)", "backup"));
}

}  // namespace

Result<void> write_copy(const SqliteOptions& from, const std::string& path, const std::string& owner,
                        const CallContext& given) {
  const CallContext context = given.started(Connection::now_by(from));
  auto written = copy_pages(from, path, owner, context);
  if (written) written = check_copy(from, path);
  if (written) written = flush(path);
  if (!written) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
  }
  return written;
}

Result<void> copy_file(const SqliteOptions& from, const std::string& to, const std::string& owner,
                       const CallContext& context) {
  STK_TRY(const auto draft, Draft::begin(to));
  STK_TRY(write_copy(from, draft->path(), owner, context));
  return draft->become_target();
}

Result<void> replace_file(const std::string& file, const std::string& to, const SqliteOptions& like) {
  if (const mode_t mode = mode_of(to); mode != 0) ::chmod(file.c_str(), mode);  // as its owner has chosen
  STK_TRY(flush(file));
  settle(like, to);
  for (const char* suffix : {"-journal", "-wal", "-shm"}) ::unlink((to + suffix).c_str());
  if (::rename(file.c_str(), to.c_str()) != 0) {
    return Error(Errc::io_failed, to + " cannot be made: " + std::strerror(errno)).during("restore");
  }
  const std::size_t slash = to.rfind('/');
  return flush(slash == std::string::npos ? "." : to.substr(0, slash + 1));
}

}  // namespace stocktracker::inline v0::sqlite
