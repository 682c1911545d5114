// LimitsFile: request limits in a file that processes share, with checksums.
#include "adapters/system/limits_file.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>

#include "core/hash.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::uint64_t kMagic = 0x5354'4B4C'494D'4954;  // "STKLIMIT"
constexpr std::int64_t kVersion = 2;
constexpr std::int64_t kMapped = 1;  // earlier: mapped by its users, with locks in it
// One page per block: a write that a kill interrupts ends between pages.
constexpr std::int64_t kPage = 4'096;
constexpr std::size_t kChunk = 64;
constexpr int kYields = 50;
constexpr auto kPause = std::chrono::microseconds(100);

std::int64_t now_micros() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Duration>(since).count();
}

std::int64_t place_of(std::size_t at) noexcept { return (static_cast<std::int64_t>(at) + 1) * kPage; }

template <class T>
std::uint64_t sum_of(const T& value, std::size_t size) noexcept {
  return hash64({reinterpret_cast<const char*>(&value), size});
}

bool set_lock(int file, std::int64_t at, short kind) noexcept {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = at;
  lock.l_len = 1;
  return ::fcntl(file, F_OFD_SETLK, &lock) == 0;
}

}  // namespace

/// A mutex for the threads of this process, and a byte lock for other processes; both wait no longer than the patience.
class LimitsFile::Hold {
 public:
  Hold(int file, std::int64_t at, std::timed_mutex& mutex) : file_(file), at_(at) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    mutex_ = std::unique_lock(mutex, until);
    for (int tries = 0; mutex_ && !(locked_ = set_lock(file_, at_, F_WRLCK)); ++tries) {
      const bool taken = errno == EAGAIN || errno == EACCES || errno == EINTR;
      if (!taken || std::chrono::steady_clock::now() >= until) return;
      if (tries < kYields) {
        ::sched_yield();
      } else {
        std::this_thread::sleep_for(kPause);
      }
    }
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    if (locked_) (void)set_lock(file_, at_, F_UNLCK);
  }
  explicit operator bool() const noexcept { return locked_; }

 private:
  int file_;
  std::int64_t at_;
  std::unique_lock<std::timed_mutex> mutex_;
  bool locked_ = false;
};

namespace {

constexpr std::string_view kHeld =
    "another process has held a lock of it for more than two seconds; end that process, or let it go on if it is "
    "stopped";

}  // namespace

LimitsFile::LimitsFile(std::string path, int file, Duration keep)
    : path_(std::move(path)), keep_(keep.count()), file_(file), process_(::getpid()) {}

LimitsFile::~LimitsFile() { ::close(file_); }

Error LimitsFile::failed(std::string_view what) const {
  return Error(Errc::io_failed, "limits file " + path_ + ": " + std::string(what)).during("limits");
}

/// A child of fork() shares its parent's open file, and with it the parent's locks, so it needs its own. Called with
/// each lock; everything under the lock must use the returned file.
int LimitsFile::file() noexcept {
  const int process = ::getpid();
  if (process_.load(std::memory_order_acquire) == process) return file_;
  const std::lock_guard lock(mutex_);
  if (process_ != process) {
    std::array<char, 32> inherited{};
    std::snprintf(inherited.data(), inherited.size(), "/proc/self/fd/%d", file_.load());
    if (const int own = ::open(inherited.data(), O_RDWR | O_CLOEXEC); own >= 0) file_ = own;
    process_.store(process, std::memory_order_release);
  }
  return file_;
}

std::timed_mutex& LimitsFile::mutex_of(std::size_t at) {
  const std::lock_guard lock(mutex_);
  while (block_mutexes_.size() <= at) block_mutexes_.emplace_back();
  return block_mutexes_[at];
}

Result<void> LimitsFile::read(void* to, std::size_t size, std::int64_t at) {
  const ssize_t got = ::pread(file_, to, size, at);
  if (got < 0) return failed(std::string("cannot be read: ") + std::strerror(errno));
  if (static_cast<std::size_t>(got) != size) {
    return failed("was truncated by another process; remove it and restart the programs that use it");
  }
  return success();
}

Result<void> LimitsFile::write(const void* from, std::size_t size, std::int64_t at) {
  const ssize_t put = ::pwrite(file_, from, size, at);
  if (put >= 0 && static_cast<std::size_t>(put) == size) return success();
  return failed(std::string("cannot be written: ") + (put < 0 ? std::strerror(errno) : "the disk is full"));
}

