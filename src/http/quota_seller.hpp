/// QuotaSeller: the buckets and slots of one seller in one block of a memory, used under the block's lock.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <stocktracker/http/quota.hpp>

#include "http/quota_bucket.hpp"

namespace stocktracker::inline v0 {

constexpr std::size_t kMostQuotaBuckets = 64;

/// The content of a block, which several processes read and write. It has only integers, so that zeros are valid.
struct QuotaCells {
  /// The value of `filled` after a caller has initialised the block.
  static constexpr std::int64_t kBegun = 1;

  std::int64_t filled;
  std::int64_t last_now;
  std::array<QuotaBucket, kMostQuotaBuckets> buckets;
  /// The end of each slot's lease; 0 or a past time: the slot is free.
  std::array<std::int64_t, LimitTable::kMostParallel> slots;
};
static_assert(std::is_trivially_copyable_v<QuotaCells> &&
              sizeof(QuotaCells) <= QuotaMemory::kCells * sizeof(std::int64_t));

/// All buckets of one seller for one kind of token, under one lock, so that taking from several buckets is atomic.
struct QuotaSeller {
  /// Maximum number of answers that wait until the memory accepts them; later answers are lost.
  static constexpr std::size_t kMostUnsent = 16;
  struct Unsent {
    std::uint64_t buckets = 0;
    QuotaAnswer answer{};
  };

  std::string vendor;
  std::string owner;
  std::string tier;
  std::vector<const LimitRule*> rules;
  std::vector<const ParallelRule*> parallel;
  std::shared_ptr<QuotaBlock> block;
  bool trusted = true;  ///< only this process writes the block
  std::mutex mutex;     ///< guards the members below
  std::array<Unsent, kMostUnsent> unsent{};
  std::atomic<std::size_t> unsent_count = 0;

  /// Runs `use(now, shared)` under the block's lock. Applies the waiting answers first.
  template <class Use>
  Result<void> with(Instant at, Use&& use) noexcept {
    if (unsent_count.load(std::memory_order_relaxed) == 0) {
      return block->with(at, [&](Instant now, std::span<std::int64_t> cells) {
        QuotaCells& shared = begun(cells, now.micros());
        use(settle_now(shared, now), shared);
      });
    }
    const std::lock_guard lock(mutex);
    auto sent = block->with(at, [&](Instant given, std::span<std::int64_t> cells) {
      QuotaCells& shared = begun(cells, given.micros());
      const std::int64_t now = settle_now(shared, given);
      for (std::size_t n = 0; n < unsent_count; ++n) apply(shared, now, unsent[n].buckets, unsent[n].answer);
      use(now, shared);
    });
    if (sent) unsent_count = 0;
    return sent;
  }

  /// Calls `with_each(bucket)` for each bucket with a bit in `set`.
  template <class Each>
  static void each(QuotaCells& shared, std::uint64_t set, Each&& with_each) {
    for (; set != 0; set &= set - 1) with_each(shared.buckets[static_cast<std::size_t>(std::countr_zero(set))]);
  }

  [[nodiscard]] static QuotaCells& shared_in(std::span<std::int64_t> cells) noexcept {
    return *reinterpret_cast<QuotaCells*>(cells.data());
  }
  [[nodiscard]] std::span<QuotaBucket> buckets(QuotaCells& shared) const noexcept {
    return {shared.buckets.data(), rules.size()};
  }
  /// True if computing with the values of the block cannot overflow.
  [[nodiscard]] bool computable(QuotaCells& shared) const noexcept;

  void apply(QuotaCells& shared, std::int64_t now, std::uint64_t set, const QuotaAnswer& answer) const noexcept;
  /// Keeps an answer that the memory did not accept. If kMostUnsent answers wait, the answer is dropped: it would
  /// repeat what they report.
  void remember(std::uint64_t set, const QuotaAnswer& answer) noexcept;
  static void leave(QuotaCells& shared, const QuotaSlot& slot) noexcept;

 private:
  /// The block as QuotaCells. The first caller initialises it with full buckets; if the block is damaged, it is
  /// initialised with empty buckets.
  [[nodiscard]] QuotaCells& begun(std::span<std::int64_t> cells, std::int64_t now) const noexcept;
  /// True if no time in the block is later than an answer or a debt can make it, by the block's clock or by ours.
  [[nodiscard]] bool plausible(QuotaCells& shared, std::int64_t now) const noexcept;
  /// The time to compute with. A small step back is ignored: threads may arrive here in another order than they read
  /// the clock. A large step back means that the clock was set back, and all times of the block move with it.
  [[nodiscard]] std::int64_t settle_now(QuotaCells& shared, Instant at) const noexcept;
};

}  // namespace stocktracker::inline v0
