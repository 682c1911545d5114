// Creates files that only their owner may read.
#include "adapters/sqlite/private_file.hpp"

#include <cerrno>
#include <filesystem>

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr int kLinks = 8;

void make(const std::filesystem::path& path, int links) {
  // Not open(): closing a file drops every lock that this process holds on it, including another thread's.
  if (::mknod(path.c_str(), S_IFREG | 0600, 0) == 0) {
    ::chmod(path.c_str(), 0600);  // a umask may take rights from its owner as well
    return;
  }
  if (errno != EEXIST || links == 0) return;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 || errno != ENOENT) return;
  // A link without a target: SQLite would create the file at its end.
  std::error_code failed;
  const auto target = std::filesystem::read_symlink(path, failed);
  if (!failed) make(path.parent_path() / target, links - 1);
}

}  // namespace

void make_private(const std::string& path) noexcept {
  try {
    make(path, kLinks);
  } catch (const std::exception&) {  // out of memory: the following open fails, too
  }
}

mode_t mode_of(const std::string& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

}  // namespace stocktracker::inline v0::sqlite
