// `accounts`: lists connected accounts, their health and credentials.
#include <optional>
#include <string>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/end_list.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/account.hpp"
#include "server/render/json_array.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct AccountsOptions {
  bool json = false;
};

st::Result<void> list(const Session& session, const AccountsOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, engine.accounts().list(session.context).collect());
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  TextTable table = account_table();
  std::string denied;
  for (const st::Account& account : accounts) {
    STK_TRY(const auto known, known_account(engine, account, session.context));
    if (array) {
      array->add(to_json(known));
      continue;
    }
    table.add(account_row(known));
    // What the seller has to do does not fit into a cell.
    if (!known.health || !known.health->reason || known.health->reason->code != "base_url") continue;
    for (const st::HealthParameter& parameter : known.health->reason->parameters) {
      denied += shown(account.label + ": " + parameter.value) + "\n";
    }
  }
  end_list(array ? &*array : nullptr, table, !accounts.empty(),
           "no accounts yet; connect one: stocktracker connect wildberries " + shown(options_of_store(session)) +
               " (or ozon, yandex-market)");
  if (!array) standard_output().append(denied);
  return st::success();
}

class AccountsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("accounts", "Connected accounts: health and credentials");
    add_db(*command, session);
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = list(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  AccountsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_accounts() { return std::make_unique<AccountsCommand>(); }

}  // namespace server
