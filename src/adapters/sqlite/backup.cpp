#include "adapters/sqlite/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "adapters/sqlite/error_map.hpp"
#include "adapters/sqlite/migrations.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr int kPagesPerStep = 1'024;

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

Error io_error(const std::string& path, std::string_view what) {
  return Error(Errc::io_failed, path + " " + std::string(what) + ": " + std::strerror(errno)).during("backup");
}

/// A name and its folder, flushed.
Result<void> flush(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return io_error(path, "cannot be opened");
  const bool flushed = ::fsync(file) == 0;
  ::close(file);
  if (!flushed) return io_error(path, "cannot be flushed");
  return success();
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

void remove_with_log(const std::string& path) noexcept {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
}

Result<void> step_all(sqlite3_backup* backup, sqlite3* target, const Connection& source, const CallContext& context,
                      const std::string& path) {
  while (true) {
    STK_TRY(context.check(source.now()));
    const int code = sqlite3_backup_step(backup, kPagesPerStep);
    const auto pages = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup));
    context.report({"backup", pages - static_cast<std::uint64_t>(sqlite3_backup_remaining(backup)), pages});
    if (code == SQLITE_DONE) return success();
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } else if (code != SQLITE_OK) {
      return translate(code, target, "backup", path);
    }
  }
}

/// To `draft`, which nobody else knows.
Result<void> copy_pages(const SqliteOptions& from, const std::string& draft, const CallContext& context) {
  struct stat status {};
  if (::stat(from.path.c_str(), &status) != 0 && errno == ENOENT) {
    return Error(Errc::not_found, "there is no " + from.path).during("backup");
  }
  STK_TRY(auto source, Connection::open(from, Connection::Use::read));
  STK_TRY(check_history(*source, false));  // not some other program's file
  sqlite3* raw = nullptr;
  const int opened =
      sqlite3_open_v2(draft.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, CloseConnection> target(raw);
  if (opened != SQLITE_OK) return translate(opened, raw, "backup", draft);
  // A transaction of ours holds the picture still: no writer makes the copy begin anew.
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
  STK_TRY(const auto told, connection->lines("PRAGMA quick_check(1)", "quick_check"));
  if (told.size() != 1 || told.front() != "ok") {
    return Error(Errc::store_corrupt,
                 from.path + " is damaged (" + (told.empty() ? "" : told.front()) + "); no copy was made")
        .during("backup");
  }
  return success();
}

/// Carries the log over into a file that is about to be replaced: until the name changes, the old data are whole
/// without their log. What cannot be opened any more is no loss.
void settle(const SqliteOptions& like, const std::string& path) {
  SqliteOptions options = like;
  options.path = path;
  options.read_only = false;
  const auto old = Connection::open(options, Connection::Use::write_existing);
  if (old) static_cast<void>(old.value()->lines("PRAGMA wal_checkpoint(TRUNCATE)", "backup"));
}

Result<void> make_copy(const SqliteOptions& from, const std::string& to, const CallContext& given) {
  const CallContext context = given.started(Connection::now_by(from));
  const std::string draft = to + ".part";
  remove_with_log(draft);  // of a copy that was cut off
  struct Draft {
    const std::string& path;
    ~Draft() { remove_with_log(path); }
  } const draft_gone{draft};
  STK_TRY(copy_pages(from, draft, context));
  STK_TRY(check_copy(from, draft));
  STK_TRY(flush(draft));
  if (::link(draft.c_str(), to.c_str()) != 0) return io_error(to, "cannot be made");
  return flush(folder_of(to));
}

}  // namespace

Result<void> copy_file(const SqliteOptions& from, const std::string& to, const CallContext& context) {
  struct stat status {};
  if (::lstat(to.c_str(), &status) == 0) {
    return Error(Errc::invalid_argument, to + " is there already; name another").about("target");
  }
  return make_copy(from, to, context);
}

Result<void> take_place(const std::string& file, const std::string& to) {
  STK_TRY(flush(file));
  if (::link(file.c_str(), to.c_str()) != 0) return io_error(to, "cannot be made");
  return flush(folder_of(to));
}

Result<void> replace_file(const std::string& file, const std::string& to, const SqliteOptions& like) {
  STK_TRY(flush(file));
  settle(like, to);
  for (const char* suffix : {"-wal", "-shm"}) ::unlink((to + suffix).c_str());
  if (::rename(file.c_str(), to.c_str()) != 0) return io_error(to, "cannot be made");
  return flush(folder_of(to));
}

}  // namespace stocktracker::inline v0::sqlite
