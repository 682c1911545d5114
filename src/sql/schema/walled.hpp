/// The walled tables of the control plane, by name. A header alone: add-on libraries and tests have no private symbols.
#pragma once

#include "sql/schema/migrations.hpp"

namespace stocktracker::inline v0::sql {

[[nodiscard]] constexpr std::size_t count_walled(std::span<const MigrationPlan> plans) {
  std::size_t count = 0;
  for (const MigrationPlan& plan : plans) {
    for (const Step& step : plan.steps) count += creates(plan, step) && step.table->walled ? 1 : 0;
  }
  return count;
}

template <std::size_t Count>
[[nodiscard]] constexpr std::array<std::string_view, Count> walled_of(std::span<const MigrationPlan> plans) {
  std::array<std::string_view, Count> names{};
  std::size_t count = 0;
  for (const MigrationPlan& plan : plans) {
    for (const Step& step : plan.steps) {
      if (creates(plan, step) && step.table->walled) names[count++] = step.table->name;
    }
  }
  return names;
}

/// See Table::walled.
inline constexpr auto kWalledTables = walled_of<count_walled(kMigrationPlans)>(kMigrationPlans);

}  // namespace stocktracker::inline v0::sql
