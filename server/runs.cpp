#include <cstdio>

#include <stocktracker/core/time_text.hpp>

#include "accounts_text.hpp"
#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

st::Result<void> print_json(const st::Engine& engine, const st::RunQuery& query, std::int64_t limit,
                            const st::CallContext& context) {
  auto runs = engine.sync().runs(query, context);
  emit(stdout, "[");
  for (std::int64_t count = 0; count < limit; ++count) {
    auto run = runs.next();
    if (!run) break;
    STK_TRY(const st::SyncRun& r, *run);
    emitf(stdout, "%s%s", count == 0 ? "\n" : ",\n", r.to_json().c_str());
  }
  emit(stdout, "\n]\n");
  return st::success();
}

st::Result<void> show(const Session& session, const RunsOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::RunQuery query;
  STK_TRY(query.account, account_named(engine, options.account, session));
  const std::int64_t limit = options.limit == 0 ? INT64_MAX : options.limit;
  return options.json ? print_json(engine, query, limit, session.context)
                      : print_runs(engine, query, limit, session.context);
}

}  // namespace

st::Result<void> print_runs(const st::Engine& engine, const st::RunQuery& query, std::int64_t limit,
                            const st::CallContext& context) {
  using Align = TextTable::Align;
  TextTable table({{"started", Align::left},
                   {"run", Align::left},
                   {"state", Align::left},
                   {"source", Align::left, 24},
                   {"outcome", Align::left},
                   {"rows", Align::right},
                   {"skipped", Align::right},
                   {"added", Align::right},
                   {"changed", Align::right},
                   {"zeroed", Align::right},
                   {"kept", Align::right},
                   {"why", Align::left, 60}});
  auto runs = engine.sync().runs(query, context);
  std::int64_t count = 0;
  for (; count < limit; ++count) {
    auto run = runs.next();
    if (!run) break;
    STK_TRY(const st::SyncRun& r, *run);
    std::string state = to_string(r.state);
    if (r.dry_run) state += ", dry";
    bool first = true;
    for (const st::SourceOutcome& s : r.sources) {
      std::string outcome = to_string(s.state);
      if (s.disposition == st::Disposition::held) outcome += ", held";
      table.add({first ? st::to_table_text(r.started_at) : "", first ? r.id.text() : "", first ? state : "", s.name,
                 outcome, std::to_string(s.rows), std::to_string(s.skipped), std::to_string(s.changes.added),
                 std::to_string(s.changes.changed), std::to_string(s.changes.zeroed), std::to_string(s.changes.kept),
                 why_of(s)});
      first = false;
    }
    if (r.sources.empty())
      table.add({st::to_table_text(r.started_at), r.id.text(), state, "", "", "", "", "", "", "", "", ""});
  }
  if (count == 0) {
    emitf(stderr, "no runs\n");
  } else {
    table.print(stdout);
  }
  return st::success();
}

ExitCode run_runs(const Session& session, const RunsOptions& options) {
  const auto shown = show(session, options);
  return shown ? kOk : report(shown.error());
}

}  // namespace server
