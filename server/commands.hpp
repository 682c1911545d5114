// One function per command: what its options say, and what it does.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exit_code.hpp"
#include "network.hpp"
#include "store.hpp"

namespace server {

enum class Format : unsigned char { table, json, csv };

struct DemoOptions {
  std::string db = ":memory:";
  std::uint64_t seed = 42;
  int offers = 60;
  int days = 7;
  int rows = 15;  // of the table
  bool json = false;
};

struct StockOptions {
  std::string account;
  std::string offer;
  std::string article;
  std::string kind;
  std::string as_of;
  std::string known_at;
  Format format = Format::table;
  bool bom = false;
};

struct LedgerOptions {
  std::string account;
  std::string offer;
  std::string article;
  std::string warehouse;
  std::string from;
  std::string until;
  std::int64_t limit = 0;  // 0: all
  bool json = false;
};

struct RunsOptions {
  std::string account;
  std::int64_t limit = 20;
  bool json = false;
};

struct ConnectCommand {
  NetworkOptions network;
  std::string channel;    // wildberries, ozon, yandex-market
  std::string client_id;  // Ozon
  std::string business;   // Yandex Market
  std::string base_url;
  std::string label;
  bool json = false;
};

struct SyncCommand {
  NetworkOptions network;
  std::string account;
  bool all = false;               // every account: what it does without --account as well
  std::vector<std::string> only;  // stock, orders, prices; empty: all of them
  bool dry_run = false;
  bool accept_mass_zero = false;
  int timeout = 0;  // seconds; 0: none
  bool json = false;
};

struct HealthCommand {
  NetworkOptions network;
  std::string account;
  int days = 7;
  std::int64_t low = -1;  // units; -1: the tenant's setting
  std::string zone;       // empty: the tenant's setting
  std::string offer;      // the one that gets a threshold of its own
  std::string low_stock;  // units, or "default" to take it back
  int rows = 20;
  bool json = false;
};

struct ListingsCommand {
  NetworkOptions network;
  int rows = 20;
  bool json = false;
  std::string account;  // of the offer that is decided
  std::string offer;    // empty: nothing is decided
  std::string product;  // empty: the word is taken back
};

struct OrdersCommand {
  std::string account;
  std::string offer;
  std::string from;
  std::string until;
  bool json = false;
};

struct PricesCommand {
  std::string account;
  std::string offer;
  bool json = false;
};

struct AccountsCommand {
  bool json = false;
};

struct LimitsCommand {
  NetworkOptions network;
  bool json = false;
};

struct SimulateCommand {
  std::uint64_t seed = 42;
  int offers = 100;
  int port = 0;
  int speed = 1;
  int orders = 0;  // per offer and day, in hundredths
  int days = 0;    // of commerce before it serves
  bool no_limits = false;
  std::string faults;
  std::vector<std::string> channels{"wildberries"};
};

struct TenantCommand {
  NetworkOptions network;
  std::string action;  // create, list, suspend, resume, delete, export, import
  std::string name;
  std::string file;
  bool all = false;
  bool yes = false;
  bool json = false;
};

struct BackupCommand {
  NetworkOptions network;
  std::string other;  // what is written, or what is read
};

struct SettingsCommand {
  NetworkOptions network;
  std::vector<std::string> set;  // NAME=VALUE
  bool json = false;
};

struct RetainCommand {
  NetworkOptions network;
  int days = 0;
};

struct MigrateCommand {
  bool check = false;
  std::string app_role;
};

struct KeyCommand {
  KeyOptions keys;
  std::string action;  // status, rotate, discard
  bool data = false;   // tenants' keys, not the master key
  bool fresh = false;
  bool json = false;
};

struct DoctorOptions {
  KeyOptions keys;
  bool json = false;
};

[[nodiscard]] ExitCode run_demo(const Session& session, const DemoOptions& options);
[[nodiscard]] ExitCode run_stock(const Session& session, const StockOptions& options);
[[nodiscard]] ExitCode run_ledger(const Session& session, const LedgerOptions& options);
[[nodiscard]] ExitCode run_orders(const Session& session, const OrdersCommand& options);
[[nodiscard]] ExitCode run_prices(const Session& session, const PricesCommand& options);
[[nodiscard]] ExitCode run_runs(const Session& session, const RunsOptions& options);
[[nodiscard]] ExitCode run_doctor(const Session& session, const DoctorOptions& options);
[[nodiscard]] ExitCode run_connect(const Session& session, const ConnectCommand& options);
[[nodiscard]] ExitCode run_sync(const Session& session, const SyncCommand& options);
[[nodiscard]] ExitCode run_accounts(const Session& session, const AccountsCommand& options);
[[nodiscard]] ExitCode run_limits(const Session& session, const LimitsCommand& options);
[[nodiscard]] ExitCode run_tenant(const Session& session, const TenantCommand& options);
[[nodiscard]] ExitCode run_backup(const Session& session, const BackupCommand& options);
[[nodiscard]] ExitCode run_restore(const Session& session, const BackupCommand& options);
[[nodiscard]] ExitCode run_settings(const Session& session, const SettingsCommand& options);
[[nodiscard]] ExitCode run_retain(const Session& session, const RetainCommand& options);
[[nodiscard]] ExitCode run_migrate(const Session& session, const MigrateCommand& options);
[[nodiscard]] ExitCode run_key(const Session& session, const KeyCommand& options);
[[nodiscard]] ExitCode run_health(const Session& session, const HealthCommand& options);
[[nodiscard]] ExitCode run_listings(const Session& session, const ListingsCommand& options);
[[nodiscard]] ExitCode run_simulate(const Session& session, const SimulateCommand& options);

// Rows that demo and the listings print alike.
[[nodiscard]] stocktracker::Result<void> print_runs(const stocktracker::Engine& engine,
                                                    const stocktracker::RunQuery& query, std::int64_t limit,
                                                    const stocktracker::CallContext& context);
// The first `rows` positions as a table; how many there are in all.
[[nodiscard]] stocktracker::Result<std::int64_t> print_positions(stocktracker::Pages<stocktracker::StockPosition> pages,
                                                                 std::int64_t rows);
// One product a row, one account a column; at most so many rows. How many products were left out.
[[nodiscard]] stocktracker::Result<std::int64_t> print_side_by_side(const stocktracker::Engine& engine, int most,
                                                                    const stocktracker::CallContext& context);

}  // namespace server
