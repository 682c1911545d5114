/// @file
/// Whose data a tenant's file holds, written in the file: a file under another tenant's name is not opened.
#pragma once

#include <string>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Empty where nothing is written.
[[nodiscard]] Result<std::string> owner_of(Connection& connection);

/// Writes it where nothing is written yet; then check_owner.
[[nodiscard]] Result<void> claim(Connection& connection, const std::string& owner);

/// Errc::store_unreadable when the file is another's or nobody's.
[[nodiscard]] Result<void> check_owner(Connection& connection, const std::string& owner);

}  // namespace stocktracker::inline v0::sqlite
