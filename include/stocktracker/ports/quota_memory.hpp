/// @file
/// QuotaMemory: where the buckets of request limits live: in this process, or shared with others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// Words under a lock. Zero at first; whoever finds them so fills them in.
class STK_API QuotaBlock {
 public:
  QuotaBlock() = default;
  QuotaBlock(const QuotaBlock&) = delete;
  QuotaBlock& operator=(const QuotaBlock&) = delete;
  virtual ~QuotaBlock();

  /// Held for some instructions only; never while waiting. For std::lock_guard.
  virtual void lock() noexcept = 0;
  virtual void unlock() noexcept = 0;
  /// The same words each time, valid as long as the block; touched under the lock alone.
  [[nodiscard]] virtual std::span<std::int64_t> words() noexcept = 0;
};

/// Thread-safe.
class STK_API QuotaMemory {
 public:
  /// Words of a block.
  static constexpr std::size_t kWords = 400;

  QuotaMemory() = default;
  QuotaMemory(const QuotaMemory&) = delete;
  QuotaMemory& operator=(const QuotaMemory&) = delete;
  virtual ~QuotaMemory();

  /// The block of that name, the same for all who ask. Errc::overloaded when no place is left.
  [[nodiscard]] virtual Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) = 0;
};

}  // namespace stocktracker::inline v0
