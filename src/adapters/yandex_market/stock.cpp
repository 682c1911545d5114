#include "adapters/yandex_market/stock.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOfCampaign = "yandex_market.campaign_stock";
constexpr std::string_view kOwn = "yandex_market.own_stock";
constexpr std::size_t kRowBytes = 150;  // about: a guess at what to make room for
constexpr std::array kRow{json::Field{"offerId", json::FieldType::text}};
constexpr std::array kPart{json::Field{"type", json::FieldType::text}, json::Field{"count", json::FieldType::whole}};

Error wrong(std::string_view list, const json::NestedRow& told, std::string_view member, std::string_view what) {
  std::string field(list);
  if (!told.group.empty()) field.append("[" + std::to_string(told.group_at) + "].offers");
  field.append("[" + std::to_string(told.row_at) + "].").append(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

}  // namespace

Result<void> StockRows::add(const json::NestedRow& told, std::string_view field, std::int64_t warehouse,
                            std::int64_t campaign) {
  const json::Cell& article = told.row[0];
  std::optional<std::string_view> offer = json::plain_text(article);
  if (!offer) {
    STK_TRY(unescaped_, json::text_of(article));
    offer = unescaped_;
  }
  if (offer->empty()) return wrong(field, told, "offerId", "is not an article");
  // Kinds overlap (what is fit is free or frozen), so they are never added up.
  std::optional<std::int64_t> fit, frozen, free;
  if (told.parts.empty()) return success();  // nothing is known of it
  for (std::size_t part = 0; part < told.parts.size(); part += kPart.size()) {
    const json::Cell& type = told.parts[part];
    const std::int64_t count = told.parts[part + 1].integer;
    if (count < 0) return wrong(field, told, "stocks.count", "is not a quantity");
    if (type.raw.starts_with("FIT\"")) {
      fit = count;
    } else if (type.raw.starts_with("FREEZE\"")) {
      frozen = count;
    } else if (type.raw.starts_with("AVAILABLE\"")) {
      free = count;
    }
  }
  const std::int64_t reserved = frozen.value_or(fit && free ? std::max<std::int64_t>(0, *fit - *free) : 0);
  const std::int64_t on_hand = free.value_or(std::max<std::int64_t>(0, fit.value_or(0) - reserved));

  StockColumns& columns = rows_.columns();
  const std::uint32_t place = place_of(warehouse);
  const std::size_t row = rows_.find(*offer, place);
  if (row < columns.rows()) {
    // Two shops that tell differently of one pile: which is right nobody says.
    const bool same = columns.on_hand[row] == on_hand && columns.reserved[row] == reserved;
    if (!same && campaigns_[row] != campaign) {
      return Error(Errc::vendor_contradiction,
                   "two shops tell different stock of " + shown(*offer) + " in warehouse " + std::to_string(warehouse))
          .may_retry();
    }
    columns.on_hand[row] = on_hand;
    columns.reserved[row] = reserved;
    return success();
  }
  columns.offer.push(*offer);
  columns.warehouse.push_back(place);
  columns.on_hand.push_back(on_hand);
  columns.reserved.push_back(reserved);
  campaigns_.push_back(campaign);
  return success();
}

std::uint32_t StockRows::place_of(std::int64_t warehouse) {
  if (warehouse == last_warehouse_) return last_place_;
  StockColumns& columns = rows_.columns();
  const auto [place, first] = warehouses_.try_emplace(warehouse, static_cast<std::uint32_t>(columns.warehouses.size()));
  if (first) {
    const auto called = names_.find(warehouse);
    columns.warehouses.push_back(
        {std::to_string(warehouse), called == names_.end() ? std::string() : called->second, std::string(), kind_});
  }
  last_warehouse_ = warehouse;
  return last_place_ = place->second;
}

Result<std::string> StockRows::add_of_campaign(std::string body, std::int64_t campaign, std::int64_t only) {
  static constexpr std::array<std::string_view, 2> kPath{"result", "warehouses"};
  static constexpr std::array kGroup{json::Field{"warehouseId", json::FieldType::whole}};
  const json::NestedShape shape{kPath, kGroup, "offers", kRow, "stocks", kPart};
  const auto take = [&](const json::NestedRow& told) -> Result<void> {
    const std::int64_t id = told.group[0].integer;
    if (id <= 0) {
      const std::string field = "result.warehouses[" + std::to_string(told.group_at) + "].warehouseId";
      return Error(Errc::vendor_schema, field + " is not an id").about(field);
    }
    if (only != 0 && id != only) return success();
    return add(told, "result.warehouses", id, campaign);
  };
  std::string rest;
  rows_.expect(body.size() / kRowBytes);
  STK_TRY(json::read_nested(body, shape, take, &rest));
  STK_TRY(const auto document, json::Document::parse(rest));
  return next_token(document.root()["result"]);
}

Result<std::string> StockRows::add_of_warehouse(std::string body, std::int64_t warehouse) {
  static constexpr std::array<std::string_view, 2> kPath{"result", "offers"};
  const json::NestedShape shape{.path = kPath, .row = kRow, .parts = "stocks", .part = kPart};
  std::string rest;
  rows_.expect(body.size() / kRowBytes);
  STK_TRY(json::read_nested(
      body, shape, [&](const json::NestedRow& told) { return add(told, "result.offers", warehouse, 0); }, &rest));
  STK_TRY(const auto document, json::Document::parse(rest));
  const json::Value result = document.root()["result"];
  if (json::whole(result["partnerWarehouseId"]).value_or(warehouse) != warehouse) {
    return Error(Errc::vendor_schema, "result.partnerWarehouseId was not asked for").about("result.partnerWarehouseId");
  }
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
      STK_TRY(auto answer,
              calls.post(page_of(path, calls.options().stock_offers_per_page, token), kOfCampaign, "{}", context));
      STK_TRY(auto next, in_operation(kOfCampaign, rows.add_of_campaign(std::move(answer.body), campaign, 0)));
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
      STK_TRY(auto answer, calls.post("/v2/campaigns/" + std::to_string(warehouse.campaign) + "/offers/stocks",
                                      kOfCampaign, std::move(body), context));
      STK_TRY(next, in_operation(kOfCampaign,
                                 rows.add_of_campaign(std::move(answer.body), warehouse.campaign, warehouse.id)));
    } else {
      STK_TRY(auto answer, calls.post("/v3/businesses/" + std::to_string(cabinet.business) + "/offers/stocks", kOwn,
                                      std::move(body), context));
      STK_TRY(next, in_operation(kOwn, rows.add_of_warehouse(std::move(answer.body), warehouse.id)));
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
