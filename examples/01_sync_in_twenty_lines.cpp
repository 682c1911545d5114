// Right stock in twenty lines: connect an account, synchronise it, read every position with its age.
#include <cstdio>

#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/world.hpp>

namespace st = stocktracker;
using namespace std::chrono_literals;

//! [show]
st::Result<void> show(const st::OpenOptions& options, st::Secret token) {
  STK_TRY(auto engine, st::open(options));  // SQLite in one file, everything in this process
  STK_TRY(auto account, engine.accounts().connect(st::wildberries::credentials(std::move(token)), {.label = "main"}));

  STK_TRY(auto run, engine.sync().run(account.id, {.timeout = 60s, .progress = st::progress_to(stderr)}));
  for (const st::SourceOutcome& source : run.sources) {  // never "empty": ok, stale, throttled, denied, failed
    std::printf("%-14s %-9s %zu rows\n", source.name.c_str(), to_string(source.state), source.rows);
  }

  auto page = engine.stock().positions({.account = account.id});
  while (auto position = page.next()) {
    STK_TRY(const st::StockPosition& p, *position);
    std::printf("%-16s %-34s %6lld  seen %s ago\n", p.offer.article.c_str(), p.warehouse.name.c_str(),
                p.on_hand ? static_cast<long long>(p.on_hand->units()) : -1LL, p.age().text().c_str());
  }
  return st::success();
}
//! [show]

int main() {
  // A marketplace of our own, so that this runs without an account or a network.
  const st::testing::World world({.seed = 42, .offers = 12});
  const auto shown = show({.path = ":memory:", .transport = world.transport(), .clock = world.clock()},
                          world.token(st::Channel::wildberries));
  if (!shown) std::fprintf(stderr, "%s\n", shown.error().text().c_str());
  return shown ? 0 : 1;
}
