#include <stocktracker/http/quota.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <span>
#include <type_traits>

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostBuckets = 64;
constexpr std::int64_t kLongAgo = INT64_MIN / 4;
constexpr auto kClockStep = std::chrono::seconds(1);
/// After so long without a refusal what was learned of an interval is forgotten.
constexpr auto kForget = std::chrono::hours(1);

/// A token bucket in its arrival-time form (GCRA): `full_at` is when it will be full again, so that the tokens missing
/// are (full_at - now) / interval. Microseconds.
struct Bucket {
  std::int64_t interval = 1;
  std::int64_t burst = 1;
  std::int64_t full_at = kLongAgo;
  std::int64_t blocked_until = kLongAgo;
  std::int64_t learned_at = kLongAgo;
  std::int64_t learned = 0;  ///< whether it is

  [[nodiscard]] std::int64_t capacity() const noexcept { return burst * interval; }
  /// How long until `cost` tokens are there; a cost above the burst needs all of it.
  [[nodiscard]] std::int64_t wait(std::int64_t now, std::int64_t cost) const noexcept {
    const std::int64_t room = capacity() - std::min(cost, burst) * interval;
    return std::max({std::int64_t{0}, std::max(full_at, now) - now - room, blocked_until - now});
  }
  void take(std::int64_t now, std::int64_t cost) noexcept { full_at = std::max(full_at, now) + cost * interval; }
  [[nodiscard]] std::int64_t available(std::int64_t now) const noexcept {
    const std::int64_t missing = std::max(full_at, now) - now;
    return burst - (missing + interval - 1) / interval;
  }
};

/// What lies in the words of a block: written by one process, read by others. Words alone, so that zeros are valid.
struct Shared {
  std::int64_t filled = 0;
  std::int64_t last_now = kLongAgo;
  std::array<Bucket, kMostBuckets> buckets{};
};
static_assert(std::is_trivially_copyable_v<Shared> && sizeof(Shared) <= QuotaMemory::kWords * sizeof(std::int64_t));

class OwnBlock final : public QuotaBlock {
 public:
  void lock() noexcept override { mutex_.lock(); }
  void unlock() noexcept override { mutex_.unlock(); }
  std::span<std::int64_t> words() noexcept override { return words_; }

 private:
  std::mutex mutex_;
  std::array<std::int64_t, QuotaMemory::kWords> words_{};
};

bool applies(const LimitRule& rule, const QuotaTag& tag, std::string_view operation) {
  const auto in = [](const std::vector<std::string>& list, std::string_view text) {
    return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
  };
  return rule.vendor == tag.vendor && (rule.category.empty() || rule.category == tag.category) &&
         in(rule.tiers, tag.tier) && in(rule.methods, operation);
}

}  // namespace

/// All buckets of one seller under one kind of token, behind one lock: to take from several is one step.
struct Quota::Seller {
  std::string vendor;
  std::string owner;
  std::string tier;
  std::vector<const LimitRule*> rules;
  std::shared_ptr<QuotaBlock> block;

  /// Under the lock. The words are the object's storage; whoever finds them empty begins.
  [[nodiscard]] Shared& shared() const noexcept { return *reinterpret_cast<Shared*>(block->words().data()); }
  [[nodiscard]] std::span<Bucket> buckets() const noexcept { return {shared().buckets.data(), rules.size()}; }
  void begin() {
    const std::lock_guard lock(*block);
    if (shared().filled != 0) return;
    Shared fresh;
    for (std::size_t at = 0; at < rules.size(); ++at) {
      fresh.buckets[at].interval = rules[at]->interval.count();
      fresh.buckets[at].burst = rules[at]->burst;
    }
    fresh.filled = 1;
    shared() = fresh;
  }

