#include "assembly/draft.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace stocktracker::inline v0 {
namespace {

namespace fs = std::filesystem;

Error io_error(const std::string& path, const char* what) {
  return Error(Errc::io_failed, path + " " + what + ": " + std::strerror(errno)).during("backup");
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

Draft::Draft(const std::string& target) : target_(target), path_(target + ".part") { remove(); }

Result<void> Draft::must_be_new(const std::string& target) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(target, ignored))) return success();
  return Error(Errc::invalid_argument, target + " is there already; name another").about("target");
}

Result<void> Draft::become_target() const {
  STK_TRY(must_be_new(target_));
  if (::rename(path_.c_str(), target_.c_str()) != 0) return io_error(target_, "cannot be made");
  return success();
}

void Draft::remove() const noexcept {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove_all(path_ + suffix, ignored);
}

}  // namespace stocktracker::inline v0