Result<std::int64_t> LimitsFile::size() {
  struct stat status {};
  if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) return failed("is not a regular file");
  return static_cast<std::int64_t>(status.st_size);
}

bool LimitsFile::sound(const Head& head) noexcept { return head.sum == sum_of(head, offsetof(Head, sum)); }

void LimitsFile::seal(Block& block) noexcept {
  block.head.touched = now_micros();
  block.head.cells_sum = sum_of(block.cells, sizeof(block.cells));
  block.head.sum = sum_of(block.head, offsetof(Head, sum));
}

Result<void> LimitsFile::write_header(Header header) {
  header.magic = kMagic;
  header.version = kVersion;
  header.sum = sum_of(header, offsetof(Header, sum));
  return write(&header, sizeof(header), 0);
}

/// A damaged header loses only its own numbers: the blocks are independent of it.
Result<LimitsFile::Header> LimitsFile::read_header() {
  STK_TRY(const auto bytes, size());
  Header header;
  STK_TRY(read(&header, sizeof(header), 0));
  if (header.magic != kMagic) return failed("is not a limits file; name another, or remove it");
  const std::int64_t fit = std::min<std::int64_t>(bytes / kPage - 1, kMostBlocks);
  const bool sum_matches = header.sum == sum_of(header, offsetof(Header, sum));
  if (sum_matches && header.blocks >= 0 && header.blocks <= fit) return header;
  header.blocks = std::max<std::int64_t>(fit, 0);
  header.spent_until = now_micros() + keep_;
  STK_TRY(write_header(header));
  return header;
}

Result<void> LimitsFile::grow(Header& header, std::size_t by) {
  const auto first = static_cast<std::size_t>(header.blocks);
  // Disk space is allocated now, so that a full disk is noticed here and not at a check.
  const int why = ::posix_fallocate(file_, place_of(first), static_cast<std::int64_t>(by) * kPage);
  if (why != 0) return failed(std::string("cannot be made larger: ") + std::strerror(why));
  Block free;
  seal(free);
  for (std::size_t at = first; at < first + by; ++at) {
    STK_TRY(write(&free, sizeof(free), place_of(at)));
  }
  header.blocks = static_cast<std::int64_t>(first + by);
  return write_header(header);
}

/// The head of a block, if it is sound. A damaged block becomes free; new blocks then begin spent for some time,
/// because one of them may have been this one.
Result<LimitsFile::Head> LimitsFile::read_head(std::size_t at, Header& header) {
  Head head;
  STK_TRY(read(&head, sizeof(head), place_of(at)));
  if (sound(head)) return head;
  const Hold hold(file(), place_of(at), mutex_of(at));  // its user may be writing it
  if (!hold) return failed(kHeld);
  STK_TRY(read(&head, sizeof(head), place_of(at)));
  if (sound(head)) return head;
  header.spent_until = now_micros() + keep_;
  STK_TRY(write_header(header));
  Block free;
  seal(free);
  STK_TRY(write(&free, sizeof(free), place_of(at)));
  return free.head;
}

/// False: another process has used it meanwhile.
Result<bool> LimitsFile::make(std::size_t at, const Name& name, const Header& header) {
  const Hold hold(file(), place_of(at), mutex_of(at));
  if (!hold) return failed(kHeld);
  Head head;
  STK_TRY(read(&head, sizeof(head), place_of(at)));
  if (sound(head) && head.name != Name{} && head.touched >= now_micros() - keep_) return false;
  Block block;
  block.head.name = name;
  if (now_micros() < header.spent_until) block.cells.front() = QuotaMemory::kSpent;
  seal(block);
  STK_TRY(write(&block, sizeof(block), place_of(at)));
  return true;
}

Result<std::size_t> LimitsFile::find(const Name& name) {
  const Hold hold(file(), 0, header_mutex_);
  if (!hold) return failed(kHeld);
  STK_TRY(auto header, read_header());
  const std::int64_t stale_before = now_micros() - keep_;
  std::optional<std::size_t> free;
  std::optional<std::size_t> stale;
  for (std::size_t at = 0; at < static_cast<std::size_t>(header.blocks); ++at) {
    STK_TRY(const auto head, read_head(at, header));
    if (head.name == name) return at;
    auto& kept = head.name == Name{} ? free : stale;
    if (!kept && (head.name == Name{} || head.touched < stale_before)) kept = at;
  }
  for (const auto& candidate : {free, stale}) {
    if (!candidate) continue;
    STK_TRY(const bool made, make(*candidate, name, header));
    if (made) return *candidate;
  }
  const auto first = static_cast<std::size_t>(header.blocks);
  if (first >= kMostBlocks) {
    return Error(Errc::overloaded, "limits file " + path_ + ": it has no room for another seller; " +
                                       std::to_string(kMostBlocks) + " are in use")
        .during("limits");
  }
  STK_TRY(grow(header, std::min(kChunk, kMostBlocks - first)));
  STK_TRY(const bool made, make(first, name, header));
  if (!made) return failed("another program writes into it");
  return first;
}

