#include "adapters/wildberries/prices.hpp"

#include <algorithm>
#include <vector>

#include "json/document.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr std::string_view kOperation = "wildberries.prices";

Error wrong(std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = "data.listGoods[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

}  // namespace

Result<std::size_t> decode_price_page(std::string_view body, PriceSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  // Refusals of this category may come with 200.
  if (document.root()["error"].boolean().value_or(false)) {
    return Error(Errc::vendor_rejected, shown(document.root()["errorText"].text().value_or("")));
  }
  RowTexts texts;
  std::vector<PriceRow> rows;
  std::size_t at = 0;
  const auto take = [&](json::Value card) -> Result<void> {
    const auto code = card["currencyIsoCode4217"].text();
    auto currency = code ? Currency::parse(*code) : Result<Currency>(Error(Errc::vendor_schema));
    if (!currency) return wrong(at, "currencyIsoCode4217", "is not a currency");
    const auto size = [&](json::Value value) -> Result<void> {
      const auto chrt = value["sizeID"].integer();
      if (!chrt || *chrt <= 0) return wrong(at, "sizes.sizeID", "is not an id");
      const auto money = [&](std::string_view member) -> Result<Money> {
        const auto text = value[member].decimal();
        auto parsed = text ? Money::parse(*text, currency.value()) : Result<Money>(Error(Errc::vendor_schema));
        if (!parsed || parsed.value().minor() < 0) return wrong(at, "sizes." + std::string(member), "is not a price");
        return parsed;
      };
      STK_TRY(const Money price, money("discountedPrice"));
      STK_TRY(const Money list_price, money("price"));
      rows.push_back({texts.add(*chrt), price, list_price, std::nullopt});
      return success();
    };
    STK_TRY(const bool sized, card["sizes"].each(size));
    if (!sized) return wrong(at, "sizes", "is not an array");
    ++at;
    return success();
  };
  STK_TRY(const bool listed, document.root()["data"]["listGoods"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "data.listGoods is not an array").about("data.listGoods");
  if (!rows.empty()) {
    STK_TRY(sink.prices(rows));
  }
  return at;
}

/// To the end as the documentation has it: an empty page, the offset grown by what came.
Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context) {
  const auto limit = static_cast<std::size_t>(calls.options().prices_per_page);
  std::size_t offset = 0;
  while (true) {
    const auto request =
        request_for(HttpMethod::get,
                    calls.options().hosts.prices + "/api/v2/list/goods/filter?limit=" + std::to_string(limit) +
                        "&offset=" + std::to_string(offset),
                    kOperation, "prices");
    STK_TRY(const auto response, calls.send(request, context));
    STK_TRY(const std::size_t cards, in_operation(kOperation, decode_price_page(response.body, sink)));
    if (cards == 0) return success();
    // A page that the server has cut goes on where it ended.
    offset += std::min(cards, limit);
  }
}

}  // namespace stocktracker::inline v0::wildberries
