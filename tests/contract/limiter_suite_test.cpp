// The suites of limiters and of their memories: sound ones pass, and one planted fault in each is found. A limiter is
// wrong by its table, or by what its memory makes of the cells.
#include <stocktracker/testing/limiter_contract.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/found_check.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

using Cells = std::span<std::int64_t>;

// Where things stand in the cells: six of each bucket behind two, the places behind sixty-four buckets.
constexpr std::size_t kBuckets = 2;
constexpr std::size_t kOfBucket = 6;
constexpr std::size_t kPlaces = kBuckets + 64 * kOfBucket;
enum Part : std::size_t { interval, burst, full_at, blocked_until };

std::int64_t& part(Cells cells, Part which, std::size_t bucket = 0) {
  return cells[kBuckets + bucket * kOfBucket + which];
}

// What a memory does wrong, at each step of a question.
struct Faults {
  std::function<std::string(std::string_view)> name_of = [](std::string_view name) { return std::string(name); };
  std::function<st::Instant(st::Instant)> now_of = [](st::Instant now) { return now; };
  std::function<void(Cells)> before = [](Cells) {};
  std::function<void(Cells old, Cells cells)> after = [](Cells, Cells) {};
  bool twice = false;      // the question is asked again
  bool unasked = false;    // now and then it is not asked, and success is reported
  bool fails = false;      // now and then it fails
  bool unlocked = false;   // others are let in
  bool by_handle = false;  // each handle has cells of its own
  std::int64_t first_word = 0;
};

class Shelf final : public st::QuotaMemory {
 public:
  explicit Shelf(Faults faults) : faults_(std::move(faults)) {}
  st::Result<std::shared_ptr<st::QuotaBlock>> block(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    auto& made = blocks_[faults_.name_of(name)];
    if (!made || faults_.by_handle) made = std::make_shared<Block>(faults_);
    return std::shared_ptr<st::QuotaBlock>(made);
  }

 private:
  class Block final : public st::QuotaBlock {
   public:
    explicit Block(const Faults& faults) : faults_(faults) { cells_.front() = faults.first_word; }
    st::Result<void> with(st::Instant now, Use use) noexcept override {
      std::unique_lock lock(mutex_);
      ++asked_;
      if (faults_.fails && asked_ % 5 == 0) return st::Errc::store_unreachable;
      if (faults_.unasked && asked_ % 5 == 0) return st::success();
      faults_.before(cells_);
      auto cells = cells_;
      if (faults_.unlocked) lock.unlock();
      use(faults_.now_of(now), cells);
      if (faults_.twice) use(faults_.now_of(now), cells);
      if (faults_.unlocked) lock.lock();
      faults_.after(cells_, cells);
      cells_ = cells;
      return st::success();
    }

   private:
    const Faults& faults_;
    std::mutex mutex_;
    std::array<std::int64_t, kCells> cells_{};
    int asked_ = 0;
  };
  const Faults faults_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Block>> blocks_;
};

struct Planted {
  const char* fault;
  std::function<void(st::LimitTable&)> table;
  std::function<void(Faults&)> memory;
  const char* found;
};

void limiter_with(const Planted& planted, FoundCheck& check) {
  const auto make = [&](st::LimitTable table) -> st::Result<std::unique_ptr<st::QuotaTree>> {
    if (planted.table) planted.table(table);
    Faults faults;
    if (planted.memory) planted.memory(faults);
    return std::make_unique<st::QuotaTree>(std::move(table), std::make_shared<Shelf>(std::move(faults)));
  };
  st::testing::limiter_contract(make, check);
}

void memory_with(const std::function<void(Faults&)>& plant, FoundCheck& check) {
  const auto make = [&]() -> st::Result<std::shared_ptr<st::QuotaMemory>> {
    Faults faults;
    if (plant) plant(faults);
    return std::shared_ptr<st::QuotaMemory>(std::make_shared<Shelf>(std::move(faults)));
  };
  st::testing::quota_memory_contract(make, check);
}

