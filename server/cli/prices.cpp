// `prices`: lists the price of each offer.
#include <optional>
#include <string>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/end_list.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/price.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct PricesOptions {
  std::string account;
  std::string offer;
  bool json = false;
};

st::Result<void> show_prices(const Session& session, const PricesOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, chosen_accounts(engine, options.account, session));
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  TextTable table = price_table();
  bool any = false;
  for (const st::Account& account : accounts) {
    auto pages = engine.prices().list({account.id, options.offer, 1'000}, session.context);
    while (auto next = pages.next()) {
      STK_TRY(const st::OfferPrice& price, *next);
      any = true;
      if (array) {
        array->add(to_json(account, price));
      } else {
        table.add(price_row(account, price));
      }
    }
  }
  end_list(array ? &*array : nullptr, table, any, "no prices");
  return st::success();
}

class PricesCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("prices", "The price of each offer");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id; default: all accounts");
    command->add_option("--offer", options_.offer, "The channel's key of one offer");
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show_prices(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  PricesOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_prices() { return std::make_unique<PricesCommand>(); }

}  // namespace server
