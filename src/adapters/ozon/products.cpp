#include "adapters/ozon/products.hpp"

#include <deque>
#include <unordered_map>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kList = "ozon.product_list";
constexpr std::string_view kInfo = "ozon.product_info";

Error wrong(std::string_view list, std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = std::string(list) + "[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

std::string list_request(int limit, std::string_view last_id) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("filter").begin_object().field("visibility", "ALL").end_object();
  json.field("last_id", last_id).field("limit", limit).end_object();
  return body;
}

std::string info_request(std::span<const ListedProduct> asked) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("product_id").begin_array();
  for (const ListedProduct& product : asked) json.string(std::to_string(product.product_id));
  json.end_array().end_object();
  return body;
}

}  // namespace

Result<NextPage> decode_product_list(std::string_view body, std::vector<ListedProduct>& into) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  NextPage page;
  const auto take = [&](json::Value item) -> Result<void> {
    const auto id = json::whole(item["product_id"]);
    if (!id || *id <= 0) return wrong("result.items", page.rows, "product_id", "is not an id");
    const auto offer = item["offer_id"].text();
    if (!offer || offer->empty()) return wrong("result.items", page.rows, "offer_id", "is not an article");
    into.push_back({std::string(*offer), *id});
    ++page.rows;
    return success();
  };
  STK_TRY(const bool listed, result["items"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "result.items is not an array").about("result.items");
  page.cursor = json::identity(result["last_id"]).value_or("");
  return page;
}

Result<void> decode_product_info(std::string_view body, std::span<const ListedProduct> asked, OfferSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::unordered_map<std::int64_t, std::size_t> places;
  std::vector<OfferRow> rows;
  RowTexts texts;
  for (const ListedProduct& product : asked) {
    places.emplace(product.product_id, rows.size());
    OfferRow row;
    row.key = product.offer_id;
    row.listing = texts.add(product.product_id);
    row.article = product.offer_id;
    rows.push_back(row);
  }
  std::deque<std::vector<std::string_view>> barcodes;
  std::size_t at = 0;
  const auto take = [&](json::Value item) -> Result<void> {
    const auto id = json::whole(item["id"]);
    if (!id) return wrong("items", at, "id", "is not an id");
    const auto place = places.find(*id);
    if (place == places.end()) return wrong("items", at, "id", "was not asked for");
    OfferRow& row = rows[place->second];
    row.title = item["name"].text().value_or("");
    auto& codes = barcodes.emplace_back();
    STK_TRY(item["barcodes"].each([&](json::Value code) -> Result<void> {
      const auto text = code.text();
      if (!text) return wrong("items", at, "barcodes", "holds something that is not a text");
      codes.push_back(*text);
      return success();
    }));
    row.barcodes = codes;
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root()["items"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "items is not an array").about("items");
  return sink.offers(rows);
}

/// To the end: an empty page, or one without last_id. A short page may be one whose size the server has cut.
Result<std::vector<std::string>> read_products(const Calls& calls, OfferSink* sink, const CallContext& context) {
  std::vector<std::string> keys;
  std::string last_id;
  while (true) {
    std::vector<ListedProduct> page;
    STK_TRY(const auto answer,
            calls.post("/v3/product/list", kList, list_request(calls.options().products_per_page, last_id), context));
    STK_TRY(auto next, in_operation(kList, decode_product_list(answer.body, page)));
    if (page.empty()) return keys;
    if (sink != nullptr) {
      STK_TRY(const auto told, calls.post("/v3/product/info/list", kInfo, info_request(page), context));
      STK_TRY(in_operation(kInfo, decode_product_info(told.body, page, *sink)));
    }
    for (ListedProduct& product : page) keys.push_back(std::move(product.offer_id));
    if (next.cursor.empty()) return keys;
    if (next.cursor == last_id) {
      return Error(Errc::vendor_schema, "the cursor of the product list does not move").during(kList).may_retry();
    }
    last_id = std::move(next.cursor);
  }
}

}  // namespace stocktracker::inline v0::ozon
