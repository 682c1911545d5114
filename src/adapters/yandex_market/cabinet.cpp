#include "adapters/yandex_market/cabinet.hpp"

#include <algorithm>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kCampaigns = "yandex_market.campaigns";
constexpr std::string_view kOwn = "yandex_market.own_warehouses";
constexpr std::string_view kGrouped = "yandex_market.grouped_warehouses";
constexpr std::string_view kMarket = "yandex_market.market_warehouses";
constexpr int kCampaignsPerPage = 100;
constexpr int kWarehousesPerPage = 30;

}  // namespace

Result<std::string> decode_campaigns(std::string_view body, std::vector<Campaign>& into) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::size_t at = 0;
  const auto take = [&](json::Value one) -> Result<void> {
    Campaign campaign;
    const auto id = json::whole(one["id"]);
    if (!id || *id <= 0) return wrong("campaigns", at, "id", "is not an id");
    const auto business = json::whole(one["business"]["id"]);
    if (!business || *business <= 0) return wrong("campaigns", at, "business.id", "is not an id");
    campaign.id = *id;
    campaign.business = *business;
    campaign.business_name = one["business"]["name"].text().value_or("");
    const auto placement = one["placementType"].text().value_or("");
    campaign.marketplace = placement == "FBY" || placement == "LAAS";
    ++at;
    const auto access = one["apiAvailability"].text().value_or("AVAILABLE");
    if (access == "AVAILABLE") into.push_back(std::move(campaign));
    return success();
  };
  // This answer has no wrapper.
  STK_TRY(const bool listed, document.root()["campaigns"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "campaigns is not an array").about("campaigns");
  return next_token(document.root());
}

Result<std::string> decode_own_warehouses(std::string_view body, std::vector<OwnWarehouse>& into) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  std::size_t at = 0;
  const auto take = [&](json::Value one) -> Result<void> {
    OwnWarehouse warehouse;
    const auto id = json::whole(one["id"]);
    if (!id || *id <= 0) return wrong("result.warehouses", at, "id", "is not an id");
    warehouse.id = *id;
    warehouse.name = one["name"].text().value_or("");
    warehouse.campaign = json::whole(one["campaignId"]).value_or(0);
    warehouse.grouped = one["groupInfo"].is_object();
    into.push_back(std::move(warehouse));
    ++at;
    return success();
  };
  const json::Value list = result["warehouses"];
  STK_TRY(const bool listed, list.each(take));
  if (!listed && !(result.is_object() && (list.is_null() || !list.exists()))) {
    return Error(Errc::vendor_schema, "result.warehouses is not an array").about("result.warehouses");
  }
  return next_token(result);
}

Result<WarehouseNames> decode_market_warehouses(std::string_view body) {
  STK_TRY(const auto document, json::Document::parse(body));
  WarehouseNames names;
  std::size_t at = 0;
  const auto take = [&](json::Value one) -> Result<void> {
    const auto id = json::whole(one["id"]);
    if (!id || *id <= 0) return wrong("result.warehouses", at, "id", "is not an id");
    names.insert_or_assign(*id, std::string(one["name"].text().value_or("")));
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root()["result"]["warehouses"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "result.warehouses is not an array").about("result.warehouses");
  return names;
}

Result<Cabinet> cabinet_of(const std::vector<Campaign>& campaigns, std::int64_t named) {
  Cabinet cabinet;
  for (const Campaign& campaign : campaigns) {
    if (named != 0 && campaign.business != named) continue;
    if (cabinet.business != 0 && cabinet.business != campaign.business) {
      return Error(Errc::credentials_missing, "the key opens several cabinets: name one").about("business");
    }
    cabinet.business = campaign.business;
    if (cabinet.name.empty()) cabinet.name = campaign.business_name;
    if (campaign.marketplace) cabinet.marketplace_campaigns.push_back(campaign.id);
  }
  if (cabinet.business == 0) {
    return Error(Errc::vendor_forbidden, named == 0 ? "the key opens no cabinet" : "the key does not open this cabinet")
        .about("business");
  }
  std::sort(cabinet.marketplace_campaigns.begin(), cabinet.marketplace_campaigns.end());
  return cabinet;
}

Result<Cabinet> read_cabinet(const Calls& calls, std::int64_t named, const CallContext& context) {
  std::vector<Campaign> campaigns;
  std::string token;
  while (true) {
    STK_TRY(const auto answer, calls.get(page_of("/v2/campaigns", kCampaignsPerPage, token), kCampaigns, context));
    STK_TRY(auto next, in_operation(kCampaigns, decode_campaigns(answer.body, campaigns)));
    if (next.empty()) return in_operation(kCampaigns, cabinet_of(campaigns, named));
    if (next == token) return stuck(kCampaigns);
    token = std::move(next);
  }
}

namespace {

Result<std::vector<OwnWarehouse>> read_list(const Calls& calls, std::string_view path, std::string_view operation,
                                            std::string_view body, const CallContext& context) {
  std::vector<OwnWarehouse> all;
  std::string token;
  while (true) {
    STK_TRY(const auto answer,
            calls.post(page_of(path, kWarehousesPerPage, token), operation, std::string(body), context));
    STK_TRY(auto next, in_operation(operation, decode_own_warehouses(answer.body, all)));
    if (next.empty()) return all;
    if (next == token) return stuck(operation);
    token = std::move(next);
  }
}

}  // namespace

Result<std::vector<OwnWarehouse>> read_own_warehouses(const Calls& calls, std::int64_t business,
                                                      const CallContext& context) {
  const std::string id = std::to_string(business);
  STK_TRY(auto grouped, read_list(calls, "/v2/businesses/" + id + "/warehouses", kGrouped, "{}", context));
  if (std::any_of(grouped.begin(), grouped.end(), [](const OwnWarehouse& one) { return one.grouped; })) return grouped;
  return read_list(calls, "/v3/businesses/" + id + "/warehouses", kOwn, "{}", context);
}

Result<WarehouseNames> read_market_warehouses(const Calls& calls, const CallContext& context) {
  STK_TRY(const auto answer, calls.get("/v2/warehouses", kMarket, context));
  return in_operation(kMarket, decode_market_warehouses(answer.body));
}

}  // namespace stocktracker::inline v0::yandex_market
