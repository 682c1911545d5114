#include "adapters/ozon/stock.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <stocktracker/core/json_writer.hpp>

#include "json/array_rows.hpp"
#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kFbo = "ozon.fbo_stock";
constexpr std::string_view kFbs = "ozon.fbs_stock";
constexpr std::string_view kOwn = "ozon.warehouses";
constexpr std::string_view kTheirs = "ozon.ozon_warehouses";
constexpr int kWarehousesPerPage = 200;
constexpr std::size_t kRowBytes = 110;  // about: a guess at what to make room for

Error wrong(std::string_view list, std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = std::string(list) + "[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

NextPage next_of(const json::Value& root, std::size_t rows) {
  return {json::identity(root["cursor"]).value_or(""), rows, root["has_next"].boolean()};
}

}  // namespace

Result<WarehouseNames> decode_ozon_warehouses(std::string_view body) {
  STK_TRY(const auto document, json::Document::parse(body));
  WarehouseNames names;
  std::size_t at = 0;
  const auto take = [&](json::Value warehouse) -> Result<void> {
    const auto id = json::whole(warehouse["warehouse_id"]);
    if (!id || *id <= 0) return wrong("warehouses", at, "warehouse_id", "is not an id");
    names.insert_or_assign(*id, std::string(warehouse["name"].text().value_or("")));
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root()["warehouses"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "warehouses is not an array").about("warehouses");
  return names;
}

Result<NextPage> decode_warehouses(std::string_view body, WarehouseSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  RowTexts texts;
  std::vector<WarehouseRow> rows;
  const auto take = [&](json::Value warehouse) -> Result<void> {
    const auto id = json::whole(warehouse["warehouse_id"]);
    if (!id || *id <= 0) return wrong("warehouses", rows.size(), "warehouse_id", "is not an id");
    const auto name = warehouse["name"].text();
    if (!name) return wrong("warehouses", rows.size(), "name", "is not a text");
    rows.push_back({texts.add(*id), *name, true});
    return success();
  };
  // Documented as an array; null was seen where there are none.
  const json::Value list = document.root()["warehouses"];
  STK_TRY(const bool listed, list.each(take));
  if (!listed && !list.is_null()) return Error(Errc::vendor_schema, "warehouses is not an array").about("warehouses");
  STK_TRY(sink.warehouses(rows));
  return next_of(document.root(), rows.size());
}

template <class Take>
Result<NextPage> StockRows::read(std::string& body, std::string_view list, Take&& take) {
  enum Column : std::size_t { kOffer, kProduct, kWarehouse, kPresent, kReserved, kFree };
  static constexpr std::array kFields{json::Field{"offer_id", json::FieldType::text, true},
                                      json::Field{"product_id", json::FieldType::whole, false},
                                      json::Field{"warehouse_id", json::FieldType::whole, true},
                                      json::Field{"present", json::FieldType::whole, true},
                                      json::Field{"reserved", json::FieldType::whole, true},
                                      json::Field{"free_stock", json::FieldType::whole, false}};
  const std::array<std::string_view, 1> path{list};
  rows_.expect(body.size() / kRowBytes);
  std::size_t at = 0;
  std::string unescaped;
  std::string rest;
  const auto each = [&](std::span<const json::Cell> cells) -> Result<void> {
    Row row;
    if (const auto plain = json::plain_text(cells[kOffer])) {
      row.offer = *plain;
    } else {
      STK_TRY(unescaped, json::text_of(cells[kOffer]));
      row.offer = unescaped;
    }
    if (row.offer.empty()) return wrong(list, at, "offer_id", "is not an article");
    if (cells[kProduct].present) row.product = cells[kProduct].integer;
    row.warehouse = cells[kWarehouse].integer;
    if (row.warehouse <= 0) return wrong(list, at, "warehouse_id", "is not an id");
    const std::int64_t present = cells[kPresent].integer;
    row.reserved = cells[kReserved].integer;
    if (present < 0) return wrong(list, at, "present", "is not a quantity");
    if (row.reserved < 0) return wrong(list, at, "reserved", "is not a quantity");
    // More may be reserved than there is while goods move: nothing is free then.
    row.on_hand = std::max<std::int64_t>(0, present - row.reserved);
    if (cells[kFree].present) {
      row.on_hand = cells[kFree].integer;
      if (row.on_hand < 0) return wrong(list, at, "free_stock", "is not a quantity");
    }
    STK_TRY(take(at, row));
    ++at;
    return success();
  };
  const auto read = json::read_rows(body, path, kFields, each, json::kDefaultWindow, &rest);
  if (!read) {
    Error error = read.error();
    const std::string field = error.details().field;
    if (field.starts_with('[')) return std::move(error).about(std::string(list) + field);
    return error;
  }
  STK_TRY(const auto document, json::Document::parse(rest));
  return next_of(document.root(), at);
}

void StockRows::put(const Row& row, std::uint32_t warehouse) {
  StockColumns& columns = rows_.columns();
  const std::size_t at = rows_.find(row.offer, warehouse);
  if (at < columns.rows()) {
    columns.on_hand[at] = row.on_hand;
    columns.reserved[at] = row.reserved;
    return;
  }
  std::array<char, 20> digits{};
  const char* end = digits.data();
  if (row.product != 0) end = std::to_chars(digits.data(), digits.data() + digits.size(), row.product).ptr;
  columns.offer.push(row.offer);
  columns.listing.push(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  columns.warehouse.push_back(warehouse);
  columns.on_hand.push_back(row.on_hand);
  columns.reserved.push_back(row.reserved);
}

Result<NextPage> StockRows::add_fbo(std::string body) {
  return read(body, "products", [&](std::size_t, const Row& row) -> Result<void> {
    StockColumns& columns = rows_.columns();
    const auto [known, fresh] =
        warehouses_.try_emplace(row.warehouse, static_cast<std::uint32_t>(columns.warehouses.size()));
    if (fresh) {
      const auto name = names_.find(row.warehouse);
      columns.warehouses.push_back({std::to_string(row.warehouse), name == names_.end() ? std::string() : name->second,
                                    std::string(), WarehouseKind::marketplace});
    }
    put(row, known->second);
    return success();
  });
}

Result<NextPage> StockRows::add_fbs(std::string body, const Warehouse& warehouse,
                                    const std::unordered_set<std::string_view>& asked) {
  if (rows_.columns().warehouses.empty()) rows_.columns().warehouses.push_back(warehouse);
  std::int64_t id = 0;
  (void)std::from_chars(warehouse.key.data(), warehouse.key.data() + warehouse.key.size(), id);
  return read(body, "stocks", [&](std::size_t at, const Row& row) -> Result<void> {
    if (row.warehouse != id) return wrong("stocks", at, "warehouse_id", "was not asked for");
    if (asked.count(row.offer) != 0) put(row, 0);
    return success();
  });
}

Result<void> fetch_fbo(const Calls& calls, std::span<const std::string> offers, StockSink& sink,
                       const CallContext& context) {
  STK_TRY(const auto told, calls.post("/v1/warehouse/ozon/list", kTheirs, "{}", context));
  STK_TRY(const auto names, in_operation(kTheirs, decode_ozon_warehouses(told.body)));
  StockRows rows(names);
  const auto batch = static_cast<std::size_t>(calls.options().offers_per_fbo_request);
  for (std::size_t from = 0; from < offers.size(); from += batch) {
    std::string cursor;
    while (true) {
      std::string body;
      JsonWriter json(body);
      json.begin_object().field("cursor", std::string_view(cursor));
      json.field("limit", calls.options().stock_rows_per_page).key("offer_ids").begin_array();
      for (const std::string& offer : offers.subspan(from, std::min(batch, offers.size() - from))) json.string(offer);
      json.end_array().end_object();
      STK_TRY(auto answer, calls.post("/v1/product/info/stocks-by-warehouse/fbo", kFbo, std::move(body), context));
      STK_TRY(auto next, in_operation(kFbo, rows.add_fbo(std::move(answer.body))));
      STK_TRY(const bool ends, next.ends(cursor, kFbo));
      if (ends) break;
      cursor = std::move(next.cursor);
    }
  }
  return sink.rows(rows.take());
}

Result<void> fetch_fbs(const Calls& calls, const StockQuery& query, StockSink& sink, const CallContext& context) {
  std::int64_t id = 0;
  const char* end = query.warehouse.data() + query.warehouse.size();
  if (std::from_chars(query.warehouse.data(), end, id).ptr != end || id <= 0) {
    return Error(Errc::invalid_argument, "not a warehouse of Ozon").about("query.warehouse");
  }
  const Warehouse warehouse{std::string(query.warehouse), std::string(query.warehouse_name), "", WarehouseKind::seller};
  const std::unordered_set<std::string_view> asked(query.offers.begin(), query.offers.end());
  const WarehouseNames none;
  StockRows rows(none);
  std::string cursor;
  while (true) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor));
    json.field("limit", calls.options().stock_rows_per_page).field("warehouse_id", id).end_object();
    STK_TRY(auto answer, calls.post("/v1/product/info/warehouse/stocks", kFbs, std::move(body), context));
    STK_TRY(auto next, in_operation(kFbs, rows.add_fbs(std::move(answer.body), warehouse, asked)));
    STK_TRY(const bool ends, next.ends(cursor, kFbs));
    if (ends) break;
    cursor = std::move(next.cursor);
  }
  return sink.rows(rows.take());
}

Result<void> list_warehouses(const Calls& calls, WarehouseSink& sink, const CallContext& context) {
  std::string cursor;
  while (true) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor)).field("limit", kWarehousesPerPage).end_object();
    STK_TRY(const auto answer, calls.post("/v2/warehouse/list", kOwn, std::move(body), context));
    STK_TRY(auto next, in_operation(kOwn, decode_warehouses(answer.body, sink)));
    STK_TRY(const bool ends, next.ends(cursor, kOwn));
    if (ends) return success();
    cursor = std::move(next.cursor);
  }
}

}  // namespace stocktracker::inline v0::ozon
