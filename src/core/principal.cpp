// Names of permissions.
#include <stocktracker/core/principal.hpp>

#include <stocktracker/core/permission_table.hpp>

namespace stocktracker::inline v0 {

const char* to_string(Permission permission) noexcept {
  const auto number = static_cast<std::size_t>(permission);
  return number < kPermissionCount ? kPermissionTable[number].name : "unknown";
}

std::optional<Permission> permission_named(std::string_view name) noexcept {
  for (const PermissionInfo& row : kPermissionTable) {
    if (name == row.name) return row.permission;
  }
  return std::nullopt;
}

}  // namespace stocktracker::inline v0
