#include "adapters/ozon/stock.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kFbo = "ozon.fbo_stock";
constexpr std::string_view kFbs = "ozon.fbs_stock";
constexpr std::string_view kOwn = "ozon.warehouses";
constexpr std::string_view kTheirs = "ozon.ozon_warehouses";
constexpr int kWarehousesPerPage = 200;

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

Result<StockRows::Row> StockRows::read(std::string_view list, std::size_t at, const json::Value& value) {
  Row row;
  row.offer = value["offer_id"].text().value_or("");
  if (row.offer.empty()) return wrong(list, at, "offer_id", "is not an article");
  row.product = json::whole(value["product_id"]).value_or(0);
  const auto warehouse = json::whole(value["warehouse_id"]);
  if (!warehouse || *warehouse <= 0) return wrong(list, at, "warehouse_id", "is not an id");
  row.warehouse = *warehouse;
  const auto present = json::whole(value["present"]);
  if (!present || *present < 0) return wrong(list, at, "present", "is not a quantity");
  const auto reserved = json::whole(value["reserved"]);
  if (!reserved || *reserved < 0) return wrong(list, at, "reserved", "is not a quantity");
  row.reserved = *reserved;
  // More may be reserved than there is while goods move: nothing is free then.
  row.on_hand = std::max<std::int64_t>(0, *present - *reserved);
  if (const auto free = json::whole(value["free_stock"])) {
    if (*free < 0) return wrong(list, at, "free_stock", "is not a quantity");
    row.on_hand = *free;
  }
  return row;
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

Result<NextPage> StockRows::add_fbo(std::string_view body) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::size_t at = 0;
  const auto take = [&](json::Value value) -> Result<void> {
    STK_TRY(const Row row, read("products", at, value));
    const auto [known, fresh] =
        warehouses_.try_emplace(row.warehouse, static_cast<std::uint32_t>(rows_.columns().warehouses.size()));
    if (fresh) {
      const auto name = names_.find(row.warehouse);
      rows_.columns().warehouses.push_back({std::to_string(row.warehouse),
                                            name == names_.end() ? std::string() : name->second, std::string(),
                                            WarehouseKind::marketplace});
    }
    put(row, known->second);
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root()["products"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "products is not an array").about("products");
  return next_of(document.root(), at);
}

Result<NextPage> StockRows::add_fbs(std::string_view body, const Warehouse& warehouse,
                                    const std::unordered_set<std::string_view>& asked) {
  STK_TRY(const auto document, json::Document::parse(body));
  if (rows_.columns().warehouses.empty()) rows_.columns().warehouses.push_back(warehouse);
  std::size_t at = 0;
  const auto take = [&](json::Value value) -> Result<void> {
    STK_TRY(const Row row, read("stocks", at, value));
    if (std::to_string(row.warehouse) != warehouse.key) return wrong("stocks", at, "warehouse_id", "was not asked for");
    if (asked.count(row.offer) != 0) put(row, 0);
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root()["stocks"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "stocks is not an array").about("stocks");
  return next_of(document.root(), at);
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
      STK_TRY(const auto answer,
              calls.post("/v1/product/info/stocks-by-warehouse/fbo", kFbo, std::move(body), context));
      STK_TRY(auto next, in_operation(kFbo, rows.add_fbo(answer.body)));
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
    STK_TRY(const auto answer, calls.post("/v1/product/info/warehouse/stocks", kFbs, std::move(body), context));
    STK_TRY(auto next, in_operation(kFbs, rows.add_fbs(answer.body, warehouse, asked)));
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
