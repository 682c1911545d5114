/// What every list does with an account that does not exist: Errc::not_found, as totals and runs.
#pragma once

#include <optional>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0::inventory {

/// Errc::not_found if the tenant has no such account. A disconnected account exists.
[[nodiscard]] Result<void> require_account(Transaction& tx, const AccountId& account);
/// The same for the filter of a query. Rows of an account prove that it exists: a list calls this only if its first
/// page is empty, so that no other page costs a statement more.
[[nodiscard]] Result<void> require_account(Transaction& tx, const std::optional<AccountId>& account);

}  // namespace stocktracker::inline v0::inventory
