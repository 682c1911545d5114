/// @file
/// Users: the people of an installation, across its tenants. For the program itself: registration, sign-in, operators.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/identity/user.hpp>

namespace stocktracker::inline v0 {

struct UserQuery {
  std::optional<UserState> state{};  ///< only users in this state
  int page_size = 1'000;             ///< 1 to 10,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

struct Registration {
  UserId user;
  TenantId tenant;
  bool is_new = false;  ///< false: this call has found what an earlier one has made
};

class UsersCore;

/// Handle; cheap to copy, thread-safe. The context's tenant is ignored. Never refused: give it to nobody who acts for
/// one tenant.
///
/// @code
/// STK_TRY(const auto address, st::EmailAddress::parse("anna@example.com"));
/// STK_TRY(const auto made, engine.users().register_owner(address, {.name = "Anna"}, "Anna's shop"));
/// STK_TRY(const auto user, engine.users().find(address));
/// STK_TRY(const auto tenants, engine.users().memberships(user.id));  // one, as its owner
/// @endcode
class STK_API Users {
 public:
  explicit Users(std::shared_ptr<UsersCore> core) noexcept : core_(std::move(core)) {}

  /// `state`: invited or active, otherwise Errc::invalid_argument. Errc::already_exists, field "email", if a user has
  /// this address.
  [[nodiscard]] Result<User> create(const EmailAddress& address, const UserProfile& profile,
                                    UserState state = UserState::invited, const CallContext& context = {});
  /// Errc::not_found, field "user".
  [[nodiscard]] Result<User> get(const UserId& user, const CallContext& context = {}) const;
  /// Errc::not_found, field "email".
  [[nodiscard]] Result<User> find(const EmailAddress& address, const CallContext& context = {}) const;
  /// Ordered by id, which is the order of creation.
  [[nodiscard]] Pages<User> list(const UserQuery& query = {}, const CallContext& context = {}) const;
  /// Replaces name, locale and zone. Errc::not_found, field "user".
  [[nodiscard]] Result<User> change(const UserId& user, const UserProfile& profile, const CallContext& context = {});
  /// Takes effect at once; success if the user is in this state. Errc::invalid_argument, field "state": nobody becomes
  /// invited again, and the last owner of a tenant cannot be disabled. Errc::not_found, field "user".
  [[nodiscard]] Result<User> set_state(const UserId& user, UserState state, const CallContext& context = {});
  /// The tenants of this user and no other, ordered by id; removed tenants are not among them. Empty for a user that
  /// does not exist. Of a single-file store, its default tenant.
  [[nodiscard]] Result<std::vector<Membership>> memberships(const UserId& user, const CallContext& context = {}) const;

  /// Makes an active user and a tenant that the user owns. Repeat the call if it failed or was interrupted: with the
  /// same address and name it finishes what was begun, and makes nothing twice, also if two processes call it at once.
  /// Then `is_new` is false: show that to nobody who has not proved to have the address. In a store of one seller the
  /// tenant is the default one, and its name is only checked.
  /// Errc::already_exists: field "email", a user has this address and does not own such a tenant; field "tenant", the
  /// tenant's name is taken, or the only tenant has members. Errc::invalid_argument, with the field.
  [[nodiscard]] Result<Registration> register_owner(const EmailAddress& address, const UserProfile& profile,
                                                    std::string_view tenant, const CallContext& context = {});

 private:
  std::shared_ptr<UsersCore> core_;
};

}  // namespace stocktracker::inline v0
