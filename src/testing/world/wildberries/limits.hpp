// How many requests Wildberries answers: what it documents, and a check of a test's own numbers.
#pragma once

#include <vector>

#include <stocktracker/testing/world_limits.hpp>

namespace stocktracker::inline v0::testing::world {

[[nodiscard]] std::vector<WildberriesBucket> documented_wildberries_limits();
// Adds a problem for each fault in the limits of this marketplace.
void check_wildberries_limits(const WorldLimits& limits, Problems& problems);

}  // namespace stocktracker::inline v0::testing::world
