/// @file
/// Members: the users of one tenant, with a role each. A tenant with members always has an owner.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/page.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/identity/user.hpp>

namespace stocktracker::inline v0 {

struct Member {
  UserId user;
  Role role = Role::viewer;
  Instant since;
  EmailAddress address;
  std::string name;
  UserState state = UserState::invited;
};

struct MemberQuery {
  int page_size = 1'000;  ///< 1 to 10,000

  [[nodiscard]] STK_API Result<void> validate() const;
};

class MembersCore;

/// Handle; cheap to copy, thread-safe. Works on the context's tenant and reaches no member of another one: a user who
/// is not a member is Errc::not_found, field "user", whether the user exists or not.
///
/// A change that would leave the tenant without an owner who is not disabled is Errc::invalid_argument, field "role",
/// also if two processes make two such changes at once. Changes need an active tenant: Errc::tenant_suspended,
/// Errc::tenant_quarantined.
///
/// @code
/// STK_TRY(const auto anna, st::UserId::parse(text));
/// STK_TRY(const auto address, st::EmailAddress::parse("boris@example.com"));
/// STK_TRY(const auto boris, engine.users().create(address, {.name = "Boris"}));
/// auto members = engine.members();
/// STK_TRY(members.add(anna, st::Role::owner, {.tenant = tenant.id}));  // the first one is an owner
/// STK_TRY(members.add(boris.id, st::Role::viewer, {.tenant = tenant.id}));
/// STK_TRY(members.transfer(anna, boris.id, {.tenant = tenant.id}));  // boris is the owner, anna an admin
/// @endcode
class STK_API Members {
 public:
  explicit Members(std::shared_ptr<const MembersCore> core) noexcept : core_(std::move(core)) {}

  /// For the program itself: Errc::unsupported through a handle of a principal, who must not learn which users exist.
  /// Errc::already_exists, field "user", if the user is a member: use change_role. Errc::not_found, field "user".
  [[nodiscard]] Result<Member> add(const UserId& user, Role role, const CallContext& context = {});
  /// Ordered by user id.
  [[nodiscard]] Pages<Member> list(const MemberQuery& query = {}, const CallContext& context = {}) const;
  [[nodiscard]] Result<Member> get(const UserId& user, const CallContext& context = {}) const;
  /// Success if the member has this role. To make an owner or unmake one, here and in `remove`, a principal needs
  /// Permission::ownership_transfer as well: Errc::permission_denied.
  [[nodiscard]] Result<Member> change_role(const UserId& user, Role role, const CallContext& context = {});
  [[nodiscard]] Result<void> remove(const UserId& user, const CallContext& context = {});
  /// The member `to` becomes an owner and the owner `from` an admin, in one step. Errc::invalid_argument, field "from"
  /// if that member is not an owner, field "to" if it is the same one or disabled.
  [[nodiscard]] Result<void> transfer(const UserId& from, const UserId& to, const CallContext& context = {});

 private:
  std::shared_ptr<const MembersCore> core_;
};

}  // namespace stocktracker::inline v0
