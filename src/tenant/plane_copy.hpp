/// Copies every row of a plane from one database to another, with any drivers.
#pragma once

#include <span>
#include <string_view>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Replaces the content of `to` by the content of `from` at one moment, completely or not at all. The two databases
/// must have two drivers or two files: the writing transaction runs while the reading one is open.
[[nodiscard]] Result<void> copy_plane(Database& from, Database& to, const Schema& schema, const CallContext& context);

/// Deletes every row of these tables.
[[nodiscard]] Result<void> empty_tables(Database& database, std::span<const std::string_view> tables,
                                        const CallContext& context);

}  // namespace stocktracker::inline v0
