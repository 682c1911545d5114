#include "tests/fault/disk_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>

namespace disk_log {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSector = 512;

enum class Kind : unsigned char { write, truncate, flush, flush_folder, make_folder, create, remove, rename };

struct Change {
  Kind kind;
  int file = 0;          // number of the file, not of its inode: those are used again
  std::string path{};    // relative to the root
  std::string from{};    // rename
  std::uint64_t at = 0;  // offset or size
  std::string bytes{};
};

struct Log {
  std::recursive_mutex mutex;
  std::string root;
  bool on = false;
  std::vector<Change> changes;
  std::map<ino_t, int> files;
  int last_file = 0;
};

Log& log() {
  static auto* const one = new Log;
  return *one;
}

// What the recorder does itself is not recorded.
thread_local bool inside = false;
struct Inside {
  Inside() { inside = true; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { inside = false; }
};

// Relative to the root; nullopt: not ours. The index of the log beside a database is rebuilt from it and never read
// after a restart.
std::optional<std::string> ours(std::string path) {
  if (!path.starts_with('/')) path = (fs::current_path() / path).string();
  const std::string& root = log().root;
  if (!path.starts_with(root) || path.ends_with("-shm")) return std::nullopt;
  if (path.size() == root.size()) return std::string();
  if (path[root.size()] != '/') return std::nullopt;
  std::string relative = path.substr(root.size() + 1);
  while (relative.ends_with('/')) relative.pop_back();
  return relative;
}

std::optional<std::string> path_of(int descriptor) {
  char link[64];
  char path[1024];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof path);
  if (length <= 0) return std::nullopt;
  std::string text(path, static_cast<std::size_t>(length));
  if (text.ends_with(" (deleted)")) return std::nullopt;
  return ours(std::move(text));
}

int file_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return 0;
  const auto known = log().files.find(status.st_ino);
  return known == log().files.end() ? 0 : known->second;
}

template <class Body>
void note(Body body) {
  if (inside) return;
  const std::lock_guard lock(log().mutex);
  if (!log().on) return;
  const Inside guard;
  body(log());
}

