// Limits shared by the processes of one machine: a small file that each maps, a lock for each seller in it.
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>

#include <stocktracker/adapters/system.hpp>

#include "core/hash.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::uint64_t kMagic = 0x5354'4B4C'494D'4954;  // "STKLIMIT"
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kPlaces = 256;

struct Place {
  pthread_mutex_t mutex;
  std::array<std::uint64_t, 2> name;  ///< zero: free
  std::array<std::int64_t, QuotaMemory::kWords> words;
};

struct Layout {
  std::uint64_t magic;
  std::int64_t version;
  std::uint64_t boot;  ///< of the machine: a lock that was held when it went down has no owner
  pthread_mutex_t mutex;
  std::array<Place, kPlaces> places;
};

Error failed(const std::string& path, std::string_view what) {
  return Error(Errc::io_failed, "limits file " + path + ": " + std::string(what)).during("limits");
}

std::uint64_t this_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return hash64(id);
}

void make_mutex(pthread_mutex_t& mutex) noexcept {
  pthread_mutexattr_t shared;
  pthread_mutexattr_init(&shared);
  pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&mutex, &shared);
  pthread_mutexattr_destroy(&shared);
}

/// A process that died while it held the lock left numbers, each of which is whole: at worst a request is counted in
/// one bucket and not in the next.
void take(pthread_mutex_t& mutex) noexcept {
  if (pthread_mutex_lock(&mutex) == EOWNERDEAD) pthread_mutex_consistent(&mutex);
}

class Mapping {
 public:
  explicit Mapping(Layout* layout) noexcept : layout_(layout) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { ::munmap(layout_, sizeof(Layout)); }
  [[nodiscard]] Layout& layout() const noexcept { return *layout_; }

 private:
  Layout* layout_;
};

class FileBlock final : public QuotaBlock {
 public:
  FileBlock(std::shared_ptr<Mapping> mapping, Place& place) noexcept : mapping_(std::move(mapping)), place_(place) {}
  Result<void> with(Instant now, Use use) noexcept override {
    take(place_.mutex);
    use(now, place_.words);
    pthread_mutex_unlock(&place_.mutex);
    return success();
  }

 private:
  std::shared_ptr<Mapping> mapping_;
  Place& place_;
};

class QuotaFile final : public QuotaMemory {
 public:
  explicit QuotaFile(std::shared_ptr<Mapping> mapping) noexcept : mapping_(std::move(mapping)) {}

  Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) override {
    const std::array<std::uint64_t, 2> key{hash64(name) | 1, hash64(std::string(name) + "#")};
    Layout& layout = mapping_->layout();
    take(layout.mutex);
    Place* found = nullptr;
    for (Place& place : layout.places) {
      if (place.name == key || place.name[0] == 0) {
        found = &place;
        place.name = key;
        break;
      }
    }
    pthread_mutex_unlock(&layout.mutex);
    if (found == nullptr) return Error(Errc::overloaded, "the limits file has no place for another seller");
    return std::make_shared<FileBlock>(mapping_, *found);
  }

 private:
  std::shared_ptr<Mapping> mapping_;
};

struct Descriptor {
  explicit Descriptor(int given) noexcept : value(given) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value < 0) return;
    ::flock(value, LOCK_UN);  // a mapping would keep it beyond the descriptor
    ::close(value);
  }
  int value;
};

}  // namespace

Result<std::shared_ptr<QuotaMemory>> make_quota_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (file.value < 0) return failed(path, std::string("cannot be opened: ") + std::strerror(errno));
  if (::flock(file.value, LOCK_EX) != 0) return failed(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.value, &status) != 0 || !S_ISREG(status.st_mode)) return failed(path, "is not a regular file");
  const bool fresh = status.st_size == 0;
  if (!fresh && status.st_size != static_cast<off_t>(sizeof(Layout))) {
    return failed(path, "is not a limits file of this version; remove it, it is made anew");
  }
  if (fresh) {
    // Taken from the disk now: a write to a page without a place would end the process.
    if (const int why = ::posix_fallocate(file.value, 0, sizeof(Layout)); why != 0) {
      (void)::ftruncate(file.value, 0);
      return failed(path, std::string("cannot be made: ") + std::strerror(why));
    }
  }
  void* const memory = ::mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, file.value, 0);
  if (memory == MAP_FAILED) return failed(path, std::string("cannot be mapped: ") + std::strerror(errno));
  auto mapping = std::make_shared<Mapping>(static_cast<Layout*>(memory));
  Layout& layout = mapping->layout();
  // A maker that was killed half-way left a file without its mark.
  const bool marked = layout.magic == kMagic && layout.version == kVersion;
  if (!marked && layout.magic != 0) return failed(path, "is not a limits file; name another, or remove it");
  const std::uint64_t boot = this_boot();
  if (!marked || layout.boot != boot) {
    make_mutex(layout.mutex);
    for (Place& place : layout.places) make_mutex(place.mutex);
    layout.boot = boot;
    layout.version = kVersion;
    layout.magic = kMagic;
  }
  return std::make_shared<QuotaFile>(std::move(mapping));
}

}  // namespace stocktracker::inline v0
