/// @file
/// The accounts of a tenant, for the services: those who call have been let in already.
#pragma once

#include <string_view>
#include <vector>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0 {

/// By id, that is in the order of their making.
[[nodiscard]] Result<std::vector<Account>> read_all(const AccountsCore& core, const CallContext& context);
/// See Accounts::find.
[[nodiscard]] Result<Account> find_account(const AccountsCore& core, std::string_view name, const CallContext& context);

}  // namespace stocktracker::inline v0
