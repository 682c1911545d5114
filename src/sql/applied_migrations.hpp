/// Compares the migrations that were applied to a database with those of this version. Both drivers use it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0 {

/// A row of the history of a database.
struct AppliedMigration {
  std::string plane;
  std::int64_t number = 0;
  std::int64_t checksum = 0;
};

/// As the history names the plane.
[[nodiscard]] constexpr const char* plane_name(Plane plane) noexcept {
  return plane == Plane::control ? "control" : "tenant";
}

[[nodiscard]] inline bool is_applied(std::span<const AppliedMigration> applied, const Migration& migration) {
  return std::any_of(applied.begin(), applied.end(), [&](const AppliedMigration& row) {
    return row.plane == plane_name(migration.plane) && row.number == migration.number;
  });
}

/// Checks that rows in the order of plane and number are the first ones of `known`. Errc::store_newer,
/// Errc::store_migration. `database` is its name in errors; `checksum` returns what the driver stores of a migration.
/// Exported, but not installed: for the library's own add-ons.
[[nodiscard]] STK_API Result<void> check_applied(std::string_view database, std::span<const Migration> known,
                                                 std::span<const AppliedMigration> applied,
                                                 std::int64_t (*checksum)(const Migration&));

}  // namespace stocktracker::inline v0
