// `restore`: creates a store from a backup, or restores one suspended tenant.
#include <sys/stat.h>
#include <string>

#include <stocktracker/assembly/backup.hpp>
#include <stocktracker/tenant/tenants.hpp>

#include "server/app/database_url.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/progress_bar.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct RestoreOptions {
  NetworkOptions network;
  std::string backup;
};

// Creates a store that does not exist from the backup.
st::Result<void> restore_all(const Session& session, const RestoreOptions& options) {
  if (is_url(session.db)) {
    STK_TRY(auto storage, open_url(session));
    return st::restore_all(options.backup, *storage, with_progress(session.context));
  }
  struct stat status {};
  const std::string target = without_slashes(session.db);
  if (::lstat(target.c_str(), &status) == 0) {
    return st::Error(st::Errc::invalid_argument,
                     target + " exists already: name a new store, or add --tenant to restore one tenant of it")
        .about("db");
  }
  if (::stat(options.backup.c_str(), &status) != 0) {
    return st::Error(st::Errc::not_found, "there is no backup " + options.backup);
  }
  return st::restore_store(without_slashes(options.backup), target, with_progress(session.context));
}

st::Result<void> restore_tenant(const Session& session, const RestoreOptions& options) {
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  return engine.tenants().restore(session.context.tenant, options.backup, with_progress(session.context));
}

class RestoreCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("restore", "Create a store from a backup, or restore one suspended tenant");
    add_db(*command, session);
    command->add_option("backup", options_.backup, "The backup: a file, or a folder")->required();
    add_keys(*command, options_.network.keys);
    return command;
  }

  ExitCode run(const Session& session) const override {
    const bool one = !session.tenant.empty();
    const auto done = one ? restore_tenant(session, options_) : restore_all(session, options_);
    if (!done) return report(done.error());
    emitf(stdout, "%s: as it is in %s\n", one ? ("tenant " + shown(session.tenant)).c_str() : shown(session.db).c_str(),
          shown(options_.backup).c_str());
    return kOk;
  }

 private:
  RestoreOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_restore() { return std::make_unique<RestoreCommand>(); }

}  // namespace server
