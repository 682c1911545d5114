// `orders`: lists order lines, and the period for which they are complete.
#include <optional>
#include <string>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/app/time_options.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/json_array.hpp"
#include "server/render/order_line.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct OrdersOptions {
  std::string account;
  std::string offer;
  std::string from;
  std::string until;
  bool json = false;
};

st::Result<void> show_orders(const Session& session, const OrdersOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, chosen_accounts(engine, options.account, session));
  STK_TRY(const auto from, day_or_instant_option(engine, "--from", options.from, session));
  STK_TRY(const auto until, day_or_instant_option(engine, "--until", options.until, session));
  std::optional<JsonArray> array;
  if (options.json) array.emplace(standard_output());
  for (const st::Account& account : accounts) {
    auto pages = engine.orders().lines({account.id, options.offer, from, until, 1'000}, session.context);
    TextTable table = order_line_table();
    while (auto next = pages.next()) {
      STK_TRY(const st::OrderLine& line, *next);
      if (array) {
        array->add(to_json(account, line));
      } else {
        table.add(order_line_row(line));
      }
    }
    if (array) continue;
    STK_TRY(const auto coverage, engine.orders().coverage(account.id, session.context));
    standard_output().append(coverage_text(account, coverage));
    table.print(standard_output());
  }
  if (array) array->end();
  return st::success();
}

class OrdersCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("orders", "Order lines, and the period for which they are complete");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id; default: all accounts");
    command->add_option("--offer", options_.offer, "The channel's key of one offer");
    command->add_option("--from", options_.from,
                        "Only lines ordered at or after this time or day (in the tenant's zone), e.g. 2026-11-21");
    command->add_option("--until", options_.until, "Only lines ordered before this time, or before this day begins");
    command->add_flag("--json", options_.json, "A JSON array");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show_orders(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  OrdersOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_orders() { return std::make_unique<OrdersCommand>(); }

}  // namespace server
