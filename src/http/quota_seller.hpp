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

/// The words of a block: written by one process, read by others. Integers alone, so that zeros are valid.
struct QuotaWords {
  /// What `filled` is once a caller has filled the block in.
  static constexpr std::int64_t kBegun = 1;

  std::int64_t filled;
  std::int64_t last_now;
  std::array<QuotaBucket, kMostQuotaBuckets> buckets;
  /// Each the end of a lease; zero or past: free.
  std::array<std::int64_t, LimitTable::kMostParallel> slots;
};
static_assert(std::is_trivially_copyable_v<QuotaWords> &&
              sizeof(QuotaWords) <= QuotaMemory::kCells * sizeof(std::int64_t));

/// All buckets of one seller under one kind of token, behind one lock: to take from several is one step.
struct QuotaSeller {
  /// Answers that the memory did not take, at the most; those after them are remembered nowhere.
  static constexpr std::size_t kMostUntold = 16;
  struct Untold {
    std::uint64_t buckets = 0;
    QuotaAnswer answer{};
  };

  std::string vendor;
  std::string owner;
  std::string tier;
  std::vector<const LimitRule*> rules;
  std::vector<const ParallelRule*> parallel;
  std::shared_ptr<QuotaBlock> block;
  bool trusted = true;  ///< the words are this process's alone
  std::mutex mutex;     ///< of the following
  std::array<Untold, kMostUntold> untold{};
  std::atomic<std::size_t> untold_count = 0;

  /// Runs `use(now, shared)` alone. What the memory was not told before, it is told first.
  template <class Use>
  Result<void> with(Instant at, Use&& use) noexcept {
    if (untold_count.load(std::memory_order_relaxed) == 0) {
      return block->with(at, [&](Instant now, std::span<std::int64_t> words) {
        QuotaWords& shared = begun(words, now.micros());
        use(settle_now(shared, now), shared);
      });
    }
    const std::lock_guard lock(mutex);
    auto told = block->with(at, [&](Instant given, std::span<std::int64_t> words) {
      QuotaWords& shared = begun(words, given.micros());
      const std::int64_t now = settle_now(shared, given);
      for (std::size_t n = 0; n < untold_count; ++n) apply(shared, now, untold[n].buckets, untold[n].answer);
      use(now, shared);
    });
    if (told) untold_count = 0;
    return told;
  }

  /// Calls `with_each(bucket)` for those in the set, a bit for each.
  template <class Each>
  static void each(QuotaWords& shared, std::uint64_t set, Each&& with_each) {
    for (; set != 0; set &= set - 1) with_each(shared.buckets[static_cast<std::size_t>(std::countr_zero(set))]);
  }

  [[nodiscard]] static QuotaWords& shared_in(std::span<std::int64_t> words) noexcept {
    return *reinterpret_cast<QuotaWords*>(words.data());
  }
  [[nodiscard]] std::span<QuotaBucket> buckets(QuotaWords& shared) const noexcept {
    return {shared.buckets.data(), rules.size()};
  }
  /// Whether the words can be reckoned with: nothing in them overflows.
  [[nodiscard]] bool computable(QuotaWords& shared) const noexcept;

  void apply(QuotaWords& shared, std::int64_t now, std::uint64_t set, const QuotaAnswer& answer) const noexcept;
  /// Keeps an answer that the memory did not take. Those after the last that there is room for say the same once more.
  void remember(std::uint64_t set, const QuotaAnswer& answer) noexcept;
  static void leave(QuotaWords& shared, const QuotaSlot& slot) noexcept;

 private:
  /// The words are the object's storage; the first caller fills them in, full; damaged ones begin anew, empty.
  [[nodiscard]] QuotaWords& begun(std::span<std::int64_t> words, std::int64_t now) const noexcept;
  /// No time further ahead than an answer or a debt can have put it, by the block's clock or by ours.
  [[nodiscard]] bool plausible(QuotaWords& shared, std::int64_t now) const noexcept;
  /// Threads read the clock in one order and come here in another: small steps back are that. Large ones are a clock
  /// that was set.
  [[nodiscard]] std::int64_t settle_now(QuotaWords& shared, Instant at) const noexcept;
};

}  // namespace stocktracker::inline v0
