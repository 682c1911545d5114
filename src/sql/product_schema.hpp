/// @file
/// The product's tables: every migration of both planes, and the key of each table.
#pragma once

#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::sql {

/// Static data.
[[nodiscard]] Schema product_schema() noexcept;

}  // namespace stocktracker::inline v0::sql
