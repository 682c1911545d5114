// The suites of limiters and of their memories over those of the library.
#include <array>

#include <stocktracker/testing/limiter_contract.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;

TEST_CASE("the limiter in process keeps the limiter contract") {
  const auto make = [](st::LimitTable table) -> st::Result<std::unique_ptr<st::QuotaTree>> {
    return std::make_unique<st::QuotaTree>(std::move(table));
  };
  for (const std::uint64_t seed : seeds_to_try(1, 5)) {
    INFO(replay(seed));
    CatchCheck check;
    st::testing::limiter_contract(make, check, seed);
    CHECK(check.expectations() > 500);
  }
}

namespace {

// Names share one block.
class Careless final : public st::QuotaMemory {
 public:
  st::Result<std::shared_ptr<st::QuotaBlock>> block(std::string_view) override { return block_; }

 private:
  struct Block final : st::QuotaBlock {
    st::Result<void> with(st::Instant now, Use use) noexcept override {
      use(now, words);
      return st::success();
    }
    std::array<std::int64_t, st::QuotaMemory::kCells> words{};
  };
  std::shared_ptr<Block> block_ = std::make_shared<Block>();
};

// A limiter whose table says twice what the contract's does.
class Counting final : public st::testing::Check {
 public:
  void begin(std::string_view) override {}
  void expect(bool holds, std::string_view) override { broken += holds ? 0 : 1; }
  int broken = 0;
};

}  // namespace

TEST_CASE("the limiter contract refuses a limiter that lets too much through, and one that lets too little") {
  for (const bool generous : {true, false}) {
    const auto make = [&](st::LimitTable table) -> st::Result<std::unique_ptr<st::QuotaTree>> {
      for (auto& rule : table.limits) rule.interval = generous ? rule.interval / 2 : rule.interval * 2;
      return std::make_unique<st::QuotaTree>(std::move(table));
    };
    Counting check;
    st::testing::limiter_contract(make, check);
    CHECK(check.broken > 0);
  }
}

TEST_CASE("the contract of quota memories refuses a memory that mixes names up") {
  const auto make = []() -> st::Result<std::shared_ptr<st::QuotaMemory>> {
    return std::shared_ptr<st::QuotaMemory>(std::make_shared<Careless>());
  };
  Counting check;
  st::testing::quota_memory_contract(make, check);
  CHECK(check.broken > 0);
}
