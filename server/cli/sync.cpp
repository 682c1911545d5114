// `sync`: reads the marketplaces and updates the store.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/sync/sync.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/progress_bar.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/plan.hpp"
#include "server/render/run.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct SyncOptions {
  NetworkOptions network;
  std::string account;
  bool all = false;               // all accounts, which is the default
  std::vector<std::string> only;  // stock, orders, prices; empty: all of them
  bool plan = false;              // only say what would be requested
  bool dry_run = false;
  bool accept_mass_zero = false;
  int timeout = 0;  // seconds; 0: none
  bool json = false;
};

// Sends nothing.
st::Result<ExitCode> plan(const Session& session, const st::Engine& engine, const std::vector<st::Account>& accounts,
                          const st::SyncOptions& how, bool as_json) {
  JsonArray array(standard_output());
  for (const st::Account& account : accounts) {
    STK_TRY(const auto planned, engine.sync().plan(account.id, how, session.context));
    if (as_json) {
      array.add(to_json(planned));
    } else {
      plan_as_text(account, planned, standard_output());
    }
  }
  if (as_json) array.end();
  return kOk;
}

st::Result<ExitCode> sync(const Session& session, const SyncOptions& options) {
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  STK_TRY(const auto accounts, chosen_accounts(engine, options.account, session));
  if (accounts.empty()) {
    return st::Error(st::Errc::not_found, "no account is connected; connect one: stocktracker connect wildberries " +
                                              options_of_store(session) + " (or ozon, yandex-market)");
  }
  st::SyncOptions how;
  how.dry_run = options.dry_run;
  how.accept_mass_zero = options.accept_mass_zero;
  const auto wanted = [&](std::string_view part) {
    return options.only.empty() || std::find(options.only.begin(), options.only.end(), part) != options.only.end();
  };
  how.stock = wanted("stock");
  how.orders = wanted("orders");
  how.prices = wanted("prices");
  if (options.plan) return plan(session, engine, accounts, how, options.json);
  ExitCode worst = kOk;
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  for (const st::Account& account : accounts) {
    st::CallContext context = with_progress(session.context);
    if (options.timeout > 0) context.timeout = std::chrono::seconds(options.timeout);
    auto run = engine.sync().run(account.id, how, context);
    context.progress.reset();
    ExitCode code = kOk;
    if (!run) {
      code = report(run.error(), "account " + account.label);
      if (code == kCancelled) return code;
    } else {
      code = exit_code_of(run.value());
      if (array) {
        array->add(run.value().to_json());
      } else {
        run_as_text(account, run.value(), standard_output());
      }
    }
    worst = most_urgent(worst, code);
  }
  if (array) array->end();
  return worst;
}

class SyncCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("sync", "Read the marketplaces and update the store");
    add_db(*command, session);
    add_network(*command, options_.network);
    command->add_option("--account", options_.account, "By label, seller id or account id; default: all accounts");
    command->add_flag("--all", options_.all, "All accounts; this is the default")->excludes("--account");
    command->add_option("--only", options_.only, "stock, orders or prices, separated by commas; default: all three")
        ->delimiter(',')
        ->check(CLI::IsMember({"stock", "orders", "prices"}));
    command->add_flag("--plan", options_.plan, "Only show how many requests each source would need; sends nothing");
    command->add_flag("--dry-run", options_.dry_run, "Show what would change, and change nothing");
    command->add_flag("--accept-mass-zero", options_.accept_mass_zero,
                      "Apply answers that the guard would hold because they set too much to 0");
    command->add_option("--timeout", options_.timeout, "Seconds per account")->check(not_negative());
    command->add_flag("--json", options_.json, "The runs (or plans) as a JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = sync(session, options_);
    return done ? done.value() : report(done.error());
  }

 private:
  SyncOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_sync() { return std::make_unique<SyncCommand>(); }

}  // namespace server
