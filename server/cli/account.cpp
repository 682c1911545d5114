// `account`: renames and disconnects one account.
#include <string>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/account.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct AccountOptions {
  std::string action;  // rename, disconnect
  std::string account;
  std::string label;
  bool json = false;
};

st::Result<void> change(const Session& session, const AccountOptions& options) {
  STK_TRY(auto engine, open_for_change(session));
  STK_TRY(auto account, engine.accounts().find(options.account, session.context));
  const std::string before = account.label;
  if (options.action == "rename") {
    STK_TRY(account, engine.accounts().rename(account.id, options.label, session.context));
  } else {
    STK_TRY(account, engine.accounts().disconnect(account.id, session.context));
  }
  if (options.json) {
    STK_TRY(const auto known, known_account(engine, account, session.context));
    standard_output().append(to_json(known) + "\n");
  } else if (options.action == "rename") {
    emitf(stdout, "%s is now called %s\n", shown(before).c_str(), shown(account.label).c_str());
  } else {
    emitf(stdout,
          "%s is disconnected: its credentials are deleted here, its data stay. Revoke the token in the seller cabinet "
          "as well; older backups contain it.\n",
          shown(account.label).c_str());
  }
  return st::success();
}

class AccountCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("account", "Rename or disconnect an account");
    command->require_subcommand(1);
    const auto add = [&](const std::string& action, const std::string& what) {
      auto* one = command->add_subcommand(action, what);
      add_db(*one, session);
      one->add_flag("--json", options_.json, "The account as JSON");
      one->add_option("account", options_.account, "By label, seller id or account id")->required();
      one->callback([this, action] { options_.action = action; });
      return one;
    };
    add("rename", "Give an account another label")->add_option("name", options_.label, "The new label")->required();
    add("disconnect", "Delete an account's credentials; its data stay, and connect revives it");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = change(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  AccountOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_account() { return std::make_unique<AccountCommand>(); }

}  // namespace server
