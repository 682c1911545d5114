/// @file
/// Bringing a file to this build's schema, and refusing one that has another history.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Checks what was applied against the schema's list, then applies the rest, each in a transaction of its own. A file
/// that fails the check is left as it was.
[[nodiscard]] Result<void> migrate(Connection& connection);

/// The check alone; `complete`: a migration that was not applied yet is an error as well.
[[nodiscard]] Result<void> check_history(Connection& connection, bool complete);

/// A row of the history.
struct Applied {
  std::string plane;
  std::int64_t number = 0;
  std::int64_t checksum = 0;
};

[[nodiscard]] const char* plane_name(Plane plane) noexcept;

/// The statement that made the table of the history, as SQLite keeps it.
[[nodiscard]] std::string history_table();

/// Whether rows in the order of plane and number are the beginning of `known`. Errc::store_newer,
/// Errc::store_migration; `path` is what the error calls the file.
[[nodiscard]] Result<void> check_applied(const std::string& path, std::span<const Migration> known,
                                         const std::vector<Applied>& applied);

}  // namespace stocktracker::inline v0::sqlite
