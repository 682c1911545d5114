// Stock as of yesterday, and why it is what it is today.
#include <cstdio>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/world.hpp>

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

long long sum(st::Pages<st::StockPosition> pages) {
  long long units = 0;
  while (auto position = pages.next()) units += position->value().on_hand.value_or(st::Quantity()).units();
  return units;
}

st::Result<void> explain(const st::Engine& engine, const st::AccountId& account, st::Instant now) {
  const long long yesterday = sum(engine.stock().positions({.account = account, .as_of = now - 24h}));
  const long long today = sum(engine.stock().positions({.account = account}));
  std::printf("on hand yesterday %lld, today %lld\n", yesterday, today);

  // The ledger explains it: the sum of all changes since then is the difference.
  long long moved = 0;
  auto movements = engine.ledger().movements({.account = account, .from = now - 24h + 1us});
  for (int shown = 0; auto movement = movements.next();) {
    STK_TRY(const st::Movement& m, *movement);
    moved += m.delta();
    if (shown++ < 10) std::printf("%s  %s\n", m.offer.article.c_str(), m.explain().c_str());
  }
  if (yesterday + moved != today) return st::Error(st::Errc::ledger_broken, "the ledger does not add up");
  std::printf("%lld units moved since\n", moved);
  return st::success();
}

st::Result<void> run() {
  st::testing::World world({.seed = 7, .offers = 40});
  STK_TRY(auto engine, st::open({.path = ":memory:",
                                 .transport = world.transport(),
                                 .clock = world.clock(),
                                 .executor = st::make_inline_executor()}));
  STK_TRY(auto account, engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))));
  bool fine = true;
  world.run_for(48h, st::testing::every(2h), [&] { fine = engine.sync().run(account.id).has_value() && fine; });
  if (!fine) return st::Error(st::Errc::internal, "a synchronisation failed");
  return explain(engine, account.id, world.clock()->now());
}

}  // namespace

int main() {
  const auto done = run();
  if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return done ? 0 : 1;
}
