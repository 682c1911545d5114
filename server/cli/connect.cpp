// `connect`: connects a seller's account, or adds a token to it.
#include <string>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/cli/token_input.hpp"
#include "server/render/account.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct ConnectOptions {
  NetworkOptions network;
  std::string channel;    // wildberries, ozon, yandex-market
  std::string client_id;  // Ozon
  std::string business;   // Yandex Market
  std::string base_url;
  std::string label;
  bool json = false;
};

st::Result<st::Credentials> read_credentials(const ConnectOptions& options, const std::stop_token& stop) {
  if (options.channel == "ozon") {
    STK_TRY(auto key, read_token("STOCKTRACKER_OZON_KEY", stop));
    return st::ozon::credentials(options.client_id, std::move(key), options.base_url);
  }
  if (options.channel == "yandex-market") {
    STK_TRY(auto key, read_token("STOCKTRACKER_YANDEX_KEY", stop));
    return st::yandex_market::credentials(std::move(key), options.business, options.base_url);
  }
  STK_TRY(auto token, read_token("STOCKTRACKER_WB_TOKEN", stop));
  return st::wildberries::credentials(std::move(token), options.base_url);
}

st::Result<void> connect(const Session& session, const ConnectOptions& options) {
  STK_TRY(auto credentials, read_credentials(options, session.context.stop));
  STK_TRY(const auto engine, open_for_work(session, options.network, true));
  STK_TRY(const auto account,
          engine.accounts().connect(std::move(credentials), {.label = options.label}, session.context));
  if (options.json) {
    STK_TRY(const auto known, known_account(engine, account, session.context));
    standard_output().append(to_json(known) + "\n");
    return st::success();
  }
  emitf(stdout, "connected %s: seller %s, %s\n", shown(account.label).c_str(), shown(account.seller_name).c_str(),
        shown(account.seller_key).c_str());
  STK_TRY(const auto facts, engine.accounts().credentials(account.id, session.context));
  for (const st::CredentialFacts& fact : facts) emitf(stdout, "  %s\n", shown(facts_text(fact)).c_str());
  STK_TRY(const auto health, engine.accounts().health(account.id, session.context));
  if (health.state != st::HealthState::ok) emitf(stdout, "  %s\n", shown(health_text(health)).c_str());
  return st::success();
}

class ConnectCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("connect", "Connect a seller's account, or add a token to an account");
    command->footer(
        "Tokens and keys are read from standard input, or from STOCKTRACKER_WB_TOKEN, STOCKTRACKER_OZON_KEY or "
        "STOCKTRACKER_YANDEX_KEY; never from the command line.");
    command->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& what) {
      auto* channel = command->add_subcommand(name, what);
      add_db(*channel, session);
      add_network(*channel, options_.network);
      channel->add_option("--base-url", options_.base_url,
                          "Address of a test server or a proxy, instead of the marketplace's");
      channel->add_option("--label", options_.label, "Your name for the account");
      channel->add_flag("--json", options_.json, "The account as a JSON object");
      channel->callback([this, name] { options_.channel = name; });
      return channel;
    };
    add("wildberries", "A Wildberries seller");
    add("ozon", "An Ozon seller")
        ->add_option("--client-id", options_.client_id, "The number that Ozon's cabinet shows beside the key")
        ->required();
    add("yandex-market", "A Yandex Market cabinet")
        ->add_option("--business", options_.business, "The cabinet's id; required if the key opens several cabinets");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = connect(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  ConnectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_connect() { return std::make_unique<ConnectCommand>(); }

}  // namespace server
