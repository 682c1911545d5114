// `demo`: simulates a seller's week, offline.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/analytics/analytics.hpp>
#include <stocktracker/core/time_text.hpp>
#include <stocktracker/inventory/ledger.hpp>
#include <stocktracker/inventory/stock.hpp>
#include <stocktracker/sync/sync.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "server/app/database_url.hpp"
#include "server/app/open_store.hpp"
#include "server/app/products.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/product.hpp"
#include "server/render/run.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct DemoOptions {
  std::string db = ":memory:";
  std::uint64_t seed = 42;
  int offers = 60;
  int days = 7;
  int rows = 15;  // rows of the table
  bool json = false;
};

// The position with the most changes: the one worth explaining.
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
  emitf(stdout, "\nWhy %s (offer %s) has %lld in %s:\n", shown(found->offer.article).c_str(),
        shown(found->offer.key).c_str(), static_cast<long long>(found->after.value_or(0)),
        found->warehouse.name.c_str());
  st::MovementQuery query{.account = account};
  query.offer = found->offer.key;
  query.warehouse = found->warehouse.key;
  auto movements = engine.ledger().movements(query, context);
  while (auto movement = movements.next()) {
    STK_TRY(const st::Movement& m, *movement);
    if (m.warehouse.kind == found->warehouse.kind) emitf(stdout, "  %s\n", m.explain().c_str());
  }
  return st::success();
}

st::Result<void> check_against_world(const st::Engine& engine, const st::testing::World& world,
                                     const std::vector<st::Account>& accounts, const st::CallContext& context) {
  emit(stdout, "\n");
  for (const st::Account& account : accounts) {
    STK_TRY(const auto total, engine.stock().total(account.id, context));
    const long long truth = world.true_total(account.channel);
    emitf(stdout, "%s: on hand %lld (fbo %lld, fbs %lld); the marketplace itself holds %lld: %s.\n",
          account.label.c_str(), static_cast<long long>(total.on_hand.units()),
          static_cast<long long>(total.fbo.units()), static_cast<long long>(total.fbs.units()), truth,
          truth == total.on_hand.units() ? "equal" : "DIFFERENT");
    if (truth != total.on_hand.units())
      return st::Error(st::Errc::internal, "the demo's stock is not the marketplace's");
  }
  STK_TRY(const auto ledger, engine.ledger().verify(context));
  emitf(stdout, "The ledger holds %lld entries of %lld positions, %lld broken.\n",
        static_cast<long long>(ledger.entries), static_cast<long long>(ledger.positions),
        static_cast<long long>(ledger.broken));
  return st::success();
}

// One seller, one stock of the seller's own, three marketplaces.
st::Result<std::vector<st::Account>> connect_all(const st::Engine& engine, const st::testing::World& world,
                                                 const st::CallContext& context) {
  std::vector<st::Account> accounts;
  const auto connect = [&](st::Credentials credentials, const char* label) -> st::Result<void> {
    STK_TRY(auto account, engine.accounts().connect(std::move(credentials), {.label = label}, context));
    accounts.push_back(std::move(account));
    return st::success();
  };
  STK_TRY(connect(st::wildberries::credentials(world.token(st::Channel::wildberries)), "wildberries"));
  STK_TRY(connect(st::ozon::credentials(world.seller(st::Channel::ozon), world.token(st::Channel::ozon)), "ozon"));
  STK_TRY(connect(st::yandex_market::credentials(world.token(st::Channel::yandex_market)), "yandex-market"));
  return accounts;
}

st::Result<void> show_health(const st::Engine& engine, const std::vector<st::Account>& accounts,
                             const st::CallContext& context) {
  emit(stdout, "\n");
  for (const st::Account& account : accounts) {
    STK_TRY(const auto health, engine.analytics().stock_health({.account = account.id}, context));
    emitf(stdout, "%s: health %s; of %lld offers %lld are out, %lld low, %lld not known\n", account.label.c_str(),
          st::tenths_text(health.score_tenths).c_str(), static_cast<long long>(health.offers),
          static_cast<long long>(health.out), static_cast<long long>(health.low),
          static_cast<long long>(health.unknown));
  }
  return st::success();
}

