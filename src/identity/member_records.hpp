/// Rows of members in the control plane. Each function limits its transaction to the rows of one tenant, or to reading
/// those of one user. No other file names the table.
#pragma once

#include <optional>
#include <vector>

#include <stocktracker/identity/members.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// The members of one tenant, in one transaction of the control plane.
class MemberRows {
 public:
  [[nodiscard]] static Result<MemberRows> of(Transaction& tx, const TenantId& tenant);

  [[nodiscard]] Result<std::optional<Member>> find(const UserId& user) const;
  /// Up to `most` members after `after`, by user id.
  [[nodiscard]] Result<std::vector<Member>> page(const UserId& after, int most) const;
  [[nodiscard]] Result<bool> any() const;
  /// Owners who are not disabled. `without`: not counted.
  [[nodiscard]] Result<std::int64_t> owners(const UserId& without = {}) const;
  /// Errc::store_constraint if the user is a member.
  [[nodiscard]] Result<void> add(const UserId& user, Role role, Instant now) const;
  /// Numbers of changed rows.
  [[nodiscard]] Result<std::int64_t> set_role(const UserId& user, Role role) const;
  [[nodiscard]] Result<std::int64_t> remove(const UserId& user) const;
  [[nodiscard]] Result<std::int64_t> remove_all() const;

 private:
  MemberRows(Transaction& tx, const TenantId& tenant) : tx_(&tx), tenant_(tenant.text()) {}
  Transaction* tx_;
  std::string tenant_;
};

/// The tenants with this user as an owner, also those that are being created. The transaction is limited to this user
/// afterwards.
[[nodiscard]] Result<std::vector<TenantId>> read_owned_tenants(Transaction& tx, const UserId& user);
/// Of every tenant that is not being created or removed, by id. The transaction is limited to this user afterwards.
[[nodiscard]] Result<std::vector<Membership>> read_memberships(Transaction& tx, const UserId& user);

}  // namespace stocktracker::inline v0
