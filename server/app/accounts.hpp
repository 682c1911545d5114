// Finds the accounts that a command is about, and reads what is known about them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/marketplace/accounts.hpp>

#include "server/app/session.hpp"

namespace server {

// The account with this name; nullopt for an empty name.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::AccountId>> account_named(
    const stocktracker::Engine& engine, const std::string& name, const Session& session);

// The account with this name; all accounts for an empty name.
[[nodiscard]] stocktracker::Result<std::vector<stocktracker::Account>> chosen_accounts(
    const stocktracker::Engine& engine, const std::string& name, const Session& session);

// An account with its health and the facts about its credentials.
struct KnownAccount {
  stocktracker::Account account;
  // None: neither connected nor synchronised since health is kept, or not asked for.
  std::optional<stocktracker::AccountHealth> health{};
  std::vector<stocktracker::CredentialFacts> credentials{};
};
[[nodiscard]] stocktracker::Result<KnownAccount> known_account(const stocktracker::Engine& engine,
                                                               stocktracker::Account account,
                                                               const stocktracker::CallContext& context);

// The same without its health, which would be another query.
[[nodiscard]] stocktracker::Result<KnownAccount> account_with_credentials(const stocktracker::Engine& engine,
                                                                          stocktracker::Account account,
                                                                          const stocktracker::CallContext& context);

}  // namespace server
