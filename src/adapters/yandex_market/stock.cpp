#include "adapters/yandex_market/stock.hpp"

#include <algorithm>
#include <optional>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOfCampaign = "yandex_market.campaign_stock";
constexpr std::string_view kOwn = "yandex_market.own_stock";

}  // namespace

Result<void> StockRows::add(const json::Value& offer, std::string_view list, std::size_t at, std::int64_t warehouse,
                            std::int64_t campaign) {
  const auto key = offer["offerId"].text();
  if (!key || key->empty()) return wrong(list, at, "offerId", "is not an article");
  // Kinds overlap (what is fit is free or frozen), so they are never added up.
  std::optional<std::int64_t> fit, frozen, free;
  bool told = false;
  const auto take = [&](json::Value one) -> Result<void> {
    const auto type = one["type"].text();
    const auto count = json::whole(one["count"]);
    if (!type) return wrong(list, at, "stocks.type", "is not a text");
    if (!count || *count < 0) return wrong(list, at, "stocks.count", "is not a quantity");
    told = true;
    if (*type == "FIT") fit = *count;
    if (*type == "FREEZE") frozen = *count;
    if (*type == "AVAILABLE") free = *count;
    return success();
  };
  STK_TRY(const bool listed, offer["stocks"].each(take));
  if (!listed && offer["stocks"].exists() && !offer["stocks"].is_null()) {
    return wrong(list, at, "stocks", "is not an array");
  }
  if (!told) return success();  // nothing is known of it
  const std::int64_t reserved = frozen.value_or(fit && free ? std::max<std::int64_t>(0, *fit - *free) : 0);
  const std::int64_t on_hand = free.value_or(std::max<std::int64_t>(0, fit.value_or(0) - reserved));

  StockColumns& columns = rows_.columns();
  const auto [place, first] = warehouses_.try_emplace(warehouse, static_cast<std::uint32_t>(columns.warehouses.size()));
  if (first) {
    const auto called = names_.find(warehouse);
    columns.warehouses.push_back(
        {std::to_string(warehouse), called == names_.end() ? std::string() : called->second, std::string(), kind_});
  }
  const std::size_t row = rows_.find(*key, place->second);
  if (row < columns.rows()) {
    // Two shops that tell differently of one pile: which is right nobody says.
    const bool same = columns.on_hand[row] == on_hand && columns.reserved[row] == reserved;
    if (!same && campaigns_[row] != campaign) {
      return Error(Errc::vendor_contradiction,
                   "two shops tell different stock of " + shown(*key) + " in warehouse " + std::to_string(warehouse))
          .may_retry();
    }
    columns.on_hand[row] = on_hand;
    columns.reserved[row] = reserved;
    return success();
  }
  columns.offer.push(*key);
  columns.warehouse.push_back(place->second);
  columns.on_hand.push_back(on_hand);
  columns.reserved.push_back(reserved);
  campaigns_.push_back(campaign);
  return success();
}

Result<std::string> StockRows::add_of_campaign(std::string_view body, std::int64_t campaign, std::int64_t only) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  std::size_t at = 0;
  const auto take = [&](json::Value one) -> Result<void> {
    const auto id = json::whole(one["warehouseId"]);
    if (!id || *id <= 0) return wrong("result.warehouses", at, "warehouseId", "is not an id");
    const std::string list = "result.warehouses[" + std::to_string(at++) + "].offers";
    if (only != 0 && *id != only) return success();
    std::size_t row = 0;
    STK_TRY(const bool held,
            one["offers"].each([&](json::Value offer) { return add(offer, list, row++, *id, campaign); }));
    if (!held) return Error(Errc::vendor_schema, list + " is not an array").about(list);
    return success();
  };
  STK_TRY(const bool listed, result["warehouses"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "result.warehouses is not an array").about("result.warehouses");
  return next_token(result);
}

Result<std::string> StockRows::add_of_warehouse(std::string_view body, std::int64_t warehouse) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  if (json::whole(result["partnerWarehouseId"]).value_or(warehouse) != warehouse) {
    return Error(Errc::vendor_schema, "result.partnerWarehouseId was not asked for").about("result.partnerWarehouseId");
  }
  std::size_t row = 0;
  STK_TRY(const bool listed,
          result["offers"].each([&](json::Value offer) { return add(offer, "result.offers", row++, warehouse, 0); }));
  if (!listed) return Error(Errc::vendor_schema, "result.offers is not an array").about("result.offers");
  return next_token(result);
}

Result<void> fetch_marketplace_stock(const Calls& calls, const Cabinet& cabinet, StockSink& sink,
                                     const CallContext& context) {
  STK_TRY(const auto names, read_market_warehouses(calls, context));
  StockRows rows(names, WarehouseKind::marketplace);
  for (const std::int64_t campaign : cabinet.marketplace_campaigns) {
    const std::string path = "/v2/campaigns/" + std::to_string(campaign) + "/offers/stocks";
    std::string token;
    while (true) {
      STK_TRY(const auto answer,
              calls.post(page_of(path, calls.options().stock_offers_per_page, token), kOfCampaign, "{}", context));
      STK_TRY(auto next, in_operation(kOfCampaign, rows.add_of_campaign(answer.body, campaign, 0)));
      if (next.empty()) break;
      if (next == token) return stuck(kOfCampaign);
      token = std::move(next);
    }
  }
  return sink.rows(rows.take());
}

Result<void> fetch_own_stock(const Calls& calls, const Cabinet& cabinet, const OwnWarehouse& warehouse,
                             std::span<const std::string> offers, StockSink& sink, const CallContext& context) {
  const WarehouseNames names{{warehouse.id, warehouse.name}};
  StockRows rows(names, WarehouseKind::seller);
  const auto batch = static_cast<std::size_t>(calls.options().offers_per_stock_request);
  // A list of articles is answered whole: no pages.
  for (std::size_t from = 0; from < offers.size(); from += batch) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.field(warehouse.grouped ? "stocksWarehouseId" : "partnerWarehouseId", warehouse.id);
    json.key("offerIds").begin_array();
    for (const std::string& offer : offers.subspan(from, std::min(batch, offers.size() - from))) json.string(offer);
    json.end_array().end_object();
    std::string next;
    if (warehouse.grouped) {
      STK_TRY(const auto answer, calls.post("/v2/campaigns/" + std::to_string(warehouse.campaign) + "/offers/stocks",
                                            kOfCampaign, std::move(body), context));
      STK_TRY(next, in_operation(kOfCampaign, rows.add_of_campaign(answer.body, warehouse.campaign, warehouse.id)));
    } else {
      STK_TRY(const auto answer, calls.post("/v3/businesses/" + std::to_string(cabinet.business) + "/offers/stocks",
                                            kOwn, std::move(body), context));
      STK_TRY(next, in_operation(kOwn, rows.add_of_warehouse(answer.body, warehouse.id)));
    }
    if (!next.empty()) {
      return Error(Errc::vendor_schema, "a list of articles was answered in part")
          .during(warehouse.grouped ? kOfCampaign : kOwn)
          .about("result.paging.nextPageToken");
    }
  }
  return sink.rows(rows.take());
}

}  // namespace stocktracker::inline v0::yandex_market
