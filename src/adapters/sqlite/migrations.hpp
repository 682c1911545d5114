/// Brings a file to this build's schema, and refuses a file with another history.
#pragma once

#include <cstdint>
#include <string>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"
#include "sql/applied_migrations.hpp"

namespace stocktracker::inline v0::sqlite {

/// Compares applied migrations with the schema's list, then applies the missing ones, each in its own transaction. A
/// file that fails the comparison is not changed.
[[nodiscard]] Result<void> migrate(Connection& connection);

/// Only compares; `complete`: a missing migration is an error, too.
[[nodiscard]] Result<void> check_history(Connection& connection, bool complete);

/// The statement that created the table of the history, as SQLite stores it.
[[nodiscard]] std::string history_table();

/// What the history stores of a migration.
[[nodiscard]] std::int64_t migration_checksum(const Migration& migration);

}  // namespace stocktracker::inline v0::sqlite
