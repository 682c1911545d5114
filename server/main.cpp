// stocktracker: the commands, their options, and nothing else.
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <sstream>

#include <stocktracker/version.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "terminal.hpp"

namespace {

using namespace server;

constexpr const char* kFooter =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 not found, 4 store damaged or of another version,\n"
    "5 busy or out of service (try again), 6 permission denied, 130 stopped by Ctrl-C.\n"
    "sync: 10 partial, 11 denied, 12 throttled, 13 held.";

void add_db(CLI::App& command, Session& session, bool required) {
  auto* option =
      command
          .add_option("--db", session.db,
                      "The store's file, the folder of many tenants (FOLDER/ makes one), or postgresql://...")
          ->envname("STOCKTRACKER_DB");
  if (required) option->required();
  command.add_option("--tenant", session.tenant, "Where there are many: whose data, by name or id")
      ->envname("STOCKTRACKER_TENANT");
  command.add_option("--pooling", session.pooling, "PostgreSQL: session, or transaction behind such a pooler")
      ->envname("STOCKTRACKER_POOLING")
      ->check(CLI::IsMember({"session", "transaction"}));
  command
      .add_flag("--allow-unverified-server", session.allow_unverified_server,
                "PostgreSQL on another machine: do without sslmode=verify-full")
      ->envname("STOCKTRACKER_ALLOW_UNVERIFIED_SERVER");
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
  command->add_option("--from", options.from, "Observed at or after: an instant, or a day of the tenant's zone");
  command->add_option("--until", options.until, "Observed before that instant, or before that day begins");
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

void add_keys(CLI::App& command, KeyOptions& options) {
  command.add_option("--key-file", options.file, "Key of the stored credentials; by default FILE.key or FOLDER/key")
      ->envname("STOCKTRACKER_KEY_FILE");
  command
      .add_option("--key-command", options.command, "Instead of a file: a program, by its absolute path, and arguments")
      ->envname("STOCKTRACKER_KEY_COMMAND");
  command
      .add_option("--key-command-env", options.command_env, "Variables that it gets beside PATH and HOME, with commas")
      ->envname("STOCKTRACKER_KEY_COMMAND_ENV")
      ->delimiter(',');
}

void add_network(CLI::App& command, NetworkOptions& options) {
  add_keys(command, options.keys);
  command.add_option("--limits", options.limits, "A table of request limits instead of the one that ships")
      ->envname("STOCKTRACKER_LIMITS");
  command.add_option("--proxy", options.proxy, "http://host:port")->envname("STOCKTRACKER_PROXY");
  command.add_option("--ca-bundle", options.ca_bundle, "Authorities to trust, PEM")->envname("STOCKTRACKER_CA_BUNDLE");
  command
      .add_option("--allow-base-url", options.allowed_base_urls,
                  "The operator's word: accounts may name this address as their --base-url; repeatable")
      ->envname("STOCKTRACKER_ALLOW_BASE_URL")
      ->delimiter(',')
      ->allow_extra_args(false);
}

CLI::App* add_connect(CLI::App& app, Session& session, ConnectCommand& options) {
  auto* command = app.add_subcommand("connect", "Connect a seller's account, or add a token to it");
  command->footer(
      "Tokens and keys are read from standard input, or from STOCKTRACKER_WB_TOKEN, STOCKTRACKER_OZON_KEY or "
      "STOCKTRACKER_YANDEX_KEY; never from the command line.");
  command->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& what) {
    auto* channel = command->add_subcommand(name, what);
    add_db(*channel, session, true);
    add_network(*channel, options.network);
    channel->add_option("--base-url", options.base_url, "One address for all methods: a test server or a proxy");
    channel->add_option("--label", options.label, "Your word for the account");
    channel->add_flag("--json", options.json, "The account as a JSON object");
    channel->callback([&options, name] { options.channel = name; });
    return channel;
  };
  add("wildberries", "A Wildberries seller");
  add("ozon", "An Ozon seller")
      ->add_option("--client-id", options.client_id, "The digits beside the key in Ozon's cabinet")
      ->required();
  add("yandex-market", "A Yandex Market cabinet")
      ->add_option("--business", options.business, "The cabinet's id, where the key opens several");
  return command;
}

CLI::App* add_tenant(CLI::App& app, Session& session, TenantCommand& options) {
  auto* command = app.add_subcommand("tenant", "The tenants of a folder");
  command->require_subcommand(1);
  const auto add = [&](const std::string& action, const std::string& what, bool named) {
    auto* one = command->add_subcommand(action, what);
    add_db(*one, session, true);
    one->add_flag("--json", options.json, "As JSON");
    if (named) {
      one->add_option("name", options.name, "Name or id")->required();
      add_keys(*one, options.network.keys);
    }
    one->callback([&options, action] { options.action = action; });
    return one;
  };
  add("create", "Make one; a folder that is not there is made, if its name ends with /", true);
  add("list", "All of them", false)->add_flag("--all", options.all, "Deleted ones too");
  add("suspend", "It may read, not change; nothing is synchronised", true);
  add("resume", "End that", true);
  add("export", "Its data as a file, without credentials", true)
      ->add_option("file", options.file, "The file to be made")
      ->required();
  add("import", "A tenant from such a file, or from a backup of one", true)
      ->add_option("file", options.file, "The file")
      ->required();
  add("delete", "Destroy its data and key, for ever", true)->add_flag("--yes", options.yes, "Mean it");
  return command;
}

CLI::App* add_key(CLI::App& app, Session& session, KeyCommand& options) {
  auto* command = app.add_subcommand("key", "The keys of stored credentials");
  command->require_subcommand(1);
  const auto add = [&](const std::string& action, const std::string& what) {
    auto* one = command->add_subcommand(action, what);
    add_db(*one, session, true);
    add_keys(*one, options.keys);
    one->add_flag("--json", options.json, "A JSON object");
    one->callback([&options, action] { options.action = action; });
    return one;
  };
  add("status", "Which keys there are, and what each has sealed");
  auto* rotate = add("rotate", "A new master key, and everything sealed by it; may be cut off and run again");
  rotate->add_flag("--data", options.data, "New keys for the tenants, or for --tenant, instead of the master key");
  rotate->add_flag("--new", options.fresh, "A new key even where an earlier rotation has to be finished first");
  add("discard", "Delete tenants' keys that were replaced more than an hour ago and have nothing sealed");
  return command;
}

CLI::App* add_backup(CLI::App& app, Session& session, BackupCommand& options) {
  auto* command = app.add_subcommand("backup", "Copy the store, or one tenant of it, while it is used");
  add_db(*command, session, true);
  command->add_option("target", options.other, "The file, or of many tenants the folder, to be made")->required();
  return command;
}

CLI::App* add_restore(CLI::App& app, Session& session, BackupCommand& options) {
  auto* command = app.add_subcommand("restore", "Make a store from a backup, or put one suspended tenant back");
  add_db(*command, session, true);
  command->add_option("backup", options.other, "What backup made")->required();
  add_keys(*command, options.network.keys);
  return command;
}

CLI::App* add_settings(CLI::App& app, Session& session, SettingsCommand& options) {
  auto* command = app.add_subcommand("settings", "Locale, zone, brand, features, and what counts as low stock");
  add_db(*command, session, true);
  command->add_option("--set", options.set, "NAME=VALUE, e.g. low_stock=5 or 'features=beta reports'");
  add_keys(*command, options.network.keys);
  command->add_flag("--json", options.json, "As JSON");
  return command;
}

CLI::App* add_retain(CLI::App& app, Session& session, RetainCommand& options) {
  auto* command = app.add_subcommand("retain", "Fold old ledger entries into an opening of each position");
  add_db(*command, session, true);
  command->add_option("--days", options.days, "How much history stays whole")->required()->check(CLI::Range(1, 36'500));
  add_keys(*command, options.network.keys);
  return command;
}

CLI::App* add_migrate(CLI::App& app, Session& session, MigrateCommand& options) {
  auto* command = app.add_subcommand("migrate", "Bring the tables of a store up to this version");
  add_db(*command, session, true);
  command->add_flag("--check", options.check, "Change nothing: tell whether something is missing (exit code 4)");
  command->add_option("--app-role", options.app_role, "PostgreSQL: the role that may use the tables")
      ->envname("STOCKTRACKER_APP_ROLE");
  return command;
}

CLI::App* add_sync(CLI::App& app, Session& session, SyncCommand& options) {
  auto* command = app.add_subcommand("sync", "Bring what is known up to date");
  add_db(*command, session, true);
  add_network(*command, options.network);
  command->add_option("--account", options.account, "By label, seller id or account id; otherwise all");
  command->add_flag("--all", options.all, "Every account, which is what happens without --account too")
      ->excludes("--account");
  command->add_option("--only", options.only, "stock, orders or prices, several with commas; otherwise all of them")
      ->delimiter(',')
      ->check(CLI::IsMember({"stock", "orders", "prices"}));
  command->add_flag("--dry-run", options.dry_run, "Everything but the change");
  command->add_flag("--accept-mass-zero", options.accept_mass_zero, "Apply what the guard would hold");
  command->add_option("--timeout", options.timeout, "Seconds for each account")->check(CLI::NonNegativeNumber);
  command->add_flag("--json", options.json, "The runs as a JSON array");
  return command;
}

CLI::App* add_health(CLI::App& app, Session& session, HealthCommand& options) {
  auto* command =
      app.add_subcommand("health", "What is out, low or ends soon, and the score of all; low stock by offer");
  add_db(*command, session, true);
  command->add_option("--account", options.account, "By label, seller id or account id; otherwise all");
  command->add_option("--days", options.days, "Complete days of orders")->check(CLI::Range(1, 366));
  command->add_option("--low", options.low, "Units at or below which stock is low; by default the setting low_stock")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--zone", options.zone,
                      "Days begin at its midnight, e.g. Asia/Almaty; by default the setting zone");
  auto* offer = command->add_option("--offer", options.offer, "The channel's key of an offer with its own threshold");
  auto* low_stock =
      command->add_option("--low-stock", options.low_stock, "Units of that threshold; default: take it back")
          ->needs(offer);
  offer->needs(low_stock)->needs("--account");
  add_keys(*command, options.network.keys);
  command->add_option("--rows", options.rows, "Rows of the table")->check(CLI::NonNegativeNumber);
  command->add_flag("--json", options.json, "A JSON array");
  return command;
}

CLI::App* add_listings(CLI::App& app, Session& session, ListingsCommand& options) {
  auto* command = app.add_subcommand("listings", "One product across marketplaces, and what a person has to decide");
  add_db(*command, session, true);
  command->add_option("--rows", options.rows, "Rows of each table")->check(CLI::NonNegativeNumber);
  command->add_flag("--json", options.json, "A JSON object");
  auto* account = command->add_option("--account", options.account, "Of the offer that is decided");
  auto* offer = command->add_option("--offer", options.offer, "The channel's key of the offer that is decided");
  command->add_option("--product", options.product, "It is this product; without it the decision is taken back")
      ->needs(offer);
  offer->needs(account);
  account->needs(offer);
  return command;
}

CLI::App* add_orders(CLI::App& app, Session& session, OrdersCommand& options) {
  auto* command = app.add_subcommand("orders", "Order lines, and of which period every one is known");
  add_db(*command, session, true);
  command->add_option("--account", options.account, "By label, seller id or account id; otherwise all");
  command->add_option("--offer", options.offer, "The channel's key of one offer");
  command->add_option("--from", options.from,
                      "Ordered at or after: an instant, or a day of the tenant's zone (2026-11-21)");
  command->add_option("--until", options.until, "Ordered before that instant, or before that day begins");
  command->add_flag("--json", options.json, "A JSON array");
  return command;
}

CLI::App* add_prices(CLI::App& app, Session& session, PricesCommand& options) {
  auto* command = app.add_subcommand("prices", "What is asked for each offer");
  add_db(*command, session, true);
  command->add_option("--account", options.account, "By label, seller id or account id; otherwise all");
  command->add_option("--offer", options.offer, "The channel's key of one offer");
  command->add_flag("--json", options.json, "A JSON array");
  return command;
}

CLI::App* add_simulate(CLI::App& app, SimulateCommand& options) {
  auto* command = app.add_subcommand("simulate", "Marketplaces on this machine, for tests and for trying things out");
  command->footer("Prints one JSON line with url and keys, then serves until Ctrl-C.");
  command->add_option("--channels", options.channels, "Of wildberries, ozon, yandex-market: where the seller sells")
      ->delimiter(',')
      ->check(CLI::IsMember({"wildberries", "ozon", "yandex-market"}));
  command->add_option("--seed", options.seed, "Another seller");
  command->add_option("--offers", options.offers, "How many offers")->check(CLI::Range(0, 2'000'000));
  command->add_option("--port", options.port, "0 takes a free one")->check(CLI::Range(0, 65'535));
  command->add_option("--speed", options.speed, "Its seconds per real second")->check(CLI::Range(1, 1'000'000));
  command->add_option("--orders", options.orders, "Orders per offer and day, in hundredths; 0: commerce stands still")
      ->check(CLI::Range(0, 100'000));
  command->add_option("--days", options.days, "Days that have passed before it serves")->check(CLI::Range(0, 365));
  command->add_flag("--no-limits", options.no_limits, "Refuse nothing for being asked too often");
  command->add_option("--faults", options.faults, "A fault script, JSON");
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
  ConnectCommand connect;
  SyncCommand sync;
  AccountsCommand accounts;
  LimitsCommand limits;
  SimulateCommand simulate;
  TenantCommand tenant;
  BackupCommand backup;
  MigrateCommand migrate;
  RetainCommand retain;
  OrdersCommand orders;
  PricesCommand prices;
  HealthCommand health;
  ListingsCommand listings;
  SettingsCommand settings;
  KeyCommand key;
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
  doctor_command->add_option("--key-file", doctor.keys.file, "The key file of stored credentials");
  doctor_command->add_option("--key-command", doctor.keys.command, "The command that prints their keys");
  doctor_command->add_option("--key-command-env", doctor.keys.command_env, "Variables that it gets")->delimiter(',');
  doctor_command->add_flag("--json", doctor.json, "A JSON array");

  const auto* connect_command = add_connect(app, session, connect);
  const auto* sync_command = add_sync(app, session, sync);
  auto* accounts_command = app.add_subcommand("accounts", "Connected sellers: health and credentials");
  add_db(*accounts_command, session, true);
  accounts_command->add_flag("--json", accounts.json, "A JSON array");
  auto* limits_command = app.add_subcommand("limits", "What the marketplaces allow each account, and who waits");
  add_db(*limits_command, session, true);
  limits_command->add_option("--limits", limits.network.limits, "A table instead of the one that ships")
      ->envname("STOCKTRACKER_LIMITS");
  limits_command->add_flag("--json", limits.json, "A JSON array");
  const auto* orders_command = add_orders(app, session, orders);
  const auto* prices_command = add_prices(app, session, prices);
  const auto* health_command = add_health(app, session, health);
  const auto* listings_command = add_listings(app, session, listings);
  const auto* simulate_command = add_simulate(app, simulate);
  const auto* tenant_command = add_tenant(app, session, tenant);
  const auto* key_command = add_key(app, session, key);
  const auto* backup_command = add_backup(app, session, backup);
  const auto* settings_command = add_settings(app, session, settings);
  const auto* retain_command = add_retain(app, session, retain);
  const auto* migrate_command = add_migrate(app, session, migrate);
  const auto* restore_command = add_restore(app, session, backup);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // The library's own words repeat arguments.
    std::ostringstream out;
    std::ostringstream complaint;
    const int code = app.exit(error, out, complaint);
    emit(stdout, out.str());
    emit(stderr, complaint.str());
    return code == 0 ? kOk : kUsage;
  }

  const Interrupt interrupt;
  session.telemetry = make_log(log_level);
  session.context.stop = interrupt.token();
  session.context.actor = "cli";
  try {
    if (const auto chosen = choose_tenant(session); !chosen) return report(chosen.error());
    if (*tenant_command) return run_tenant(session, tenant);
    if (*key_command) return run_key(session, key);
    if (*settings_command) return run_settings(session, settings);
    if (*retain_command) return run_retain(session, retain);
    if (*migrate_command) return run_migrate(session, migrate);
    if (*backup_command) return run_backup(session, backup);
    if (*restore_command) return run_restore(session, backup);
    if (*demo_command) return run_demo(session, demo);
    if (*stock_command) return run_stock(session, stock);
    if (*ledger_command) return run_ledger(session, ledger);
    if (*runs_command) return run_runs(session, runs);
    if (*connect_command) return run_connect(session, connect);
    if (*sync_command) return run_sync(session, sync);
    if (*orders_command) return run_orders(session, orders);
    if (*prices_command) return run_prices(session, prices);
    if (*health_command) return run_health(session, health);
    if (*listings_command) return run_listings(session, listings);
    if (*accounts_command) return run_accounts(session, accounts);
    if (*limits_command) return run_limits(session, limits);
    if (*simulate_command) return run_simulate(session, simulate);
    if (*doctor_command) return run_doctor(session, doctor);
  } catch (const stocktracker::StockError& error) {
    return report(error.error());
  } catch (const std::exception& error) {
    emitf(stderr, "stocktracker: %s\n", shown(error.what()).c_str());
  }
  return kFailed;
}
