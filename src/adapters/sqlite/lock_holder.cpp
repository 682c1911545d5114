// Reads /proc/locks.
#include "adapters/sqlite/lock_holder.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include <stocktracker/core/visible_text.hpp>

namespace stocktracker::inline v0::sqlite {
namespace {

/// The bytes that a writer locks in the shared memory of a log: write, checkpoint, recover
/// (https://sqlite.org/walformat.html, section 2.3).
constexpr long kFirstWalLock = 120;
constexpr long kLastWalLock = 122;
constexpr long kEndOfFile = -1;

/// "fe:00:1234", as the kernel names a file in its table. Empty: there is no such file.
std::string name_in_table(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%02x:%02x:%llu", major(status.st_dev), minor(status.st_dev),
                                 static_cast<unsigned long long>(status.st_ino));
  return {text, static_cast<std::size_t>(size)};
}

std::string process_text(long pid) {
  if (pid == ::getpid()) return "this process";
  std::string text = "process " + std::to_string(pid);
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  if (std::string name; std::getline(file, name)) text += " (" + visible(name) + ")";
  return text;
}

}  // namespace

std::string lock_holder(const std::string& file) {
  const std::string store = name_in_table(file);
  const std::string memory = name_in_table(file + "-shm");
  std::ifstream table("/proc/locks");
  // "1: POSIX  ADVISORY  WRITE 5534 fe:00:10953552 120 120"; a process that waits has "->" behind the number.
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string strength;
    std::string mode;
    std::string name;
    std::string end;
    long pid = 0;
    long from = 0;
    if (!(words >> number >> kind >> strength >> mode >> pid >> name >> from >> end)) continue;
    const long to = end == "EOF" ? kEndOfFile : std::strtol(end.c_str(), nullptr, 10);
    if (mode != "WRITE" || pid <= 0) continue;
    const bool writes_log = name == memory && from <= kLastWalLock && (to == kEndOfFile || to >= kFirstWalLock);
    if (writes_log || name == store) return process_text(pid);
  }
  return "another process";
}

}  // namespace stocktracker::inline v0::sqlite
