// Names of roles.
#include <stocktracker/identity/role.hpp>

namespace stocktracker::inline v0 {

const char* to_string(Role role) noexcept {
  switch (role) {
    case Role::viewer:
      return "viewer";
    case Role::user:
      return "user";
    case Role::admin:
      return "admin";
    case Role::owner:
      return "owner";
  }
  return "unknown";
}

std::optional<Role> role_named(std::string_view name) noexcept {
  for (const Role role : kRoles) {
    if (name == to_string(role)) return role;
  }
  return std::nullopt;
}

}  // namespace stocktracker::inline v0
