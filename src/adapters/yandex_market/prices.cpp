#include "adapters/yandex_market/prices.hpp"

#include <vector>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOperation = "yandex_market.offer_prices";
constexpr std::string_view kList = "result.offers";

}  // namespace

Result<std::string> decode_prices(std::string_view body, PriceSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  std::vector<PriceRow> rows;
  std::size_t at = 0;
  const auto take = [&](json::Value one) -> Result<void> {
    const std::size_t number = at++;
    const auto offer = one["offerId"].text();
    if (!offer || offer->empty()) return wrong(kList, number, "offerId", "is not an article");
    const json::Value price = one["price"];
    const auto money = [&](std::string_view member) -> Result<std::optional<Money>> {
      const auto text = json::decimal(price[member]);
      if (!text) return std::optional<Money>();
      const auto currency = currency_of(price["currencyId"]);
      if (!currency) return wrong(kList, number, "price.currencyId", "is not a currency");
      const auto parsed = Money::parse(*text, currency.value());
      if (!parsed || parsed.value().minor() < 0) {
        return wrong(kList, number, "price." + std::string(member), "is not a price");
      }
      return std::optional<Money>(parsed.value());
    };
    STK_TRY(const auto asked, money("value"));
    STK_TRY(const auto crossed_out, money("discountBase"));
    if (asked) rows.push_back({*offer, *asked, crossed_out, std::nullopt});
    return success();
  };
  STK_TRY(const bool listed, result["offers"].each(take));
  if (!listed) return Error(Errc::vendor_schema, std::string(kList) + " is not an array").about(kList);
  if (!rows.empty()) {
    STK_TRY(sink.prices(rows));
  }
  return next_token(result);
}

Result<void> fetch_prices(const Calls& calls, std::int64_t business, PriceSink& sink, const CallContext& context) {
  const std::string path = "/v2/businesses/" + std::to_string(business) + "/offer-prices";
  std::string token;
  while (true) {
    STK_TRY(const auto answer,
            calls.post(page_of(path, calls.options().prices_per_page, token), kOperation, "{}", context));
    STK_TRY(auto next, in_operation(kOperation, decode_prices(answer.body, sink)));
    if (next.empty()) return success();
    if (next == token) return stuck(kOperation);
    token = std::move(next);
  }
}

}  // namespace stocktracker::inline v0::yandex_market
