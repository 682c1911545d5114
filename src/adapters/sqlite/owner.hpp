/// The owner that is written in a tenant's file: a file under another tenant's name is not opened.
#pragma once

#include <string>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Empty if none is written.
[[nodiscard]] Result<std::string> owner_of(Connection& connection);

/// Writes the owner if none is written yet; then check_owner.
[[nodiscard]] Result<void> claim(Connection& connection, const std::string& owner);

/// Errc::store_unreadable if the file belongs to another tenant or to none.
[[nodiscard]] Result<void> check_owner(Connection& connection, const std::string& owner);

}  // namespace stocktracker::inline v0::sqlite
