// Compares applied migrations with this version's list.
#include "sql/applied_migrations.hpp"

namespace stocktracker::inline v0 {

Result<void> check_applied(std::string_view database, std::span<const Migration> known,
                           std::span<const AppliedMigration> applied, std::int64_t (*checksum)(const Migration&)) {
  std::string plane;
  std::int64_t expected = 1;
  for (const AppliedMigration& row : applied) {
    if (row.plane != plane) {
      plane = row.plane;
      expected = 1;
    }
    const auto same = std::find_if(known.begin(), known.end(), [&](const Migration& migration) {
      return plane_name(migration.plane) == row.plane && migration.number == row.number;
    });
    const std::string step = row.plane + " migration " + std::to_string(row.number);
    if (same == known.end()) {
      return Error(Errc::store_newer,
                   std::string(database) + " was written by a newer version (" + step + "); update stocktracker")
          .during("migration");
    }
    if (checksum(*same) != row.checksum || row.number != expected++) {
      return Error(Errc::store_migration, step + " of " + std::string(database) +
                                              " differs from this version's; use the version that wrote it, or restore "
                                              "a backup")
          .during("migration");
    }
  }
  return success();
}

}  // namespace stocktracker::inline v0
