// Wraps the calls of the C library that change files, and ends the process at one of them.
#include "tests/fault/kill_points.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <string_view>

namespace kill_points {

Plan& plan() {
  static Plan* const shared = [] {
    void* const memory = ::mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return new (memory) Plan;
  }();
  return *shared;
}

namespace {

bool is_file(int descriptor) {
  struct stat about {};
  return ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

// True when the process is to die here.
bool counted() {
  Plan& shared = plan();
  return ++shared.changes == shared.die_at;
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

void note_flush(int descriptor) {
  char link[64];
  char path[512];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof path);
  struct stat about {};
  if (length <= 0 || !std::string_view(path, static_cast<std::size_t>(length)).ends_with("-wal")) return;
  if (::fstat(descriptor, &about) == 0) plan().wal_flushed = about.st_size;
}

}  // namespace
}  // namespace kill_points

// The library and SQLite call these instead of the C library's.
#pragma GCC visibility push(default)
extern "C" {

ssize_t pwrite64(int descriptor, const void* bytes, std::size_t size, off64_t offset) {
  const bool last = kill_points::is_file(descriptor) && kill_points::counted();
  if (last && kill_points::plan().torn) size /= 2;
  const ssize_t written =
      !last || kill_points::plan().torn ? ::syscall(SYS_pwrite64, descriptor, bytes, size, offset) : 0;
  if (last) kill_points::die();
  return written;
}
ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  return pwrite64(descriptor, bytes, size, offset);
}
ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  const bool last = kill_points::is_file(descriptor) && kill_points::counted();
  if (last && kill_points::plan().torn) size /= 2;
  const ssize_t written = !last || kill_points::plan().torn ? ::syscall(SYS_write, descriptor, bytes, size) : 0;
  if (last) kill_points::die();
  return written;
}
ssize_t send(int socket, const void* bytes, std::size_t size, int flags) {
  const bool last = kill_points::plan().sends && kill_points::counted();
  if (last && kill_points::plan().torn) size /= 2;
  const ssize_t sent =
      !last || kill_points::plan().torn ? ::syscall(SYS_sendto, socket, bytes, size, flags, nullptr, 0) : 0;
  if (last) kill_points::die();
  return sent;
}
int ftruncate64(int descriptor, off64_t size) noexcept {
  if (kill_points::counted()) kill_points::die();
  return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}
int ftruncate(int descriptor, off_t size) noexcept { return ftruncate64(descriptor, size); }
int unlink(const char* path) noexcept {
  if (kill_points::counted()) kill_points::die();
  return static_cast<int>(::syscall(SYS_unlink, path));
}
// What was written survives the process without the disk's help: nothing waits for it.
int fsync(int descriptor) {
  if (kill_points::counted()) kill_points::die();
  kill_points::note_flush(descriptor);
  return ::fcntl(descriptor, F_GETFD) < 0 ? -1 : 0;
}
int fdatasync(int descriptor) {
  if (kill_points::counted()) kill_points::die();
  kill_points::note_flush(descriptor);
  return ::fcntl(descriptor, F_GETFD) < 0 ? -1 : 0;
}
}
#pragma GCC visibility pop
