/// UsersCore: users of the control plane, and the rules that span their tenants.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <stocktracker/identity/users.hpp>
#include <stocktracker/ports/random.hpp>

#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {

class UsersCore {
 public:
  UsersCore(std::shared_ptr<TenantsCore> tenants, std::shared_ptr<Random> random) noexcept
      : tenants_(std::move(tenants)), random_(std::move(random)) {}

  [[nodiscard]] TenantsCore& tenants() const noexcept { return *tenants_; }

  [[nodiscard]] Result<User> create(const EmailAddress& address, const UserProfile& profile, UserState state,
                                    const CallContext& context) const;
  [[nodiscard]] Result<User> get(const UserId& user, const CallContext& context) const;
  [[nodiscard]] Result<std::optional<User>> find(const EmailAddress& address, const CallContext& context) const;
  [[nodiscard]] Result<std::vector<User>> page(const UserId& after, const UserQuery& query,
                                               const CallContext& context) const;
  [[nodiscard]] Result<User> change(const UserId& user, const UserProfile& profile, const CallContext& context) const;
  [[nodiscard]] Result<User> set_state(const UserId& user, UserState state, const CallContext& context) const;
  [[nodiscard]] Result<std::vector<Membership>> memberships(const UserId& user, const CallContext& context) const;
  [[nodiscard]] Result<Registration> register_owner(const EmailAddress& address, const UserProfile& profile,
                                                    std::string_view tenant, const CallContext& context) const;

 private:
  [[nodiscard]] Database& control() const noexcept { return tenants_->storage().control(); }
  [[nodiscard]] User make_user(const EmailAddress& address, const UserProfile& profile, UserState state) const;
  /// A registration whose address nobody has, as far as is known.
  [[nodiscard]] Result<Registration> begin_registration(const User& user, std::string_view tenant,
                                                        const CallContext& context) const;
  [[nodiscard]] Result<Registration> register_in_file(const User& user, const CallContext& context) const;
  /// A registration whose address this user has.
  [[nodiscard]] Result<Registration> resume_registration(const User& user, std::string_view tenant,
                                                         const CallContext& context) const;

  const std::shared_ptr<TenantsCore> tenants_;
  const std::shared_ptr<Random> random_;
};

}  // namespace stocktracker::inline v0
