// Decodes shops and warehouses, and derives the places of stock from them.
#include "adapters/yandex_market/cabinet.hpp"

#include <algorithm>
#include <charconv>

#include "json/lenient.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kCampaigns = "yandex_market.campaigns";
constexpr std::string_view kOwn = "yandex_market.own_warehouses";
constexpr std::string_view kGrouped = "yandex_market.grouped_warehouses";
constexpr std::string_view kMarket = "yandex_market.market_warehouses";
constexpr int kCampaignsPerPage = 100;
constexpr int kWarehousesPerPage = 30;

constexpr auto kNoKey = [](json::Value) { return std::string(); };

Result<std::int64_t> id_in(const json::Value& value, std::string_view member) {
  const auto id = json::lenient_integer(value);
  if (!id || *id <= 0) return row_error(member, "is not an id");
  return *id;
}

/// Reports to the watch what a page has added to a stored list, and its odd rows.
template <class Row>
Result<NextPage> watched(PageWatch& watch, std::vector<Row>& rows, OddNotes& odd,
                         FunctionRef<Result<NextPage>(AnswerSink&)> page) {
  const std::size_t before = rows.size();
  OddNotes here;
  STK_TRY(auto next, page(here));
  for (std::size_t at = before; at < rows.size(); ++at) watch.row(std::to_string(rows[at].id));
  here.report_to(odd);
  return next;
}

/// A warehouse that comes again counts once; the last row counts.
std::vector<OwnWarehouse> each_once(std::vector<OwnWarehouse> rows) {
  std::map<std::int64_t, std::size_t> places;
  std::vector<OwnWarehouse> once;
  for (OwnWarehouse& row : rows) {
    const auto [place, first] = places.try_emplace(row.id, once.size());
    if (first) {
      once.push_back(std::move(row));
    } else {
      once[place->second] = std::move(row);
    }
  }
  return once;
}

}  // namespace

Result<NextPage> decode_campaigns(std::string_view body, std::vector<Campaign>& into, AnswerSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  const auto take = [&](json::Value one) -> Result<void> {
    Campaign campaign;
    STK_TRY(campaign.id, id_in(one["id"], "id"));
    STK_TRY(campaign.business, id_in(one["business"]["id"], "business.id"));
    campaign.business_name = one["business"]["name"].text().value_or("");
    const auto placement = one["placementType"].text().value_or("");
    campaign.marketplace = placement == "FBY" || placement == "LAAS";
    campaign.open = one["apiAvailability"].text().value_or("AVAILABLE") == "AVAILABLE";
    into.push_back(std::move(campaign));
    return success();
  };
  // This answer has no wrapper object.
  STK_TRY(each_row(document.root(), "campaigns", sink, kNoKey, take));
  return next_page(document.root());
}

Result<NextPage> decode_own_warehouses(std::string_view body, WarehouseList list, std::vector<OwnWarehouse>& into,
                                       AnswerSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  const auto take = [&](json::Value one) -> Result<void> {
    OwnWarehouse warehouse;
    STK_TRY(warehouse.id, id_in(one["id"], "id"));
    warehouse.name = one["name"].text().value_or("");
    if (list == WarehouseList::v2) {
      STK_TRY(warehouse.campaign, id_in(one["campaignId"], "campaignId"));
      if (const json::Value group = one["groupInfo"]; group.is_object()) {
        STK_TRY(warehouse.group, id_in(group["id"], "groupInfo.id"));
        warehouse.group_name = group["name"].text().value_or("");
      }
    }
    into.push_back(std::move(warehouse));
    return success();
  };
  STK_TRY(each_row(result, "result.warehouses", sink, kNoKey, take));
  return next_page(result);
}

Result<WarehouseNames> decode_market_warehouses(std::string_view body) {
  STK_TRY(const auto document, json::Document::parse(body));
  WarehouseNames names;
  OddNotes nobody;
  const auto take = [&](json::Value one) -> Result<void> {
    STK_TRY(const std::int64_t id, id_in(one["id"], "id"));
    names.insert_or_assign(id, std::string(one["name"].text().value_or("")));
    return success();
  };
  STK_TRY(each_row(document.root()["result"], "result.warehouses", nobody, kNoKey, take));
  return names;
}

Result<Cabinet> cabinet_of(const std::vector<Campaign>& campaigns, std::int64_t named) {
  Cabinet cabinet;
  for (const Campaign& campaign : campaigns) {
    if (!campaign.open || (named != 0 && campaign.business != named)) continue;
    if (cabinet.business != 0 && cabinet.business != campaign.business) {
      return Error(Errc::credentials_missing, "the key opens several cabinets; give the id of one").about("business");
    }
    cabinet.business = campaign.business;
    if (cabinet.name.empty()) cabinet.name = campaign.business_name;
    cabinet.campaigns.push_back(campaign.id);
    if (campaign.marketplace) cabinet.marketplace_campaigns.push_back(campaign.id);
  }
  if (cabinet.business == 0) {
    return Error(Errc::vendor_forbidden, named == 0 ? "the key opens no cabinet" : "the key does not open this cabinet")
        .about("business");
  }
  for (auto* ids : {&cabinet.campaigns, &cabinet.marketplace_campaigns}) {
    std::sort(ids->begin(), ids->end());
    ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  }
  return cabinet;
}

