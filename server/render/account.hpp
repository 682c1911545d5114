// Accounts with their credentials and health, as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/assembly/engine.hpp>

#include "server/app/accounts.hpp"
#include "server/render/text_table.hpp"

namespace server {

[[nodiscard]] std::string facts_text(const stocktracker::CredentialFacts& facts);
[[nodiscard]] std::string health_text(const stocktracker::AccountHealth& health);
// One JSON object: account, health, credentials.
[[nodiscard]] std::string to_json(const KnownAccount& known);
[[nodiscard]] TextTable account_table();
[[nodiscard]] std::vector<std::string> account_row(const KnownAccount& known);

}  // namespace server
