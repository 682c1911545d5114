/// @file
/// QuotaMemory: where the buckets of request limits live: in this process, or shared with others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// A block of integers, used by one caller at a time. Thread-safe. The first one says what the others are:
/// 0 in a new block, where all are zero and the first caller fills them in; QuotaMemory::kSpent where the memory found
/// its content damaged, or lost it: the caller then begins with nothing left, never with full buckets. Anything else is
/// the callers' own. Callers check what they read: a memory outside of this process may hold anything.
class STK_API QuotaBlock {
 public:
  /// Some instructions on the words, and the time that all who share them count by.
  using Use = FunctionRef<void(Instant now, std::span<std::int64_t> words)>;

  QuotaBlock() = default;
  QuotaBlock(const QuotaBlock&) = delete;
  QuotaBlock& operator=(const QuotaBlock&) = delete;
  virtual ~QuotaBlock();

  /// Runs `use` once while nobody else uses the words. `now` is the caller's clock: what counts on one machine; where
  /// machines share, the memory gives a time of its own, since their clocks differ. Waits for other users for some
  /// seconds at most. After a failure, which only a memory outside of this process has, it is not known whether the
  /// words were changed.
  [[nodiscard]] virtual Result<void> with(Instant now, Use use) noexcept = 0;
};

/// Thread-safe.
class STK_API QuotaMemory {
 public:
  /// Words of a block.
  static constexpr std::size_t kWords = 400;
  /// The first word of a block with lost content; the others are zero.
  static constexpr std::int64_t kSpent = -1;

  QuotaMemory() = default;
  QuotaMemory(const QuotaMemory&) = delete;
  QuotaMemory& operator=(const QuotaMemory&) = delete;
  virtual ~QuotaMemory();

  /// The block of that name, the same for all callers. Errc::overloaded when there is no room for another.
  [[nodiscard]] virtual Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) = 0;
};

}  // namespace stocktracker::inline v0
