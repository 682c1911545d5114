/// @file
/// Cabinet: the business, its shops (campaigns) and its warehouses.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/yandex_market/calls.hpp"

namespace stocktracker::inline v0::yandex_market {

struct Campaign {
  std::int64_t id = 0;
  std::int64_t business = 0;
  std::string business_name;
  bool marketplace = false;  ///< sells from the Market's warehouses (FBY, LaaS)
};

/// Adds the page's shops; those without API access are passed over. Answers the next page's token.
[[nodiscard]] Result<std::string> decode_campaigns(std::string_view body, std::vector<Campaign>& into);

struct OwnWarehouse {
  std::int64_t id = 0;
  std::string name;
  std::int64_t campaign = 0;  ///< 0: not told
  bool grouped = false;
};
/// A page of either list of the seller's warehouses.
[[nodiscard]] Result<std::string> decode_own_warehouses(std::string_view body, std::vector<OwnWarehouse>& into);

using WarehouseNames = std::map<std::int64_t, std::string>;
[[nodiscard]] Result<WarehouseNames> decode_market_warehouses(std::string_view body);

struct Cabinet {
  std::int64_t business = 0;
  std::string name;
  std::vector<std::int64_t> marketplace_campaigns;
};

/// Of the shops that the key opens, those of one business: the named one (0: the only one).
[[nodiscard]] Result<Cabinet> cabinet_of(const std::vector<Campaign>& campaigns, std::int64_t named);

[[nodiscard]] Result<Cabinet> read_cabinet(const Calls& calls, std::int64_t named, const CallContext& context);
/// Where a cabinet works with groups of warehouses, the list that knows groups; otherwise the other one.
[[nodiscard]] Result<std::vector<OwnWarehouse>> read_own_warehouses(const Calls& calls, std::int64_t business,
                                                                    const CallContext& context);
[[nodiscard]] Result<WarehouseNames> read_market_warehouses(const Calls& calls, const CallContext& context);

}  // namespace stocktracker::inline v0::yandex_market
