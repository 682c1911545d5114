// Limits to the microsecond: what is learned and forgotten, what a clock that is set does, what a memory keeps, loses
// and is asked for.
#include <stocktracker/http/quota.hpp>

#include <array>
#include <map>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);

st::LimitTable table(st::Duration interval, int burst, int parallel = 0) {
  st::LimitTable made;
  made.limits.push_back({.vendor = "v", .category = "c", .interval = interval, .burst = burst});
  if (parallel > 0) made.parallel.push_back({"v", "c", parallel});
  return made;
}

st::QuotaTag tag(std::string owner = "s") { return {"v", std::move(owner), "t", "c"}; }

int granted(st::Quota& quota, st::Instant now, int cost = 1) {
  int count = 0;
  while (count < 10'000 && quota.take(now, cost).granted) ++count;
  return count;
}

// Blocks by name; may be away, and its cells are the test's to look at.
class Open final : public st::QuotaMemory {
 public:
  struct Block final : st::QuotaBlock {
    st::Result<void> with(st::Instant now, Use use) noexcept override {
      if (*away) return st::Error(st::Errc::store_unreachable);
      use(now, cells);
      return st::success();
    }
    std::shared_ptr<bool> away;
    std::array<std::int64_t, kCells> cells{};
  };
  st::Result<std::shared_ptr<st::QuotaBlock>> block(std::string_view name) override {
    if (*away) return st::Error(st::Errc::store_unreachable);
    auto& made = blocks[std::string(name)];
    if (!made) made = std::make_shared<Block>();
    made->away = away;
    return std::shared_ptr<st::QuotaBlock>(made);
  }
  std::shared_ptr<bool> away = std::make_shared<bool>(false);
  std::map<std::string, std::shared_ptr<Block>> blocks;
};

// Where things stand in the cells of a block: begun, the time, six of each bucket, the places behind sixty-four
// buckets.
enum Cell : std::size_t { begun, last_now, interval, burst, full_at, blocked_until, learned_at, learned, place = 386 };

}  // namespace

