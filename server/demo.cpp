#include <algorithm>
#include <chrono>
#include <cstdio>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "commands.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// The position that moved most: the one worth explaining.
st::Result<std::optional<st::Movement>> busiest(const st::Engine& engine, const st::AccountId& account,
                                                const st::CallContext& context) {
  std::optional<st::Movement> most;
  auto movements = engine.ledger().movements({.account = account}, context);
  while (auto movement = movements.next()) {
    STK_TRY(const st::Movement& m, *movement);
    if (!most || m.seq > most->seq || (m.seq == most->seq && std::abs(m.delta()) > std::abs(most->delta()))) most = m;
  }
  return most;
}

st::Result<void> explain(const st::Engine& engine, const st::AccountId& account, const st::CallContext& context) {
  STK_TRY(const auto found, busiest(engine, account, context));
  if (!found) return st::success();
  std::printf("\nWhy %s (offer %s) has %lld in %s:\n", found->offer.article.c_str(), found->offer.key.c_str(),
              static_cast<long long>(found->after.value_or(0)), found->warehouse.name.c_str());
  st::MovementQuery query{.account = account};
  query.offer = found->offer.key;
  query.warehouse = found->warehouse.key;
  auto movements = engine.ledger().movements(query, context);
  while (auto movement = movements.next()) {
    STK_TRY(const st::Movement& m, *movement);
    if (m.warehouse.kind == found->warehouse.kind) std::printf("  %s\n", m.explain().c_str());
  }
  return st::success();
}

st::Result<void> check_against_world(const st::Engine& engine, const st::testing::World& world,
                                     const st::AccountId& account, const st::CallContext& context) {
  STK_TRY(const auto total, engine.stock().total(account, context));
  const long long truth = world.true_total(st::Channel::wildberries);
  std::printf("\nTotal on hand %lld (fbo %lld, fbs %lld), in transit to customers %lld, from customers %lld.\n",
              static_cast<long long>(total.on_hand.units()), static_cast<long long>(total.fbo.units()),
              static_cast<long long>(total.fbs.units()), static_cast<long long>(total.to_client.units()),
              static_cast<long long>(total.from_client.units()));
  std::printf("The marketplace itself holds %lld: %s.\n", truth,
              truth == total.on_hand.units() ? "equal" : "DIFFERENT");
  if (truth != total.on_hand.units()) return st::Error(st::Errc::internal, "the demo's stock is not the marketplace's");
  STK_TRY(const auto ledger, engine.ledger().verify(context));
  std::printf("The ledger holds %lld entries of %lld positions, %lld broken.\n", static_cast<long long>(ledger.entries),
              static_cast<long long>(ledger.positions), static_cast<long long>(ledger.broken));
  return st::success();
}

st::Result<void> play(const Session& session, const DemoOptions& options) {
  const st::testing::WorldOptions shape{.seed = options.seed, .offers = options.offers};
  STK_TRY(shape.validate());
  if (options.days < 1 || options.days > 365)
    return st::Error(st::Errc::invalid_argument, "must be 1 to 365").about("--days");
  st::testing::World world(shape);
  STK_TRY(auto engine, st::open({.path = options.db,
                                 .transport = world.transport(),
                                 .clock = world.clock(),
                                 .random = std::make_shared<st::testing::SeededRandom>(options.seed),
                                 .executor = st::make_inline_executor(),
                                 .telemetry = session.telemetry}));
  STK_TRY(const auto account,
          engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries)), {},
                                    session.context));
  if (!options.json) {
    std::printf("A simulated Wildberries seller, %s, with %d offers; three synchronisations over %d days.\n\n",
                account.seller_name.c_str(), options.offers, options.days);
  }
  // At the beginning, in the middle, at the end.
  const st::Duration half = std::chrono::hours(24) * options.days / 2;
  for (int i = 0; i < 3; ++i) {
    if (i > 0) world.clock()->advance(half);
    STK_TRY(const auto run, engine.sync().run(account.id, session.context));
    if (options.json) std::printf("%s%s", i == 0 ? "[\n" : ",\n", run.to_json().c_str());
  }
  if (options.json) {
    std::printf("\n]\n");
    return st::success();
  }
  STK_TRY(print_runs(engine, {.account = account.id}, 3, session.context));
  world.clock()->advance(std::chrono::minutes(4));  // so that freshness has something to show
  std::printf("\n");
  STK_TRY(const auto count,
          print_positions(engine.stock().positions({.account = account.id}, session.context), options.rows));
  if (count > options.rows) std::printf("... and %lld more positions\n", static_cast<long long>(count) - options.rows);
  STK_TRY(explain(engine, account.id, session.context));
  world.clock()->step_back(std::chrono::minutes(4));
  STK_TRY(check_against_world(engine, world, account.id, session.context));
  if (options.db != ":memory:")
    std::printf("Kept in %s: try `stocktracker stock --db %s`.\n", options.db.c_str(), options.db.c_str());
  return st::success();
}

}  // namespace

ExitCode run_demo(const Session& session, const DemoOptions& options) {
  const auto played = play(session, options);
  return played ? kOk : report(played.error());
}

}  // namespace server
