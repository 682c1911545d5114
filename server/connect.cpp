#include <cstdio>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "accounts_text.hpp"
#include "commands.hpp"
#include "terminal.hpp"
#include "token_input.hpp"

namespace server {
namespace {

namespace st = stocktracker;

st::Result<st::Credentials> read_credentials(const ConnectCommand& options, const std::stop_token& stop) {
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

st::Result<void> connect(const Session& session, const ConnectCommand& options) {
  STK_TRY(auto credentials, read_credentials(options, session.context.stop));
  STK_TRY(const auto engine, open_for_work(session, options.network, true));
  STK_TRY(const auto account,
          engine.accounts().connect(std::move(credentials), {.label = options.label}, session.context));
  if (options.json) {
    STK_TRY(const std::string text, account_json(engine, account, session.context));
    emitf(stdout, "%s\n", text.c_str());
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

}  // namespace

ExitCode run_connect(const Session& session, const ConnectCommand& options) {
  const auto connected = connect(session, options);
  return connected ? kOk : report(connected.error());
}

}  // namespace server