  /// Threads read the clock in one order and come here in another: small steps back are that. Large ones are a clock
  /// that was set.
  std::int64_t settle_now(Instant at) noexcept {
    const std::int64_t now = at.micros();
    std::int64_t& last_now = shared().last_now;
    if (now >= last_now) {
      last_now = now;
    } else if (last_now - now > Duration(kClockStep).count()) {
      const std::int64_t back = last_now - now;
      for (Bucket& bucket : buckets()) {
        bucket.full_at -= back;
        bucket.blocked_until -= back;
        bucket.learned_at -= back;
      }
      last_now = now;
    }
    return last_now;
  }
  template <class Each>
  void each(std::uint64_t set, Each&& with) {
    const std::span<Bucket> all = buckets();
    for (std::size_t at = 0; at < all.size(); ++at) {
      if ((set >> at & 1) != 0) with(all[at]);
    }
  }
};

Quota::Quota(std::shared_ptr<Seller> seller, std::uint64_t buckets) noexcept
    : seller_(std::move(seller)), buckets_(buckets) {}

QuotaVerdict Quota::take(Instant at, int cost, Duration max_wait) noexcept {
  const std::lock_guard lock(*seller_->block);
  const std::int64_t now = seller_->settle_now(at);
  std::int64_t wait = 0;
  seller_->each(buckets_, [&](const Bucket& bucket) { wait = std::max(wait, bucket.wait(now, cost)); });
  if (wait > max_wait.count()) return {false, Duration(wait)};
  // Taken as of when it will be sent: whoever asks next queues behind.
  seller_->each(buckets_, [&](Bucket& bucket) { bucket.take(now, cost); });
  return {true, Duration(wait)};
}

void Quota::give_back(int cost) noexcept {
  const std::lock_guard lock(*seller_->block);
  seller_->each(buckets_, [&](Bucket& bucket) { bucket.full_at -= cost * bucket.interval; });
}

void Quota::charge(Instant at, int requests) noexcept {
  if (requests <= 0) return;
  const std::lock_guard lock(*seller_->block);
  const std::int64_t now = seller_->settle_now(at);
  seller_->each(buckets_, [&](Bucket& bucket) { bucket.take(now, requests); });
}

void Quota::settle(Instant at) noexcept {
  const std::lock_guard lock(*seller_->block);
  const std::int64_t now = seller_->settle_now(at);
  const std::span<Bucket> all = seller_->buckets();
  seller_->each(buckets_, [&](Bucket& bucket) {
    if (bucket.burst == 1) bucket.full_at = std::max(bucket.full_at, now + bucket.interval);
    if (bucket.learned != 0 && now - bucket.learned_at > Duration(kForget).count()) {
      const LimitRule& rule = *seller_->rules[static_cast<std::size_t>(&bucket - all.data())];
      bucket.interval = rule.interval.count();
      bucket.burst = rule.burst;
      bucket.learned = 0;
    }
  });
}

void Quota::learn(Instant at, const RateHeaders& headers, bool throttled) noexcept {
  const std::lock_guard lock(*seller_->block);
  const std::int64_t now = seller_->settle_now(at);
  // Which of several buckets the vendor speaks of is not said: the tightest one that we know of.
  Bucket* tightest = nullptr;
  seller_->each(buckets_, [&](Bucket& bucket) {
    if (tightest == nullptr || bucket.interval > tightest->interval) tightest = &bucket;
  });
  if (tightest == nullptr) return;
  Bucket& bucket = *tightest;
  if (headers.limit && *headers.limit >= 1 && *headers.limit <= 1'000'000 && *headers.limit != bucket.burst) {
    const std::int64_t missing = std::max(bucket.full_at, now) - now;
    bucket.burst = *headers.limit;
    bucket.full_at = now + std::min(missing, bucket.capacity());
    bucket.learned = 1;
    bucket.learned_at = now;
  }
  if (!throttled) {
    if (headers.remaining && *headers.remaining < bucket.available(now)) {
      bucket.full_at = now + (bucket.burst - *headers.remaining) * bucket.interval;
    }
    return;
  }
  if (headers.reset && headers.retry && headers.limit && *headers.limit > 1) {
    // One request after `retry`, a full burst after `reset`: the rest of the burst refills in between.
    const std::int64_t interval = (headers.reset->count() - headers.retry->count()) / (*headers.limit - 1);
    if (interval > bucket.interval + bucket.interval / 10) {
      bucket.interval = interval;
      bucket.learned = 1;
      bucket.learned_at = now;
    }
  }
  // It is empty, and not to be asked before the wait is over; our own count may know of a longer one.
  bucket.full_at = std::max(bucket.full_at, now + bucket.capacity());
  if (const auto wait = headers.wait()) bucket.blocked_until = std::max(bucket.blocked_until, now + wait->count());
}

