/// The product's tables: every migration of both planes, the key of each table, and which copies leave tables empty.
/// The folder schema/ describes the tables; migrations.hpp there says how to change one.
#pragma once

#include <span>
#include <string_view>

#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::sql {

/// Static data.
[[nodiscard]] Schema product_schema() noexcept;

/// Tables of the tenant plane that an export and an import leave empty: their rows are sealed by keys of this
/// installation, or are valid only at the time of a backup.
[[nodiscard]] std::span<const std::string_view> tables_not_exported() noexcept;

/// Tables of the tenant plane that are empty in a restored tenant: their rows are valid only at the time of the backup.
[[nodiscard]] std::span<const std::string_view> tables_not_restored() noexcept;

}  // namespace stocktracker::inline v0::sql
