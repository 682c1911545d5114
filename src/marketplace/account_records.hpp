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
/// HealthReason::code of an account that was disconnected.
inline constexpr std::string_view kDisconnectedReason = "disconnected";

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
/// Deletes the sealed credentials, also in a store that was opened without a key.
[[nodiscard]] Result<void> forget_credentials(Transaction& tx, std::string_view account);
/// Ends the lease of the account without its holder: a run in progress finds it lost and applies nothing.
[[nodiscard]] Result<void> end_lease(Transaction& tx, std::string_view account);
/// Each `set` is a transaction of its own: it stays if the run fails.
[[nodiscard]] std::shared_ptr<AccountMemory> make_account_memory(std::shared_ptr<Database> database,
                                                                 const AccountId& account);

}  // namespace stocktracker::inline v0
