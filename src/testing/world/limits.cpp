// WorldLimits: the limits of all marketplaces; each marketplace's numbers are in its folder.
#include <stocktracker/testing/world_limits.hpp>

#include "testing/world/ozon/limits.hpp"
#include "testing/world/wildberries/limits.hpp"
#include "testing/world/yandex_market/limits.hpp"

namespace stocktracker::inline v0::testing {

WorldLimits WorldLimits::documented() {
  WorldLimits limits;
  limits.wildberries = world::documented_wildberries_limits();
  limits.yandex_market = world::documented_yandex_market_limits();
  return limits;
}

void WorldLimits::check(Problems& problems) const {
  world::check_wildberries_limits(*this, problems);
  world::check_ozon_limits(*this, problems);
  world::check_yandex_market_limits(*this, problems);
}

}  // namespace stocktracker::inline v0::testing
