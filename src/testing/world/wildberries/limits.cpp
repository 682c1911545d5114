// Wildberries' documented limits, and what a table of them must not contain.
#include "testing/world/wildberries/limits.hpp"

#include "testing/world/core/limit_check.hpp"

namespace stocktracker::inline v0::testing::world {

using namespace std::chrono_literals;

std::vector<WildberriesBucket> documented_wildberries_limits() {
  return {
      {"ping", false, 10s, 3},
      {"seller_info", false, 1min, 10},
      {"seller_info", true, 24h, 1},
      {"content", false, 600ms, 5},
      {"marketplace", false, 200ms, 20},
      {"report", false, 20s, 1},
      {"remains_create", false, 1min, 5},
      {"remains_status", false, 5s, 5},
      {"remains_download", false, 1min, 1},
      {"order_feed", false, 1min, 1},
      {"order_feed", true, 3h, 1},
      {"prices", false, 600ms, 5},
      {"prices", true, 15min, 1},
  };
}

void check_wildberries_limits(const WorldLimits& limits, Problems& problems) {
  check_names(
      limits.wildberries, documented_wildberries_limits(), "limit_table.wildberries", problems,
      [](const WildberriesBucket& one) { return std::pair<std::string_view, bool>(one.group, one.base_token); });
  const int refusal = limits.wildberries_refusal_counts;
  for (const WildberriesBucket& one : limits.wildberries) {
    problems.require(within_limit(one.burst, one.interval), "limit_table.wildberries",
                     "must refill within 100 years, with a burst and an interval above zero: " + one.group);
    problems.require(one.group != "marketplace" || refusal < 1 || within_limit(refusal, one.interval),
                     "limit_table.wildberries_refusal_counts", "must cost at most 100 years");
  }
  problems.require(refusal >= 1, "limit_table.wildberries_refusal_counts", "must be at least 1");
}

}  // namespace stocktracker::inline v0::testing::world
