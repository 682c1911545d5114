// `retain`: replaces old ledger entries by one opening entry per position.
#include <chrono>

#include <stocktracker/inventory/ledger.hpp>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/progress_bar.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct RetainOptions {
  NetworkOptions network;
  int days = 0;
};

st::Result<st::RetentionReport> retain(const Session& session, const RetainOptions& options) {
  STK_TRY(auto engine, open_for_work(session, options.network, false));
  const st::Instant before = engine.clock().now() - std::chrono::hours(24) * options.days;
  return engine.ledger().retain(before, with_progress(session.context));
}

class RetainCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("retain", "Replace old ledger entries by one opening entry per position");
    add_db(*command, session);
    command->add_option("--days", options_.days, "Days of history that stay complete")
        ->required()
        ->check(CLI::Range(1, 36'500));
    add_keys(*command, options_.network.keys);
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = retain(session, options_);
    if (!done) return report(done.error());
    emitf(stdout, "%lld entries folded into %lld openings\n", static_cast<long long>(done.value().folded),
          static_cast<long long>(done.value().opened));
    return kOk;
  }

 private:
  RetainOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_retain() { return std::make_unique<RetainCommand>(); }

}  // namespace server
