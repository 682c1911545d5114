/// @file
/// Role: what a user is in a tenant.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// Ordered: each role may do what the one before it may, and more; permissions.hpp says exactly what. The names are
/// stable: they are stored.
enum class Role : unsigned char {
  viewer,  ///< sees the business, and changes nothing
  user,    ///< works with stock and prices: runs, decisions, exports
  admin,   ///< also accounts, settings, keys and members below owner
  owner,   ///< also billing and the end of the tenant; each tenant has one at least
};
inline constexpr std::array kRoles{Role::viewer, Role::user, Role::admin, Role::owner};

/// The name of the enumerator: "viewer".
[[nodiscard]] STK_API const char* to_string(Role role) noexcept;
/// By that name, exactly; nullopt for every other text.
[[nodiscard]] STK_API std::optional<Role> role_named(std::string_view name) noexcept;

}  // namespace stocktracker::inline v0
