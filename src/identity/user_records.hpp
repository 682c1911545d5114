/// Rows of users in the control plane. They belong to no tenant: only code that acts for the program reads them by
/// themselves; a tenant sees those of its members (member_records.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/identity/users.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Call these within a transaction of the control plane.
[[nodiscard]] Result<std::optional<User>> read_user(Transaction& tx, const UserId& user);
[[nodiscard]] Result<std::optional<User>> read_user_at(Transaction& tx, const EmailAddress& address);
/// Up to `page_size` users after `after`, by id.
[[nodiscard]] Result<std::vector<User>> read_users(Transaction& tx, const UserId& after, const UserQuery& query);
/// Errc::already_exists, field "email"; Errc::store_constraint if another transaction adds the address meanwhile.
[[nodiscard]] Result<void> add_user(Transaction& tx, const User& user);
/// Number of changed rows.
[[nodiscard]] Result<std::int64_t> write_profile(Transaction& tx, const UserId& user, const UserProfile& profile);
[[nodiscard]] Result<std::int64_t> write_state(Transaction& tx, const UserId& user, UserState state);

/// What PasswordHasher has made; nullopt: the user has no password. Errc::not_found, field "user".
[[nodiscard]] Result<std::optional<std::string>> read_password_hash(Transaction& tx, const UserId& user);
/// nullopt removes the password. Errc::not_found, field "user".
[[nodiscard]] Result<void> write_password_hash(Transaction& tx, const UserId& user,
                                               const std::optional<std::string>& hash);

/// Errc::not_found, field "user".
[[nodiscard]] Error no_such_user();
/// The state that a store holds, or Errc::store_corrupt.
[[nodiscard]] Result<UserState> user_state_of(std::string_view name);
/// The address that a store holds, or Errc::store_corrupt.
[[nodiscard]] Result<EmailAddress> stored_address(std::string_view text);

}  // namespace stocktracker::inline v0
