/// Reads the accounts of a tenant, for services that have called `enter`.
#pragma once

#include <string_view>
#include <vector>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0 {

/// Ordered by id, which is the order of creation.
[[nodiscard]] Result<std::vector<Account>> read_all(const AccountsCore& core, const CallContext& context);
/// See Accounts::find.
[[nodiscard]] Result<Account> find_account(const AccountsCore& core, std::string_view name, const CallContext& context);

}  // namespace stocktracker::inline v0
