// `refuse`: puts aside the answers that the guard of a run held.
#include <string>

#include <stocktracker/sync/sync.hpp>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct RefuseOptions {
  std::string run;
  std::string why;
  bool json = false;
};

st::Result<void> refuse(const Session& session, const RefuseOptions& options) {
  const auto id = st::RunId::parse(options.run);
  if (!id) {
    return st::Error(st::Errc::invalid_argument,
                     "RUN must be the id of a run, as shown by: stocktracker runs " + options_of_store(session));
  }
  STK_TRY(auto engine, open_for_change(session));
  STK_TRY(const auto run, engine.sync().refuse(id.value(), options.why, session.context));
  if (options.json) {
    standard_output().append(run.to_json() + "\n");
  } else {
    emitf(stdout, "what run %s held is put aside; no number has changed, and the next sync asks again\n",
          run.id.text().c_str());
  }
  return st::success();
}

class RefuseCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("refuse", "Put aside what a run held, with the reason; no number changes");
    add_db(*command, session);
    command->add_option("run", options_.run, "The id of the run")->required();
    command->add_option("--why", options_.why, "The reason, which the run keeps")->required();
    command->add_flag("--json", options_.json, "The run as JSON");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = refuse(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  RefuseOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_refuse() { return std::make_unique<RefuseCommand>(); }

}  // namespace server
