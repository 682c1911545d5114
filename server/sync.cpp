#include <algorithm>
#include <cstdio>

#include <stocktracker/core/time_text.hpp>

#include "accounts_text.hpp"
#include "commands.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

void print(const st::Account& account, const st::SyncRun& run) {
  using Align = TextTable::Align;
  emitf(stdout, "%s: %s%s, %lld requests\n", shown(account.label).c_str(), to_string(run.state),
        run.dry_run ? " (dry run)" : "", static_cast<long long>(run.requests));
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
    std::string outcome = to_string(source.state);
    if (source.disposition == st::Disposition::held) outcome += ", held";
    std::string why = why_of(source);
    if (source.retry_at) why += (why.empty() ? "" : "; ") + ("again at " + st::to_table_text(*source.retry_at));
    table.add({source.name, outcome, std::to_string(source.rows), std::to_string(source.skipped),
               std::to_string(source.changes.added), std::to_string(source.changes.changed),
               std::to_string(source.changes.zeroed), std::to_string(source.changes.kept), why});
  }
  table.print(stdout);
}

// Of several accounts, what needs a person most.
int urgency(ExitCode code) {
  switch (code) {
    case kOk:
      return 0;
    case kPartial:
      return 1;
    case kThrottled:
      return 2;
    case kSourcesDenied:
      return 3;
    case kHeld:
      return 4;
    default:
      return 5;
  }
}

st::Result<ExitCode> sync(const Session& session, const SyncCommand& options) {
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  std::vector<st::Account> accounts;
  if (options.account.empty()) {
    STK_TRY(accounts, engine.accounts().list(session.context).collect());
  } else {
    STK_TRY(auto one, engine.accounts().find(options.account, session.context));
    accounts.push_back(std::move(one));
  }
  if (accounts.empty()) return st::Error(st::Errc::not_found, "no account is connected; see `stocktracker connect`");
  st::SyncOptions how;
  how.dry_run = options.dry_run;
  how.accept_mass_zero = options.accept_mass_zero;
  const auto wanted = [&](std::string_view part) {
    return options.only.empty() || std::find(options.only.begin(), options.only.end(), part) != options.only.end();
  };
  how.stock = wanted("stock");
  how.orders = wanted("orders");
  how.prices = wanted("prices");
  ExitCode worst = kOk;
  bool first = true;
  if (options.json) emit(stdout, "[");
  for (const st::Account& account : accounts) {
    st::CallContext context = session.context;
    context.progress = make_progress_bar();
    if (options.timeout > 0) context.timeout = std::chrono::seconds(options.timeout);
    auto run = engine.sync().run(account.id, how, context);
    context.progress.reset();
    ExitCode code = kOk;
    if (!run) {
      code = report(run.error());
      if (code == kCancelled) return code;
    } else {
      code = exit_code_of(run.value());
      if (options.json) {
        emitf(stdout, "%s%s", first ? "\n" : ",\n", run.value().to_json().c_str());
        first = false;
      } else {
        print(account, run.value());
      }
    }
    if (urgency(code) > urgency(worst)) worst = code;
  }
  if (options.json) emit(stdout, "\n]\n");
  return worst;
}

}  // namespace

ExitCode run_sync(const Session& session, const SyncCommand& options) {
  const auto done = sync(session, options);
  return done ? done.value() : report(done.error());
}

}  // namespace server
