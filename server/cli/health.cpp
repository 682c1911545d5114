// `health`: shows an account's stock health; sets thresholds of offers.
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/stock_health.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct HealthOptions {
  NetworkOptions network;
  std::string account;
  int days = 7;
  std::int64_t low = -1;  // units; -1: the tenant's setting
  std::string zone;       // empty: the tenant's setting
  std::string offer;      // set the threshold of this offer
  std::string low_stock;  // units, or "default" to remove the threshold
  int rows = 20;
  bool json = false;
};

st::Result<void> show(const Session& session, const HealthOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, chosen_accounts(engine, options.account, session));
  bool first = true;
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  for (const st::Account& account : accounts) {
    st::HealthQuery query{.account = account.id, .days = options.days};
    if (options.low >= 0) query.low_stock = options.low;
    query.zone = options.zone;
    STK_TRY(const auto health, engine.analytics().stock_health(query, session.context));
    if (array) {
      array->add(to_json(account, health));
    } else {
      if (!first) standard_output().append("\n");
      stock_health_as_text(account, health, engine.clock().now(), options.rows, standard_output());
    }
    first = false;
  }
  if (array) array->end();
  return st::success();
}

// Nullopt for "default".
st::Result<std::optional<std::int64_t>> units_of(const std::string& text) {
  if (text == "default") return std::optional<std::int64_t>();
  std::int64_t units = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), units);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return st::Error(st::Errc::invalid_argument, "must be a number of units, or default").about("--low-stock");
  }
  return std::optional<std::int64_t>(units);
}

st::Result<void> set_threshold(const Session& session, const HealthOptions& options) {
  STK_TRY(const auto units, units_of(options.low_stock));
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  STK_TRY(const auto account, engine.accounts().find(options.account, session.context));
  return engine.analytics().set_low_stock(account.id, options.offer, units, session.context);
}

class HealthCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand(
        "health", "Offers that are out, low or end soon, and the account's score; thresholds of offers");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id; default: all accounts");
    command->add_option("--days", options_.days, "Count the orders of this number of complete days")
        ->check(CLI::Range(1, 366));
    command
        ->add_option("--low", options_.low, "Stock at or below this many units is low; default: the setting low_stock")
        ->check(not_negative());
    command->add_option("--zone", options_.zone, "Time zone of the days, e.g. Asia/Almaty; default: the setting zone");
    auto* offer = command->add_option("--offer", options_.offer, "Set the threshold of the offer with this key");
    auto* low_stock =
        command->add_option("--low-stock", options_.low_stock, "The threshold in units; the word default removes it")
            ->needs(offer);
    offer->needs(low_stock)->needs("--account");
    add_keys(*command, options_.network.keys);
    command->add_option("--rows", options_.rows, "Rows of the table")->check(not_negative());
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = options_.offer.empty() ? show(session, options_) : set_threshold(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  HealthOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_health() { return std::make_unique<HealthCommand>(); }

}  // namespace server
