// Accounts, their credentials and health as people and programs read them.
#pragma once

#include <optional>
#include <string>

#include <stocktracker/assembly/engine.hpp>

namespace server {

[[nodiscard]] std::string facts_text(const stocktracker::CredentialFacts& facts);
[[nodiscard]] std::string health_text(const stocktracker::AccountHealth& health);
// Why a source of a run ended as it did, and what its answer left out; empty only where all went well.
[[nodiscard]] std::string why_of(const stocktracker::SourceOutcome& source);
// Nullopt: neither connected nor synchronised since health is kept.
[[nodiscard]] stocktracker::Result<std::optional<stocktracker::AccountHealth>> health_of(
    const stocktracker::Engine& engine, const stocktracker::Account& account, const stocktracker::CallContext& context);
// One JSON object: account, health, credentials.
[[nodiscard]] stocktracker::Result<std::string> account_json(const stocktracker::Engine& engine,
                                                             const stocktracker::Account& account,
                                                             const stocktracker::CallContext& context);

}  // namespace server
