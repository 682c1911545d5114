// Finds the accounts that a command is about, and reads their facts.
#include "server/app/accounts.hpp"

namespace server {

namespace st = stocktracker;

st::Result<std::optional<st::AccountId>> account_named(const st::Engine& engine, const std::string& name,
                                                       const Session& session) {
  if (name.empty()) return std::optional<st::AccountId>();
  STK_TRY(const auto account, engine.accounts().find(name, session.context));
  return std::optional<st::AccountId>(account.id);
}

st::Result<std::vector<st::Account>> chosen_accounts(const st::Engine& engine, const std::string& name,
                                                     const Session& session) {
  if (name.empty()) return engine.accounts().list(session.context).collect();
  std::vector<st::Account> one;
  STK_TRY(auto account, engine.accounts().find(name, session.context));
  one.push_back(std::move(account));
  return one;
}

st::Result<KnownAccount> known_account(const st::Engine& engine, st::Account account, const st::CallContext& context) {
  KnownAccount known{.account = std::move(account)};
  auto health = engine.accounts().health(known.account.id, context);
  if (health) {
    known.health = std::move(health).value();
  } else if (health.error().kind() != st::ErrorKind::not_found) {
    return std::move(health).error();
  }
  STK_TRY(known.credentials, engine.accounts().credentials(known.account.id, context));
  return known;
}

st::Result<KnownAccount> account_with_credentials(const st::Engine& engine, st::Account account,
                                                  const st::CallContext& context) {
  KnownAccount known{.account = std::move(account)};
  STK_TRY(known.credentials, engine.accounts().credentials(known.account.id, context));
  return known;
}

}  // namespace server
