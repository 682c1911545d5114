// `release`: frees the account of a run whose process has ended.
#include <string>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/sync/sync.hpp>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct ReleaseOptions {
  std::string account;
  bool force = false;
  bool json = false;
};

st::Result<void> release(const Session& session, const ReleaseOptions& options) {
  STK_TRY(auto engine, open_for_change(session));
  STK_TRY(const auto account, engine.accounts().find(options.account, session.context));
  STK_TRY(const auto run, engine.sync().release(account.id, {.force = options.force}, session.context));
  if (options.json) {
    std::string out;
    st::JsonWriter json(out);
    json.begin_object().field("account", account.id.text()).key("run");
    run ? json.string(run->text()) : json.null();
    json.end_object();
    standard_output().append(out + "\n");
  } else if (run) {
    emitf(stdout, "%s is free: run %s is recorded as failed, and applies nothing\n", shown(account.label).c_str(),
          run->text().c_str());
  } else {
    emitf(stdout, "no run holds %s\n", shown(account.label).c_str());
  }
  return st::success();
}

class ReleaseCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("release", "Free an account after the process of its run has ended");
    add_db(*command, session);
    command->add_option("account", options_.account, "By label, seller id or account id")->required();
    command->add_flag("--force", options_.force, "Also if the run is still in progress: it ends and applies nothing");
    command->add_flag("--json", options_.json, "Account and run as a JSON object");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = release(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  ReleaseOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_release() { return std::make_unique<ReleaseCommand>(); }

}  // namespace server
