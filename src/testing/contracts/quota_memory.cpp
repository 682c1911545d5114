// The suite of the memory that limiters share.
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

constexpr Instant kStart = contract::kLimiterStart;
using contract::one_rule;
using contract::tag;

/// Keeps the block that a limiter was given, so that its integers can be changed directly.
class Watched final : public QuotaMemory {
 public:
  explicit Watched(std::shared_ptr<QuotaMemory> memory) noexcept : memory_(std::move(memory)) {}
  Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) override {
    STK_TRY(last, memory_->block(name));
    return last;
  }
  std::shared_ptr<QuotaBlock> last;

 private:
  std::shared_ptr<QuotaMemory> memory_;
};

class MemorySuite {
 public:
  using Make = FunctionRef<Result<std::shared_ptr<QuotaMemory>>()>;
  MemorySuite(Make make, Check& check, std::uint64_t seed) : make_(make), check_(check), dice_(seed) {}

  void names() {
    check_.begin("names have blocks of their own");
    auto made = make_();
    check_.expect_ok(made, "a fresh memory");
    if (!made) return;
    for (const std::int64_t number : {1, 2}) {
      const auto put = [&](Instant, std::span<std::int64_t> cells) {
        check_.expect(cells.size() == QuotaMemory::kCells, "all cells are there");
        check_.expect(std::all_of(cells.begin(), cells.end(), [](std::int64_t cell) { return cell == 0; }),
                      "a new block is of zeros");
        cells.back() = number;
      };
      with(*made.value(), std::to_string(number), put);
    }
    for (const std::int64_t number : {1, 2}) {
      const auto look = [&](Instant, std::span<std::int64_t> cells) {
        check_.expect(cells.back() == number, "a name finds its own cells again");
      };
      with(*made.value(), std::to_string(number), look);
    }
  }

  void contents() {
    check_.begin("all cells are kept as they were written");
    auto made = made_memory();
    if (!made) return;
    std::vector<std::int64_t> expected(QuotaMemory::kCells);
    for (int round = 0; round < 3; ++round) {
      const auto change = [&](Instant, std::span<std::int64_t> cells) {
        check_.expect(std::equal(cells.begin(), cells.end(), expected.begin(), expected.end()), "as they were left");
        for (std::int64_t& cell : cells) cell = static_cast<std::int64_t>(dice_());
        cells[1] = round == 0 ? INT64_MIN : round == 1 ? INT64_MAX : -2;
        expected.assign(cells.begin(), cells.end());
      };
      // With a separate handle each time.
      with(*made, "content", change);
    }
    for (const std::string& other : {std::string("conten"), std::string("content "), std::string("Content"),
                                     std::string("content\0x", 9), std::string(400, 'n'), std::string(401, 'n')}) {
      const auto look = [&](Instant, std::span<std::int64_t> cells) {
        check_.expect(cells.front() == 0, "names that differ in anything are others");
        cells.front() = 7;
      };
      with(*made, other, look);
    }
  }

