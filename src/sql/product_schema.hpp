/// The product's tables: every migration of both planes, the key of each table, and which copies leave tables empty.
/// What a table is, and how to change one, is in schema/.
#pragma once

#include <span>
#include <string_view>

#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::sql {

/// Static data.
[[nodiscard]] Schema product_schema() noexcept;

/// Tables of the tenant plane that an export and an import leave empty: sealed by keys of this installation, or of the
/// moment of a backup.
[[nodiscard]] std::span<const std::string_view> tables_not_exported() noexcept;

/// Tables of the tenant plane that a restored tenant has empty: they belong to the moment of the backup.
[[nodiscard]] std::span<const std::string_view> tables_not_restored() noexcept;

}  // namespace stocktracker::inline v0::sql
