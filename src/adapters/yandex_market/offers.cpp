#include "adapters/yandex_market/offers.hpp"

#include <deque>
#include <vector>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOperation = "yandex_market.offer_mappings";
constexpr std::string_view kList = "result.offerMappings";

}  // namespace

Result<std::string> decode_offer_mappings(std::string_view body, OfferSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  RowTexts texts;
  std::deque<std::vector<std::string_view>> barcodes;
  std::vector<OfferRow> rows;
  const auto take = [&](json::Value one) -> Result<void> {
    const std::size_t at = rows.size();
    const json::Value offer = one["offer"];
    OfferRow row;
    row.key = offer["offerId"].text().value_or("");
    if (row.key.empty()) return wrong(kList, at, "offer.offerId", "is not an article");
    row.article = row.key;
    // What the Market has not put on a card yet has none.
    if (const auto sku = json::whole(one["mapping"]["marketSku"]); sku && *sku > 0) row.listing = texts.add(*sku);
    row.title = offer["name"].text().value_or("");
    row.brand = offer["vendor"].text().value_or("");
    auto& codes = barcodes.emplace_back();
    STK_TRY(offer["barcodes"].each([&](json::Value code) -> Result<void> {
      const auto text = code.text();
      if (!text) return wrong(kList, at, "offer.barcodes", "holds something that is not a text");
      codes.push_back(*text);
      return success();
    }));
    row.barcodes = codes;
    rows.push_back(row);
    return success();
  };
  STK_TRY(const bool listed, result["offerMappings"].each(take));
  if (!listed) return Error(Errc::vendor_schema, std::string(kList) + " is not an array").about(kList);
  if (!rows.empty()) {
    STK_TRY(sink.offers(rows));
  }
  return next_token(result);
}

Result<void> list_offers(const Calls& calls, std::int64_t business, OfferSink& sink, const CallContext& context) {
  const std::string path = "/v2/businesses/" + std::to_string(business) + "/offer-mappings";
  std::string token;
  while (true) {
    STK_TRY(const auto answer,
            calls.post(page_of(path, calls.options().offers_per_page, token), kOperation, "{}", context));
    STK_TRY(auto next, in_operation(kOperation, decode_offer_mappings(answer.body, sink)));
    if (next.empty()) return success();
    if (next == token) return stuck(kOperation);
    token = std::move(next);
  }
}

}  // namespace stocktracker::inline v0::yandex_market