  void alone() {
    check_.begin("cells are used by one caller at a time, and once for each question");
    auto made = made_memory();
    if (!made) return;
    // One caller stays inside until the other has asked, and a little longer: is the other one let in?
    std::atomic<int> inside = 0;
    std::atomic<bool> asked = false;
    std::atomic<bool> together = false;
    std::atomic<int> uses = 0;
    std::atomic<int> failures = 0;
    const auto use = [&](Instant, std::span<std::int64_t> cells) {
      if (++inside > 1) together = true;
      // Atomic, for memories that let two callers in: the test looks for a lost count, not a torn one.
      std::atomic_ref<std::int64_t> counted(cells[7]);
      const std::int64_t before = counted;
      for (int n = 0; n < 20 && !together && uses == 0; ++n) std::this_thread::sleep_for(asked ? 1ms : 5ms);
      counted = before + 1;
      ++uses;
      --inside;
    };
    const auto ask = [&](bool first) {
      auto block = made->block("together");  // a separate handle
      for (int n = 0; n < 1'000 && !first && inside == 0 && uses == 0; ++n) std::this_thread::sleep_for(100us);
      if (!first) asked = true;
      if (!block || !block.value()->with(kStart, use)) ++failures;
    };
    std::thread one([&] { ask(true); });
    std::thread two([&] { ask(false); });
    one.join();
    two.join();
    for (int n = 0; n < 18; ++n) ask(true);
    check_.expect(failures == 0, "no question fails");
    check_.expect(uses == 20, "each is asked once");
    check_.expect(!together, "nobody else is inside");
    const auto look = [&](Instant, std::span<std::int64_t> cells) {
      check_.expect(cells[7] == 20, "nothing that was counted is lost");
    };
    with(*made, "together", look);
  }

  void sharing() {
    check_.begin("limiters over one memory count together");
    auto made = made_memory();
    if (!made) return;
    LimitTable limits = one_rule(1h, 4);
    limits.parallel.push_back({"v", "any", 2});
    QuotaTree one(limits, made);
    QuotaTree two(limits, made);
    auto first = one.quota(tag(), "op");
    auto second = two.quota(tag(), "op");
    int granted = 0;
    for (int n = 0; n < 4; ++n) {
      granted += first.take(kStart, 1).granted ? 1 : 0;
      granted += second.take(kStart, 1).granted ? 1 : 0;
    }
    check_.expect(granted == 4, "a burst for both together");
    QuotaSlot held;
    QuotaSlot other;
    QuotaSlot none;
    check_.expect(first.enter(kStart, 1min, held).granted && second.enter(kStart, 1min, other).granted, "two places");
    check_.expect(!first.enter(kStart, 1min, none).granted && !second.enter(kStart, 1min, none).granted, "and no more");
    first.answered(kStart, {.slot = held});
    check_.expect(second.enter(kStart, 1min, none).granted, "what one returns the other takes");
    RateHeaders wait;
    wait.retry = 3h;
    second.answered(kStart, {.headers = wait, .throttled = true});
    check_.expect(first.wait(kStart) == 3h, "what one learns the other obeys");
    check_.expect(!first.take(kStart + 3h - 1us, 1).granted && first.take(kStart + 3h, 1).granted, "to the end");
    auto stranger = two.quota(tag("another"), "op");
    check_.expect(stranger.take(kStart, 1).granted, "another seller has limits of its own");
  }

  void lost() {
    check_.begin("lost content is empty, not full");
    const auto lose = [](Instant, std::span<std::int64_t> cells) {
      std::fill(cells.begin(), cells.end(), 0);
      cells.front() = QuotaMemory::kSpent;
    };
    refills_after(lose);
  }

  /// Each integer in turn gets an impossible value.
  void damaged() {
    constexpr std::array kWild{INT64_MIN, INT64_MIN + 1, std::int64_t{-2},
                               INT64_MAX, INT64_MAX / 2, std::int64_t{1} << 61U};
    for (int round = 0; round < 40; ++round) {
      check_.begin("damaged cells are empty, not full, round " + std::to_string(round));
      const auto damage = [&](Instant, std::span<std::int64_t> cells) {
        // The integers in use: state, time, three of the bucket.
        const std::size_t at = round < 30 ? static_cast<std::size_t>(round % 5) : dice_() % cells.size();
        cells[at] = kWild[dice_() % kWild.size()];
        if (round >= 30) {
          for (std::int64_t& cell : cells) cell = static_cast<std::int64_t>(dice_());
        }
      };
      refills_after(damage);
    }
  }

 private:
  std::shared_ptr<QuotaMemory> made_memory() {
    auto made = make_();
    check_.expect_ok(made, "a fresh memory");
    return made ? std::move(made).value() : nullptr;
  }
  void with(QuotaMemory& memory, const std::string& name, QuotaBlock::Use use) {
    auto block = memory.block(name);
    check_.expect_ok(block, "a block");
    if (block) check_.expect_ok(block.value()->with(kStart, use), "its cells");
  }
  /// A burst of two is spent and the integers are damaged; no more must be granted than the time refills.
  void refills_after(QuotaBlock::Use damage) {
    auto made = make_();
    check_.expect_ok(made, "a fresh memory");
    if (!made) return;
    const auto watched = std::make_shared<Watched>(std::move(made).value());
    QuotaTree tree(one_rule(10min, 2), watched);
    auto quota = tree.quota(tag(), "op");
    check_.expect(quota.take(kStart, 1).granted && quota.take(kStart, 1).granted, "the burst");
    if (!watched->last) return check_.expect(false, "the limiter asks the memory");
    check_.expect_ok(watched->last->with(kStart, damage), "the cells are written");
    check_.expect(!quota.take(kStart, 1).granted, "nothing is granted for it");
    quota.give_back(1);
    check_.expect(!quota.take(kStart + 1min, 1).granted || !quota.take(kStart + 1min, 1).granted,
                  "at most what was given back is granted");
    QuotaTree another(one_rule(10min, 2), watched);
    auto later = another.quota(tag(), "op");
    int granted = 0;
    for (int n = 0; n < 3; ++n) granted += later.take(kStart + 21min, 1).granted ? 1 : 0;
    check_.expect(granted == 2, "it refills as usual");
  }

  Make make_;
  Check& check_;
  std::mt19937_64 dice_;
};

}  // namespace

void quota_memory_contract(FunctionRef<Result<std::shared_ptr<QuotaMemory>>()> make, Check& check, std::uint64_t seed) {
  MemorySuite suite(make, check, seed);
  suite.names();
  suite.contents();
  suite.alone();
  suite.sharing();
  suite.lost();
  suite.damaged();
}

}  // namespace stocktracker::inline v0::testing
