// What a test's own limit of Ozon must not be.
#include "testing/world/ozon/limits.hpp"

#include "testing/world/core/limit_check.hpp"

namespace stocktracker::inline v0::testing::world {

void check_ozon_limits(const WorldLimits& limits, Problems& problems) {
  problems.require(limits.ozon.requests >= 1 && within_limit(1, limits.ozon.length), "limit_table.ozon",
                   "must last at most 100 years, with requests and a length above zero");
}

}  // namespace stocktracker::inline v0::testing::world
