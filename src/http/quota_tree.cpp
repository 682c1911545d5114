// QuotaTree: finds the limits and slots that a kind of request uses, and holds the buckets of each seller.
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>

#include <stocktracker/http/quota.hpp>

#include "http/limit_rules.hpp"
#include "http/quota_seller.hpp"

namespace stocktracker::inline v0 {
namespace {

/// A block that is requested from the memory at its first use, and again after a failure. Nothing is granted without
/// it.
class LateBlock final : public QuotaBlock {
 public:
  LateBlock(std::shared_ptr<QuotaMemory> memory, std::string name) noexcept
      : memory_(std::move(memory)), name_(std::move(name)) {}
  Result<void> with(Instant now, Use use) noexcept override {
    QuotaBlock* block = found_.load(std::memory_order_acquire);
    if (block != nullptr) return block->with(now, use);
    {
      const std::lock_guard lock(mutex_);
      if (!block_) {
        STK_TRY(block_, memory_->block(name_));
        found_.store(block_.get(), std::memory_order_release);
      }
      block = block_.get();
    }
    return block->with(now, use);
  }

 private:
  const std::shared_ptr<QuotaMemory> memory_;
  const std::string name_;
  std::mutex mutex_;
  std::shared_ptr<QuotaBlock> block_;
  std::atomic<QuotaBlock*> found_ = nullptr;
};

class OwnBlock final : public QuotaBlock {
 public:
  Result<void> with(Instant now, Use use) noexcept override {
    const std::lock_guard lock(mutex_);
    use(now, words_);
    return success();
  }

 private:
  std::mutex mutex_;
  std::array<std::int64_t, QuotaMemory::kCells> words_{};
};

}  // namespace

struct QuotaTree::State {
  LimitTable table;
  std::shared_ptr<QuotaMemory> memory;
  mutable std::mutex mutex;
  std::map<std::array<std::string, 3>, std::shared_ptr<QuotaSeller>, std::less<>> sellers;
};

QuotaTree::QuotaTree(LimitTable table, std::shared_ptr<QuotaMemory> memory) : state_(std::make_unique<State>()) {
  state_->table = std::move(table);
  state_->memory = std::move(memory);
}
QuotaTree::~QuotaTree() = default;

const LimitTable& QuotaTree::table() const noexcept { return state_->table; }

Quota QuotaTree::quota(const QuotaTag& tag, std::string_view operation) {
  const std::lock_guard lock(state_->mutex);
  auto& seller = state_->sellers[{tag.vendor, tag.owner, tag.tier}];
  if (!seller) {
    seller = std::make_shared<QuotaSeller>();
    seller->vendor = tag.vendor;
    seller->owner = tag.owner;
    seller->tier = tag.tier;
    QuotaTag any = tag;
    // A seller with other rules has another block.
    std::string name;
    for (const std::string* part : {&seller->vendor, &seller->owner, &seller->tier}) {
      name.append(std::to_string(part->size())).append(1, ':').append(*part);
    }
    for (const LimitRule& rule : state_->table.limits) {
      any.category = rule.category;
      if (!applies(rule, any, rule.methods.empty() ? operation : rule.methods.front())) continue;
      if (seller->rules.size() == kMostQuotaBuckets) break;
      seller->rules.push_back(&rule);
      name += '/' + rule.category + ' ' + std::to_string(rule.interval.count()) + ' ' + std::to_string(rule.burst);
      for (const std::string& method : rule.methods) name += ',' + method;
    }
    for (const ParallelRule& rule : state_->table.parallel) {
      if (rule.vendor != seller->vendor) continue;
      seller->parallel.push_back(&rule);
      name += '/' + rule.category + " at once " + std::to_string(rule.requests);
    }
    // The memory is not called here: a slow memory must not make other sellers wait for this lock.
    if (state_->memory) {
      seller->block = std::make_shared<LateBlock>(state_->memory, std::move(name));
      seller->trusted = false;
    } else {
      seller->block = std::make_shared<OwnBlock>();
    }
  }
  std::uint64_t buckets = 0;
  for (std::size_t at = 0; at < seller->rules.size(); ++at) {
    if (applies(*seller->rules[at], tag, operation)) buckets |= std::uint64_t{1} << at;
  }
  int first = 0;
  for (const ParallelRule* rule : seller->parallel) {
    const int slots = std::min(rule->requests, LimitTable::kMostParallel - first);
    if (rule->category.empty() || rule->category == tag.category) return {seller, buckets, first, slots};
    first += slots;
  }
  return {seller, buckets, 0, 0};
}

std::vector<QuotaStatus> QuotaTree::status(Instant at) const {
  std::vector<QuotaStatus> all;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [key, seller] : state_->sellers) {
    // If the memory does not answer, the state is unknown.
    (void)seller->with(at, [&, &seller = seller](std::int64_t now, QuotaCells& shared) {
      const std::span<const QuotaBucket> buckets = seller->buckets(shared);
      for (std::size_t n = 0; n < buckets.size(); ++n) {
        const QuotaBucket& bucket = buckets[n];
        all.push_back({*seller->rules[n], seller->owner, seller->tier, static_cast<int>(bucket.burst),
                       Duration(bucket.interval), static_cast<int>(bucket.available(now)),
                       Duration(bucket.wait(now, 1)), bucket.learned != 0});
      }
    });
  }
  return all;
}

}  // namespace stocktracker::inline v0