Result<bool> LimitsFile::with(std::size_t at, const Name& name, FunctionRef<void(std::span<std::int64_t>)> use) {
  const Hold hold(file(), place_of(at), mutex_of(at));
  if (!hold) return failed(kHeld);
  Block block;
  STK_TRY(read(&block, sizeof(block), place_of(at)));
  if (!sound(block.head) || block.head.name != name) return false;
  if (block.head.cells_sum != sum_of(block.cells, sizeof(block.cells))) {
    block.cells = {};
    block.cells.front() = QuotaMemory::kSpent;
  }
  use(block.cells);
  seal(block);
  STK_TRY(write(&block, sizeof(block), place_of(at)));
  return true;
}

Result<void> LimitsFile::format(std::int64_t spent_until) {
  if (::fchmod(file_, 0600) != 0) return failed(std::string("cannot be made private: ") + std::strerror(errno));
  Header header;
  header.spent_until = spent_until;
  auto made = grow(header, kChunk);  // the header, with its mark, is written last
  if (!made) (void)::ftruncate(file_, 0);
  return made;
}

/// A file of the earlier version is replaced by a new one with the same name: processes that map the old one keep it.
/// What they have spent is unknown, so no block begins full.
Result<void> LimitsFile::replace() {
  const std::string beside = path_ + ".new-" + std::to_string(::getpid());
  (void)::unlink(beside.c_str());
  const int other = ::open(beside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (other < 0) return failed(std::string("its successor cannot be made: ") + std::strerror(errno));
  LimitsFile successor(beside, other, Duration(keep_));
  auto made = successor.format(now_micros() + keep_);
  if (made && ::rename(beside.c_str(), path_.c_str()) != 0) {
    made = failed(std::string("cannot be replaced: ") + std::strerror(errno));
  }
  if (!made) (void)::unlink(beside.c_str());
  return made;
}

Result<bool> LimitsFile::is_at_path() {
  struct stat named {};
  struct stat held {};
  if (::fstat(file_, &held) != 0) return failed(std::strerror(errno));
  return ::lstat(path_.c_str(), &named) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

/// False: the name belongs to another file now; open it again.
Result<bool> LimitsFile::begin() {
  const Hold hold(file(), 0, header_mutex_);
  if (!hold) return failed(kHeld);
  STK_TRY(const bool current, is_at_path());
  if (!current) return false;
  STK_TRY(const auto bytes, size());
  if (bytes == 0) {
    STK_TRY(format(0));
    return true;
  }
  Header header;
  if (bytes < static_cast<std::int64_t>(sizeof(header))) {
    return failed("is not a limits file; name another, or remove it");
  }
  STK_TRY(read(&header, sizeof(header), 0));
  if (header.magic == 0 && bytes == place_of(kChunk)) {  // its creator was killed while writing
    STK_TRY(format(0));
    return true;
  }
  const bool sum_matches = header.sum == sum_of(header, offsetof(Header, sum));
  if (header.magic == kMagic && !sum_matches && header.version == kMapped) {
    STK_TRY(replace());
    return false;
  }
  if (header.magic == kMagic && sum_matches && header.version != kVersion) {
    return failed("is of a later version; use that version, or remove the file when nothing uses it");
  }
  STK_TRY(read_header());
  return true;
}

Result<std::shared_ptr<LimitsFile>> LimitsFile::open(const std::string& path, Duration keep) {
  constexpr int kTries = 10;
  for (int tries = 0; tries < kTries; ++tries) {
    const int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    const int why = errno;
    std::shared_ptr<LimitsFile> file(new LimitsFile(path, opened, keep));
    if (opened < 0) return file->failed(std::string("cannot be opened: ") + std::strerror(why));
    STK_TRY(const bool ready, file->begin());
    if (ready) return file;
  }
  return Error(Errc::io_failed, "limits file " + path + ": another process replaces it again and again")
      .during("limits");
}

}  // namespace stocktracker::inline v0
