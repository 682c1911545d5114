#include "adapters/wildberries/seller_stock.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/document.hpp"
#include "json/nested_rows.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

Error wrong(std::string_view list, std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = std::string(list) + "[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

}  // namespace

Result<void> decode_warehouses(std::string_view body, WarehouseSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::deque<std::string> keys;
  std::vector<WarehouseRow> rows;
  std::size_t at = 0;
  const auto take = [&](json::Value warehouse) -> Result<void> {
    const auto id = warehouse["id"].integer();
    if (!id || *id <= 0) return wrong("warehouses", at, "id", "is not an id");
    const auto name = warehouse["name"].text();
    if (!name) return wrong("warehouses", at, "name", "is not a text");
    rows.push_back({keys.emplace_back(std::to_string(*id)), *name, !warehouse["isDeleting"].boolean().value_or(false)});
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root().each(take));
  // Documented as an array; null was seen where there are none.
  if (!listed && !document.root().is_null()) return Error(Errc::vendor_schema, "the warehouses are not an array");
  return sink.warehouses(rows);
}

Result<void> decode_seller_stock(std::string body, std::span<const std::int64_t> asked, StockColumns& into) {
  static constexpr std::array<std::string_view, 1> kPath{"stocks"};
  static constexpr std::array kRow{json::Field{"chrtId", json::FieldType::integer},
                                   json::Field{"amount", json::FieldType::integer}};
  std::vector<std::int64_t> amounts(asked.size(), -1);
  const auto take = [&](const json::NestedRow& told) -> Result<void> {
    const std::int64_t id = told.row[0].integer;
    const std::int64_t amount = told.row[1].integer;
    const auto found = std::lower_bound(asked.begin(), asked.end(), id);
    if (found == asked.end() || *found != id) return wrong("stocks", told.row_at, "chrtId", "was not asked for");
    if (amount < 0) return wrong("stocks", told.row_at, "amount", "is not a quantity");
    std::int64_t& known = amounts[static_cast<std::size_t>(found - asked.begin())];
    if (known >= 0 && known != amount) {
      return Error(Errc::vendor_contradiction, "the answer states two amounts for chrtId " + std::to_string(id))
          .about("stocks[" + std::to_string(told.row_at) + "].amount");
    }
    known = amount;
    return success();
  };
  STK_TRY(json::read_nested(body, {.path = kPath, .row = kRow}, take));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (amounts[i] < 0) continue;  // left out: nothing is known of it
    into.offer.push(asked[i]);
    into.warehouse.push_back(0);
    into.on_hand.push_back(amounts[i]);
  }
  return success();
}

std::string seller_stock_request(std::span<const std::int64_t> asked) {
  std::string body;
  body.reserve(16 + asked.size() * 12);
  JsonWriter json(body);
  json.begin_object().key("chrtIds").begin_array();
  for (const std::int64_t id : asked) json.integer(id);
  json.end_array().end_object();
  return body;
}

}  // namespace stocktracker::inline v0::wildberries
