#include <cstdio>

#include <stocktracker/core/time_text.hpp>

#include "accounts_text.hpp"
#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

st::Result<void> list(const Session& session, const AccountsCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, engine.accounts().list(session.context).collect());
  if (options.json) {
    emit(stdout, "[");
    for (std::size_t at = 0; at < accounts.size(); ++at) {
      STK_TRY(const std::string text, account_json(engine, accounts[at], session.context));
      emitf(stdout, "%s%s", at == 0 ? "\n" : ",\n", text.c_str());
    }
    emit(stdout, "\n]\n");
    return st::success();
  }
  if (accounts.empty()) {
    emitf(stderr, "no accounts\n");
    return st::success();
  }
  using Align = TextTable::Align;
  TextTable table({{"label", Align::left, 30},
                   {"channel", Align::left},
                   {"seller", Align::left},
                   {"health", Align::left, 60},
                   {"since", Align::left},
                   {"credentials", Align::left, 100}});
  std::string denied;
  for (const st::Account& account : accounts) {
    STK_TRY(const auto health, health_of(engine, account, session.context));
    STK_TRY(const auto facts, engine.accounts().credentials(account.id, session.context));
    // What has to be done about it does not fit into a cell.
    if (health && health->reason && health->reason->code == "base_url") {
      for (const st::HealthParameter& parameter : health->reason->parameters) denied += shown(parameter.value) + "\n";
    }
    std::string held;
    for (const st::CredentialFacts& fact : facts) held += (held.empty() ? "" : "; ") + facts_text(fact);
    table.add({account.label, std::string(account.channel.code()), account.seller_key,
               health ? health_text(*health) : "not checked yet", health ? st::to_table_text(health->since) : "",
               held});
  }
  table.print(stdout);
  emit(stdout, denied);
  return st::success();
}

}  // namespace

ExitCode run_accounts(const Session& session, const AccountsCommand& options) {
  const auto listed = list(session, options);
  return listed ? kOk : report(listed.error());
}

}  // namespace server
