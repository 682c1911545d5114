// stocktracker: the commands, their options, and nothing else.
#include <CLI/CLI.hpp>

#include <cstdlib>

#include <stocktracker/version.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace {

using namespace server;

constexpr const char* kFooter =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 not found, 4 store damaged or of another version,\n"
    "5 busy or out of service (try again), 6 permission denied, 130 stopped by Ctrl-C.";

void add_db(CLI::App& command, Session& session, bool required) {
  auto* option = command.add_option("--db", session.db, "The store's file")->envname("STOCKTRACKER_DB");
  if (required) option->required();
}

CLI::App* add_stock(CLI::App& app, Session& session, StockOptions& options) {
  auto* command = app.add_subcommand("stock", "Every position: one per offer and warehouse");
  add_db(*command, session, true);
  command->add_option("--account", options.account, "By label, seller id or account id");
  command->add_option("--offer", options.offer, "The channel's key of one offer");
  command->add_option("--article", options.article, "The seller's article")->excludes("--offer");
  command->add_option("--kind", options.kind, "fbo or fbs")->check(CLI::IsMember({"fbo", "fbs"}));
  command->add_option("--as-of", options.as_of, "What had been observed by then: 2026-11-21T09:00+03:00");
  command->add_option("--known-at", options.known_at, "What this store had recorded by then");
  command->add_option("--format", options.format, "table, json or csv")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Format>{{"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}}));
  command->add_flag_callback(
      "--json", [&options] { options.format = Format::json; }, "The same as --format json");
  command->add_flag("--bom", options.bom, "CSV with a byte order mark, for spreadsheets");
  return command;
}

CLI::App* add_ledger(CLI::App& app, Session& session, LedgerOptions& options) {
  auto* command = app.add_subcommand("ledger", "Why each number is what it is");
  add_db(*command, session, true);
  command->add_option("--account", options.account, "By label, seller id or account id");
  command->add_option("--offer", options.offer, "The channel's key of one offer");
  command->add_option("--article", options.article, "The seller's article")->excludes("--offer");
  command->add_option("--warehouse", options.warehouse, "The channel's key of one warehouse");
  command->add_option("--from", options.from, "Observed at or after");
  command->add_option("--until", options.until, "Observed before");
  command->add_option("--limit", options.limit, "At most so many entries; 0 is all")->check(CLI::NonNegativeNumber);
  command->add_flag("--json", options.json, "A JSON array");
  return command;
}

CLI::App* add_demo(CLI::App& app, DemoOptions& options) {
  auto* command = app.add_subcommand("demo", "A simulated seller's week, offline");
  command->add_option("--db", options.db, "Keep the store in this file");
  command->add_option("--seed", options.seed, "Another seller");
  command->add_option("--offers", options.offers, "How many offers")->check(CLI::Range(1, 200'000));
  command->add_option("--days", options.days, "Simulated days");
  command->add_option("--rows", options.rows, "Rows of the table")->check(CLI::NonNegativeNumber);
  command->add_flag("--json", options.json, "The runs as a JSON array");
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  Session session;
  DemoOptions demo;
  StockOptions stock;
  LedgerOptions ledger;
  RunsOptions runs;
  DoctorOptions doctor;
  std::string log_level = "warning";

  CLI::App app("stocktracker keeps a seller's stock right on every marketplace.");
  app.footer(kFooter);
  app.set_version_flag("--version", stocktracker::version());
  app.add_option("--log-level", log_level, "debug, info, warning, error or off")
      ->envname("STOCKTRACKER_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
  app.require_subcommand(1);
  const auto* demo_command = add_demo(app, demo);
  const auto* stock_command = add_stock(app, session, stock);
  const auto* ledger_command = add_ledger(app, session, ledger);
  auto* runs_command = app.add_subcommand("runs", "What each synchronisation did");
  add_db(*runs_command, session, true);
  runs_command->add_option("--account", runs.account, "By label, seller id or account id");
  runs_command->add_option("--limit", runs.limit, "Newest first, at most so many; 0 is all")
      ->check(CLI::NonNegativeNumber);
  runs_command->add_flag("--json", runs.json, "A JSON array");
  auto* doctor_command = app.add_subcommand("doctor", "Integrity, schema, ledger and key file");
  add_db(*doctor_command, session, true);
  doctor_command->add_option("--key-file", doctor.key_file, "The key file of stored credentials");
  doctor_command->add_flag("--json", doctor.json, "A JSON array");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }

  const Interrupt interrupt;
  session.telemetry = make_log(log_level);
  session.context.stop = interrupt.token();
  session.context.actor = "cli";
  try {
    if (*demo_command) return run_demo(session, demo);
    if (*stock_command) return run_stock(session, stock);
    if (*ledger_command) return run_ledger(session, ledger);
    if (*runs_command) return run_runs(session, runs);
    if (*doctor_command) return run_doctor(session, doctor);
  } catch (const stocktracker::StockError& error) {
    return report(error.error());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stocktracker: %s\n", error.what());
  }
  return kFailed;
}
