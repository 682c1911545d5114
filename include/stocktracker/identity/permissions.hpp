/// @file
/// What a role may do in its tenant: the table of roles and permissions. What each permission means is in
/// core/permission_table.hpp; docs/permissions.md is made from both.
#pragma once

#include <array>
#include <cstddef>

#include <stocktracker/core/principal.hpp>
#include <stocktracker/identity/role.hpp>

namespace stocktracker::inline v0 {

namespace detail {

// What each role has beyond the role before it, so that a role has all that those before it have.
// clang-format off
inline constexpr std::array<Permissions, kRoles.size()> kAddedByRole{
    // viewer
    Permissions{
        Permission::stock_read, Permission::orders_read, Permission::prices_read, Permission::catalogue_read,
        Permission::account_read, Permission::sync_read, Permission::settings_read, Permission::events_read,
        Permission::job_read, Permission::member_read},
    // user
    Permissions{
        Permission::stock_write, Permission::prices_write, Permission::catalogue_change, Permission::sync_run,
        Permission::export_create},
    // admin
    Permissions{
        Permission::account_connect, Permission::account_rename, Permission::account_disconnect,
        Permission::sync_release, Permission::ledger_retain, Permission::settings_change, Permission::job_run,
        Permission::webhook_manage, Permission::notice_manage, Permission::member_invite, Permission::member_change,
        Permission::member_remove, Permission::session_revoke, Permission::apikey_manage, Permission::audit_read,
        Permission::tenant_rename},
    // owner
    Permissions{
        Permission::billing_read, Permission::billing_manage, Permission::tenant_remove,
        Permission::ownership_transfer},
};
// clang-format on

consteval std::array<Permissions, kRoles.size()> permissions_by_role() {
  std::array<Permissions, kRoles.size()> all;
  Permissions so_far;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = so_far = so_far.with(kAddedByRole[i]);
  return all;
}
inline constexpr std::array kPermissionsByRole = permissions_by_role();
static_assert(kPermissionsByRole.back() == Permissions::all(), "a permission belongs to no role");

}  // namespace detail

/// All permissions of a role; none for a number that is no role.
///
/// @code
/// const st::Permissions viewer = st::permissions_of(st::Role::viewer);
/// STK_TRY(const auto handle, engine.as(tenant.id, {.actor = "u-17", .permissions = viewer}));
/// @endcode
[[nodiscard]] constexpr Permissions permissions_of(Role role) noexcept {
  const auto number = static_cast<std::size_t>(role);
  return number < kRoles.size() ? detail::kPermissionsByRole[number] : Permissions{};
}

/// Whether a role has a permission. It takes no lock and no memory.
///
/// @code
/// static_assert(st::permits(st::Role::user, st::Permission::sync_run));
/// static_assert(!st::permits(st::Role::user, st::Permission::account_connect));
/// @endcode
[[nodiscard]] constexpr bool permits(Role role, Permission permission) noexcept {
  return permissions_of(role).has(permission);
}

}  // namespace stocktracker::inline v0
