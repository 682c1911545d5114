// `limits`: shows request limits of each account, and which sources wait.
#include <string>
#include <vector>

#include <stocktracker/sync/sync.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/limit.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct LimitsOptions {
  NetworkOptions network;
  bool json = false;
};

st::Result<void> show(const Session& session, const LimitsOptions& options) {
  STK_TRY(const auto limits, limits_of(options.network));
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, engine.accounts().list(session.context).collect());
  std::vector<KnownAccount> all;
  TextTable table = limit_table();
  std::string waits;
  for (const st::Account& account : accounts) {
    STK_TRY(auto known, account_with_credentials(engine, account, session.context));
    add_limits(table, limits, known);
    all.push_back(std::move(known));
    // Waits of sources are in the store: every process sees them.
    STK_TRY(const auto sources, engine.sync().sources(account.id, session.context));
    waits += waiting_text(sources);
  }
  if (options.json) {
    standard_output().append(to_json(limits, all) + "\n");
  } else {
    table.print(standard_output());
    standard_output().append(waits);
  }
  return st::success();
}

class LimitsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("limits", "Request limits of each account, and which sources wait");
    add_db(*command, session);
    command->add_option("--limits", options_.network.limits, "File with request limits, instead of the built-in table")
        ->envname("STOCKTRACKER_LIMITS");
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  LimitsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_limits() { return std::make_unique<LimitsCommand>(); }

}  // namespace server
