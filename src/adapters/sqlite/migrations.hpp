/// Brings a file to this build's schema, and refuses a file with another history.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Compares applied migrations with the schema's list, then applies the missing ones, each in its own transaction. A
/// file that fails the comparison is not changed.
[[nodiscard]] Result<void> migrate(Connection& connection);

/// Only compares; `complete`: a missing migration is an error, too.
[[nodiscard]] Result<void> check_history(Connection& connection, bool complete);

/// A row of the history.
struct Applied {
  std::string plane;
  std::int64_t number = 0;
  std::int64_t checksum = 0;
};

[[nodiscard]] const char* plane_name(Plane plane) noexcept;

/// The statement that created the table of the history, as SQLite stores it.
[[nodiscard]] std::string history_table();

/// Checks that rows in the order of plane and number are the first ones of `known`. Errc::store_newer,
/// Errc::store_migration; `path` is the file's name in errors.
[[nodiscard]] Result<void> check_applied(const std::string& path, std::span<const Migration> known,
                                         const std::vector<Applied>& applied);

}  // namespace stocktracker::inline v0::sqlite