Duration Quota::wait(Instant at) const noexcept {
  const std::lock_guard lock(*seller_->block);
  const std::int64_t now = seller_->settle_now(at);
  std::int64_t wait = 0;
  seller_->each(buckets_, [&](const Bucket& bucket) { wait = std::max(wait, bucket.wait(now, 1)); });
  return Duration(wait);
}

struct QuotaTree::State {
  LimitTable table;
  std::shared_ptr<QuotaMemory> memory;
  mutable std::mutex mutex;
  std::map<std::array<std::string, 3>, std::shared_ptr<Quota::Seller>, std::less<>> sellers;
};

QuotaTree::QuotaTree(LimitTable table, std::shared_ptr<QuotaMemory> memory) : state_(std::make_unique<State>()) {
  state_->table = std::move(table);
  state_->memory = std::move(memory);
}
QuotaTree::~QuotaTree() = default;

const LimitTable& QuotaTree::table() const noexcept { return state_->table; }

Quota QuotaTree::quota(const QuotaTag& tag, std::string_view operation) {
  const std::lock_guard lock(state_->mutex);
  auto& seller = state_->sellers[{std::string(tag.vendor), tag.owner, std::string(tag.tier)}];
  if (!seller) {
    seller = std::make_shared<Quota::Seller>();
    seller->vendor = tag.vendor;
    seller->owner = tag.owner;
    seller->tier = tag.tier;
    QuotaTag any = tag;
    // Who counts by other rules counts apart.
    std::string name;
    for (const std::string* part : {&seller->vendor, &seller->owner, &seller->tier}) {
      name.append(std::to_string(part->size())).append(1, ':').append(*part);
    }
    for (const LimitRule& rule : state_->table.limits) {
      any.category = rule.category;
      if (!applies(rule, any, rule.methods.empty() ? operation : rule.methods.front())) continue;
      if (seller->rules.size() == kMostBuckets) break;
      seller->rules.push_back(&rule);
      name += '/' + rule.category + ' ' + std::to_string(rule.interval.count()) + ' ' + std::to_string(rule.burst);
      for (const std::string& method : rule.methods) name += ',' + method;
    }
    // A memory that has no place left is no reason not to count here.
    if (state_->memory) {
      if (auto block = state_->memory->block(name)) seller->block = std::move(block).value();
    }
    if (!seller->block) seller->block = std::make_shared<OwnBlock>();
    seller->begin();
  }
  std::uint64_t buckets = 0;
  for (std::size_t at = 0; at < seller->rules.size(); ++at) {
    if (applies(*seller->rules[at], tag, operation)) buckets |= std::uint64_t{1} << at;
  }
  return {seller, buckets};
}

std::vector<QuotaStatus> QuotaTree::status(Instant at) const {
  std::vector<QuotaStatus> all;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [key, seller] : state_->sellers) {
    const std::lock_guard inner(*seller->block);
    const std::int64_t now = seller->settle_now(at);
    const std::span<const Bucket> buckets = seller->buckets();
    for (std::size_t n = 0; n < buckets.size(); ++n) {
      const Bucket& bucket = buckets[n];
      all.push_back({*seller->rules[n], seller->owner, seller->tier, static_cast<int>(bucket.burst),
                     Duration(bucket.interval), static_cast<int>(bucket.available(now)), Duration(bucket.wait(now, 1)),
                     bucket.learned != 0});
    }
  }
  return all;
}

}  // namespace stocktracker::inline v0
