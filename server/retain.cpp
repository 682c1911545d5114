#include <cstdio>

#include "commands.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

st::Result<st::RetentionReport> retain(const Session& session, const RetainCommand& options) {
  STK_TRY(auto engine, open_for_work(session, options.network, false));
  st::CallContext context = session.context;
  context.progress = make_progress_bar();
  return engine.ledger().retain(engine.clock().now() - std::chrono::hours(24) * options.days, context);
}

}  // namespace

ExitCode run_retain(const Session& session, const RetainCommand& options) {
  const auto done = retain(session, options);
  if (!done) return report(done.error());
  emitf(stdout, "%lld entries folded into %lld openings\n", static_cast<long long>(done.value().folded),
        static_cast<long long>(done.value().opened));
  return kOk;
}

}  // namespace server