Result<Cabinet> read_cabinet(const Calls& calls, std::int64_t named, const CallContext& context) {
  std::vector<Campaign> campaigns;
  OddNotes odd;
  PageWatch watch(kCampaigns);
  const auto page = [&](const std::string& token) -> Result<NextPage> {
    STK_TRY(const auto answer, calls.get(page_of("/v2/campaigns", kCampaignsPerPage, token), kCampaigns, context));
    return in_operation(kCampaigns, watched(watch, campaigns, odd, [&](AnswerSink& sink) {
                          return decode_campaigns(answer.body, campaigns, sink);
                        }));
  };
  STK_TRY(read_pages(watch, page));
  STK_TRY(auto cabinet, in_operation(kCampaigns, cabinet_of(campaigns, named)));
  cabinet.odd = std::move(odd);
  return cabinet;
}

namespace {

Result<std::vector<OwnWarehouse>> read_list(const Calls& calls, std::string_view path, WarehouseList list,
                                            OddNotes& odd, const CallContext& context) {
  const std::string_view operation = list == WarehouseList::v2 ? kGrouped : kOwn;
  std::vector<OwnWarehouse> all;
  PageWatch watch(operation);
  const auto page = [&](const std::string& token) -> Result<NextPage> {
    STK_TRY(const auto answer, calls.post(page_of(path, kWarehousesPerPage, token), operation, "{}", context));
    return in_operation(operation, watched(watch, all, odd, [&](AnswerSink& sink) {
                          return decode_own_warehouses(answer.body, list, all, sink);
                        }));
  };
  STK_TRY(read_pages(watch, page));
  return each_once(std::move(all));
}

/// "Group 1 (Own warehouse, Second)".
OwnPlace group_place(const std::vector<OwnWarehouse>& members, const Cabinet& cabinet) {
  OwnPlace place;
  place.key = std::string(kGroupPrefix) + std::to_string(members.front().group);
  place.name = members.front().group_name + " (";
  const auto opened = [&](const OwnWarehouse& one) {
    return std::binary_search(cabinet.campaigns.begin(), cabinet.campaigns.end(), one.campaign);
  };
  auto asked = std::find_if(members.begin(), members.end(), opened);
  if (asked == members.end()) asked = members.begin();
  place.campaign = asked->campaign;
  place.members.push_back(asked->id);
  for (auto one = members.begin(); one != members.end(); ++one) {
    place.name.append(one == members.begin() ? "" : ", ").append(one->name);
    if (one != asked) place.members.push_back(one->id);
  }
  place.name += ")";
  return place;
}

}  // namespace

Result<OwnPlace> OwnPlaces::find(std::string_view key) const {
  const auto found = std::find_if(all.begin(), all.end(), [&](const OwnPlace& one) { return one.key == key; });
  if (found != all.end()) return *found;
  std::int64_t id = 0;
  const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
  const bool number = parsed.ec == std::errc() && parsed.ptr == key.data() + key.size() && id > 0;
  if (number && !groups && odd.size() > 0) return OwnPlace{std::string(key), {}, {id}, 0};
  return Error(Errc::vendor_contradiction, "the cabinet does not list warehouse " + shown(key)).may_retry();
}

std::vector<OwnPlace> places_of(const std::vector<OwnWarehouse>& warehouses, const Cabinet& cabinet) {
  const auto grouped = [](const OwnWarehouse& one) { return one.group != 0; };
  const bool any = std::any_of(warehouses.begin(), warehouses.end(), grouped);
  std::map<std::int64_t, std::vector<OwnWarehouse>> groups;
  std::vector<OwnPlace> places;
  for (const OwnWarehouse& one : warehouses) {
    if (grouped(one)) {
      groups[one.group].push_back(one);
    } else {
      places.push_back({std::to_string(one.id), one.name, {one.id}, any ? one.campaign : 0});
    }
  }
  for (auto& [id, members] : groups) {
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    places.push_back(group_place(members, cabinet));
  }
  return places;
}

Result<OwnPlaces> read_own_places(const Calls& calls, const Cabinet& cabinet, const CallContext& context) {
  const std::string id = std::to_string(cabinet.business);
  OwnPlaces places;
  STK_TRY(auto warehouses,
          read_list(calls, "/v2/businesses/" + id + "/warehouses", WarehouseList::v2, places.odd, context));
  places.groups =
      std::any_of(warehouses.begin(), warehouses.end(), [](const OwnWarehouse& one) { return one.group != 0; });
  if (!places.groups) {
    places.odd = {};
    STK_TRY(warehouses,
            read_list(calls, "/v3/businesses/" + id + "/warehouses", WarehouseList::v3, places.odd, context));
  }
  places.all = places_of(warehouses, cabinet);
  return places;
}

Result<WarehouseNames> read_market_warehouses(const Calls& calls, const CallContext& context) {
  STK_TRY(const auto answer, calls.get("/v2/warehouses", kMarket, context));
  return in_operation(kMarket, decode_market_warehouses(answer.body));
}

}  // namespace stocktracker::inline v0::yandex_market
