// Buckets, sellers and the tree of limits above them.
#include <stocktracker/http/quota.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
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
/// When to ask a memory again that did not answer.
constexpr auto kAskAgain = std::chrono::seconds(1);
/// Polling interval of waiters for a place: it is returned by processes that cannot call us.
constexpr auto kLookAgain = std::chrono::milliseconds(50);
constexpr std::size_t kMostUntold = 16;

// What words may hold. Beyond that they are damaged: see Seller::plausible.
constexpr std::int64_t kBegun = 1;
constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kMostLearnedBurst = 1'000'000;
constexpr std::int64_t kLongestLearnedInterval =
    10 * kDay;  // the longest wait that rate_headers() takes from an answer
constexpr std::int64_t kLongestBlock = 10 * kDay;
constexpr std::int64_t kLongestDebt = 31 * kDay;
constexpr std::int64_t kLongestLease = kDay;
constexpr std::int64_t kLongestRest = 3'650 * kDay;  // of a bucket that was used at all
constexpr std::int64_t kFarthest = INT64_MAX / 8;
/// Places of a block with lost content are free again when the longest exchange is over.
constexpr std::int64_t kUnknownLease = 5 * 60'000'000;

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

/// The words of a block: written by one process, read by others. Integers alone, so that zeros are valid.
struct Shared {
  std::int64_t filled;
  std::int64_t last_now;
  std::array<Bucket, kMostBuckets> buckets;
  /// Each the end of a lease; zero or past: free.
  std::array<std::int64_t, LimitTable::kMostParallel> places;
};
static_assert(std::is_trivially_copyable_v<Shared> && sizeof(Shared) <= QuotaMemory::kWords * sizeof(std::int64_t));

bool in_order(std::int64_t least, std::int64_t value, std::int64_t most) noexcept {
  return least <= value && value <= most;
}

/// Whether values can be added and multiplied without overflow, whatever the time is.
bool computable(const Bucket& bucket, const LimitRule& rule) noexcept {
  std::int64_t capacity = 0;
  return in_order(1, bucket.interval, std::max(rule.interval.count(), kLongestLearnedInterval)) &&
         in_order(1, bucket.burst, std::max<std::int64_t>(rule.burst, kMostLearnedBurst)) &&
         !__builtin_mul_overflow(bucket.interval, bucket.burst, &capacity) && capacity <= kFarthest &&
         in_order(INT64_MIN / 2, bucket.full_at, kFarthest) &&
         in_order(INT64_MIN / 2, bucket.blocked_until, kFarthest) &&
         in_order(INT64_MIN / 2, bucket.learned_at, kFarthest) && in_order(0, bucket.learned, 1);
}

