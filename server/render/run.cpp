// Runs, one source per row.
#include "server/render/run.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/core/time_text.hpp>

#include "server/render/failure.hpp"
#include "server/render/terminal.hpp"

namespace server {

namespace st = stocktracker;

namespace {

std::string outcome_of(const st::SourceOutcome& source) {
  std::string outcome = to_string(source.state);
  if (source.disposition == st::Disposition::held) outcome += ", held";
  return outcome;
}

struct Advice {
  std::string sources;  // "fbo, orders"
  st::Errc code;
  FailureText text;  // of the first of them
};

// What to do about the sources that failed, in the order of the run.
std::vector<Advice> advice_of(const st::SyncRun& run) {
  std::vector<Advice> all;
  for (const st::SourceOutcome& source : run.sources) {
    if (!source.error) continue;
    FailureText text = failure_text(*source.error);
    const auto same = std::find_if(all.begin(), all.end(), [&](const Advice& one) {
      return one.code == source.error->errc() && one.text.next_step == text.next_step;
    });
    if (same == all.end()) {
      all.push_back({shown(source.name), source.error->errc(), std::move(text)});
    } else {
      same->sources += ", " + shown(source.name);
    }
  }
  return all;
}

}  // namespace

std::string why_of(const st::SourceOutcome& source) {
  std::string why = source.error ? failure_text(*source.error).reason : std::string();
  if (!source.note.empty()) why += (why.empty() ? "" : "; ") + source.note;
  if (!why.empty()) return why;
  if (source.skipped > 0) return "skipped " + std::to_string(source.skipped);
  switch (source.state) {
    case st::SourceState::ok:
      return {};
    case st::SourceState::stale:
      return "not requested in this run";
    case st::SourceState::gone:
      return "the marketplace no longer lists it";
    default:
      return std::string(to_string(source.state)) + " without a reason";
  }
}

TextTable run_table() {
  using Align = TextTable::Align;
  return TextTable({{"started", Align::left},
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
}

void add_run(TextTable& table, const st::SyncRun& r) {
  std::string state = to_string(r.state);
  if (r.dry_run) state += ", dry";
  bool first = true;
  for (const st::SourceOutcome& s : r.sources) {
    table.add({first ? st::to_table_text(r.started_at) : "", first ? r.id.text() : "", first ? state : "", s.name,
               outcome_of(s), std::to_string(s.rows), std::to_string(s.skipped), std::to_string(s.changes.added),
               std::to_string(s.changes.changed), std::to_string(s.changes.zeroed), std::to_string(s.changes.kept),
               why_of(s)});
    first = false;
  }
  if (r.sources.empty())
    table.add({st::to_table_text(r.started_at), r.id.text(), state, "", "", "", "", "", "", "", "", ""});
}

void run_as_text(const st::Account& account, const st::SyncRun& run, Sink& sink) {
  using Align = TextTable::Align;
  sink.append(shown(account.label) + ": " + to_string(run.state) + (run.dry_run ? " (dry run)" : "") + ", " +
              std::to_string(run.requests) + " requests\n");
  TextTable table({{"source", Align::left, 24},
                   {"outcome", Align::left},
                   {"rows", Align::right},
                   {"skipped", Align::right},
                   {"added", Align::right},
                   {"changed", Align::right},
                   {"zeroed", Align::right},
                   {"kept", Align::right},
                   {"why", Align::left, 80}});
  for (const st::SourceOutcome& source : run.sources) {
    std::string why = why_of(source);
    if (source.retry_at) why += (why.empty() ? "" : "; ") + ("again at " + st::to_table_text(*source.retry_at));
    table.add({source.name, outcome_of(source), std::to_string(source.rows), std::to_string(source.skipped),
               std::to_string(source.changes.added), std::to_string(source.changes.changed),
               std::to_string(source.changes.zeroed), std::to_string(source.changes.kept), why});
  }
  table.print(sink);
  for (const Advice& one : advice_of(run)) {
    sink.append(one.sources + ": " + one.text.next_step + one.text.support + "\n");
  }
}

}  // namespace server