TEST_CASE("whatever is asked when, a limiter grants exactly what a simple count of tokens does") {
  // The model counts microseconds of refill: a token is an interval of them.
  for (const std::uint64_t seed : seeds_to_try(1, 4)) {
    INFO(replay(seed));
    std::uint64_t dice = seed;
    const auto below = [&](std::uint64_t bound) {
      dice = dice * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      return static_cast<std::int64_t>((dice >> 33U) % bound);
    };
    constexpr std::int64_t kInterval = 700'001;
    constexpr std::int64_t kBurst = 7;
    st::QuotaTree tree(table(st::Duration(kInterval), kBurst));
    auto quota = tree.quota(tag(), "op");
    std::int64_t filled = kBurst * kInterval;
    st::Instant now = kStart;
    int grants = 0;
    int refusals = 0;
    for (int round = 0; round < 3'000; ++round) {
      const auto passed = below(3) == 0 ? below(3'000'000) : below(300'000);
      now = now + st::Duration(passed);
      filled = std::min(kBurst * kInterval, filled + passed);
      const auto what = below(12);
      if (what == 0) {
        const auto charge = 1 + below(4);
        quota.answered(now, {.charge = static_cast<int>(charge)});
        filled -= charge * kInterval;
      } else if (what == 1 && filled + kInterval <= kBurst * kInterval) {
        quota.give_back(1);
        filled += kInterval;
      } else {
        const auto cost = 1 + below(9);
        const auto patience = below(2) == 0 ? 0 : below(4'000'000);
        const auto needed = std::min(cost, kBurst) * kInterval;
        const auto wait = std::max<std::int64_t>(0, needed - filled);
        const auto verdict = quota.take(now, static_cast<int>(cost), st::Duration(patience));
        REQUIRE(verdict.granted == (wait <= patience));
        REQUIRE(verdict.wait == st::Duration(wait));
        if (verdict.granted) filled -= cost * kInterval;
        ++(verdict.granted ? grants : refusals);
      }
      REQUIRE(quota.wait(now) == st::Duration(std::max<std::int64_t>(0, kInterval - filled)));
    }
    CHECK(grants > 500);
    CHECK(refusals > 500);
  }
}

TEST_CASE("status shows full requests alone, and debts") {
  st::QuotaTree tree(table(10s, 4));
  auto quota = tree.quota(tag(), "op");
  const auto available = [&](st::Duration after) { return tree.status(kStart + after)[0].available; };
  CHECK(quota.take(kStart, 1).granted);
  CHECK(available(0s) == 3);
  CHECK(available(10s - 1us) == 3);  // nearly one is none
  CHECK(available(10s) == 4);
  quota.answered(kStart, {.charge = 6});
  CHECK(available(0s) == -2);
  CHECK(tree.status(kStart)[0].wait == 30s);
  CHECK_FALSE(tree.status(kStart)[0].learned);
}

TEST_CASE("headers speak of the slowest bucket of a request, and the others keep their count") {
  st::LimitTable limits = table(1s, 10);
  limits.limits.push_back({.vendor = "v", .category = "c", .methods = {"slow"}, .interval = 1min, .burst = 5});
  limits.limits.push_back({.vendor = "v", .category = "", .interval = 100ms, .burst = 50});
  for (const bool throttled : {false, true}) {
    CAPTURE(throttled);
    st::QuotaTree tree(limits);
    auto slow = tree.quota(tag(), "slow");
    auto other = tree.quota(tag(), "other");
    slow.answered(kStart,
                  {.headers = {.remaining = 0, .retry = throttled ? std::optional<st::Duration>(10min) : std::nullopt},
                   .throttled = throttled});
    CHECK(slow.wait(kStart) == (throttled ? st::Duration(10min) : st::Duration(1min)));
    CHECK(other.wait(kStart) == 0s);
    CHECK(granted(other, kStart) == 10);
  }
}

TEST_CASE("a size of the burst that an answer gives is taken over with what is left of it") {
  struct Case {
    int spent;
    std::int64_t limit;
    int left;
    int burst;
  };
  for (const Case& one : {Case{0, 4, 4, 4}, Case{3, 4, 1, 4}, Case{8, 4, 0, 4}, Case{3, 20, 17, 20}, Case{2, 10, 8, 10},
                          Case{2, 0, 8, 10}, Case{2, 1'000'001, 8, 10}, Case{2, 1'000'000, 999'998, 1'000'000}}) {
    CAPTURE(one.spent, one.limit);
    st::QuotaTree tree(table(1min, 10));
    auto quota = tree.quota(tag(), "op");
    for (int n = 0; n < one.spent; ++n) REQUIRE(quota.take(kStart, 1).granted);
    quota.answered(kStart, {.headers = {.limit = one.limit}});
    const auto status = tree.status(kStart)[0];
    CHECK(status.available == one.left);
    CHECK(status.burst == one.burst);
    CHECK(status.learned == (one.burst != 10));
  }
}

TEST_CASE("a refusal by a limit of one says how long to wait, and nothing of a refill") {
  st::QuotaTree tree(table(1s, 1));
  auto quota = tree.quota(tag(), "op");
  quota.answered(kStart, {.headers = {.limit = 1, .retry = 20s, .reset = 60s}, .throttled = true});
  CHECK(quota.wait(kStart) == 20s);
  CHECK(tree.status(kStart)[0].interval == 1s);
}

TEST_CASE("a refusal empties the bucket, never shortens a debt or a wait, and teaches a slower refill alone") {
  st::QuotaTree tree(table(1s, 10));
  auto quota = tree.quota(tag(), "op");
  quota.answered(kStart, {.throttled = true});
  CHECK(tree.status(kStart)[0].available == 0);
  CHECK(quota.wait(kStart) == 1s);
  quota.answered(kStart, {.charge = 30});
  CHECK(quota.wait(kStart) == 31s);
  quota.answered(kStart, {.throttled = true});
  CHECK(quota.wait(kStart) == 31s);
  for (const auto& wait : {st::RateHeaders{.retry = 20min}, st::RateHeaders{.retry = 5min}, st::RateHeaders{}}) {
    quota.answered(kStart, {.headers = wait, .throttled = true});
    CHECK(quota.wait(kStart) == 20min);
  }
  for (const auto& wait : {st::RateHeaders{.retry_after = 30min}, st::RateHeaders{.reset = 40min}}) {
    quota.answered(kStart, {.headers = wait, .throttled = true});
    CHECK(quota.wait(kStart) == *wait.wait());
  }

  struct Case {
    st::Duration retry;
    st::Duration reset;
    st::Duration interval;
  };
  // One request after `retry`, nine more until `reset`.
  for (const Case& one :
       {Case{2s, 20s, 2s}, Case{3s, 12s, 1s}, Case{1s, 10s, 1s}, Case{1s, 5s, 1s}, Case{1s, 10s + 900ms, 1s},
        Case{1s, 1s + 9 * 1100ms, 1s}, Case{1s, 1s + 9 * 1101ms, 1101ms}}) {
    CAPTURE(one.retry.count(), one.reset.count());
    st::QuotaTree fresh(table(1s, 10));
    auto learning = fresh.quota(tag(), "op");
    learning.answered(kStart, {.headers = {.limit = 10, .retry = one.retry, .reset = one.reset}, .throttled = true});
    CHECK(fresh.status(kStart)[0].interval == one.interval);
    CHECK(fresh.status(kStart)[0].learned == (one.interval != 1s));
  }
}

TEST_CASE("what was learned is forgotten after an hour in peace, not before") {
  for (const bool limit : {false, true}) {
    CAPTURE(limit);
    st::QuotaTree tree(table(1s, 10));
    auto quota = tree.quota(tag(), "op");
    if (limit) {
      quota.answered(kStart, {.headers = {.limit = 4}});
    } else {
      quota.answered(kStart, {.headers = {.limit = 10, .retry = 2s, .reset = 20s}, .throttled = true});
    }
    quota.answered(kStart + 1h, {});
    REQUIRE(tree.status(kStart + 1h)[0].learned);
    quota.answered(kStart + 1h + 1us, {});
    const auto status = tree.status(kStart + 1h + 1us)[0];
    CHECK_FALSE(status.learned);
    CHECK(status.burst == 10);
    CHECK(status.interval == 1s);
  }
}

TEST_CASE("a clock that is set back takes debts, waits, lessons and places with it, and gives no burst") {
  for (const st::Duration back : {st::Duration(1'000'001us), st::Duration(5h), st::Duration(4'000h)}) {
    CAPTURE(back.count());
    st::QuotaTree tree(table(10s, 3, 1));
    auto quota = tree.quota(tag(), "op");
    REQUIRE(granted(quota, kStart) == 3);
    const st::Instant early = kStart - back;
    CHECK(quota.wait(early) == 10s);
    CHECK_FALSE(quota.take(early, 1).granted);
    CHECK(quota.take(early + 10s, 1).granted);
    CHECK_FALSE(quota.take(early + 10s, 1).granted);

    st::QuotaTree waits(table(10s, 3, 1));
    auto other = waits.quota(tag(), "op");
    st::QuotaSlot held;
    REQUIRE(other.enter(kStart, 1min, held).granted);
    other.answered(kStart, {.headers = {.limit = 3, .retry = 90s, .reset = 200s}, .throttled = true});
    CHECK(other.wait(early) == 90s);
    st::QuotaSlot next;
    CHECK_FALSE(other.enter(early + 1min - 1us, 1s, next).granted);
    CHECK(other.enter(early + 1min, 1s, next).granted);
    other.answered(early + 1h, {});
    CHECK(waits.status(early + 1h)[0].learned);
    other.answered(early + 1h + 1us, {});
    CHECK_FALSE(waits.status(early + 1h + 1us)[0].learned);
  }
  // A second is no step: threads read the clock in one order and ask in another.
  st::QuotaTree tree(table(10s, 1));
  auto quota = tree.quota(tag(), "op");
  REQUIRE(quota.take(kStart, 1).granted);
  for (int n = 0; n < 20; ++n) CHECK_FALSE(quota.take(kStart - 1s, 1).granted);
  CHECK_FALSE(quota.take(kStart + 10s - 1us, 1).granted);
  CHECK(quota.take(kStart + 10s, 1).granted);
}

TEST_CASE("places are of their rule's categories, as many as it says, each for its lease or until it is returned") {
  st::LimitTable limits;
  limits.parallel.push_back({"other", "", 5});
  limits.parallel.push_back({"v", "a", 2});
  limits.parallel.push_back({"v", "b", 3});
  limits.parallel.push_back({"v", "", 4});
  const auto fill = [](st::Quota quota, std::vector<st::QuotaSlot>& held) {
    int count = 0;
    for (; count < 50; ++count) {
      st::QuotaSlot place;
      const auto verdict = quota.enter(kStart, 1min, place);
      if (!verdict.granted) {
        CHECK(verdict.wait == 50ms);
        CHECK(verdict.asked);
        break;
      }
      held.push_back(place);
    }
    return count;
  };
  st::QuotaTree tree(limits);
  std::vector<st::QuotaSlot> held;
  const auto of = [&](const char* category) { return tree.quota({"v", "s", "t", category}, "op"); };
  CHECK(fill(of("b"), held) == 3);
  CHECK(fill(of("a"), held) == 2);
  CHECK(fill(of("c"), held) == 4);
  std::set<int> at;
  for (const auto& one : held) at.insert(one.at);
  CHECK(at.size() == 9);  // none is given to two
  CHECK(fill(tree.quota({"v", "another", "t", "a"}, "op"), held) == 2);

  // An answer that comes after its lease is over does not take the place of who has it now.
  st::QuotaTree single(table(1us, 1'000, 1));
  auto quota = single.quota(tag(), "op");
  st::QuotaSlot first;
  st::QuotaSlot second;
  st::QuotaSlot third;
  REQUIRE(quota.enter(kStart, 10s, first).granted);
  CHECK_FALSE(quota.enter(kStart + 10s - 1us, 10s, second).granted);
  REQUIRE(quota.enter(kStart + 10s, 10s, second).granted);
  quota.answered(kStart + 11s, {.slot = first});
  CHECK_FALSE(quota.enter(kStart + 11s, 10s, third).granted);
  quota.give_back(0, first);
  CHECK_FALSE(quota.enter(kStart + 11s, 10s, third).granted);
  quota.give_back(0, second);
  CHECK(quota.enter(kStart + 11s, 10s, third).granted);
}

TEST_CASE("two limits that differ in anything have blocks of their own, and the same rules share one") {
  const auto memory = std::make_shared<Open>();
  const auto names_with = [&](const st::LimitTable& limits, const st::QuotaTag& of) {
    st::QuotaTree tree(limits, memory);
    const auto before = memory->blocks.size();
    auto quota = tree.quota(of, "op");
    (void)quota.take(kStart, 1);
    return memory->blocks.size() - before;
  };
  CHECK(names_with(table(1s, 5, 2), tag()) == 1);
  CHECK(names_with(table(1s, 5, 2), tag()) == 0);
  CHECK(names_with(table(1s, 5, 2), tag("another")) == 1);
  CHECK(names_with(table(1s, 5, 2), {"v", "s", "base", "c"}) == 1);
  CHECK(names_with(table(1s, 5, 2), {"w", "s", "t", "c"}) == 1);
  CHECK(names_with(table(2s, 5, 2), tag()) == 1);
  CHECK(names_with(table(1s, 6, 2), tag()) == 1);
  CHECK(names_with(table(1s, 5, 3), tag()) == 1);
  auto category = table(1s, 5, 2);
  category.limits[0].category = "";
  CHECK(names_with(category, tag()) == 1);
  auto methods = table(1s, 5, 2);
  methods.limits[0].methods = {"op"};
  CHECK(names_with(methods, tag()) == 1);
  // Parts that would read the same when joined are different, too.
  CHECK(names_with(table(1s, 5, 2), {"v", "st", "", "c"}) == 1);

  // In one tree, too: kinds of token of one seller do not spend each other's, nor do vendors.
  auto both = table(1h, 1);
  both.limits.push_back({.vendor = "w", .category = "c", .interval = 1h, .burst = 1});
  st::QuotaTree tree(both);
  for (const st::QuotaTag& of : {tag(), st::QuotaTag{"v", "s", "base", "c"}, st::QuotaTag{"w", "s", "t", "c"}}) {
    auto quota = tree.quota(of, "op");
    CHECK(granted(quota, kStart) == 1);
  }
}

TEST_CASE("a rule is for its vendor, category, kinds of token and methods, and no other request spends it") {
  st::LimitTable limits;
  limits.limits.push_back(
      {.vendor = "v", .category = "c", .methods = {"m1", "m2"}, .tiers = {"t1", ""}, .interval = 1h, .burst = 1});
  const auto limited = [&](const st::QuotaTag& of, std::string_view operation) {
    st::QuotaTree tree(limits);
    auto quota = tree.quota(of, operation);
    return granted(quota, kStart) == 1;
  };
  CHECK(limited({"v", "s", "t1", "c"}, "m1"));
  CHECK(limited({"v", "s", "t1", "c"}, "m2"));
  CHECK(limited({"v", "s", "", "c"}, "m1"));
  CHECK_FALSE(limited({"w", "s", "t1", "c"}, "m1"));
  CHECK_FALSE(limited({"v", "s", "t1", "d"}, "m1"));
  CHECK_FALSE(limited({"v", "s", "t2", "c"}, "m1"));
  CHECK_FALSE(limited({"v", "s", "t1", "c"}, "m3"));
  // A seller who was first asked about another method has the bucket all the same.
  st::QuotaTree tree(limits);
  auto first = tree.quota({"v", "s", "t1", "c"}, "m3");
  CHECK(first.take(kStart, 1).granted);
  auto then = tree.quota({"v", "s", "t1", "c"}, "m2");
  CHECK(granted(then, kStart) == 1);
}

TEST_CASE("while the memory is away every question says when to ask again, and answers wait for it in order") {
  const auto memory = std::make_shared<Open>();
  st::QuotaTree tree(table(1s, 100, 1), memory);
  auto quota = tree.quota(tag(), "op");
  st::QuotaSlot place;
  REQUIRE(quota.take(kStart, 1).granted);
  REQUIRE(quota.enter(kStart, 1min, place).granted);
  *memory->away = true;
  const auto refused = quota.take(kStart, 1, 1h);
  CHECK_FALSE(refused.granted);
  CHECK_FALSE(refused.asked);
  CHECK(refused.wait == 1s);
  st::QuotaSlot none;
  const auto outside = quota.enter(kStart, 1min, none);
  CHECK_FALSE(outside.granted);
  CHECK_FALSE(outside.asked);
  CHECK(outside.wait == 1s);
  CHECK(none.at == -1);
  CHECK(quota.wait(kStart) == 1s);
  for (int n = 0; n < 5; ++n) quota.answered(kStart, {.charge = 9});
  quota.answered(kStart, {.slot = place});
  // A question that fails takes nothing of it.
  CHECK_FALSE(quota.take(kStart, 1).asked);
  *memory->away = false;
  CHECK(tree.status(kStart)[0].available == 100 - 1 - 45);
  CHECK(tree.status(kStart)[0].available == 100 - 1 - 45);  // once
  CHECK(quota.enter(kStart, 1min, none).granted);

  // The first sixteen are kept.
  *memory->away = true;
  for (int n = 0; n < 20; ++n) quota.answered(kStart, {.charge = 1});
  *memory->away = false;
  CHECK(tree.status(kStart)[0].available == 100 - 1 - 45 - 16);
}

TEST_CASE("content that was lost begins spent: no token, and no place before the longest request is over") {
  const auto memory = std::make_shared<Open>();
  st::QuotaTree tree(table(1s, 10, 2), memory);
  auto quota = tree.quota(tag(), "op");
  REQUIRE(quota.take(kStart, 1).granted);
  REQUIRE(memory->blocks.size() == 1);
  auto& cells = memory->blocks.begin()->second->cells;
  cells = {};
  cells[begun] = st::QuotaMemory::kSpent;
  CHECK(quota.wait(kStart) == 1s);
  CHECK(tree.status(kStart)[0].available == 0);
  st::QuotaSlot place;
  CHECK_FALSE(quota.enter(kStart + 5min - 1us, 1s, place).granted);
  CHECK(quota.enter(kStart + 5min, 1s, place).granted);

  // Nothing can be given back to it either, before anybody has looked.
  cells = {};
  cells[begun] = st::QuotaMemory::kSpent;
  quota.give_back(5);
  CHECK(granted(quota, kStart) == 0);
}

TEST_CASE("cells that no limiter can have written are spent, those that one can have written are believed") {
  const auto at = [](st::Duration after) { return (kStart + after).micros(); };
  struct Case {
    Cell word;
    std::int64_t value;
    bool believed;
  };
  for (const Case& one : {Case{begun, 1, true},
                          Case{begun, 2, false},
                          Case{last_now, at(0s), true},
                          Case{last_now, at(24h * 32), false},
                          Case{interval, 0, false},
                          Case{interval, -1, false},
                          Case{interval, at(0s), false},
                          Case{burst, 0, false},
                          Case{burst, 1'000'001, false},
                          Case{full_at, at(24h * 31), true},
                          Case{full_at, at(24h * 32), false},
                          Case{full_at, at(-24h * 3'649), true},
                          Case{full_at, at(-24h * 3'651), false},
                          Case{full_at, INT64_MIN / 4, true},
                          Case{full_at, INT64_MAX, false},
                          Case{blocked_until, at(24h * 10), true},
                          Case{blocked_until, at(24h * 10 + 1us), false},
                          Case{learned_at, at(0s), true},
                          Case{learned_at, at(1us), false},
                          Case{learned, 2, false},
                          Case{learned, -1, false},
                          Case{place, at(24h), true},
                          Case{place, at(24h + 1us), false}}) {
    CAPTURE(static_cast<int>(one.word), one.value);
    const auto memory = std::make_shared<Open>();
    st::QuotaTree tree(table(1s, 10, 2), memory);
    auto quota = tree.quota(tag(), "op");
    REQUIRE(quota.take(kStart, 1).granted);
    auto& cells = memory->blocks.begin()->second->cells;
    cells[one.word] = one.value;
    st::QuotaSlot held;
    // Lost content has its places taken: that is how it shows.
    const bool free = quota.enter(kStart, 1s, held).granted;
    CHECK(free == one.believed);
  }
}
