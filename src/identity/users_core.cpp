// UsersCore: changes of users in one transaction each. Registration is in registration.cpp.
#include "identity/users_core.hpp"

#include "identity/member_records.hpp"
#include "identity/user_records.hpp"

namespace stocktracker::inline v0 {
namespace {

/// Errc::invalid_argument if a tenant of this user would have no owner who is not disabled.
Result<void> may_be_disabled(Transaction& tx, const UserId& user) {
  STK_TRY(const auto owned, read_owned_tenants(tx, user));
  for (const TenantId& tenant : owned) {
    STK_TRY(const auto rows, MemberRows::of(tx, tenant));
    STK_TRY(const auto others, rows.owners(user));
    if (others > 0) continue;
    return Error(Errc::invalid_argument,
                 "tenant " + tenant.text() + " has no other owner; transfer the ownership, or remove the tenant first")
        .about("state");
  }
  return success();
}

Result<User> require(Result<std::optional<User>> found) {
  if (!found) return std::move(found).error();
  if (!found.value()) return no_such_user();
  return std::move(*found.value());
}

}  // namespace

User UsersCore::make_user(const EmailAddress& address, const UserProfile& profile, UserState state) const {
  const Instant now = Instant(tenants_->clock().now());
  return User{random_->make_id<UserId>(now), address, profile, state, now};
}

Result<User> UsersCore::create(const EmailAddress& address, const UserProfile& profile, UserState state,
                               const CallContext& context) const {
  STK_TRY(profile.validate());
  if (state != UserState::invited && state != UserState::active) {
    return Error(Errc::invalid_argument, "a new user is invited or active").about("state");
  }
  User user = make_user(address, profile, state);
  const auto write = [&](Transaction& tx) { return add_user(tx, user); };
  auto written = control().transact(context, TransactMode::write, write);
  if (written) return user;
  if (written.error().errc() != Errc::store_constraint) return std::move(written).error();
  // Another process has added the address since it was looked up.
  return Error(Errc::already_exists, "a user with this address exists").about("email");
}

Result<User> UsersCore::get(const UserId& user, const CallContext& context) const {
  std::optional<User> found;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(found, read_user(tx, user));
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::read, read));
  return require(std::move(found));
}

Result<std::optional<User>> UsersCore::find(const EmailAddress& address, const CallContext& context) const {
  std::optional<User> found;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(found, read_user_at(tx, address));
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::read, read));
  return found;
}

Result<std::vector<User>> UsersCore::page(const UserId& after, const UserQuery& query,
                                          const CallContext& context) const {
  std::vector<User> users;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(users, read_users(tx, after, query));
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::read, read));
  return users;
}

Result<User> UsersCore::change(const UserId& user, const UserProfile& profile, const CallContext& context) const {
  STK_TRY(profile.validate());
  std::optional<User> changed;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(write_profile(tx, user, profile));
    STK_TRY(changed, read_user(tx, user));
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::write, write));
  return require(std::move(changed));
}

Result<User> UsersCore::set_state(const UserId& user, UserState state, const CallContext& context) const {
  std::optional<User> changed;
  const auto write = [&](Transaction& tx) -> Result<void> {
    STK_TRY(changed, read_user(tx, user));
    if (!changed || changed->state == state) return success();
    if (state == UserState::invited) {
      return Error(Errc::invalid_argument,
                   std::string("the user is ") + to_string(changed->state) + "; nobody becomes invited again")
          .about("state");
    }
    if (state == UserState::disabled) {
      STK_TRY(may_be_disabled(tx, user));
    }
    STK_TRY(write_state(tx, user, state));
    changed->state = state;
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::write, write));
  return require(std::move(changed));
}

Result<std::vector<Membership>> UsersCore::memberships(const UserId& user, const CallContext& context) const {
  std::vector<Membership> found;
  const auto read = [&](Transaction& tx) -> Result<void> {
    STK_TRY(found, read_memberships(tx, user));
    return success();
  };
  STK_TRY(control().transact(context, TransactMode::read, read));
  return found;
}

}  // namespace stocktracker::inline v0
