// Decodes notifications that Ozon sends.
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/core/time_text.hpp>

#include "json/lenient.hpp"
#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kUnreadable = "cannot be read";

Result<std::optional<Instant>> time_of(const json::Value& value, std::string_view member) {
  const auto text = value[member].text();
  if (!text || text->empty()) return std::optional<Instant>();
  auto parsed = parse_rfc3339(*text);
  if (!parsed) return row_error(member, kUnreadable);
  return std::optional<Instant>(parsed.value());
}

Result<std::int64_t> quantity_of(const json::Value& value, std::string_view member) {
  const auto number = json::lenient_integer(value[member]);
  if (!number || *number < 0) return row_error(member, kUnreadable);
  return *number;
}

/// TYPE_STOCKS_CHANGED: products, each with its warehouses.
Result<void> read_own(const json::Value& root, Push& push) {
  const auto item = [&](json::Value product) -> Result<void> {
    PushedStock base;
    base.sku = json::lenient_integer(product["sku"]).value_or(0);
    base.product = json::lenient_integer(product["product_id"]).value_or(0);
    STK_TRY(base.updated_at, time_of(product, "updated_at"));
    const auto stock = [&](json::Value one) -> Result<void> {
      PushedStock row = base;
      STK_TRY(row.warehouse, quantity_of(one, "warehouse_id"));
      STK_TRY(row.present, quantity_of(one, "present"));
      STK_TRY(row.reserved, quantity_of(one, "reserved"));
      push.stock.push_back(row);
      return success();
    };
    return json::each_of_list(product, "items.stocks", stock);
  };
  return json::each_of_list(root, "items", item);
}

/// TYPE_FBO_STOCKS_CHANGED: one product; `stocks` is an array in the table and an object in the example.
Result<void> read_theirs(const json::Value& root, Push& push) {
  PushedStock base;
  STK_TRY(base.sku, quantity_of(root, "sku"));
  STK_TRY(base.updated_at, time_of(root, "updated_at"));
  const auto stock = [&](json::Value one) -> Result<void> {
    PushedStock row = base;
    STK_TRY(row.present, quantity_of(one, "new_present"));
    STK_TRY(row.reserved, quantity_of(one, "new_reserved"));
    push.stock.push_back(row);
    return success();
  };
  const json::Value stocks = root["stocks"];
  if (stocks.is_object()) return stock(stocks);
  return json::each_of_list(root, "stocks", stock);
}

}  // namespace

Result<Push> decode_push(std::string_view body) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value root = document.root();
  Push push;
  push.type = root["message_type"].text().value_or("");
  if (push.type.empty()) return row_error("message_type", kUnreadable);
  push.seller = json::identity(root["seller_id"]).value_or("");
  push.posting = root["posting_number"].text().value_or("");
  for (const char* member : {"time", "changed_state_date", "updated_at", "in_process_at", "created_at"}) {
    if (!push.at) {
      STK_TRY(push.at, time_of(root, member));
    }
  }
  if (push.type == "TYPE_STOCKS_CHANGED") {
    STK_TRY(read_own(root, push));
  } else if (push.type == "TYPE_FBO_STOCKS_CHANGED") {
    STK_TRY(read_theirs(root, push));
  }
  return push;
}

}  // namespace stocktracker::inline v0::ozon
