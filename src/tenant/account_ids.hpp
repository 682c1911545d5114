/// Account ids in a plane that came from another installation: unique here, and without access to credentials in
/// memory.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stocktracker/ports/ports.hpp>

namespace stocktracker::inline v0 {

/// Those of these accounts that belong to another tenant of the directory.
[[nodiscard]] Result<std::vector<std::string>> taken_elsewhere(Database& control, const TenantId& tenant,
                                                               std::span<const std::string> accounts,
                                                               const CallContext& context);

/// Gives the account another id in every table of the plane, all or nothing. Credentials that are stored under the old
/// id cannot be opened under the new one.
[[nodiscard]] Result<void> rename_account(Database& plane, const std::string& account, const AccountId& fresh,
                                          const CallContext& context);

/// Credentials that processes hold in memory for these accounts become invalid; stored ones stay.
[[nodiscard]] Result<void> clear_stamps(Database& plane, const CallContext& context);

/// Call for a plane that was imported, before its tenant is created: accounts with an id of another tenant get fresh
/// ids, and all stamps are removed.
[[nodiscard]] Result<void> settle_accounts(Storage& storage, const TenantId& tenant, Random& random, Clock& clock,
                                           const CallContext& context);

}  // namespace stocktracker::inline v0
