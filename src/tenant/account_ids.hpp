/// @file
/// Accounts of a plane that came from elsewhere: ids that are nobody else's here, and no claim to credentials in
/// memory.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stocktracker/ports/ports.hpp>

namespace stocktracker::inline v0 {

/// Of these accounts, those that another tenant of the directory has.
[[nodiscard]] Result<std::vector<std::string>> taken_elsewhere(Database& control, const TenantId& tenant,
                                                               std::span<const std::string> accounts,
                                                               const CallContext& context);

/// The account takes another id in every table of the plane, all or nothing. The credentials that are stored under the
/// old id do not open under the new one.
[[nodiscard]] Result<void> rename_account(Database& plane, const std::string& account, const AccountId& fresh,
                                          const CallContext& context);

/// What processes hold of these accounts counts no more; what is stored stays.
[[nodiscard]] Result<void> clear_stamps(Database& plane, const CallContext& context);

/// All of this for a plane that was imported, before the tenant is known: accounts with an id of another tenant get
/// fresh ids, no account has a stamp.
[[nodiscard]] Result<void> settle_accounts(Storage& storage, const TenantId& tenant, Random& random, Clock& clock,
                                           const CallContext& context);

}  // namespace stocktracker::inline v0
