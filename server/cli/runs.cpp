// `runs`: lists synchronisations and their results.
#include <cstdint>
#include <optional>
#include <string>

#include <stocktracker/sync/sync.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/end_list.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/run.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct RunsOptions {
  std::string account;
  std::int64_t limit = 20;
  bool json = false;
};

st::Result<void> show(const Session& session, const RunsOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::RunQuery query;
  STK_TRY(query.account, account_named(engine, options.account, session));
  const std::int64_t limit = options.limit == 0 ? INT64_MAX : options.limit;
  auto runs = engine.sync().runs(query, session.context);
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  TextTable table = run_table();
  std::int64_t count = 0;
  for (; count < limit; ++count) {
    auto run = runs.next();
    if (!run) break;
    STK_TRY(const st::SyncRun& r, *run);
    if (array) {
      array->add(r.to_json());
    } else {
      add_run(table, r);
    }
  }
  end_list(array ? &*array : nullptr, table, count > 0,
           "no runs yet; start one: stocktracker sync " + shown(options_of_store(session)));
  return st::success();
}

class RunsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("runs", "Synchronisations and their results");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id");
    command->add_option("--limit", options_.limit, "Largest number of runs, newest first; 0: all")
        ->check(not_negative());
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  RunsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_runs() { return std::make_unique<RunsCommand>(); }

}  // namespace server
