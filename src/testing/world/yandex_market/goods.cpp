// Yandex Market: the catalogue, prices, warehouses and stock.
#include <algorithm>
#include <charconv>

#include <stocktracker/core/time_text.hpp>

#include "testing/world/yandex_market/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::size_t kMostOffers = 500;
constexpr std::int64_t kGroup = 77;
constexpr std::int64_t kReturns = 9'000'001;  // the Market's warehouse of returns

std::string decimal_of(std::int64_t hundredths) {
  std::string text = std::to_string(hundredths / 100);
  const std::int64_t rest = hundredths % 100;
  if (rest == 0) return text;
  text += '.';
  text += static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
  return text;
}

// Of a path with one number in it.
std::int64_t id_in(std::string_view path) {
  const std::size_t third = path.find('/', path.find('/', 1) + 1) + 1;
  const std::string_view digits = path.substr(third, path.find('/', third) - third);
  std::int64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id);
  return id;
}

template <class Row>
void sort_by_warehouse(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.warehouse < b.warehouse; });
}

}  // namespace

std::string YandexFace::group_key() { return "group:" + std::to_string(kGroup); }

HttpResponse YandexFace::offer_mappings(const Call& call) {
  if (id_in(call.path) != business_) return problem(403, "FORBIDDEN", "No access to the business");
  const auto all = listed_sizes();
  const Page page = page_of(call, 100, all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object();
  write_paging(json, page);
  json.key("offerMappings").begin_array();
  if (odd_here(page)) {
    json.begin_object().key("offer").begin_object().field("name", "No article").end_object().end_object();
    json.begin_object().key("offer").begin_object().field("offerId", "odd-barcodes").key("barcodes").begin_array();
    json.begin_object().end_object().end_array().end_object().end_object();
  }
  for (std::size_t n = page.first; n < page.end; ++n) {
    const ShopOffer& one = offer(all[n]);
    const Card& card = catalogue_.cards[catalogue_.sizes[all[n]].card];
    json.begin_object().key("offer").begin_object().field("offerId", one.offer_id).field("name", card.title);
    json.field("vendor", card.brand).key("barcodes").begin_array();
    for (const std::string& code : catalogue_.barcodes_on(Shop::yandex_market, all[n])) json.string(code);
    json.end_array().key("tags").null().field("archived", false).end_object();
    json.key("mapping").begin_object().field("marketSku", one.listing).end_object().end_object();
  }
  json.end_array().end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse YandexFace::prices(const Call& call) {
  if (id_in(call.path) != business_) return problem(403, "FORBIDDEN", "No access to the business");
  const auto all = listed_sizes();
  const Page page = page_of(call, 500, all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object();
  write_paging(json, page);
  json.key("offers").begin_array();
  if (odd_here(page)) {
    const auto odd = [&](std::string_view id, std::string_view value, std::string_view currency) {
      json.begin_object().field("offerId", id).key("price").begin_object().key("value").decimal(value);
      json.field("currencyId", currency).end_object().end_object();
    };
    odd("odd-decimals", "4.5454", "RUR");
    odd("odd-currency", "10", "R");
    json.begin_object().field("offerId", "no-price").end_object();
  }
  for (std::size_t n = page.first; n < page.end; ++n) {
    const ShopPrice price = catalogue_.price_on(Shop::yandex_market, all[n]);
    json.begin_object().field("offerId", offer(all[n]).offer_id).key("price").begin_object();
    json.key("value").decimal(decimal_of(price.price)).field("currencyId", "RUR");
    json.key("discountBase").decimal(decimal_of(price.list_price)).field("updatedAt", "2026-11-19T12:00:00+03:00");
    json.end_object().end_object();
  }
  json.end_array().end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse YandexFace::grouped_warehouses(const Call& call) {
  if (id_in(call.path) != business_) return problem(403, "FORBIDDEN", "No access to the business");
  const auto all = catalogue_.open_seller_warehouses();
  const Page page = page_of(call, 30, all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object().key("warehouses").begin_array();
  if (odd_here(page)) json.begin_object().field("name", "No id").field("express", false).end_object();
  for (std::size_t n = page.first; n < page.end; ++n) {
    json.begin_object().field("id", catalogue_.seller_warehouse_id(Shop::yandex_market, all[n]));
    json.field("name", catalogue_.seller_warehouses[all[n]].name);
    json.field("campaignId", campaign_of(all[n])).field("express", false);
    if (in_group(all[n])) {
      json.key("groupInfo").begin_object().field("id", kGroup).field("name", "Group 1").end_object();
    }
    json.end_object();
  }
  json.end_array();
  write_paging(json, page);
  json.end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse YandexFace::own_warehouses(const Call& call) {
  if (id_in(call.path) != business_) return problem(403, "FORBIDDEN", "No access to the business");
  if (groups_) return problem(400, "GROUPED_WAREHOUSE", "The cabinet has groups of warehouses");
  const auto all = catalogue_.open_seller_warehouses();
  const Page page = page_of(call, 30, all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object().key("warehouses").begin_array();
  if (odd_here(page)) json.begin_object().field("name", "No id").end_object();
  for (std::size_t n = page.first; n < page.end; ++n) {
    json.begin_object().field("id", catalogue_.seller_warehouse_id(Shop::yandex_market, all[n]));
    json.field("name", catalogue_.seller_warehouses[all[n]].name);
    json.key("models").begin_array().begin_object().field("placementType", "FBS").field("apiAvailability", "AVAILABLE");
    json.end_object().end_array().key("address").begin_object().field("city", "Москва").field("street", "Примерная");
    json.field("number", "1").key("gps").begin_object().key("latitude").decimal("55.75").key("longitude");
    json.decimal("37.61").end_object().end_object().end_object();
  }
  json.end_array();
  write_paging(json, page);
  json.end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse YandexFace::market_warehouses(const Call&) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object().key("warehouses").begin_array();
  const Range range = catalogue_.warehouses_of[index_of(Shop::yandex_market)];
  for (std::uint32_t n = range.first; n < range.first + range.count; ++n) {
    const MarketplaceWarehouse& one = catalogue_.marketplace_warehouses[n];
    json.begin_object().field("id", one.id).field("name", one.name).key("address").begin_object();
    json.field("city", "Москва").key("gps").begin_object().key("latitude").decimal("55.5").key("longitude");
    json.decimal("38.15").end_object().end_object().end_object();
  }
  json.end_array().end_object().end_object();
  return json_answer(200, std::move(out));
}

// Kinds overlap, as the API has them.
void YandexFace::write_stocks(JsonWriter& json, std::string_view offer, std::int64_t free, std::int64_t frozen) const {
  json.begin_object().field("offerId", offer).key("stocks").begin_array();
  const auto stock = [&](std::string_view type, std::int64_t count) {
    json.begin_object().field("type", type).field("count", count).end_object();
  };
  stock("FIT", free + frozen);
  if (frozen > 0) stock("FREEZE", frozen);
  if (free != 0) stock("AVAILABLE", free);
  if (free % 7 == 3) stock("DEFECT", 1);
  json.end_array().field("updatedAt", "2026-11-20T10:15:30+03:00").end_object();
}

// Rows of stock that nobody can read.
void YandexFace::write_odd_stocks(JsonWriter& json, const Page& page) const {
  if (!odd_here(page)) return;
  const auto row = [&](std::string_view id, std::int64_t count) {
    json.begin_object();
    if (!id.empty()) json.field("offerId", id);
    json.key("stocks").begin_array().begin_object().field("type", "FIT").field("count", count).end_object();
    json.end_array().end_object();
  };
  row("", 5);
  row("odd-amount", INT64_MAX);
}

YandexFace::Pile YandexFace::pile_of(std::size_t size, std::size_t warehouse) const {
  Pile pile;
  if (commerce_.silent(size) || commerce_.trashed(size)) return pile;
  for (std::size_t n = 0; n < catalogue_.seller_warehouses.size(); ++n) {
    if (n != warehouse && !(in_group(n) && in_group(warehouse))) continue;
    if (catalogue_.seller_warehouses[n].closed) continue;
    const std::uint32_t row = commerce_.fbs_row(size, n);
    if (row == kNone) continue;
    pile.free += commerce_.fbs()[row].on_hand;
    pile.frozen += commerce_.fbs()[row].ordered[index_of(Shop::yandex_market)];
    pile.known = true;
  }
  if (pile.known && oversold_.count(offer(size).offer_id) != 0) pile.free = -2;
  return pile;
}

std::vector<YandexFace::CampaignRow> YandexFace::market_rows(const std::vector<std::uint32_t>& sizes,
                                                             const Page& page) const {
  std::vector<CampaignRow> rows;
  for (std::size_t n = page.first; n < page.end; ++n) {
    if (commerce_.trashed(sizes[n])) continue;
    for (std::uint32_t row = commerce_.first_fbo(sizes[n]); row != kNone; row = commerce_.fbo()[row].next) {
      const FboRow& fbo = commerce_.fbo()[row];
      if (commerce_.shop_of(fbo) != Shop::yandex_market) continue;
      rows.push_back(
          {catalogue_.marketplace_warehouses[fbo.warehouse].id, sizes[n], fbo.live.on_hand, fbo.live.to_client});
    }
  }
  sort_by_warehouse(rows);
  return rows;
}

std::vector<YandexFace::CampaignRow> YandexFace::seller_rows(const std::vector<std::uint32_t>& sizes, const Page& page,
                                                             std::size_t warehouse) const {
  std::vector<CampaignRow> rows;
  for (std::size_t n = page.first; n < page.end; ++n) {
    if (commerce_.trashed(sizes[n])) continue;
    const Pile pile = pile_of(sizes[n], warehouse);
    if (!pile.known) continue;
    rows.push_back({catalogue_.seller_warehouse_id(Shop::yandex_market, warehouse), sizes[n], pile.free, pile.frozen});
    // What came back and was not fetched lies in a warehouse of the Market's.
    if (sizes[n] % 9 == 0) rows.push_back({kReturns, sizes[n], 1, 0});
  }
  sort_by_warehouse(rows);
  return rows;
}

HttpResponse YandexFace::campaign_stock(const Call& call) {
  const std::int64_t campaign = id_in(call.path);
  const bool market = campaign == market_campaign();
  const std::size_t warehouse = campaign < own_campaign() ? catalogue_.seller_warehouses.size()
                                                          : static_cast<std::size_t>(campaign - own_campaign());
  if (!market && warehouse >= catalogue_.seller_warehouses.size()) {
    return problem(403, "FORBIDDEN", "No access to the campaign");
  }
  if (!market && !groups_) {
    return problem(400, "BAD_REQUEST", "The cabinet has no groups of warehouses: use the method of the business");
  }
  const auto asked = call.fields.texts("offerIds");
  const std::int64_t only = call.fields.number("stocksWarehouseId", 0);
  if (asked.size() > kMostOffers) return problem(400, "BAD_REQUEST", "offerIds: at most 500");
  std::vector<std::uint32_t> sizes;
  for (const std::string& text : asked) {
    const auto size = by_offer_.find(text);
    if (size != by_offer_.end()) sizes.push_back(size->second);
  }
  if (asked.empty()) sizes = listed_sizes();
  const Page page = asked.empty() ? page_of(call, 100, sizes.size()) : Page{0, sizes.size(), ""};

  const std::vector<CampaignRow> rows = market ? market_rows(sizes, page) : seller_rows(sizes, page, warehouse);
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object();
  write_paging(json, page);
  json.key("warehouses").begin_array();
  std::int64_t open = 0;
  for (const CampaignRow& row : rows) {
    if (only != 0 && row.warehouse != only) continue;
    if (row.warehouse != open) {
      if (open != 0) json.end_array().end_object();
      open = row.warehouse;
      json.begin_object().field("warehouseId", open).key("offers").begin_array();
      write_odd_stocks(json, page);
    }
    write_stocks(json, offer(row.size).offer_id, row.free, row.frozen);
  }
  if (open != 0) json.end_array().end_object();
  json.end_array().end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse YandexFace::own_stock(const Call& call) {
  if (id_in(call.path) != business_) return problem(403, "FORBIDDEN", "No access to the business");
  if (groups_) return problem(400, "GROUPED_WAREHOUSE", "The cabinet has groups of warehouses");
  const std::int64_t id = call.fields.number("partnerWarehouseId", 0);
  const auto asked = call.fields.texts("offerIds");
  if (asked.size() > kMostOffers) return problem(400, "BAD_REQUEST", "offerIds: at most 500");
  std::size_t warehouse = 0;
  while (warehouse < catalogue_.seller_warehouses.size() &&
         catalogue_.seller_warehouse_id(Shop::yandex_market, warehouse) != id)
    ++warehouse;
  if (warehouse == catalogue_.seller_warehouses.size() || catalogue_.seller_warehouses[warehouse].closed) {
    return problem(404, "NOT_FOUND", "partnerWarehouseId is not a warehouse of the business");
  }
  std::vector<std::uint32_t> sizes;
  for (const std::string& text : asked) {
    const auto size = by_offer_.find(text);
    if (size != by_offer_.end()) sizes.push_back(size->second);
  }
  if (asked.empty()) sizes = listed_sizes();
  const Page page = asked.empty() ? page_of(call, 100, sizes.size()) : Page{0, sizes.size(), ""};
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "OK").key("result").begin_object().field("partnerWarehouseId", id);
  json.key("offers").begin_array();
  write_odd_stocks(json, page);
  for (std::size_t n = page.first; n < page.end; ++n) {
    const Pile pile = pile_of(sizes[n], warehouse);
    if (pile.known) write_stocks(json, offer(sizes[n]).offer_id, pile.free, pile.frozen);
  }
  json.end_array();
  write_paging(json, page);
  json.end_object().end_object();
  return json_answer(200, std::move(out));
}

std::vector<TruePosition> YandexFace::truth(Instant) const {
  std::vector<TruePosition> positions;
  for (const auto& [text, size] : by_offer_) {  // bytewise order of the articles
    if (!listed(size)) continue;
    const std::size_t first = positions.size();
    for (std::uint32_t row = commerce_.first_fbo(size); row != kNone; row = commerce_.fbo()[row].next) {
      const FboRow& fbo = commerce_.fbo()[row];
      if (commerce_.shop_of(fbo) != Shop::yandex_market) continue;
      positions.push_back(position_of(offer(size), catalogue_.marketplace_warehouses[fbo.warehouse].id, StockKind::fbo,
                                      fbo.live.on_hand, fbo.live.to_client));
    }
    for (std::size_t n = 0; n < catalogue_.seller_warehouses.size(); ++n) {
      if (in_group(n) && n > 0 && !catalogue_.seller_warehouses[0].closed) continue;  // one pile
      const Pile pile = pile_of(size, n);
      if (!pile.known) continue;
      positions.push_back(position_of(offer(size), catalogue_.seller_warehouse_id(Shop::yandex_market, n),
                                      StockKind::fbs, std::max<std::int64_t>(0, pile.free), pile.frozen));
      if (in_group(n)) positions.back().warehouse = group_key();
    }
    sort_positions(positions, first);
  }
  return positions;
}

}  // namespace stocktracker::inline v0::testing::world
