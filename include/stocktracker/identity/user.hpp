/// @file
/// User: a person who signs in, by an e-mail address. What a user may do is a matter of each tenant (members.hpp).
#pragma once

#include <string>

#include <stocktracker/core/ids.hpp>
#include <stocktracker/core/time.hpp>
#include <stocktracker/identity/email_address.hpp>
#include <stocktracker/identity/role.hpp>

namespace stocktracker::inline v0 {

/// The names are stable: they are stored.
enum class UserState : unsigned char {
  invited,   ///< exists, but has not accepted yet
  active,    ///< may sign in
  locked,    ///< may not sign in for now; nothing else changes
  disabled,  ///< may not sign in, and does not count as an owner of a tenant
};
/// The name of the enumerator: "invited".
[[nodiscard]] STK_API const char* to_string(UserState state) noexcept;

/// What a user may change of themselves.
///
/// @code
/// const st::UserProfile profile{.name = "Anna", .locale = "en", .zone = "Europe/Berlin"};
/// STK_TRY(profile.validate());
/// @endcode
struct UserProfile {
  std::string name{};                  ///< shown to others: 1 to 120 bytes of UTF-8, visible
  std::string locale = "ru";           ///< a BCP 47 tag
  std::string zone = "Europe/Moscow";  ///< IANA name

  /// Reports each invalid field by its name.
  [[nodiscard]] STK_API Result<void> validate() const;
  friend bool operator==(const UserProfile&, const UserProfile&) = default;
};

struct User {
  UserId id;
  EmailAddress address;  ///< one user has it, without regard to case
  UserProfile profile;
  UserState state = UserState::invited;
  Instant created_at;
};

/// One tenant that a user belongs to.
struct Membership {
  TenantId tenant;
  Role role = Role::viewer;
  Instant since;
  friend bool operator==(const Membership&, const Membership&) = default;
};

}  // namespace stocktracker::inline v0
