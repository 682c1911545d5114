// `ledger`: shows the history of each number, with reasons.
#include <cstdint>
#include <optional>
#include <string>

#include <stocktracker/inventory/ledger.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/app/time_options.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/movement.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct LedgerOptions {
  std::string account;
  std::string offer;
  std::string article;
  std::string warehouse;
  std::string from;
  std::string until;
  std::int64_t limit = 0;  // 0: all
  bool json = false;
};

st::Result<void> show(const Session& session, const LedgerOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::MovementQuery query;
  STK_TRY(query.account, account_named(engine, options.account, session));
  query.offer = options.offer;
  query.article = options.article;
  query.warehouse = options.warehouse;
  STK_TRY(query.from, day_or_instant_option(engine, "--from", options.from, session));
  STK_TRY(query.until, day_or_instant_option(engine, "--until", options.until, session));
  auto movements = engine.ledger().movements(query, session.context);
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  std::int64_t count = 0;
  while (auto movement = movements.next()) {
    STK_TRY(const st::Movement& m, *movement);
    if (options.limit > 0 && count == options.limit) break;
    STK_TRY(const auto why, engine.orders().explain_movement(m, session.context));
    if (array) {
      array->add(to_json(m, why));
    } else {
      standard_output().append(movement_text(m, why) + "\n");
    }
    ++count;
  }
  if (array) array->end();
  if (!array && count == 0) emitf(stderr, "no entries\n");
  return st::success();
}

class LedgerCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("ledger", "The history of each number, with reasons");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id");
    command->add_option("--offer", options_.offer, "The channel's key of one offer");
    command->add_option("--article", options_.article, "The seller's article")->excludes("--offer");
    command->add_option("--warehouse", options_.warehouse, "The channel's key of one warehouse");
    command->add_option("--from", options_.from,
                        "Only entries observed at or after this time or day (in the tenant's zone)");
    command->add_option("--until", options_.until, "Only entries observed before this time, or before this day begins");
    command->add_option("--limit", options_.limit, "Largest number of entries; 0: all")->check(not_negative());
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  LedgerOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_ledger() { return std::make_unique<LedgerCommand>(); }

}  // namespace server
