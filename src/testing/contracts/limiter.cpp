// The suite of request limiters.
#include <stocktracker/testing/limiter_contract.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "testing/contracts/limiter_rules.hpp"

namespace stocktracker::inline v0::testing {
namespace {

using namespace std::chrono_literals;
using Make = FunctionRef<Result<std::unique_ptr<QuotaTree>>(LimitTable)>;

constexpr Instant kStart = contract::kLimiterStart;
using contract::one_rule;
using contract::tag;

/// True if no period between two of the instants contains more than a burst and its refill.
bool within(std::vector<Instant> sent, Duration interval, int burst) {
  std::sort(sent.begin(), sent.end());
  for (std::size_t first = 0; first < sent.size(); ++first) {
    for (std::size_t last = first; last < sent.size(); ++last) {
      const auto refilled = (sent[last] - sent[first]) / interval;
      if (static_cast<std::int64_t>(last - first + 1) > burst + refilled) return false;
    }
  }
  return true;
}

class Suite {
 public:
  Suite(Make make, Check& check, std::uint64_t seed) : make_(make), check_(check), seed_(seed) {}

  void random_questions() {
    for (const Duration max_wait : {Duration(0s), Duration(3s)}) {
      check_.begin("random questions, seed " + std::to_string(seed_));
      constexpr auto kInterval = 500ms;
      constexpr int kBurst = 5;
      const auto tree = fresh(one_rule(kInterval, kBurst));
      if (!tree) return;
      auto quota = tree->quota(tag(), "op");
      std::mt19937_64 dice(seed_);
      std::vector<Instant> sent;
      Instant now = kStart;
      while (now < kStart + 5min) {
        now = now + Duration(static_cast<std::int64_t>(dice() % 200'000));
        const QuotaVerdict verdict = quota.take(now, 1, max_wait);
        if (verdict.granted) {
          check_.expect(verdict.wait <= max_wait, "nobody waits longer than he said");
          sent.push_back(now + verdict.wait);
        }
      }
      check_.expect(within(sent, kInterval, kBurst), "no stretch of time holds more than is allowed");
      check_.expect(sent.size() >= 9 * (kBurst + 5min / kInterval) / 10, "nine tenths of what is allowed is used");
    }
  }

  void waits_hold() {
    check_.begin("what is said of a wait holds");
    const auto tree = fresh(one_rule(2s, 1));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    Instant now = kStart;
    check_.expect(quota.take(now, 1).granted, "the first goes");
    for (int n = 0; n < 5; ++n) {
      const QuotaVerdict refused = quota.take(now, 1);
      check_.expect(!refused.granted && refused.wait > Duration::zero(),
                    "the next does not, and learns how long to wait");
      check_.expect(quota.wait(now) == refused.wait, "asking how long says the same");
      now = now + refused.wait;
      check_.expect(quota.take(now, 1).granted, "after that wait it goes");
    }
  }

  void sellers_apart() {
    check_.begin("sellers do not spend each other's limits");
    const auto tree = fresh(one_rule(1min, 2));
    if (!tree) return;
    for (const char* owner : {"a", "b"}) {
      auto quota = tree->quota(tag(owner), "op");
      check_.expect(quota.take(kStart, 1).granted && quota.take(kStart, 1).granted, "a burst for each");
      check_.expect(!quota.take(kStart, 1).granted, "and no more");
    }
    auto stranger = tree->quota({"other", "a", "", "any"}, "op");
    bool all = true;
    for (int n = 0; n < 100; ++n) all = all && stranger.take(kStart, 1).granted;
    check_.expect(all, "what no rule names is not limited");
  }

  void what_was_learned() {
    check_.begin("what answers say is obeyed");
    const auto tree = fresh(one_rule(1s, 10));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    check_.expect(quota.take(kStart, 1).granted, "a request goes");
    quota.answered(kStart, {.charge = 10});
    check_.expect(!quota.take(kStart, 1).granted, "an answer that cost ten leaves none");
    check_.expect(quota.take(kStart + 1min, 1).granted, "debt is waited off");
    RateHeaders wait;
    wait.retry = 30min;
    quota.answered(kStart + 1min, {.headers = wait, .throttled = true});
    quota.answered(kStart + 2min, {});
    check_.expect(!quota.take(kStart + 20min, 1).granted, "a wait of half an hour blocks");
    check_.expect(quota.wait(kStart + 20min) == 11min, "and says how long still");
    check_.expect(quota.take(kStart + 31min + 1s, 1).granted, "and ends");
  }

  void costs() {
    check_.begin("a request of several costs that many");
    const auto tree = fresh(one_rule(1s, 10));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    check_.expect(quota.take(kStart, 4).granted && quota.take(kStart, 6).granted, "four and six make a burst");
    const QuotaVerdict refused = quota.take(kStart, 3);
    check_.expect(!refused.granted && refused.wait == 3s, "three more are there after three intervals");
    check_.expect(!quota.take(kStart + 3s - 1us, 3).granted, "not before");
    check_.expect(quota.take(kStart + 3s, 3).granted, "and then");
    quota.give_back(3);
    check_.expect(quota.take(kStart + 3s, 3).granted, "given back they go again");
    check_.expect(quota.take(kStart + 1min, 10).granted, "a full bucket holds ten");
    check_.expect(!quota.take(kStart + 1min, 1).granted, "and no more, however long nobody asked");
  }

  /// A caller that reserves a future token comes before those who ask later.
  void reservations() {
    check_.begin("who may wait stands in line, and no wait is longer than was allowed");
    const auto tree = fresh(one_rule(10s, 1));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    check_.expect(quota.take(kStart, 1).granted, "the first goes");
    const QuotaVerdict second = quota.take(kStart, 1, 10s);
    check_.expect(second.granted && second.wait == 10s, "the second waits exactly as long as it may");
    check_.expect(!quota.take(kStart, 1, 20s - 1us).granted, "the third would wait longer than it may");
    const QuotaVerdict third = quota.take(kStart, 1, 20s);
    check_.expect(third.granted && third.wait == 20s, "or stands behind the second");
    check_.expect(!quota.take(kStart + 20s, 1).granted, "what is reserved is spent");
    check_.expect(quota.take(kStart + 30s, 1).granted, "and refills after that");
  }

  void clock_set_back() {
    check_.begin("a clock that is set back gives no burst, and makes nobody wait for it");
    const auto tree = fresh(one_rule(10s, 3));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    for (int n = 0; n < 3; ++n) check_.expect(quota.take(kStart, 1).granted, "the burst");
    const Instant early = kStart - 5h;
    check_.expect(!quota.take(early, 1).granted, "nothing is won by it");
    check_.expect(quota.wait(early) == 10s, "the wait is what it was");
    check_.expect(quota.take(early + 10s, 1).granted, "and ends");
    check_.expect(!quota.take(early + 10s, 1).granted, "with one");
  }

  /// Two handles of one request, and two rules that both count it.
  void shared_buckets() {
    check_.begin("handles of one seller share its buckets, methods and kinds of token have their own");
    LimitTable table = one_rule(1h, 4);
    table.limits.push_back({.vendor = "v", .category = "any", .methods = {"slow"}, .interval = 1h, .burst = 1});
    table.limits.push_back({.vendor = "v", .category = "any", .tiers = {"base"}, .interval = 1h, .burst = 2});
    const auto tree = fresh(std::move(table));
    if (!tree) return;
    auto slow = tree->quota(tag(), "slow");
    auto again = tree->quota(tag(), "slow");
    auto quick = tree->quota(tag(), "quick");
    check_.expect(slow.take(kStart, 1).granted, "one by the first handle");
    check_.expect(!again.take(kStart, 1).granted, "is spent for the second");
    for (int n = 0; n < 3; ++n) check_.expect(quick.take(kStart, 1).granted, "what was refused spent nothing");
    check_.expect(!quick.take(kStart, 1).granted, "all methods together have four");
    auto base = tree->quota({"v", "seller", "base", "any"}, "quick");
    check_.expect(base.take(kStart, 1).granted && base.take(kStart, 1).granted, "another kind of token has its own");
    check_.expect(!base.take(kStart, 1).granted, "and its own rule");
  }

  void given_back() {
    check_.begin("what was not used goes to the next");
    const auto tree = fresh(one_rule(1h, 1));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    check_.expect(quota.take(kStart, 1).granted, "the only one");
    quota.give_back(1);
    check_.expect(quota.take(kStart, 1).granted, "given back, it goes again");
    check_.expect(!quota.take(kStart, 1).granted, "once");
  }

  void places() {
    check_.begin("no more are under way at once than may be");
    LimitTable table = one_rule(1ms, 1'000);
    table.parallel.push_back({"v", "other", 1});
    table.parallel.push_back({"v", "any", 3});
    const auto tree = fresh(std::move(table));
    if (!tree) return;
    auto quota = tree->quota(tag(), "op");
    QuotaSlot unlimited;
    auto free = tree->quota({"v", "seller", "", "third"}, "op");
    check_.expect(free.enter(kStart, 1min, unlimited).granted && unlimited.at < 0, "what no rule names needs no place");
    std::vector<QuotaSlot> held(3);
    for (QuotaSlot& place : held) check_.expect(quota.enter(kStart, 1min, place).granted, "a place is free");
    QuotaSlot another;
    const QuotaVerdict refused = quota.enter(kStart, 1min, another);
    check_.expect(!refused.granted && refused.wait > Duration::zero(), "the fourth waits");
    auto apart = tree->quota({"v", "seller", "", "other"}, "op");
    check_.expect(apart.enter(kStart, 1min, unlimited).granted, "other places are not theirs");
    quota.answered(kStart + 1s, {.slot = held[1]});
    check_.expect(quota.enter(kStart + 1s, 1min, another).granted, "an answer frees its place");
    quota.give_back(0, held[1]);
    check_.expect(!quota.enter(kStart + 1s, 1min, held[1]).granted, "and frees it once");
    quota.give_back(0, another);
    check_.expect(quota.enter(kStart + 1s, 2min, another).granted, "so does a request that came to nothing");
    // Two were never returned: their processes ended.
    check_.expect(
        quota.enter(kStart + 1min, 1min, held[0]).granted && quota.enter(kStart + 1min, 1min, held[2]).granted,
        "a lease that is over frees its place");
    check_.expect(!quota.enter(kStart + 1min, 1min, held[1]).granted, "and no other");
  }

  void many_threads() {
    check_.begin("many threads get no more than one would");
    constexpr auto kInterval = 1ms;
    constexpr int kBurst = 100;
    constexpr std::int64_t kSpan = 200'000;  // microseconds
    const auto tree = fresh(one_rule(kInterval, kBurst));
    if (!tree) return;
    std::atomic<std::int64_t> clock = 0;
    std::atomic<int> granted = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < 8; ++n) {
      threads.emplace_back([&] {
        auto quota = tree->quota(tag(), "op");
        for (std::int64_t at = clock.fetch_add(40); at < kSpan; at = clock.fetch_add(40)) {
          if (quota.take(kStart + Duration(at), 1).granted) ++granted;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    const auto allowed = kBurst + static_cast<int>(kSpan / 1'000);
    check_.expect(granted <= allowed, "no more than is allowed");
    check_.expect(granted >= allowed * 9 / 10, "nine tenths of it");
  }

 private:
  std::unique_ptr<QuotaTree> fresh(LimitTable table) {
    auto made = make_(std::move(table));
    check_.expect_ok(made, "a fresh limiter");
    return made ? std::move(made).value() : nullptr;
  }

  Make make_;
  Check& check_;
  std::uint64_t seed_;
};

}  // namespace

void limiter_contract(FunctionRef<Result<std::unique_ptr<QuotaTree>>(LimitTable)> make, Check& check,
                      std::uint64_t seed) {
  Suite suite(make, check, seed);
  suite.random_questions();
  suite.waits_hold();
  suite.sellers_apart();
  suite.what_was_learned();
  suite.costs();
  suite.reservations();
  suite.clock_set_back();
  suite.shared_buckets();
  suite.given_back();
  suite.places();
  suite.many_threads();
}

}  // namespace stocktracker::inline v0::testing