st::Result<void> play(const Session& session, const DemoOptions& options) {
  st::testing::WorldOptions shape{.seed = options.seed, .offers = options.offers};
  shape.channels = {st::Channel::wildberries, st::Channel::ozon, st::Channel::yandex_market};
  STK_TRY(shape.validate());
  if (options.days < 1 || options.days > 365)
    return st::Error(st::Errc::invalid_argument, "must be 1 to 365").about("--days");
  st::testing::World world(shape);
  STK_TRY(auto engine, open_simulated(session, options.db,
                                      {.transport = world.transport(),
                                       .clock = world.clock(),
                                       .random = std::make_shared<st::testing::SeededRandom>(options.seed)}));
  STK_TRY(const auto accounts, connect_all(engine, world, session.context));
  if (!options.json) {
    emitf(stdout,
          "A simulated seller, %s, with %d offers on three marketplaces; three synchronisations over %d days.\n\n",
          accounts.front().seller_name.c_str(), options.offers, options.days);
  }
  // At the beginning, in the middle and at the end. The world stands still during a round of synchronisations, so that
  // the marketplaces can be compared.
  const st::Duration half = std::chrono::hours(24) * options.days / 2;
  JsonArray json(standard_output());
  for (int round = 0; round < 3; ++round) {
    if (round > 0) world.clock()->advance(half);
    if (round == 2) world.stand_still();
    for (const st::Account& account : accounts) {
      STK_TRY(const auto run, engine.sync().run(account.id, {.orders = true, .prices = true}, session.context));
      if (options.json) json.add(run.to_json());
    }
  }
  if (options.json) {
    json.end();
    return st::success();
  }
  TextTable runs = run_table();
  auto latest = engine.sync().runs({}, session.context);
  for (int count = 0; count < 3; ++count) {
    auto run = latest.next();
    if (!run) break;
    STK_TRY(const st::SyncRun& one, *run);
    add_run(runs, one);
  }
  runs.print(standard_output());
  world.clock()->advance(std::chrono::minutes(4));  // so that the age of the data is not zero
  emitf(stdout, "\nSide by side, the marketplace's warehouses + the seller's own:\n");
  STK_TRY(auto products, product_view(engine, session.context));
  STK_TRY(add_stock(products, engine, session.context));
  const std::int64_t more = side_by_side_as_table(products, options.rows, standard_output());
  if (more > 0) emitf(stdout, "... and %lld more products\n", static_cast<long long>(more));
  STK_TRY(show_health(engine, accounts, session.context));
  STK_TRY(explain(engine, accounts.front().id, session.context));
  STK_TRY(check_against_world(engine, world, accounts, session.context));
  if (options.db != ":memory:")
    emitf(stdout, "Kept in %s: try `stocktracker stock --db %s`.\n", shown(options.db).c_str(),
          shown(options.db).c_str());
  return st::success();
}

class DemoCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& /*session*/) override {
    auto* command = app.add_subcommand("demo", "A simulated seller's week, offline");
    command->add_option("--db", options_.db, "Keep the store in this file")->check(CLI::Validator(refusal_of_db, ""));
    command->add_option("--seed", options_.seed, "Number that selects another simulated seller");
    command->add_option("--offers", options_.offers, "Number of offers")->check(CLI::Range(1, 200'000));
    command->add_option("--days", options_.days, "Number of simulated days");
    command->add_option("--rows", options_.rows, "Largest number of rows of the table")->check(not_negative());
    command->add_flag("--json", options_.json, "The runs as a JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = play(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  DemoOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_demo() { return std::make_unique<DemoCommand>(); }

}  // namespace server