/// A block that the memory is asked for at the first question, and again after a failure: until it is there, nothing
/// is granted.
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
        Shared& shared = begun(words, now.micros());
        use(settle_now(shared, now), shared);
      });
    }
    const std::lock_guard lock(mutex);
    auto told = block->with(at, [&](Instant given, std::span<std::int64_t> words) {
      Shared& shared = begun(words, given.micros());
      const std::int64_t now = settle_now(shared, given);
      for (std::size_t n = 0; n < untold_count; ++n) apply(shared, now, untold[n].buckets, untold[n].answer);
      use(now, shared);
    });
    if (told) untold_count = 0;
    return told;
  }

  /// Those after the last that there is room for say the same once more.
  void remember(std::uint64_t set, const QuotaAnswer& answer) noexcept {
    const std::lock_guard lock(mutex);
    if (untold_count == kMostUntold) return;
    untold[untold_count] = {set, answer};
    ++untold_count;
  }

  [[nodiscard]] static Shared& shared_in(std::span<std::int64_t> words) noexcept {
    return *reinterpret_cast<Shared*>(words.data());
  }
  /// The words are the object's storage; the first caller fills them in, full; damaged ones begin anew, empty.
  [[nodiscard]] Shared& begun(std::span<std::int64_t> words, std::int64_t now) const noexcept {
    Shared& shared = shared_in(words);
    if (shared.filled == kBegun && (trusted || plausible(shared, now))) return shared;
    const bool spent = shared.filled != 0;
    std::fill(words.begin(), words.end(), 0);
    shared.filled = kBegun;
    shared.last_now = spent ? now : kLongAgo;
    for (std::size_t at = 0; at < rules.size(); ++at) {
      Bucket& bucket = shared.buckets[at];
      bucket = Bucket{.interval = rules[at]->interval.count(), .burst = rules[at]->burst};
      if (spent) bucket.full_at = now + bucket.capacity();
    }
    if (spent) shared.places.fill(now + kUnknownLease);
    return shared;
  }
  [[nodiscard]] bool computable(Shared& shared) const noexcept {
    const std::span<const Bucket> all = buckets(shared);
    for (std::size_t at = 0; at < all.size(); ++at) {
      if (!v0::computable(all[at], *rules[at])) return false;
    }
    return in_order(INT64_MIN / 2, shared.last_now, kFarthest);
  }
  /// No time further ahead than an answer or a debt can have put it, by the block's clock or by ours.
  [[nodiscard]] bool plausible(Shared& shared, std::int64_t now) const noexcept {
    if (!computable(shared) || shared.last_now > now + kLongestDebt) return false;
    const std::int64_t latest = std::max(shared.last_now, now);
    for (const Bucket& bucket : buckets(shared)) {
      if (bucket.full_at - latest > 2 * bucket.capacity() + kLongestDebt) return false;
      if (in_order(kLongAgo / 2, bucket.full_at, latest - kLongestRest)) return false;
      if (bucket.blocked_until > latest + kLongestBlock || bucket.learned_at > latest) return false;
    }
    return std::all_of(shared.places.begin(), shared.places.end(),
                       [&](std::int64_t place) { return in_order(INT64_MIN / 2, place, latest + kLongestLease); });
  }
  [[nodiscard]] std::span<Bucket> buckets(Shared& shared) const noexcept {
    return {shared.buckets.data(), rules.size()};
  }

  /// Threads read the clock in one order and come here in another: small steps back are that. Large ones are a clock
  /// that was set.
  [[nodiscard]] std::int64_t settle_now(Shared& shared, Instant at) const noexcept {
    const std::int64_t now = at.micros();
    if (now >= shared.last_now) {
      shared.last_now = now;
    } else if (shared.last_now - now > Duration(kClockStep).count()) {
      const std::int64_t back = shared.last_now - now;
      for (Bucket& bucket : buckets(shared)) {
        bucket.full_at -= back;
        bucket.blocked_until -= back;
        bucket.learned_at -= back;
      }
      for (std::int64_t& place : shared.places) place = std::max<std::int64_t>(0, place - back);
      shared.last_now = now;
    }
    return shared.last_now;
  }
  template <class Each>
  static void each(Shared& shared, std::uint64_t set, Each&& with_each) {
    for (; set != 0; set &= set - 1) with_each(shared.buckets[static_cast<std::size_t>(std::countr_zero(set))]);
  }

  static void leave(Shared& shared, const QuotaPlace& place) noexcept {
    if (place.at < 0) return;
    std::int64_t& until = shared.places[static_cast<std::size_t>(place.at)];
    if (until == place.until) until = 0;  // another's, when the lease was over before the request
  }
  void apply(Shared& shared, std::int64_t now, std::uint64_t set, const QuotaAnswer& answer) const noexcept {
    leave(shared, answer.place);
    if (answer.charge > 0) each(shared, set, [&](Bucket& bucket) { bucket.take(now, answer.charge); });
    learn(shared, now, set, answer);
    settle(shared, now, set);
  }
  void settle(Shared& shared, std::int64_t now, std::uint64_t set) const noexcept {
    const std::span<Bucket> all = buckets(shared);
    each(shared, set, [&](Bucket& bucket) {
      if (bucket.burst == 1) bucket.full_at = std::max(bucket.full_at, now + bucket.interval);
      if (bucket.learned != 0 && now - bucket.learned_at > Duration(kForget).count()) {
        const LimitRule& rule = *rules[static_cast<std::size_t>(&bucket - all.data())];
        bucket.interval = rule.interval.count();
        bucket.burst = rule.burst;
        bucket.learned = 0;
      }
    });
  }
  void learn(Shared& shared, std::int64_t now, std::uint64_t set, const QuotaAnswer& answer) const noexcept;
};

