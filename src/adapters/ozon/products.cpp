// Decodes the catalogue: products, skus, archived goods.
#include "adapters/ozon/products.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kList = "ozon.product_list";
constexpr std::string_view kArchive = "ozon.product_archive";
constexpr std::string_view kInfo = "ozon.product_info";

std::string list_request(std::string_view visibility, int limit, std::string_view last_id) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("filter").begin_object().field("visibility", visibility).end_object();
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

constexpr auto article_of = [](json::Value item) { return std::string(item["offer_id"].text().value_or("")); };

void sort_once(std::vector<std::string>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

Result<NextPage> decode_product_list(std::string_view body, AnswerSink& odd, std::vector<ListedProduct>& into) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  if (!result.exists()) {  // no products, unless another value is in its place
    STK_TRY(json::each_of_list(document.root(), "result", [](json::Value) { return success(); }));
  }
  const auto take = [&](json::Value item) -> Result<void> {
    const auto offer = item["offer_id"].text();
    if (!offer || offer->empty()) return row_error("offer_id", "is empty");
    const auto id = json::lenient_integer(item["product_id"]);
    if (!id || *id <= 0) return row_error("product_id", "is no id");
    into.push_back({std::string(*offer), *id});
    return success();
  };
  NextPage page;
  STK_TRY(page.rows, each_row(result, "result.items", odd, article_of, take));
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
    row.details_known = false;
    rows.push_back(row);
  }
  std::deque<std::vector<std::string_view>> barcodes;
  const auto take = [&](json::Value item) -> Result<void> {
    const auto id = json::lenient_integer(item["id"]);
    const auto place = id ? places.find(*id) : places.end();
    if (place == places.end()) return row_error("id", "is of no product that was asked for");
    auto& codes = barcodes.emplace_back();
    const json::Value list = item["barcodes"];
    STK_TRY(const bool listed, list.each([&](json::Value code) -> Result<void> {
      const auto text = code.text();
      if (!text) return row_error("barcodes", "holds something that is no text");
      codes.push_back(*text);
      return success();
    }));
    if (!listed && list.exists() && !list.is_null()) return row_error("barcodes", "is no list");
    OfferRow& row = rows[place->second];
    row.title = item["name"].text().value_or("");
    row.barcodes = codes;
    row.details_known = true;
    return success();
  };
  STK_TRY(each_row(document.root(), "items", sink, article_of, take));
  return sink.offers(rows);
}

Result<std::vector<std::string>> read_products(const Calls& calls, OfferSink* sink, const CallContext& context) {
  std::vector<std::string> keys;
  Articles articles;
  PageWatch watch(kList);
  AnswerSink nobody;
  const auto read = [&](const std::string& last_id) -> Result<std::optional<std::string>> {
    std::vector<ListedProduct> page;
    STK_TRY(const auto answer, calls.post("/v3/product/list", kList,
                                          list_request("ALL", calls.options().products_per_page, last_id), context));
    AnswerSink& odd = sink == nullptr ? nobody : *sink;
    STK_TRY(const auto next, in_operation(kList, decode_product_list(answer.body, odd, page)));
    if (sink != nullptr && !page.empty()) {
      STK_TRY(const auto info, calls.post("/v3/product/info/list", kInfo, info_request(page), context));
      STK_TRY(in_operation(kInfo, decode_product_info(info.body, page, *sink)));
    }
    for (ListedProduct& product : page) {
      watch.row(product.offer_id);
      STK_TRY(in_operation(kList, articles.add(product.offer_id, product.product_id)));
      keys.push_back(std::move(product.offer_id));
    }
    return in_operation(kList, next.next());
  };
  STK_TRY(read_pages(watch, read));
  sort_once(keys);
  return keys;
}

/// Only articles of the archive are needed, so rows without one are skipped.
Result<std::vector<std::string>> read_archive(const Calls& calls, const CallContext& context) {
  std::vector<std::string> keys;
  PageWatch watch(kArchive);
  AnswerSink nobody;
  const auto read = [&](const std::string& last_id) -> Result<std::optional<std::string>> {
    std::vector<ListedProduct> page;
    STK_TRY(const auto answer,
            calls.post("/v3/product/list", kArchive,
                       list_request("ARCHIVED", calls.options().products_per_page, last_id), context));
    STK_TRY(const auto next, in_operation(kArchive, decode_product_list(answer.body, nobody, page)));
    for (ListedProduct& product : page) {
      watch.row(product.offer_id);
      keys.push_back(std::move(product.offer_id));
    }
    return in_operation(kArchive, next.next());
  };
  STK_TRY(read_pages(watch, read));
  sort_once(keys);
  return keys;
}

}  // namespace stocktracker::inline v0::ozon
