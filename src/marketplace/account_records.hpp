/// Rows that belong to an account: facts about its credentials, its health, the memory of its connector.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/marketplace/account_health.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// HealthReason::code of an account with a base_url that is not allowed.
inline constexpr std::string_view kAddressReason = "base_url";

[[nodiscard]] Result<std::vector<CredentialFacts>> read_facts(Transaction& tx, const std::string& account);
[[nodiscard]] Result<void> replace_facts(Transaction& tx, const std::string& account,
                                         const std::vector<CredentialFacts>& facts);

/// Nullopt: never checked.
[[nodiscard]] Result<std::optional<AccountHealth>> read_health(Transaction& tx, const std::string& account);
[[nodiscard]] Result<void> write_health(Transaction& tx, const std::string& account, const AccountHealth& health);

/// The account is denied until its address is allowed or removed: `why` says so, and what to do. Each run checks it
/// again.
[[nodiscard]] Result<void> note_refused_address(Transaction& tx, const std::string& account, const std::string& why,
                                                Instant now);

/// One text of the memory; an empty value deletes it.
[[nodiscard]] Result<void> write_memory(Transaction& tx, const std::string& account, std::string_view name,
                                        std::string_view value);
[[nodiscard]] Result<void> forget_memory(Transaction& tx, const std::string& account);
/// Each `set` is a transaction of its own: it stays if the run fails.
[[nodiscard]] std::shared_ptr<AccountMemory> make_account_memory(std::shared_ptr<Database> database,
                                                                 const AccountId& account);

}  // namespace stocktracker::inline v0
