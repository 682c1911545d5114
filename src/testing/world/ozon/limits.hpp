// How many requests Ozon answers: a check of a test's own number. What it documents is the default of OzonWindow.
#pragma once

#include <stocktracker/testing/world_limits.hpp>

namespace stocktracker::inline v0::testing::world {

// Adds a problem for each fault in the limits of this marketplace.
void check_ozon_limits(const WorldLimits& limits, Problems& problems);

}  // namespace stocktracker::inline v0::testing::world
