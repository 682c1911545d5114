/// @file
/// Every row of a plane, from one database into another, whatever their drivers.
#pragma once

#include <span>
#include <string_view>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// What is in `to` is replaced. One moment of `from`, and in `to` all or nothing. The two databases must be of two
/// drivers, or of two files: the writing transaction runs while the reading one is open, and nothing else does.
[[nodiscard]] Result<void> copy_plane(Database& from, Database& to, const Schema& schema, const CallContext& context);

/// Every row of these tables goes.
[[nodiscard]] Result<void> empty_tables(Database& database, std::span<const std::string_view> tables,
                                        const CallContext& context);

}  // namespace stocktracker::inline v0
