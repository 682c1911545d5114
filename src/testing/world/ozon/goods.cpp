// Ozon: products, prices, warehouses and stock.
#include <algorithm>
#include <charconv>
#include <optional>

#include "testing/world/ozon/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::size_t kMost = 1'000;

std::string decimal_of(std::int64_t hundredths) {
  std::string text = std::to_string(hundredths / 100);
  if (hundredths % 100 == 0) return text;
  const std::int64_t rest = hundredths % 100;
  text += '.';
  text += static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
  return text;
}

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

HttpResponse OzonFace::product_list(const Call& call) {
  const std::string last_id = call.fields.text("last_id");
  const std::int64_t limit = call.fields.number("limit", 1'000);
  if (limit < 1 || limit > 1'000) return problem(400, 3, "limit must be between 1 and 1000");
  const std::string visibility = call.fields.inner("filter").text("visibility");
  if (visibility != "ALL" && visibility != "ARCHIVED") return problem(400, 3, "filter.visibility is not served here");
  std::vector<std::uint32_t> all;
  for (const auto& [product, size] : by_product_) {
    if (visibility == "ALL" ? listed(size) : archived(size)) all.push_back(size);
  }
  const Page page = page_of(call, last_id, static_cast<std::size_t>(limit), all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("result").begin_object().key("items").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) {
    const ShopOffer& one = offer(all[n]);
    json.begin_object().field("product_id", one.listing).field("offer_id", one.offer_id).field("sku", one.sku);
    json.field("has_fbo_stocks", commerce_.first_fbo(all[n]) != kNone);
    json.field("has_fbs_stocks", commerce_.first_fbs(all[n]) != kNone);
    json.field("archived", visibility == "ARCHIVED")
        .field("is_discounted", false)
        .key("quants")
        .begin_array()
        .end_array()
        .end_object();
  }
  json.end_array().field("total_items", all.size());
  // As observed: the last page has a cursor, too, after which nothing comes.
  const bool beyond = page.first == page.end;
  json.field("last_id", beyond ? std::string() : page.cursor.empty() ? "c" + std::to_string(all.size()) : page.cursor);
  json.end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse OzonFace::product_info(const Call& call) {
  const auto products = call.fields.texts("product_id");
  const auto offers = call.fields.texts("offer_id");
  if (products.size() + offers.size() > kMost || products.size() + offers.size() == 0) {
    return problem(400, 3, "use either offer_id or product_id or sku, at most 1000");
  }
  std::vector<std::uint32_t> found;
  for (const std::string& text : products) {
    const auto id = number_in(text);
    const auto size = id ? by_product_.find(*id) : by_product_.end();
    if (size != by_product_.end() && listed(size->second)) found.push_back(size->second);
  }
  for (const std::string& text : offers) {
    const auto size = by_offer_.find(text);
    if (size != by_offer_.end() && listed(size->second)) found.push_back(size->second);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("items").begin_array();
  for (const std::uint32_t size : found) {
    if (quirks_.undescribed.count(size) != 0) continue;
    const ShopOffer& one = offer(size);
    const ShopPrice price = catalogue_.price_on(Shop::ozon, size);
    json.begin_object().field("id", one.listing).field("name", catalogue_.cards[catalogue_.sizes[size].card].title);
    json.field("offer_id", one.offer_id).field("is_archived", false).key("barcodes").begin_array();
    for (const std::string& code : catalogue_.barcodes_on(Shop::ozon, size)) json.string(code);
    json.end_array().field("currency_code", "RUB").field("price", decimal_of(price.price));
    json.field("old_price", decimal_of(price.list_price)).field("min_price", "").field("sku", one.sku);
    json.key("errors").begin_array().end_array().field("vat", "0.2").end_object();
  }
  json.end_array().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse OzonFace::prices(const Call& call) {
  const std::int64_t limit = call.fields.number("limit", 0);
  if (limit < 1 || limit > 1'000) return problem(400, 3, "limit must be between 1 and 1000");
  std::vector<std::uint32_t> all;
  for (const auto& [product, size] : by_product_) {
    if (listed(size)) all.push_back(size);
  }
  const Page page = page_of(call, call.fields.text("cursor"), static_cast<std::size_t>(limit), all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("cursor", page.cursor).key("items").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) {
    const ShopOffer& one = offer(all[n]);
    const ShopPrice price = catalogue_.price_on(Shop::ozon, all[n]);
    json.begin_object().field("acquiring", 0).field("offer_id", one.offer_id).field("product_id", one.listing);
    json.key("price").begin_object().field("auto_action_enabled", false).field("currency_code", "RUB");
    json.key("price").decimal(decimal_of(price.price)).key("old_price").decimal(decimal_of(price.list_price));
    json.field("min_price", 0).field("net_price", 0).key("vat").decimal("0.2").end_object();
    json.key("volume_weight").decimal("0.5").end_object();
  }
  json.end_array().field("total_items", all.size()).end_object();
  return json_answer(200, std::move(out));
}

HttpResponse OzonFace::own_warehouses(const Call& call) {
  const std::int64_t limit = call.fields.number("limit", 0);
  if (limit < 1 || limit > 200) return problem(400, 3, "limit must be between 1 and 200");
  const auto all = catalogue_.open_seller_warehouses();
  const Page page = page_of(call, call.fields.text("cursor"), static_cast<std::size_t>(limit), all.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("cursor", page.cursor).field("has_next", !page.cursor.empty());
  json.key("warehouses").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) {
    const SellerWarehouse& one = catalogue_.seller_warehouses[all[n]];
    json.begin_object().field("warehouse_id", catalogue_.seller_warehouse_id(Shop::ozon, all[n]));
    json.field("name", one.name);
    json.field("is_rfbs", false).field("is_kgt", one.goods_size > 1).field("status", "created").end_object();
  }
  json.end_array().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse OzonFace::ozon_warehouses(const Call&) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("warehouses").begin_array();
  const Range range = catalogue_.warehouses_of[index_of(Shop::ozon)];
  for (std::uint32_t n = range.first; n < range.first + range.count; ++n) {
    const MarketplaceWarehouse& one = catalogue_.marketplace_warehouses[n];
    json.begin_object().field("warehouse_id", one.id).field("name", one.name).field("is_active", true);
    json.field("warehouse_type", "FULL_FILLMENT").end_object();
  }
  json.end_array().end_object();
  return json_answer(200, std::move(out));
}

// Ordered and undelivered units count as reserved, and as present.
HttpResponse OzonFace::fbo_stock(const Call& call) {
  const auto offers = call.fields.texts("offer_ids");
  const std::int64_t limit = call.fields.number("limit", 0);
  if (limit < 1 || limit > 1'000) return problem(400, 3, "limit must be between 1 and 1000");
  if (offers.empty() || offers.size() > kMost) return problem(400, 3, "offer_ids or skus: 1 to 1000");
  std::vector<std::uint32_t> rows;
  for (const std::string& text : offers) {
    const auto size = by_offer_.find(text);
    if (size == by_offer_.end() || !stocked(size->second)) continue;
    for (std::uint32_t row = commerce_.first_fbo(size->second); row != kNone; row = commerce_.fbo()[row].next) {
      const FboRow& fbo = commerce_.fbo()[row];
      if (commerce_.shop_of(fbo) == Shop::ozon && fbo.live.on_hand + fbo.live.to_client > 0) rows.push_back(row);
    }
  }
  const Page page = page_of(call, call.fields.text("cursor"), static_cast<std::size_t>(limit), rows.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("cursor", page.cursor).field("has_next", !page.cursor.empty());
  json.key("products").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) {
    const FboRow& row = commerce_.fbo()[rows[n]];
    const std::int32_t apart = quirks_.two_skus.count(row.size) != 0 && row.live.on_hand > 1 ? 1 : 0;
    const auto write = [&](std::int64_t sku, std::int32_t present, std::int32_t reserved) {
      const ShopOffer& one = offer(row.size);
      json.begin_object().field("sku", sku).field("offer_id", one.offer_id).field("product_id", one.listing);
      json.field("warehouse_id", catalogue_.marketplace_warehouses[row.warehouse].id);
      json.field("present", present).field("reserved", reserved).end_object();
    };
    write(offer(row.size).sku, row.live.on_hand + row.live.to_client - apart, row.live.to_client);
    if (apart > 0) write(offer(row.size).sku + 1'000'000'000, apart, 0);
  }
  json.end_array().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse OzonFace::fbs_stock(const Call& call) {
  const std::int64_t id = call.fields.number("warehouse_id", 0);
  const std::int64_t limit = call.fields.number("limit", 0);
  if (limit < 1 || limit > 1'000) return problem(400, 3, "limit must be between 1 and 1000");
  std::size_t warehouse = 0;
  while (warehouse < catalogue_.seller_warehouses.size() && catalogue_.seller_warehouse_id(Shop::ozon, warehouse) != id)
    ++warehouse;
  if (warehouse == catalogue_.seller_warehouses.size() || catalogue_.seller_warehouses[warehouse].closed)
    return problem(404, 5, "warehouse not found");
  std::vector<std::uint32_t> rows;
  for (const auto& [product, size] : by_product_) {
    const std::uint32_t row = commerce_.fbs_row(size, warehouse);
    if (row != kNone && listed(size) && !commerce_.silent(size)) rows.push_back(row);
  }
  const Page page = page_of(call, call.fields.text("cursor"), static_cast<std::size_t>(limit), rows.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("stocks").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) {
    const FbsRow& row = commerce_.fbs()[rows[n]];
    const ShopOffer& one = offer(row.size);
    const std::int32_t reserved = row.ordered[index_of(Shop::ozon)];
    json.begin_object().field("sku", one.sku).field("product_id", one.listing).field("offer_id", one.offer_id);
    const auto sold = quirks_.oversold.find(row.size);
    const std::int64_t free = sold == quirks_.oversold.end() ? row.on_hand : -sold->second;
    json.field("warehouse_id", id).field("present", free + reserved).field("reserved", reserved);
    json.field("free_stock", free).field("updated_at", "2026-09-15T10:36:24.417498Z").end_object();
  }
  json.end_array().field("has_next", !page.cursor.empty()).field("cursor", page.cursor).end_object();
  return json_answer(200, std::move(out));
}

std::vector<TruePosition> OzonFace::truth(Instant) const {
  std::vector<TruePosition> positions;
  for (const auto& [text, size] : by_offer_) {  // bytewise order of the articles
    if (!stocked(size)) continue;
    const std::size_t first = positions.size();
    for (std::uint32_t row = commerce_.first_fbo(size); row != kNone; row = commerce_.fbo()[row].next) {
      const FboRow& fbo = commerce_.fbo()[row];
      if (commerce_.shop_of(fbo) != Shop::ozon || fbo.live.on_hand + fbo.live.to_client == 0) continue;
      positions.push_back(position_of(offer(size), catalogue_.marketplace_warehouses[fbo.warehouse].id, StockKind::fbo,
                                      fbo.live.on_hand, fbo.live.to_client));
    }
    for (std::uint32_t row = commerce_.silent(size) || !listed(size) ? kNone : commerce_.first_fbs(size); row != kNone;
         row = commerce_.fbs()[row].next) {
      const FbsRow& fbs = commerce_.fbs()[row];
      if (catalogue_.seller_warehouses[fbs.warehouse].closed) continue;
      positions.push_back(position_of(offer(size), catalogue_.seller_warehouse_id(Shop::ozon, fbs.warehouse),
                                      StockKind::fbs, quirks_.oversold.count(size) != 0 ? 0 : fbs.on_hand,
                                      fbs.ordered[index_of(Shop::ozon)]));
    }
    sort_positions(positions, first);
  }
  return positions;
}

}  // namespace stocktracker::inline v0::testing::world
