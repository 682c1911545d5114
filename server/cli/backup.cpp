// `backup`: copies the store, or one tenant, while it is in use.
#include <string>

#include <stocktracker/assembly/backup.hpp>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/progress_bar.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct BackupOptions {
  std::string target;
};

// The backup only reads. Damaged tenants that it found are closed by an engine that may write, if one can be opened.
void close_damaged(const Session& session, const st::BackupReport& report) {
  if (report.skipped.empty()) return;
  const auto engine = open_for_writing(session);
  if (!engine) return;
  for (const st::SkippedTenant& one : report.skipped) {
    st::CallContext context = session.context;
    context.tenant = one.tenant;
    static_cast<void>(engine.value().doctor(context));
  }
}

ExitCode print_skipped(const st::BackupReport& report) {
  for (const st::SkippedTenant& one : report.skipped) {
    server::report(one.why, "tenant " + one.tenant.text() + " is not in the backup");
  }
  return report.skipped.empty() ? kOk : kDamaged;
}

st::Result<st::BackupReport> back_up(const Session& session, const BackupOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(auto report, engine.backup(without_slashes(options.target), with_progress(session.context)));
  close_damaged(session, report);
  return report;
}

class BackupCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("backup", "Copy the store, or one tenant, while it is in use");
    add_db(*command, session);
    command->add_option("target", options_.target, "The file to create; for a store of many tenants a folder")
        ->required();
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = back_up(session, options_);
    if (!done) return report(done.error());
    emitf(stdout, "%s: a copy of %s. The key is not in it: keep the key file elsewhere\n",
          shown(options_.target).c_str(),
          session.tenant.empty() ? shown(session.db).c_str() : ("tenant " + shown(session.tenant)).c_str());
    return print_skipped(done.value());
  }

 private:
  BackupOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_backup() { return std::make_unique<BackupCommand>(); }

}  // namespace server
