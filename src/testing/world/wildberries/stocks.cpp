// Requests about stock: the report on the marketplace's warehouses, and the seller's own.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world/core/fields.hpp"
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {

HttpResponse WildberriesFace::stocks_report(const Call& call) {
  constexpr std::int64_t kMostRows = 250'000;
  constexpr std::int64_t kMostListings = 1'000;
  constexpr std::int64_t kMostOffset = 0xFFFF'FFFF;
  const auto body = JsonValue::parse(call.request.body);
  bool spoilt = !body || !body->is(JsonValue::Type::object);
  const Fields fields(spoilt ? nullptr : &*body, spoilt);
  const std::vector<std::int64_t> nm_ids = fields.numbers("nmIds");
  std::vector<std::int64_t> chrt_ids = fields.numbers("chrtIds");
  const std::int64_t limit = fields.number("limit", kMostRows);
  const std::int64_t offset = fields.number("offset", 0);
  if (spoilt)
    return analytics_error("Invalid request body",
                           "code=400, message=invalid: body (must be a JSON object of the documented types)");
  if (nm_ids.size() > static_cast<std::size_t>(kMostListings)) {
    return analytics_error("Invalid request body",
                           "code=400, message=invalid: nmIds (maximum number of items is 1000)");
  }
  if (limit < 1 || limit > kMostRows) {
    return analytics_error("Invalid request body", "code=400, message=invalid: limit (must be between 1 and 250000)");
  }
  if (offset < 0 || offset > kMostOffset) {
    return analytics_error("Invalid request body",
                           "code=400, message=invalid: offset (must be between 0 and 4294967295)");
  }

  HttpResponse nothing;
  nothing.status = 204;
  if (report_is_empty(call.now)) return nothing;
  std::vector<std::uint32_t> chosen;
  const std::vector<std::uint32_t>* rows = &report_order();
  if (!nm_ids.empty()) {
    // Sizes only narrow the listings that were named.
    std::sort(chrt_ids.begin(), chrt_ids.end());
    std::vector<bool> wanted(catalogue_.sizes.size(), false);
    for (const std::int64_t nm_id : nm_ids) {
      const std::uint32_t index = catalogue_.card_of(nm_id);
      if (index == kNone) continue;
      const Card& card = catalogue_.cards[index];
      for (std::uint32_t s = card.first_size; s < card.first_size + card.sizes; ++s) {
        wanted[s] = chrt_ids.empty() || std::binary_search(chrt_ids.begin(), chrt_ids.end(), catalogue_.sizes[s].id);
      }
    }
    for (const std::uint32_t row : *rows) {
      if (wanted[commerce_.fbo()[row].size]) chosen.push_back(row);
    }
    rows = &chosen;
  }
  std::size_t from = std::min(first_of(call.hit, static_cast<std::size_t>(offset)), rows->size());
  const std::size_t most =
      std::min(static_cast<std::size_t>(limit), call.hit.shrink.value_or(static_cast<std::size_t>(limit)));
  const std::size_t to = std::min(from + most, rows->size());
  if (from == to) return nothing;
  return json_answer(200, write_report(*rows, from, to));
}

namespace {

constexpr std::size_t kMostSizes = 1'000;

std::optional<std::int64_t> warehouse_in(std::string_view path) {
  const std::string_view segment = path.substr(path.rfind('/') + 1);
  std::int64_t id = 0;
  const auto parsed = std::from_chars(segment.data(), segment.data() + segment.size(), id);
  if (parsed.ec != std::errc{} || parsed.ptr != segment.data() + segment.size()) return std::nullopt;
  return id;
}

// The place of the warehouse in the catalogue; its size when there is none.
std::size_t place_of(const Catalogue& catalogue, std::int64_t id) {
  const auto& all = catalogue.seller_warehouses;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const SellerWarehouse& one) { return one.id == id && !one.closed; });
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

// Sets absolute amounts. Unknown names are ignored without an error: status 204, and nothing has changed.
HttpResponse WildberriesFace::update_seller_stocks(const Call& call) {
  constexpr std::int64_t kMostUnits = 100'000;
  const auto id = warehouse_in(call.path);
  if (!id) return marketplace_error(400, "IncorrectParameter", "IncorrectParameter");
  const auto body = JsonValue::parse(call.request.body);
  if (!body || !body->is(JsonValue::Type::object)) {
    return marketplace_error(400, "IncorrectRequestBody", "Incorrect required body");
  }
  const std::size_t warehouse = place_of(catalogue_, *id);
  if (warehouse == catalogue_.seller_warehouses.size()) return marketplace_error(404, "NotFound", "");
  HttpResponse done;
  done.status = 204;
  const JsonValue* stocks = body->find("stocks");
  if (stocks == nullptr) return done;
  if (!stocks->is(JsonValue::Type::array) || stocks->items().empty() || stocks->items().size() > kMostSizes) {
    return marketplace_error(400, "IncorrectRequest", "Переданы некорректные данные");
  }
  std::string refused;
  for (const JsonValue& item : stocks->items()) {
    if (item.find("sku") != nullptr) {
      return marketplace_error(400, "SKUUploadDisabled",
                               "Uploading stock is not allowed by 'sku'. Please use the 'chrtId' key");
    }
    const JsonValue* chrt = item.find("chrtId");
    const JsonValue* amount = item.find("amount");
    if (chrt == nullptr || amount == nullptr || !chrt->is(JsonValue::Type::integer) ||
        !amount->is(JsonValue::Type::integer)) {
      continue;
    }
    const std::uint32_t size = catalogue_.size_of(chrt->integer());
    const bool too_much = amount->integer() < 0 || amount->integer() > kMostUnits;
    if (size == kNone || too_much) {
      JsonWriter json(refused);
      if (!refused.empty()) refused += ',';
      json.begin_object().field("code", too_much ? "UploadDataLimit" : "NotFound").field("message", "Не обновлено");
      json.key("data").begin_array().begin_object().field("sku", "").field("chrtId", chrt->integer());
      json.field("amount", amount->integer()).end_object().end_array().end_object();
      continue;
    }
    commerce_.set_fbs(size, warehouse, static_cast<std::int32_t>(amount->integer()));
  }
  return refused.empty() ? done : json_answer(409, "[" + refused + "]");
}

HttpResponse WildberriesFace::seller_stocks(const Call& call) {
  const auto id = warehouse_in(call.path);
  if (!id) return marketplace_error(400, "IncorrectParameter", "IncorrectParameter");
  const auto body = JsonValue::parse(call.request.body);
  bool spoilt = !body || !body->is(JsonValue::Type::object);
  const Fields fields(spoilt ? nullptr : &*body, spoilt);
  if (fields.has("skus")) {
    return marketplace_error(400, "SKUUploadDisabled",
                             "Uploading stock is not allowed by 'sku'. Please use the 'chrtId' key");
  }
  const std::vector<std::int64_t> chrt_ids = fields.numbers("chrtIds");
  if (spoilt) return marketplace_error(400, "IncorrectRequestBody", "Incorrect required body");
  if (chrt_ids.empty() || chrt_ids.size() > kMostSizes) {
    return marketplace_error(400, "IncorrectRequest", "Переданы некорректные данные");
  }
  const std::size_t warehouse = place_of(catalogue_, *id);
  if (warehouse == catalogue_.seller_warehouses.size()) return marketplace_error(404, "NotFound", "");

  std::vector<bool> answered(catalogue_.sizes.size(), false);
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("stocks").begin_array();
  for (const std::int64_t chrt_id : chrt_ids) {
    const std::uint32_t size = catalogue_.size_of(chrt_id);
    if (size == kNone || answered[size] || commerce_.trashed(size) || commerce_.silent(size)) continue;
    const std::uint32_t row = commerce_.fbs_row(size, warehouse);
    if (row == kNone) continue;
    answered[size] = true;
    json.begin_object().field("chrtId", chrt_id).field("amount", commerce_.fbs()[row].on_hand).end_object();
  }
  json.end_array().end_object();
  return json_answer(200, std::move(out));
}

}  // namespace stocktracker::inline v0::testing::world
