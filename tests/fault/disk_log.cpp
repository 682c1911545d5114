// Wraps the calls of the C library that change files, records them, and replays a part of them.
#include "tests/fault/disk_log.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string_view>

namespace disk_log {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSector = 512;

enum class Kind : unsigned char { write, truncate, flush, name, unname, rename };

// Files and folders go by numbers: an inode's number is used again, and a folder may get another name. 0: none.
struct Change {
  Kind kind;
  int file = 0;    // what is changed or named
  int folder = 0;  // where the name is
  std::string name{};
  int from_folder = 0;  // rename
  std::string from_name{};
  std::uint64_t at = 0;  // offset or size
  std::string bytes{};
};

constexpr int kRoot = 1;

struct Log {
  std::recursive_mutex mutex;
  std::string root;
  bool on = false;
  std::vector<Change> changes;
  std::map<ino_t, int> files;
  std::map<std::string, int> folders;  // by their names of now, relative to the root
  std::set<int> all_folders;
  int last = kRoot;
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
std::optional<std::string> ours(const std::string& given) {
  const std::string path = fs::absolute(given).lexically_normal().string();
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
  return ours(text);
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

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

int folder_at(const std::string& path) {
  const auto known = log().folders.find(path);
  return known == log().folders.end() ? 0 : known->second;
}

void add_name(Log& all, int file, const std::string& path) {
  all.changes.push_back(
      {.kind = Kind::name, .file = file, .folder = folder_at(folder_of(path)), .name = name_of(path)});
}

// A file or folder that has just got its first name.
void note_made(const std::string& path) {
  note([&](Log& all) {
    struct stat status {};
    const auto known = ours(path);
    if (!known || ::lstat(path.c_str(), &status) != 0) return;
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return;
    const int file = ++all.last;
    if (S_ISDIR(status.st_mode)) {
      all.folders[*known] = file;
      all.all_folders.insert(file);
    } else {
      all.files[status.st_ino] = file;
    }
    add_name(all, file, *known);
  });
}

void note_linked(const char* from, const char* to) {
  note([&](Log& all) {
    struct stat status {};
    const auto known = ours(to);
    if (!known || !ours(from) || ::lstat(to, &status) != 0) return;
    if (const auto file = all.files.find(status.st_ino); file != all.files.end()) add_name(all, file->second, *known);
  });
}

void note_unnamed(const std::string& path) {
  note([&](Log& all) {
    const auto known = ours(path);
    if (!known) return;
    all.changes.push_back({.kind = Kind::unname, .folder = folder_at(folder_of(*known)), .name = name_of(*known)});
    all.folders.erase(*known);
  });
}

void note_renamed(const char* from, const char* to) {
  note([&](Log& all) {
    struct stat status {};
    const auto before = ours(from);
    const auto after = ours(to);
    if (!before || !after || ::lstat(to, &status) != 0) return;
    int file = 0;
    if (S_ISDIR(status.st_mode)) {
      file = folder_at(*before);
      std::map<std::string, int> moved;
      std::erase_if(all.folders, [&](const auto& folder) {
        if (folder.first != *before && !folder.first.starts_with(*before + "/")) return false;
        moved[*after + folder.first.substr(before->size())] = folder.second;
        return true;
      });
      all.folders.merge(moved);
    } else if (const auto known = all.files.find(status.st_ino); known != all.files.end()) {
      file = known->second;
    }
    all.changes.push_back({.kind = Kind::rename,
                           .file = file,
                           .folder = folder_at(folder_of(*after)),
                           .name = name_of(*after),
                           .from_folder = folder_at(folder_of(*before)),
                           .from_name = name_of(*before)});
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

// A file that was there before: it is on the disk.
void note_content(const std::string& path) {
  note([&](Log& all) {
    struct stat status {};
    if (!ours(path) || ::lstat(path.c_str(), &status) != 0) return;
    const int file = all.files[status.st_ino];
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    all.changes.push_back({.kind = Kind::write, .file = file, .bytes = std::move(bytes)});
    all.changes.push_back({.kind = Kind::flush, .file = file});
  });
}

void note_flushed(int descriptor) {
  note([&](Log& all) {
    struct stat status {};
    const auto path = path_of(descriptor);
    if (!path || ::fstat(descriptor, &status) != 0) return;
    const int file = S_ISDIR(status.st_mode) ? folder_at(*path) : file_of(descriptor);
    if (file != 0) all.changes.push_back({.kind = Kind::flush, .file = file});
  });
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
    if (change.kind == Kind::unname) {
      names_[change.folder].erase(change.name);
      return;
    }
    names_[change.folder][change.name] = change.file;
    if (change.kind != Kind::rename) return;
    auto& from = names_[change.from_folder];
    if (const auto old = from.find(change.from_name); old != from.end() && old->second == change.file) from.erase(old);
  }
  void save(int folder, const fs::path& into) const {
    fs::create_directories(into);
    const auto held = names_.find(folder);
    if (held == names_.end()) return;
    for (const auto& [name, file] : held->second) {
      const fs::path place = into / name;
      if (log().all_folders.contains(file)) {
        save(file, place);
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
  std::map<int, std::map<std::string, int>> names_;  // by folder
};

bool is_name(Kind kind) { return kind == Kind::name || kind == Kind::unname || kind == Kind::rename; }

// Of each folder, how many of its changes of names are on the disk: all that were flushed, and some more.
std::map<int, std::size_t> names_kept(const std::vector<Change>& changes, std::size_t until, std::mt19937_64& random) {
  std::map<int, std::size_t> seen;
  std::map<int, std::size_t> flushed;
  for (std::size_t i = 0; i < until; ++i) {
    if (is_name(changes[i].kind)) ++seen[changes[i].folder];
    if (changes[i].kind == Kind::flush) flushed[changes[i].file] = seen[changes[i].file];
  }
  std::map<int, std::size_t> kept;
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
  log().changes.clear();
  log().files.clear();
  log().folders = {{"", kRoot}};
  log().all_folders.clear();
  log().on = true;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    note_made(entry.path().string());
    if (entry.is_regular_file()) note_content(entry.path().string());
  }
  const Log& all = log();
  for (const auto& [name, folder] : all.folders) log().changes.push_back({.kind = Kind::flush, .file = folder});
}

void stop() {
  const std::lock_guard lock(log().mutex);
  log().on = false;
}

std::size_t size() {
  const std::lock_guard lock(log().mutex);
  return log().changes.size();
}

std::vector<std::size_t> turns() {
  const std::lock_guard lock(log().mutex);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < log().changes.size(); ++i) {
    if (log().changes[i].kind != Kind::write) found.insert(found.end(), {i, i + 1});
  }
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void cut_power(std::size_t until, std::uint64_t seed, const std::string& into) {
  std::mt19937_64 random(seed);
  const std::vector<Change>& changes = log().changes;
  std::map<int, std::size_t> flushed;
  for (std::size_t i = 0; i < until; ++i) {
    if (changes[i].kind == Kind::flush) flushed[changes[i].file] = i;
  }
  const auto kept = names_kept(changes, until, random);
  std::map<int, std::size_t> named;
  Disk disk;
  for (std::size_t i = 0; i < until; ++i) {
    const Change& change = changes[i];
    if (is_name(change.kind)) {
      if (named[change.folder]++ < kept.at(change.folder)) disk.name(change);
      continue;
    }
    const auto last = flushed.find(change.file);
    const bool sure = last != flushed.end() && i < last->second;
    if (change.kind == Kind::write) disk.write(change, some_sectors(change.bytes.size(), sure, random));
    if (change.kind == Kind::truncate && (sure || random() % 2 == 0)) disk.truncate(change);
  }
  disk.save(kRoot, into);
}

void kill(std::size_t until, const std::string& into) {
  Disk disk;
  for (std::size_t i = 0; i < until; ++i) {
    const Change& change = log().changes[i];
    if (is_name(change.kind)) disk.name(change);
    if (change.kind == Kind::write)
      disk.write(change, std::vector<bool>((change.bytes.size() + kSector - 1) / kSector, true));
    if (change.kind == Kind::truncate) disk.truncate(change);
  }
  disk.save(kRoot, into);
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
  if (descriptor >= 0 && fresh) disk_log::note_made(path);
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
// The disk is ours: nothing waits for the machine's own.
int fsync(int descriptor) {
  if (::fcntl(descriptor, F_GETFD) < 0) return -1;
  disk_log::note_flushed(descriptor);
  return 0;
}
int fdatasync(int descriptor) {
  if (::fcntl(descriptor, F_GETFD) < 0) return -1;
  disk_log::note_flushed(descriptor);
  return 0;
}
int unlink(const char* path) noexcept {
  const int done = static_cast<int>(::syscall(SYS_unlink, path));
  if (done == 0) disk_log::note_unnamed(path);
  return done;
}
int rmdir(const char* path) noexcept {
  const int done = static_cast<int>(::syscall(SYS_rmdir, path));
  if (done == 0) disk_log::note_unnamed(path);
  return done;
}
int remove(const char* path) noexcept {
  const int done = unlink(path);
  return done != 0 && errno == EISDIR ? rmdir(path) : done;
}
int unlinkat(int folder, const char* name, int flags) noexcept {
  char place[1024] = "";
  if (folder != AT_FDCWD) {
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    if (const ssize_t length = ::readlink(link, place, sizeof place - 2); length > 0) place[length] = '/';
  }
  const int done = static_cast<int>(::syscall(SYS_unlinkat, folder, name, flags));
  if (done == 0) disk_log::note_unnamed(std::string(place) + name);
  return done;
}
int mkdir(const char* path, mode_t mode) noexcept {
  const int done = static_cast<int>(::syscall(SYS_mkdir, path, mode));
  if (done == 0) disk_log::note_made(path);
  return done;
}
char* mkdtemp(char* pattern) noexcept {
  static const auto original = reinterpret_cast<char* (*)(char*)>(::dlsym(RTLD_NEXT, "mkdtemp"));
  char* const made = original(pattern);
  if (made != nullptr) disk_log::note_made(made);
  return made;
}
int mkostemp(char* pattern, int flags) {
  static const auto original = reinterpret_cast<int (*)(char*, int)>(::dlsym(RTLD_NEXT, "mkostemp"));
  const int made = original(pattern, flags);
  if (made >= 0) disk_log::note_made(pattern);
  return made;
}
int mknod(const char* path, mode_t mode, dev_t device) noexcept {
  const int done = static_cast<int>(::syscall(SYS_mknodat, AT_FDCWD, path, mode, device));
  if (done == 0) disk_log::note_made(path);
  return done;
}
int link(const char* from, const char* to) noexcept {
  const int done = static_cast<int>(::syscall(SYS_link, from, to));
  if (done == 0) disk_log::note_linked(from, to);
  return done;
}
int rename(const char* from, const char* to) noexcept {
  const int done = static_cast<int>(::syscall(SYS_rename, from, to));
  if (done == 0) disk_log::note_renamed(from, to);
  return done;
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) noexcept {
  const int done = static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
  if (done == 0) disk_log::note_renamed(from, to);
  return done;
}
}
#pragma GCC visibility pop
