/// @file
/// QuotaMemory: storage of the counters of request limits: in this process, or shared with others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/core/time.hpp>

namespace stocktracker::inline v0 {

/// A block of integers, used by one caller at a time. Thread-safe. The first integer is the block's state: 0 in a new
/// block, where all others are 0 and the first caller fills them in; QuotaMemory::kSpent if the memory found the
/// content damaged or lost: the caller then begins with empty buckets, never with full ones. All other values are
/// defined by the callers, who check what they read: a memory outside of this process may contain anything.
class STK_API QuotaBlock {
 public:
  /// A short function on the integers; `now` is the time by which all who share the block count.
  using Use = FunctionRef<void(Instant now, std::span<std::int64_t> cells)>;

  QuotaBlock() = default;
  QuotaBlock(const QuotaBlock&) = delete;
  QuotaBlock& operator=(const QuotaBlock&) = delete;
  virtual ~QuotaBlock();

  /// Runs `use` once while nobody else uses the block. `now` is the caller's clock, and is passed on if the memory is
  /// shared on one machine; a memory that several machines share passes its own time, because their clocks differ.
  /// Waits for other users for some seconds at most. After a failure, which only a memory outside of this process can
  /// have, it is not known whether the integers were changed.
  [[nodiscard]] virtual Result<void> with(Instant now, Use use) noexcept = 0;
};

/// Thread-safe.
///
/// @code
/// STK_TRY(auto memory, st::make_quota_file("shop.limits"));  // shared by the processes of this machine
/// STK_TRY(auto engine, st::open({.path = "shop.db", .quota_memory = memory}));
/// @endcode
class STK_API QuotaMemory {
 public:
  /// Integers per block.
  static constexpr std::size_t kCells = 400;
  /// The first integer of a block with lost content; the others are 0.
  static constexpr std::int64_t kSpent = -1;

  QuotaMemory() = default;
  QuotaMemory(const QuotaMemory&) = delete;
  QuotaMemory& operator=(const QuotaMemory&) = delete;
  virtual ~QuotaMemory();

  /// The block with that name, the same for all callers. Errc::overloaded if there is no room for another block.
  [[nodiscard]] virtual Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) = 0;
};

}  // namespace stocktracker::inline v0
