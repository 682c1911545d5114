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

/// Words that one at a time uses. Zero at first; whoever finds them so fills them in. Thread-safe.
class STK_API QuotaBlock {
 public:
  /// Some instructions on the words, and the time by which all count who share them.
  using Use = FunctionRef<void(Instant now, std::span<std::int64_t> words)>;

  QuotaBlock() = default;
  QuotaBlock(const QuotaBlock&) = delete;
  QuotaBlock& operator=(const QuotaBlock&) = delete;
  virtual ~QuotaBlock();

  /// Runs `use` once while nobody else uses the words. `now` is the caller's clock: what counts on one machine; where
  /// machines share, the memory gives a time of its own, since their clocks differ. After a failure, which only a
  /// memory outside of this process has, it is not known whether the words were changed.
  [[nodiscard]] virtual Result<void> with(Instant now, Use use) noexcept = 0;
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
