/// Reads the accounts of a tenant, for services that have called `enter`.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "marketplace/accounts_core.hpp"

namespace stocktracker::inline v0 {

/// Ordered by id, which is the order of creation.
[[nodiscard]] Result<std::vector<Account>> read_all(const AccountsCore& core, const CallContext& context);
/// Call within a transaction of the tenant's plane. Errc::not_found.
[[nodiscard]] Result<Account> read_account(Transaction& tx, const AccountId& id);
/// A label that a caller chose: a visible name (core/storable_text.hpp) of at most 1,024 bytes.
[[nodiscard]] Result<void> check_label(std::string_view label);
/// True if another account than `id` has the label.
[[nodiscard]] Result<bool> label_taken(Transaction& tx, std::string_view label, std::string_view id);
[[nodiscard]] Error label_is_taken(std::string_view label);
/// See Accounts::find.
[[nodiscard]] Result<Account> find_account(const AccountsCore& core, std::string_view name, const CallContext& context);

}  // namespace stocktracker::inline v0
