#include <sys/stat.h>

#include <cstdio>

#include <stocktracker/assembly/backup.hpp>

#include "commands.hpp"
#include "database_url.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

st::CallContext with_progress(const Session& session) {
  st::CallContext context = session.context;
  context.progress = make_progress_bar();
  return context;
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// The backup only reads. What it found damaged is closed by an engine that may write, where one can be opened.
void close_damaged(const Session& session, const st::BackupReport& report) {
  if (report.skipped.empty()) return;
  st::OpenOptions options{.telemetry = session.telemetry};
  if (is_url(session.db)) {
    auto storage = open_url(session);
    if (!storage) return;
    options.storage = std::move(storage).value();
  } else {
    options.path = session.db;
  }
  const auto engine = st::open(std::move(options));
  if (!engine) return;
  for (const st::SkippedTenant& one : report.skipped) {
    st::CallContext context = session.context;
    context.tenant = one.tenant;
    static_cast<void>(engine.value().doctor(context));
  }
}

ExitCode print_skipped(const st::BackupReport& report) {
  for (const st::SkippedTenant& one : report.skipped) {
    emitf(stderr, "stocktracker: tenant %s is not in the backup: %s\n", one.tenant.text().c_str(),
          shown(one.why.text()).c_str());
  }
  return report.skipped.empty() ? kOk : kDamaged;
}

st::Result<st::BackupReport> back_up(const Session& session, const BackupCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(auto report, engine.backup(without_slashes(options.other), with_progress(session)));
  close_damaged(session, report);
  return report;
}

// A store that is not there yet becomes what the backup holds.
st::Result<st::BackupReport> restore_all(const Session& session, const BackupCommand& options) {
  if (is_url(session.db)) {
    STK_TRY(auto storage, open_url(session));
    STK_TRY(st::restore_all(options.other, *storage, with_progress(session)));
    return st::BackupReport{};
  }
  struct stat status {};
  const std::string target = without_slashes(session.db);
  if (::lstat(target.c_str(), &status) == 0) {
    return st::Error(st::Errc::invalid_argument,
                     target + " is there already: name a new store, or one --tenant to be put back in it")
        .about("db");
  }
  if (::stat(options.other.c_str(), &status) != 0) {
    return st::Error(st::Errc::not_found, "there is no backup " + options.other);
  }
  STK_TRY(st::restore_store(without_slashes(options.other), target, with_progress(session)));
  return st::BackupReport{};
}

st::Result<st::BackupReport> restore_tenant(const Session& session, const BackupCommand& options) {
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  STK_TRY(engine.tenants().restore(session.context.tenant, options.other, with_progress(session)));
  return st::BackupReport{};
}

}  // namespace

ExitCode run_backup(const Session& session, const BackupCommand& options) {
  const auto done = back_up(session, options);
  if (!done) return report(done.error());
  emitf(stdout, "%s: a copy of %s; its key is not in it, keep that elsewhere\n", shown(options.other).c_str(),
        session.tenant.empty() ? shown(session.db).c_str() : ("tenant " + shown(session.tenant)).c_str());
  return print_skipped(done.value());
}

ExitCode run_restore(const Session& session, const BackupCommand& options) {
  const bool one = !session.tenant.empty();
  const auto done = one ? restore_tenant(session, options) : restore_all(session, options);
  if (!done) return report(done.error());
  emitf(stdout, "%s: as it is in %s\n", one ? ("tenant " + shown(session.tenant)).c_str() : shown(session.db).c_str(),
        shown(options.other).c_str());
  return print_skipped(done.value());
}

}  // namespace server