void note_created(int descriptor) {
  note([&](Log& all) {
    struct stat status {};
    const auto path = path_of(descriptor);
    if (!path || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
    all.files[status.st_ino] = ++all.last_file;
    all.changes.push_back({.kind = Kind::create, .file = all.last_file, .path = *path});
  });
}

void note_made(const char* path) {
  note([&](Log& all) {
    struct stat status {};
    const auto known = ours(path);
    if (!known || ::lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) return;
    all.files[status.st_ino] = ++all.last_file;
    all.changes.push_back({.kind = Kind::create, .file = all.last_file, .path = *known});
  });
}

void note_written(int descriptor, const void* bytes, ssize_t size, std::uint64_t at) {
  if (size <= 0) return;
  note([&](Log& all) {
    if (!path_of(descriptor)) return;
    if (const int file = file_of(descriptor); file != 0) {
      all.changes.push_back({.kind = Kind::write,
                             .file = file,
                             .at = at,
                             .bytes = std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
    }
  });
}

void note_flushed(int descriptor) {
  note([&](Log& all) {
    struct stat status {};
    const auto path = path_of(descriptor);
    if (!path || ::fstat(descriptor, &status) != 0) return;
    if (S_ISDIR(status.st_mode)) {
      all.changes.push_back({.kind = Kind::flush_folder, .path = *path});
    } else if (const int file = file_of(descriptor); file != 0) {
      all.changes.push_back({.kind = Kind::flush, .file = file});
    }
  });
}

void note_path(Kind kind, const char* name) {
  note([&](Log& all) {
    if (const auto path = ours(name)) all.changes.push_back({.kind = kind, .path = *path});
  });
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

// What the disk holds.
class Disk {
 public:
  void write(const Change& change, const std::vector<bool>& sectors) {
    std::string& content = contents_[change.file];
    for (std::size_t part = 0; part < sectors.size(); ++part) {
      if (!sectors[part]) continue;
      const std::size_t from = part * kSector;
      const std::size_t size = std::min(kSector, change.bytes.size() - from);
      if (content.size() < change.at + from + size) content.resize(change.at + from + size);
      content.replace(change.at + from, size, change.bytes, from, size);
    }
  }
  void truncate(const Change& change) { contents_[change.file].resize(change.at); }
  void name(const Change& change) {
    switch (change.kind) {
      case Kind::create:
        names_[change.path] = change.file;
        break;
      case Kind::make_folder:
        names_[change.path] = 0;
        break;
      case Kind::remove:
        names_.erase(change.path);
        break;
      default: {
        const auto from = names_.find(change.from);
        if (from == names_.end()) break;
        names_[change.path] = from->second;
        names_.erase(change.from);
      }
    }
  }
  void save(const std::string& into) const {
    fs::create_directories(into);
    for (const auto& [path, file] : names_) {  // folders come before what is in them
      const fs::path place = fs::path(into) / path;
      if (!fs::exists(place.parent_path())) continue;  // its folder's name was lost
      if (file == 0) {
        fs::create_directory(place);
        continue;
      }
      std::ofstream out(place, std::ios::binary);
      if (const auto content = contents_.find(file); content != contents_.end()) out << content->second;
      out.close();
      fs::permissions(place, fs::perms::owner_read | fs::perms::owner_write);
    }
  }

 private:
  std::map<int, std::string> contents_;
  std::map<std::string, int> names_;
};

bool is_name(Kind kind) {
  return kind == Kind::create || kind == Kind::make_folder || kind == Kind::remove || kind == Kind::rename;
}

// Of each folder, how many of its changes of names are on the disk: all that were flushed, and some more.
std::map<std::string, std::size_t> names_kept(const std::vector<Change>& changes, std::size_t until,
                                              std::mt19937_64& random) {
  std::map<std::string, std::size_t> seen;
  std::map<std::string, std::size_t> flushed;
  for (std::size_t i = 0; i < until; ++i) {
    if (is_name(changes[i].kind)) ++seen[folder_of(changes[i].path)];
    if (changes[i].kind == Kind::flush_folder) flushed[changes[i].path] = seen[changes[i].path];
  }
  std::map<std::string, std::size_t> kept;
  for (const auto& [folder, all] : seen) {
    const std::size_t sure = flushed[folder];
    kept[folder] = sure + static_cast<std::size_t>(random() % (all - sure + 1));
  }
  return kept;
}

std::vector<bool> some_sectors(std::size_t bytes, bool all, std::mt19937_64& random) {
  std::vector<bool> sectors((bytes + kSector - 1) / kSector, true);
  if (all) return sectors;
  const auto mood = random() % 4;  // everything, nothing, or torn
  for (std::size_t i = 0; i < sectors.size(); ++i) {
    sectors[i] = mood == 0 || (mood >= 2 && random() % 2 == 0);
  }
  return sectors;
}

}  // namespace

void record(const std::string& root) {
  const std::lock_guard lock(log().mutex);
  log().root = root;
  log().on = true;
}

void stop() {
  const std::lock_guard lock(log().mutex);
  log().on = false;
}

std::size_t size() {
  const std::lock_guard lock(log().mutex);
  return log().changes.size();
}

void cut_power(std::size_t until, std::uint64_t seed, const std::string& into) {
  std::mt19937_64 random(seed);
  const std::vector<Change>& changes = log().changes;
  std::map<int, std::size_t> flushed;
  for (std::size_t i = 0; i < until; ++i) {
    if (changes[i].kind == Kind::flush) flushed[changes[i].file] = i;
  }
  const auto kept = names_kept(changes, until, random);
  std::map<std::string, std::size_t> named;
  Disk disk;
  for (std::size_t i = 0; i < until; ++i) {
    const Change& change = changes[i];
    if (is_name(change.kind)) {
      const std::string folder = folder_of(change.path);
      if (named[folder]++ < kept.at(folder)) disk.name(change);
      continue;
    }
    const auto last = flushed.find(change.file);
    const bool sure = last != flushed.end() && i < last->second;
    if (change.kind == Kind::write) disk.write(change, some_sectors(change.bytes.size(), sure, random));
    if (change.kind == Kind::truncate && (sure || random() % 2 == 0)) disk.truncate(change);
  }
  disk.save(into);
}

}  // namespace disk_log

// The library and SQLite call these instead of the C library's.
#pragma GCC visibility push(default)
extern "C" {

int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  struct stat status {};
  const bool fresh = (flags & O_CREAT) != 0 && ::stat(path, &status) != 0;
  const int descriptor = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (descriptor >= 0 && fresh) disk_log::note_created(descriptor);
  return descriptor;
}
int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return open64(path, flags, mode);
}
ssize_t pwrite64(int descriptor, const void* bytes, std::size_t size, off64_t offset) {
  const ssize_t written = ::syscall(SYS_pwrite64, descriptor, bytes, size, offset);
  disk_log::note_written(descriptor, bytes, written, static_cast<std::uint64_t>(offset));
  return written;
}
ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  return pwrite64(descriptor, bytes, size, offset);
}
ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  const auto at = ::lseek(descriptor, 0, SEEK_CUR);
  const ssize_t written = ::syscall(SYS_write, descriptor, bytes, size);
  if (at >= 0) disk_log::note_written(descriptor, bytes, written, static_cast<std::uint64_t>(at));
  return written;
}
int ftruncate64(int descriptor, off64_t size) noexcept {
  const int done = static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
  if (done == 0) {
    disk_log::note([&](disk_log::Log& all) {
      const int file = disk_log::path_of(descriptor) ? disk_log::file_of(descriptor) : 0;
      if (file != 0) {
        all.changes.push_back({.kind = disk_log::Kind::truncate, .file = file, .at = static_cast<std::uint64_t>(size)});
      }
    });
  }
  return done;
}
int ftruncate(int descriptor, off_t size) noexcept { return ftruncate64(descriptor, size); }
int fsync(int descriptor) {
  const int done = static_cast<int>(::syscall(SYS_fsync, descriptor));
  if (done == 0) disk_log::note_flushed(descriptor);
  return done;
}
int fdatasync(int descriptor) {
  const int done = static_cast<int>(::syscall(SYS_fdatasync, descriptor));
  if (done == 0) disk_log::note_flushed(descriptor);
  return done;
}
int unlink(const char* path) noexcept {
  const int done = static_cast<int>(::syscall(SYS_unlink, path));
  if (done == 0) disk_log::note_path(disk_log::Kind::remove, path);
  return done;
}
int mkdir(const char* path, mode_t mode) noexcept {
  const int done = static_cast<int>(::syscall(SYS_mkdir, path, mode));
  if (done == 0) disk_log::note_path(disk_log::Kind::make_folder, path);
  return done;
}
int mknod(const char* path, mode_t mode, dev_t device) noexcept {
  const int done = static_cast<int>(::syscall(SYS_mknodat, AT_FDCWD, path, mode, device));
  if (done == 0) disk_log::note_made(path);
  return done;
}
int rename(const char* from, const char* to) noexcept {
  const int done = static_cast<int>(::syscall(SYS_rename, from, to));
  if (done == 0) {
    disk_log::note([&](disk_log::Log& all) {
      const auto before = disk_log::ours(from);
      const auto after = disk_log::ours(to);
      if (before && after) all.changes.push_back({.kind = disk_log::Kind::rename, .path = *after, .from = *before});
    });
  }
  return done;
}
}
#pragma GCC visibility pop
