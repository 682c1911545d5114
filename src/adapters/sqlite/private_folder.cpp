// Creates folders that only their owner may read, and copies foreign files into them.
#include "adapters/sqlite/private_folder.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <stocktracker/core/progress_stages.hpp>

namespace stocktracker::inline v0::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "stocktracker-import-";
constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kLogHeader = 32;  // of a write-ahead log: its salts change whenever it starts again
constexpr int kTries = 5;
constexpr std::time_t kSettled = 60;  // seconds: a younger folder may not be locked yet

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error failure(const std::string& path, std::string_view what) {
  const int reason = errno;
  const Errc code = reason == ENOSPC || reason == EDQUOT ? Errc::store_full : Errc::io_failed;
  return Error(code, path + " " + std::string(what) + ": " + std::strerror(reason)).during("import");
}

Error refused(const std::string& path, std::string_view why) {
  return Error(Errc::import_refused, path + " " + std::string(why)).during("import").about("path");
}

int lock_of(const std::string& folder) noexcept {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

/// Removes folders of killed processes.
void sweep(const fs::path& place) {
  std::error_code failed;
  std::vector<std::string> left;
  for (fs::directory_iterator entry(place, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (entry->path().filename().string().starts_with(kPrefix)) left.push_back(entry->path().string());
  }
  for (const std::string& folder : left) {
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) continue;
    if (status.st_mtime > ::time(nullptr) - kSettled) continue;
    const Descriptor unused(lock_of(folder));
    if (unused.get() >= 0) fs::remove_all(folder, failed);
  }
}

Result<std::uint64_t> append(int from, int to, std::uint64_t most, const std::string& name, const CallContext& context,
                             FunctionRef<Instant()> now) {
  std::vector<char> bytes(kChunk);
  std::uint64_t done = 0;
  while (done < most) {
    STK_TRY(context.check(now()));
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, most - done));
    const ssize_t got = ::read(from, bytes.data(), wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(name, "cannot be read");
    if (got == 0) break;
    for (ssize_t written = 0; written < got;) {
      const ssize_t more = ::write(to, bytes.data() + written, static_cast<std::size_t>(got - written));
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) return failure("the private copy of " + name, "cannot be written");
      written += more;
    }
    done += static_cast<std::uint64_t>(got);
    context.report({kStageCopy, done, most});
  }
  return done;
}

/// Opens without following links and without waiting: a pipe or a device is refused, not read.
Result<int> open_ordinary(const std::string& path, struct stat& status) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Error(Errc::not_found, "there is no " + path).during("import");
    if (errno == ELOOP) return refused(path, "is a symbolic link; name the file itself");
    if (errno == ENXIO) return refused(path, "is no ordinary file; name a backup or an export");
    if (errno == EACCES || errno == EPERM) {
      return Error(Errc::store_unreadable, path + " may not be read by this user").during("import").about("path");
    }
    return failure(path, "cannot be opened");
  }
  if (::fstat(file.get(), &status) != 0) return failure(path, "cannot be read");
  if (!S_ISREG(status.st_mode)) return refused(path, "is no ordinary file; name a backup or an export");
  return file.release();
}

using LogHeader = std::array<char, kLogHeader>;

struct Log {
  std::string header;  // empty: there is no log, or it is empty
};

/// Copies the log, too, unless `to` is empty.
Result<Log> read_log(const std::string& path, const std::string& to, std::uint64_t most, const CallContext& context,
                     FunctionRef<Instant()> now) {
  struct stat status {};
  auto opened = open_ordinary(path, status);
  if (!opened && opened.error().errc() == Errc::not_found) return Log{};
  STK_TRY(const int fd, std::move(opened));
  const Descriptor file(fd);
  LogHeader header{};
  const ssize_t got = ::pread(file.get(), header.data(), header.size(), 0);
  if (got < static_cast<ssize_t>(header.size())) return Log{};
  if (!to.empty()) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > most) return refused(path, "is too large to be imported");
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (target.get() < 0) return failure(to, "cannot be made");
    STK_TRY(append(file.get(), target.get(), size, path, context, now));
  }
  return Log{std::string(header.data(), header.size())};
}

bool same(const struct stat& a, const struct stat& b) noexcept {
  return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

/// SQLite reads an incomplete last page as if it were filled with zeros.
bool is_cut_off(int file, std::uint64_t size) noexcept {
  std::array<unsigned char, 18> header{};
  if (::pread(file, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) return true;
  const std::uint64_t stored = (std::uint64_t{header[16]} << 8) | header[17];
  const std::uint64_t page = stored == 1 ? 65'536 : stored;  // 65536 does not fit
  return page >= 512 && size % page != 0;
}

/// False if the copy may mix two moments. While one log continues, everything that a checkpoint writes into the file is
/// in that log, which is copied after it: the copy then shows the moment of the log's last commit.
Result<bool> copy_once(const std::string& from, const std::string& to, std::uint64_t max_bytes,
                       const CallContext& context, FunctionRef<Instant()> now) {
  struct stat before {};
  STK_TRY(const int fd, open_ordinary(from, before));
  const Descriptor file(fd);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  if (size == 0) return refused(from, "is empty");
  if (size > max_bytes) {
    return refused(from,
                   "has " + std::to_string(size) + " bytes; at most " + std::to_string(max_bytes) + " are imported");
  }
  struct stat journal {};
  if (::lstat((from + "-journal").c_str(), &journal) == 0 && journal.st_size > 0) {
    return refused(from, "was not closed completely; open it once with the program that wrote it");
  }
  STK_TRY(const Log log, read_log(from + "-wal", {}, 0, context, now));
  {
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (target.get() < 0) return failure(to, "cannot be made");
    STK_TRY(append(file.get(), target.get(), size, from, context, now));
  }
  STK_TRY(const Log copied, read_log(from + "-wal", to + "-wal", max_bytes - size, context, now));
  STK_TRY(const Log after, read_log(from + "-wal", {}, 0, context, now));
  struct stat now_is {};
  const bool there = ::lstat(from.c_str(), &now_is) == 0;
  const bool one_log = !log.header.empty() && log.header == copied.header && log.header == after.header;
  if (there && same(before, now_is) && after.header.empty() && is_cut_off(file.get(), size)) {
    return Error(Errc::store_corrupt, from + " is incomplete; nothing was imported; use another backup")
        .during("import");
  }
  return there && now_is.st_ino == before.st_ino &&
         (one_log || (same(before, now_is) && copied.header == after.header));
}

}  // namespace

Result<PrivateFolder> PrivateFolder::make(const std::string& place) {
  std::error_code failed;
  const fs::path parent = place.empty() ? fs::temp_directory_path(failed) : fs::path(place);
  sweep(parent);
  std::string pattern = (parent / (std::string(kPrefix) + "XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) return failure(pattern, "cannot be made");
  const int lock = lock_of(pattern);
  return PrivateFolder(std::move(pattern), lock);
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

Result<void> copy_in(const std::string& from, const std::string& to, std::uint64_t max_bytes,
                     const CallContext& context, FunctionRef<Instant()> now) {
  for (int tried = 0; tried < kTries; ++tried) {
    STK_TRY(const bool copied, copy_once(from, to, max_bytes, context, now));
    if (copied) return success();
    for (const char* suffix : {"", "-wal"}) ::unlink((to + suffix).c_str());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Error(Errc::store_busy, from + " changes while it is read; import a backup or an export of it")
      .during("import")
      .may_retry();
}

}  // namespace stocktracker::inline v0::sqlite
