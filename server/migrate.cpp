#include <cstdio>

#include "commands.hpp"
#include "database_url.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// In a folder each tenant has a file of its own, which tells and mends its history when it is opened.
st::Result<std::size_t> open_each(const st::Engine& engine, const Session& session) {
  auto tenants = engine.tenants().list({}, session.context);
  std::size_t opened = 0;
  while (auto next = tenants.next()) {
    STK_TRY(const st::Tenant& tenant, *next);
    st::CallContext context = session.context;
    context.tenant = tenant.id;
    auto accounts = engine.accounts().list(context);
    if (auto first = accounts.next()) {
      STK_TRY(*std::move(first));
    }
    ++opened;
  }
  return opened;
}

st::Result<void> check(const Session& session) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto opened, open_each(engine, session));
  emitf(stdout, "%s: every migration is applied (tenants: %zu)\n", shown(session.db).c_str(), opened);
  return st::success();
}

st::Result<void> apply(const Session& session, const MigrateCommand& options) {
  if (is_url(session.db)) {
    STK_TRY(const auto applied, migrate_url(session, options.app_role));
    for (const std::string& one : applied) emitf(stdout, "applied %s\n", shown(one).c_str());
    emitf(stdout, "%zu applied; the application logs in as a member of %s\n", applied.size(),
          options.app_role.empty() ? "stocktracker_app" : shown(options.app_role).c_str());
    return st::success();
  }
  STK_TRY(const auto engine, st::open({.path = session.db, .telemetry = session.telemetry}));
  STK_TRY(const auto opened, open_each(engine, session));
  emitf(stdout, "%s: every migration is applied (tenants: %zu)\n", shown(session.db).c_str(), opened);
  return st::success();
}

}  // namespace

ExitCode run_migrate(const Session& session, const MigrateCommand& options) {
  const auto done = options.check ? check(session) : apply(session, options);
  return done ? kOk : report(done.error());
}

}  // namespace server
