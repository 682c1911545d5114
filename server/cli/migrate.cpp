// `migrate`: applies missing migrations to a store, and computes what an earlier version did not store.
#include <string>

#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/tenant/tenants.hpp>

#include "server/app/database_url.hpp"
#include "server/app/open_store.hpp"
#include "server/app/recompute.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/recomputed.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct MigrateOptions {
  bool check = false;
  std::string app_role;
};

struct Opened {
  std::size_t tenants = 0;
  std::size_t failed = 0;
};

st::Result<void> open_one(const st::Engine& engine, const st::TenantId& tenant, const Session& session) {
  st::CallContext context = session.context;
  context.tenant = tenant;
  auto accounts = engine.accounts().list(context);
  if (auto first = accounts.next()) {
    STK_TRY(*std::move(first));
  }
  return st::success();
}

// In a folder each tenant has its own file, which is checked and migrated when it is opened. A file that cannot
// be opened does not stop the migration of the others.
st::Result<Opened> open_each(const st::Engine& engine, const Session& session) {
  auto tenants = engine.tenants().list({}, session.context);
  Opened opened;
  while (auto next = tenants.next()) {
    STK_TRY(const st::Tenant& tenant, *next);
    const auto done = open_one(engine, tenant.id, session);
    if (done) {
      ++opened.tenants;
      continue;
    }
    report(done.error(), "tenant " + tenant.id.text());
    ++opened.failed;
  }
  return opened;
}

ExitCode print(const Session& session, const Opened& opened) {
  emitf(stdout, "%s: every migration is applied (tenants: %zu%s)\n", shown(session.db).c_str(), opened.tenants,
        opened.failed == 0 ? "" : (", not opened: " + std::to_string(opened.failed)).c_str());
  return opened.failed == 0 ? kOk : kDamaged;
}

// A store of an earlier version has none, and one that is open for reading cannot compute them.
st::Result<bool> compute_products(const st::Engine& engine, const Session& session) {
  STK_TRY(const auto done, recompute_products(engine, session.context));
  if (done.changed > 0 || done.suspended > 0) emitf(stdout, "products: %s\n", recomputed_text(done).c_str());
  for (const auto& [tenant, error] : done.failed) report(error, "tenant " + tenant.text());
  return done.failed.empty();
}

st::Result<ExitCode> check(const Session& session) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto opened, open_each(engine, session));
  return print(session, opened);
}

st::Result<ExitCode> apply(const Session& session, const MigrateOptions& options) {
  if (is_url(session.db)) {
    STK_TRY(const auto applied, migrate_url(session, options.app_role));
    for (const std::string& one : applied) emitf(stdout, "applied %s\n", shown(one).c_str());
    emitf(stdout, "%zu applied; the application logs in as a member of %s\n", applied.size(),
          options.app_role.empty() ? "stocktracker_app" : shown(options.app_role).c_str());
    // The owner cannot: it is refused as the application, because the wall between tenants does not hold for it.
    const bool is_new = applied.size() == st::schema().migrations.size();
    if (!applied.empty() && !is_new) {
      emitf(stdout,
            "compute the products of the tenants that are there, as the application: "
            "stocktracker doctor --repair --db URL\n");
    }
    return kOk;
  }
  STK_TRY(const auto engine, open_for_writing(session));
  STK_TRY(const auto opened, open_each(engine, session));
  const ExitCode code = print(session, opened);
  STK_TRY(const bool computed, compute_products(engine, session));
  return computed ? code : kDamaged;
}

class MigrateCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("migrate", "Apply missing migrations to a store");
    add_db(*command, session);
    command->add_flag("--check", options_.check, "Change nothing; exit code 4 if a migration is missing");
    command
        ->add_option("--app-role", options_.app_role,
                     "PostgreSQL: the role that the application's login is a member of")
        ->envname("STOCKTRACKER_APP_ROLE");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = options_.check ? check(session) : apply(session, options_);
    return done ? done.value() : report(done.error());
  }

 private:
  MigrateOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_migrate() { return std::make_unique<MigrateCommand>(); }

}  // namespace server
