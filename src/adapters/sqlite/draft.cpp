// Draft: a file that is written beside its target, and renamed when it is complete.
#include "adapters/sqlite/draft.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

namespace stocktracker::inline v0::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRandom = "XXXXXX";  // mkdtemp's
constexpr std::size_t kLongestFileName = 200;   // of 255, with prefix and suffix

Error io_error(const std::string& path, const char* what) {
  return Error(Errc::io_failed, path + " " + what + ": " + std::strerror(errno)).during("backup");
}

Error taken(const std::string& target) {
  return Error(Errc::invalid_argument, target + " is there already; name another").about("target");
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
}

/// ".NAME.part.": the prefix of drafts for a target.
std::string beginning(const std::string& target) {
  const std::size_t slash = target.rfind('/');
  const std::string name = slash == std::string::npos ? target : target.substr(slash + 1);
  return "." + name.substr(0, kLongestFileName) + ".part.";
}

std::vector<std::string> drafts_for(const std::string& target) {
  const std::string folder = folder_of(target);
  const std::string begins = beginning(target);
  std::vector<std::string> found;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    std::string name = entry->path().filename().string();
    if (name.size() == begins.size() + kRandom.size() && name.starts_with(begins)) found.push_back(folder + name);
  }
  return found;
}

int open_folder(const std::string& path) noexcept {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// True if a living process holds the draft.
bool is_held(const std::string& draft) noexcept {
  const int folder = open_folder(draft);
  if (folder < 0) return false;
  const bool held = ::flock(folder, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(folder);
  return held;
}

bool is_folder(const std::string& path) noexcept {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

ino_t inode_of(const std::string& path) noexcept {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

/// For file systems without exclusive rename and without hard links: an empty file or folder takes the name first, and
/// is then replaced.
Result<void> place_over_own(const std::string& path, const std::string& target) {
  const bool folder = is_folder(path);
  const int made = folder ? ::mkdir(target.c_str(), 0700) : ::mknod(target.c_str(), S_IFREG | 0600, 0);
  if (made != 0) return errno == EEXIST ? taken(target) : io_error(target, "cannot be made");
  const ino_t own = inode_of(target);
  if (::rename(path.c_str(), target.c_str()) == 0) return success();
  Error failed = io_error(target, "cannot be made");
  if (folder) {
    ::rmdir(target.c_str());  // fails if another process has put something into it
  } else if (inode_of(target) == own) {
    ::unlink(target.c_str());
  }
  return failed;
}

}  // namespace

Result<void> flush(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return io_error(path, "cannot be opened");
  const bool flushed = ::fsync(file) == 0;
  ::close(file);
  if (!flushed) return io_error(path, "cannot be flushed");
  return success();
}

Result<void> take_name(const std::string& path, const std::string& target) {
  if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) return success();
  if (errno == EEXIST) return taken(target);
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return io_error(target, "cannot be made");
  if (!is_folder(path)) {
    if (::link(path.c_str(), target.c_str()) == 0) return success();  // the draft's own name is removed with its folder
    if (errno == EEXIST) return taken(target);
  }
  return place_over_own(path, target);
}

Result<void> Draft::must_be_new(const std::string& target) {
  struct stat status {};
  if (::lstat(target.c_str(), &status) == 0) return taken(target);
  return success();
}

Result<std::unique_ptr<Draft>> Draft::begin(const std::string& target) {
  STK_TRY(must_be_new(target));
  std::string pattern = folder_of(target) + beginning(target) + std::string(kRandom);
  if (::mkdtemp(pattern.data()) == nullptr) return io_error(target, "cannot be made");
  std::unique_ptr<Draft> draft(new Draft(target, std::move(pattern)));
  STK_TRY(draft->be_the_only_one());
  return draft;
}

// Takes its own lock first, then looks at others: of two that begin at once, the later one finds the other.
Result<void> Draft::be_the_only_one() {
  lock_ = open_folder(folder_);
  // Waits for a process that checks this lock. If folders cannot be locked, the exclusive rename at the end remains.
  if (lock_ < 0 || ::flock(lock_, LOCK_EX) != 0) return success();
  for (const std::string& other : drafts_for(target_)) {
    if (other == folder_ || !is_held(other)) continue;
    return Error(Errc::store_busy, "another process is making " + target_ + " (" + other +
                                       "); wait until it has ended, or name another target")
        .about("target")
        .may_retry();
  }
  return success();
}

Draft::~Draft() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

void Draft::remove_leftovers(const std::string& target) noexcept {
  try {
    for (const std::string& draft : drafts_for(target)) {
      std::error_code ignored;
      if (!is_held(draft)) fs::remove_all(draft, ignored);
    }
  } catch (const std::exception&) {  // out of memory: the leftovers stay
  }
}

Result<void> Draft::become_target() const {
  STK_TRY(take_name(path_, target_));
  return flush(folder_of(target_));
}

}  // namespace stocktracker::inline v0::sqlite
