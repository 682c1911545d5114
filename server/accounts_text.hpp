// Accounts, their credentials and health as people and programs read them.
#pragma once

#include <string>

#include <stocktracker/assembly/engine.hpp>

namespace server {

[[nodiscard]] std::string facts_text(const stocktracker::CredentialFacts& facts);
[[nodiscard]] std::string health_text(const stocktracker::AccountHealth& health);
// One JSON object: account, health, credentials.
[[nodiscard]] stocktracker::Result<std::string> account_json(const stocktracker::Engine& engine,
                                                             const stocktracker::Account& account,
                                                             const stocktracker::CallContext& context);

}  // namespace server
