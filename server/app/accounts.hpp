// Which accounts a command is about, and what is known of one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stocktracker/assembly/engine.hpp>

#include "server/app/session.hpp"

namespace server {

// The account called so; nullopt for an empty name.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::AccountId>> account_named(
    const stocktracker::Engine& engine, const std::string& name, const Session& session);

// The account called so; all of them for an empty name.
[[nodiscard]] stocktracker::Result<std::vector<stocktracker::Account>> chosen_accounts(
    const stocktracker::Engine& engine, const std::string& name, const Session& session);

// An account with what was found out about it.
struct KnownAccount {
  stocktracker::Account account;
  std::optional<stocktracker::AccountHealth> health{};  // none: neither connected nor synchronised since health is kept
  std::vector<stocktracker::CredentialFacts> credentials{};
};
[[nodiscard]] stocktracker::Result<KnownAccount> known_account(const stocktracker::Engine& engine,
                                                               stocktracker::Account account,
                                                               const stocktracker::CallContext& context);

}  // namespace server