void each_rule(st::LimitTable& table, const std::function<void(st::LimitRule&)>& change) {
  for (auto& rule : table.limits) change(rule);
}

}  // namespace

TEST_CASE("a limiter and a memory that keep their contracts pass their suites") {
  FoundCheck limiter;
  limiter_with({}, limiter);
  CHECK(limiter.text().empty());
  CHECK(limiter.expectations() > 500);
  FoundCheck memory;
  memory_with({}, memory);
  CHECK(memory.text().empty());
  CHECK(memory.expectations() > 200);
}

TEST_CASE("each planted fault of a limiter is found by the case that is about it") {
  const std::vector<Planted> all{
      {"one too many",
       [](st::LimitTable& table) { each_rule(table, [](st::LimitRule& rule) { ++rule.burst; }); },
       {},
       "no stretch of time holds more than is allowed"},
      {"one too few of a burst",
       [](st::LimitTable& table) { each_rule(table, [](st::LimitRule& rule) { rule.burst -= rule.burst > 1; }); },
       {},
       "four and six make a burst"},
      {"no burst",
       [](st::LimitTable& table) { each_rule(table, [](st::LimitRule& rule) { rule.burst = 1; }); },
       {},
       "nine tenths"},
      {"refills too early",
       [](st::LimitTable& table) {
         each_rule(table, [](st::LimitRule& rule) { rule.interval -= rule.interval / 10; });
       },
       {},
       "no stretch of time holds more than is allowed"},
      {"refills too late",
       [](st::LimitTable& table) { each_rule(table, [](st::LimitRule& rule) { rule.interval += rule.interval / 5; }); },
       {},
       "nine tenths of what is allowed is used"},
      {"seconds for milliseconds",
       [](st::LimitTable& table) { each_rule(table, [](st::LimitRule& rule) { rule.interval *= 1'000; }); },
       {},
       "nine tenths of what is allowed is used"},
      {"milliseconds for seconds",
       [](st::LimitTable& table) {
         each_rule(table,
                   [](st::LimitRule& rule) { rule.interval = std::max<st::Duration>(1us, rule.interval / 1'000); });
       },
       {},
       "no stretch of time holds more than is allowed"},
      {"rules of methods forgotten",
       [](st::LimitTable& table) {
         std::erase_if(table.limits, [](const st::LimitRule& rule) { return !rule.methods.empty(); });
       },
       {},
       "is spent for the second"},
      {"methods share one bucket",
       [](st::LimitTable& table) { each_rule(table, [](st::LimitRule& rule) { rule.methods.clear(); }); },
       {},
       "what was refused spent nothing"},
      {"kinds of token have no rule of their own",
       [](st::LimitTable& table) {
         std::erase_if(table.limits, [](const st::LimitRule& rule) { return !rule.tiers.empty(); });
       },
       {},
       "and its own rule"},
      {"limits not kept at all", [](st::LimitTable& table) { table.limits.clear(); }, {}, "no stretch of time"},
      {"places not counted", [](st::LimitTable& table) { table.parallel.clear(); }, {}, "the fourth waits"},
      {"a place too many",
       [](st::LimitTable& table) {
         for (auto& rule : table.parallel) ++rule.requests;
       },
       {},
       "the fourth waits"},
      {"sellers share a bucket",
       {},
       [](Faults& faults) { faults.name_of = [](std::string_view) { return std::string("one"); }; },
       "sellers do not spend each other's limits"},
      {"what was spent is forgotten",
       {},
       [](Faults& faults) { faults.before = [](Cells cells) { std::fill(cells.begin(), cells.end(), 0); }; },
       "no stretch of time holds more than is allowed"},
      {"a wait that was learned is forgotten",
       {},
       [](Faults& faults) {
         faults.before = [](Cells cells) {
           if (cells[0] == 1) part(cells, blocked_until) = INT64_MIN / 4;
         };
       },
       "a wait of half an hour blocks"},
      {"debt is forgiven",
       {},
       [](Faults& faults) {
         faults.after = [](Cells old, Cells cells) {
           // Ten at once become one.
           if (part(cells, full_at) - part(old, full_at) >= 10 * part(cells, interval) && old[0] == 1 &&
               part(cells, burst) == 10) {
             part(cells, full_at) -= 9 * part(cells, interval);
           }
         };
       },
       "an answer that cost ten leaves none"},
      {"of several tokens one is taken",
       {},
       [](Faults& faults) {
         faults.after = [](Cells old, Cells cells) {
           const auto taken =
               (part(cells, full_at) - part(old, full_at)) / std::max<std::int64_t>(1, part(cells, interval));
           if (old[0] == 1 && part(cells, burst) == 10 && taken > 1 && taken < 9) {
             part(cells, full_at) -= (taken - 1) * part(cells, interval);
           }
         };
       },
       "a request of several costs that many: three more are there after three intervals"},
      {"tokens are not given back",
       {},
       [](Faults& faults) {
         faults.after = [](Cells old, Cells cells) {
           if (old[0] == 1 && old[1] == cells[1])
             part(cells, full_at) = std::max(part(old, full_at), part(cells, full_at));
         };
       },
       "given back, it goes again"},
      {"places are not returned",
       {},
       [](Faults& faults) {
         faults.after = [](Cells old, Cells cells) {
           for (std::size_t at = kPlaces; at < cells.size(); ++at) cells[at] = std::max(cells[at], old[at]);
         };
       },
       "an answer frees its place"},
      {"a return frees all places",
       {},
       [](Faults& faults) {
         faults.after = [](Cells old, Cells cells) {
           for (std::size_t at = kPlaces; at < cells.size(); ++at) {
             if (old[at] > 0 && cells[at] == 0) std::fill(cells.begin() + kPlaces, cells.end(), 0);
           }
         };
       },
       "no more are under way at once than may be"},
      {"leases end too early",
       {},
       [](Faults& faults) {
         faults.before = [](Cells cells) {
           for (std::size_t at = kPlaces; at < cells.size(); ++at) cells[at] = cells[at] > 0 ? 1 : 0;
         };
       },
       "the fourth waits"},
      {"leases never end",
       {},
       [](Faults& faults) {
         faults.after = [](Cells old, Cells cells) {
           for (std::size_t at = kPlaces; at < cells.size(); ++at) {
             if (cells[at] > 0 && cells[at] != old[at]) cells[at] += 3'600'000'000;
           }
         };
       },
       "a lease that is over frees its place"},
      {"time never goes back, so that all wait for it",
       {},
       [](Faults& faults) {
         faults.now_of = [latest = std::make_shared<st::Instant>(st::Instant::earliest())](st::Instant now) {
           return *latest = std::max(*latest, now);
         };
       },
       "a clock that is set back gives no burst, and makes nobody wait for it: and ends"},
      {"a step back begins a new block",
       {},
       [](Faults& faults) {
         auto latest = std::make_shared<st::Instant>(st::Instant::earliest());
         auto stepped = std::make_shared<bool>(false);
         faults.before = [=](Cells cells) {
           if (std::exchange(*stepped, false)) std::fill(cells.begin(), cells.end(), 0);
         };
         faults.now_of = [=](st::Instant now) {
           if (now + 1h < *latest && now > st::Instant::from_seconds(0)) *stepped = true;
           return *latest = now;
         };
       },
       "a clock that is set back gives no burst, and makes nobody wait for it"},
      {"time runs twice as fast",
       {},
       [](Faults& faults) {
         faults.now_of = [](st::Instant now) {
           const auto begin = st::Instant::from_seconds(1'795'300'000);
           return now > begin ? begin + 2 * (now - begin) : now;
         };
       },
       "no stretch of time holds more than is allowed"},
      {"threads overtake each other",
       {},
       [](Faults& faults) {
         faults.unlocked = true;
         faults.now_of = [asked = std::make_shared<std::atomic<int>>(0)](st::Instant now) {
           if (++*asked % 16 == 0) std::this_thread::sleep_for(1us);  // the others' turn
           return now;
         };
       },
       "many threads get no more than one would"},
      {"questions are asked twice", {}, [](Faults& faults) { faults.twice = true; }, "nine tenths"},
      {"a memory that fails now and then refuses what is there",
       {},
       [](Faults& faults) { faults.fails = true; },
       "what is said of a wait holds"},
  };
  REQUIRE(all.size() > 20);
  for (const Planted& one : all) {
    CAPTURE(one.fault);
    FoundCheck check;
    limiter_with(one, check);
    INFO(check.text());
    CHECK(check.has(one.found));
  }
}

TEST_CASE("each planted fault of a memory is found by the case that is about it") {
  struct Case {
    const char* fault;
    std::function<void(Faults&)> plant;
    const char* found;
  };
  const std::vector<Case> all{
      {"names share one block", [](Faults& f) { f.name_of = [](std::string_view) { return std::string("one"); }; },
       "names that differ in anything are others"},
      {"long names are cut",
       [](Faults& f) { f.name_of = [](std::string_view name) { return std::string(name.substr(0, 400)); }; },
       "names that differ in anything are others"},
      {"names end at a zero",
       [](Faults& f) {
         f.name_of = [](std::string_view name) { return std::string(name.substr(0, name.find('\0'))); };
       },
       "names that differ in anything are others"},
      {"letter case is ignored",
       [](Faults& f) {
         f.name_of = [](std::string_view name) {
           std::string low(name);
           for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
           return low;
         };
       },
       "names that differ in anything are others"},
      {"blanks at the end are trimmed",
       [](Faults& f) {
         f.name_of = [](std::string_view name) { return std::string(name.substr(0, name.find_last_not_of(' ') + 1)); };
       },
       "names that differ in anything are others"},
      {"a handle has cells of its own", [](Faults& f) { f.by_handle = true; }, "a name finds its own cells again"},
      {"limiters do not share", [](Faults& f) { f.by_handle = true; }, "a burst for both together"},
      {"a new block is not of zeros", [](Faults& f) { f.first_word = 1; }, "a new block is of zeros"},
      {"nothing is kept", [](Faults& f) { f.before = [](Cells cells) { std::fill(cells.begin(), cells.end(), 0); }; },
       "as they were left"},
      {"the last cells are not kept", [](Faults& f) { f.after = [](Cells, Cells cells) { cells.back() = 0; }; },
       "as they were left"},
      {"cells are kept in half of their bits",
       [](Faults& f) {
         f.after = [](Cells, Cells cells) {
           for (std::int64_t& cell : cells) cell = static_cast<std::int32_t>(cell);
         };
       },
       "as they were left"},
      {"the sign is lost",
       [](Faults& f) {
         f.after = [](Cells, Cells cells) {
           for (std::int64_t& cell : cells) cell = cell < 0 && cell != INT64_MIN ? -cell : cell;
         };
       },
       "as they were left"},
      {"others are let in", [](Faults& f) { f.unlocked = true; }, "nobody else is inside"},
      {"a question is asked twice", [](Faults& f) { f.twice = true; }, "each is asked once"},
      {"a question is not asked, and success reported", [](Faults& f) { f.unasked = true; }, "each is asked once"},
      {"a question fails now and then", [](Faults& f) { f.fails = true; }, "no question fails"},
      {"lost content is a new block",
       [](Faults& f) {
         f.before = [](Cells cells) {
           if (cells[0] == st::QuotaMemory::kSpent) std::fill(cells.begin(), cells.end(), 0);
         };
       },
       "lost content is empty, not full: nothing is granted for it"},
  };
  for (const Case& one : all) {
    CAPTURE(one.fault);
    FoundCheck check;
    memory_with(one.plant, check);
    INFO(check.text());
    CHECK(check.has(one.found));
  }
}
