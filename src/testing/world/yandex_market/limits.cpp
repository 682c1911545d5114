// Yandex Market's documented limits, and what a table of them must not contain.
#include "testing/world/yandex_market/limits.hpp"

#include "testing/world/core/limit_check.hpp"

namespace stocktracker::inline v0::testing::world {

using namespace std::chrono_literals;

std::vector<YandexMarketPeriod> documented_yandex_market_limits() {
  return {
      {"token", 100, 1h},
      {"campaigns", 1'000, 1h},
      {"offer-mappings", 100, 1min},
      {"paged-warehouses", 1'000, 1h},
      {"partner-warehouses", 100, 1h},
      {"fulfillment-warehouses", 100, 1min},
      {"stocks", 100'000, 1min},
      {"partner-stocks", 500, 1min},
      {"default-prices", 10'000, 1min},
      {"business-orders", 10'000, 1h},
  };
}

void check_yandex_market_limits(const WorldLimits& limits, Problems& problems) {
  check_names(limits.yandex_market, documented_yandex_market_limits(), "limit_table.yandex_market", problems,
              [](const YandexMarketPeriod& one) { return std::pair<std::string_view, bool>(one.resource, false); });
  for (const YandexMarketPeriod& one : limits.yandex_market) {
    problems.require(one.amount >= 1 && within_limit(1, one.length), "limit_table.yandex_market",
                     "must last at most 100 years, with an amount and a length above zero: " + one.resource);
  }
}

}  // namespace stocktracker::inline v0::testing::world
