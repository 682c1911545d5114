// Reads the catalogue, page by page.
#include "adapters/yandex_market/offers.hpp"

#include <deque>
#include <vector>

#include "json/lenient.hpp"
#include "marketplace/watched_sinks.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOperation = "yandex_market.offer_mappings";

}  // namespace

Result<NextPage> decode_offer_mappings(std::string_view body, OfferSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  RowTexts texts;
  std::deque<std::vector<std::string_view>> barcodes;
  std::vector<OfferRow> rows;
  const auto take = [&](json::Value one) -> Result<void> {
    const json::Value offer = one["offer"];
    OfferRow row;
    row.key = offer["offerId"].text().value_or("");
    if (row.key.empty()) return row_error("offer.offerId", "is not an article");
    row.article = row.key;
    // An offer that the Market has not assigned to a card has none.
    if (const json::Value sku = one["mapping"]["marketSku"]; sku.exists() && !sku.is_null()) {
      const auto number = json::lenient_integer(sku);
      if (!number) return row_error("mapping.marketSku", "is not an id");
      if (*number > 0) row.listing = texts.add(*number);
    }
    row.title = offer["name"].text().value_or("");
    row.brand = offer["vendor"].text().value_or("");
    // Without its barcodes the offer would lose the stored ones: the row is left out.
    auto& codes = barcodes.emplace_back();
    const json::Value list = offer["barcodes"];
    STK_TRY(const bool listed, list.each([&](json::Value code) -> Result<void> {
      const auto text = code.text();
      if (!text) return row_error("offer.barcodes", "holds something that is not a text");
      codes.push_back(*text);
      return success();
    }));
    if (!listed && list.exists() && !list.is_null()) return row_error("offer.barcodes", "is not an array");
    row.barcodes = codes;
    rows.push_back(row);
    return success();
  };
  const auto key_of = [](json::Value one) { return std::string(one["offer"]["offerId"].text().value_or("")); };
  STK_TRY(each_row(result, "result.offerMappings", sink, key_of, take));
  if (!rows.empty()) {
    STK_TRY(sink.offers(rows));
  }
  return next_page(result);
}

Result<void> list_offers(const Calls& calls, std::int64_t business, OfferSink& sink, const CallContext& context) {
  const std::string path = "/v2/businesses/" + std::to_string(business) + "/offer-mappings";
  PageWatch watch(kOperation);
  WatchedOffers watched(sink, watch);
  return read_pages(watch, [&](const std::string& token) -> Result<NextPage> {
    STK_TRY(const auto answer,
            calls.post(page_of(path, calls.options().offers_per_page, token), kOperation, "{}", context));
    return in_operation(kOperation, decode_offer_mappings(answer.body, watched));
  });
}

}  // namespace stocktracker::inline v0::yandex_market
