// A week in a second: a marketplace that throttles, breaks answers and lies, and a stock that is right all the same.
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include <array>
#include <cstdio>

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::Result<void> run() {
  st::testing::World world({.seed = 42, .offers = 100, .limits = true});
  world.faults()
      .at(3h, st::testing::throttle(st::Channel::wildberries, 20min))
      .at(9h, st::testing::truncate_body(3, "wb-warehouses"))
      .at(30h, st::testing::answer_status(503, 40))
      .at(60h, st::testing::answer_status(403, 4, "/api/v3/stocks/"))
      .at(90h, {.kind = st::testing::FaultKind::shrink_pages, .size = 40, .lasts = 6h})
      .at(120h, {.kind = st::testing::FaultKind::broken_json, .path = "cards/list", .lasts = 2h});
  STK_TRY(auto engine, st::open({.path = ":memory:",
                                 .transport = world.transport(),
                                 .clock = world.clock(),
                                 .random = std::make_shared<st::testing::SeededRandom>(42),
                                 .executor = st::make_inline_executor()}));
  STK_TRY(auto account, engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))));

  std::array<int, 6> ended{};  // by SourceState
  int runs = 0;
  world.run_for(7 * 24h, st::testing::every(30min), [&] {
    const auto run = engine.sync().run(account.id);
    if (!run) return;
    ++runs;
    for (const st::SourceOutcome& source : run.value().sources) ++ended[static_cast<std::size_t>(source.state)];
  });
  std::printf(
      "%d runs; sources ok %d, stale %d, throttled %d, denied %d, failed %d; the marketplace had to refuse %lld\n",
      runs, ended[1], ended[2], ended[3], ended[4], ended[5], static_cast<long long>(world.rejections()));

  // The last word: everything stands still, one more run, and the oracle is the world.
  world.stand_still();
  world.clock()->advance(1h);
  STK_TRY(auto last, engine.sync().run(account.id));
  STK_TRY(auto total, engine.stock().total(account.id));
  STK_TRY(auto ledger, engine.ledger().verify());
  STK_TRY(auto health, engine.accounts().health(account.id));
  std::printf("%s, health %s, %lld units; the marketplace holds %lld; %lld ledger entries, %lld broken\n",
              to_string(last.state), to_string(health.state), static_cast<long long>(total.on_hand.units()),
              static_cast<long long>(world.true_total(st::Channel::wildberries)),
              static_cast<long long>(ledger.entries), static_cast<long long>(ledger.broken));
  const bool right = total.on_hand.units() == world.true_total(st::Channel::wildberries) && ledger.broken == 0;
  return right && world.rejections() == 0 ? st::Result<void>(st::success()) : st::Result<void>(st::Errc::internal);
}

}  // namespace

int main() {
  const auto ran = run();
  if (!ran) std::fprintf(stderr, "%s\n", ran.error().text().c_str());
  return ran ? 0 : 1;
}
