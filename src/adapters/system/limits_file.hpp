/// LimitsFile: blocks of integers in a file that processes share: locks, checksums, growth. For their meaning see
/// http/quota.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/quota_memory.hpp>

namespace stocktracker::inline v0 {

/// Blocks are read and written completely under a lock, never mapped: a truncated file is an error, not a signal. Locks
/// are those of the open file (F_OFD_SETLK), which end with the process; nobody waits for one longer than kPatience.
/// Thread-safe.
class LimitsFile {
 public:
  static constexpr std::size_t kMostBlocks = 2'048;
  static constexpr auto kPatience = std::chrono::seconds(2);
  using Name = std::array<std::uint64_t, 2>;
  using Cells = std::array<std::int64_t, QuotaMemory::kCells>;

  /// A block that was not used for `keep` may be given to another name.
  [[nodiscard]] static Result<std::shared_ptr<LimitsFile>> open(const std::string& path, Duration keep);
  LimitsFile(const LimitsFile&) = delete;
  LimitsFile& operator=(const LimitsFile&) = delete;
  ~LimitsFile();

  /// The place of the block with that name; creates it if it is missing.
  [[nodiscard]] Result<std::size_t> find(const Name& name);
  /// Runs `use` on the integers of the block. False: the block has another name, or its head is damaged; call find()
  /// again.
  [[nodiscard]] Result<bool> with(std::size_t at, const Name& name, FunctionRef<void(std::span<std::int64_t>)> use);

 private:
  struct Header {
    std::uint64_t magic = 0;
    std::int64_t version = 0;
    std::int64_t blocks = 0;
    std::int64_t spent_until = 0;  ///< blocks created before this time begin spent: another one's content was lost
    std::uint64_t sum = 0;
  };
  struct Head {
    Name name{};  ///< all zero: free
    std::int64_t touched = 0;
    std::uint64_t cells_sum = 0;
    std::uint64_t sum = 0;
  };
  struct Block {
    Head head{};
    Cells cells{};
  };
  class Hold;

  LimitsFile(std::string path, int file, Duration keep);
  [[nodiscard]] Error failed(std::string_view what) const;
  [[nodiscard]] int file() noexcept;
  [[nodiscard]] std::timed_mutex& mutex_of(std::size_t at);
  [[nodiscard]] Result<std::int64_t> size();
  [[nodiscard]] Result<bool> begin();
  [[nodiscard]] Result<void> format(std::int64_t spent_until);
  [[nodiscard]] Result<void> replace();
  [[nodiscard]] Result<bool> is_at_path();
  [[nodiscard]] Result<Header> read_header();
  [[nodiscard]] Result<void> write_header(Header header);
  [[nodiscard]] Result<void> grow(Header& header, std::size_t by);
  [[nodiscard]] Result<Head> read_head(std::size_t at, Header& header);
  [[nodiscard]] Result<bool> make(std::size_t at, const Name& name, const Header& header);
  [[nodiscard]] Result<void> read(void* to, std::size_t size, std::int64_t at);
  [[nodiscard]] Result<void> write(const void* from, std::size_t size, std::int64_t at);
  [[nodiscard]] static bool sound(const Head& head) noexcept;
  static void seal(Block& block) noexcept;

  const std::string path_;
  const std::int64_t keep_;
  std::atomic<int> file_;
  std::atomic<int> process_;
  std::mutex mutex_;  ///< protects the following members, and reopening
  std::deque<std::timed_mutex> block_mutexes_;
  std::timed_mutex header_mutex_;
};

}  // namespace stocktracker::inline v0