void Quota::Seller::learn(Shared& shared, std::int64_t now, std::uint64_t set,
                          const QuotaAnswer& answer) const noexcept {
  const RateHeaders& headers = answer.headers;
  // Which of several buckets the vendor speaks of is not said: the tightest one that we know of.
  Bucket* tightest = nullptr;
  each(shared, set, [&](Bucket& bucket) {
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
  if (!answer.throttled) {
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

Quota::Quota(std::shared_ptr<Seller> seller, std::uint64_t buckets, int first_place, int places) noexcept
    : seller_(std::move(seller)), buckets_(buckets), first_place_(first_place), places_(places) {}

QuotaVerdict Quota::take(Instant at, int cost, Duration max_wait) noexcept {
  QuotaVerdict verdict;
  const auto asked = seller_->with(at, [&](std::int64_t now, Shared& shared) {
    std::int64_t wait = 0;
    Seller::each(shared, buckets_, [&](const Bucket& bucket) { wait = std::max(wait, bucket.wait(now, cost)); });
    verdict = {wait <= max_wait.count(), Duration(wait)};
    if (!verdict.granted) return;
    // Taken as of when it will be sent: whoever asks next queues behind.
    Seller::each(shared, buckets_, [&](Bucket& bucket) { bucket.take(now, cost); });
  });
  return asked ? verdict : QuotaVerdict{false, kAskAgain, false};
}

QuotaVerdict Quota::enter(Instant at, Duration lease, QuotaPlace& place) noexcept {
  place = {};
  if (places_ == 0) return {true, {}};
  const auto asked = seller_->with(at, [&](std::int64_t now, Shared& shared) {
    for (int n = first_place_; n < first_place_ + places_; ++n) {
      std::int64_t& until = shared.places[static_cast<std::size_t>(n)];
      if (until > now) continue;
      until = now + lease.count();
      place = {n, until};
      return;
    }
  });
  if (!asked) {
    place = {};
    return {false, kAskAgain, false};
  }
  return place.at >= 0 ? QuotaVerdict{true, {}} : QuotaVerdict{false, kLookAgain};
}

void Quota::give_back(int cost, const QuotaPlace& place) noexcept {
  if (cost == 0 && place.at < 0) return;
  // Tokens that a memory does not take back are spent; a place ends by itself. The time plays no part.
  (void)seller_->block->with({}, [&](Instant, std::span<std::int64_t> words) {
    Shared& shared = Seller::shared_in(words);
    // A block that nobody has begun, or that was lost, has nothing to be given back to.
    if (shared.filled != kBegun || !(seller_->trusted || seller_->computable(shared))) return;
    Seller::leave(shared, place);
    Seller::each(shared, buckets_, [&](Bucket& bucket) { bucket.full_at -= cost * bucket.interval; });
  });
}

void Quota::answered(Instant at, const QuotaAnswer& answer) noexcept {
  const auto told =
      seller_->with(at, [&](std::int64_t now, Shared& shared) { seller_->apply(shared, now, buckets_, answer); });
  if (!told) seller_->remember(buckets_, answer);
}

Duration Quota::wait(Instant at) const noexcept {
  std::int64_t wait = 0;
  const auto asked = seller_->with(at, [&](std::int64_t now, Shared& shared) {
    Seller::each(shared, buckets_, [&](const Bucket& bucket) { wait = std::max(wait, bucket.wait(now, 1)); });
  });
  return asked ? Duration(wait) : Duration(kAskAgain);
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
    // Other rules count in another block.
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
    for (const ParallelRule& rule : state_->table.parallel) {
      if (rule.vendor != seller->vendor) continue;
      seller->parallel.push_back(&rule);
      name += '/' + rule.category + " at once " + std::to_string(rule.requests);
    }
    // Not asked for here: one seller's memory must not keep the others waiting for this lock.
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
    const int places = std::min(rule->requests, LimitTable::kMostParallel - first);
    if (rule->category.empty() || rule->category == tag.category) return {seller, buckets, first, places};
    first += places;
  }
  return {seller, buckets, 0, 0};
}

std::vector<QuotaStatus> QuotaTree::status(Instant at) const {
  std::vector<QuotaStatus> all;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [key, seller] : state_->sellers) {
    // Of a memory that does not answer nothing is known.
    (void)seller->with(at, [&, &seller = seller](std::int64_t now, Shared& shared) {
      const std::span<const Bucket> buckets = seller->buckets(shared);
      for (std::size_t n = 0; n < buckets.size(); ++n) {
        const Bucket& bucket = buckets[n];
        all.push_back({*seller->rules[n], seller->owner, seller->tier, static_cast<int>(bucket.burst),
                       Duration(bucket.interval), static_cast<int>(bucket.available(now)),
                       Duration(bucket.wait(now, 1)), bucket.learned != 0});
      }
    });
  }
  return all;
}

}  // namespace stocktracker::inline v0
