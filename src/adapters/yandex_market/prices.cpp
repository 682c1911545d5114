// Reads prices, page by page.
#include "adapters/yandex_market/prices.hpp"

#include <algorithm>
#include <vector>

#include "json/lenient.hpp"
#include "marketplace/watched_sinks.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kOperation = "yandex_market.offer_prices";

constexpr auto key_of = [](json::Value one) { return std::string(one["offerId"].text().value_or("")); };

/// nullopt: no price; an amount of 0 means no price, too.
Result<std::optional<Money>> money_of(const json::Value& price, std::string_view member) {
  const json::Value value = price[member];
  if (!value.exists() || value.is_null()) return std::optional<Money>();
  const std::string field = "price." + std::string(member);
  const auto text = json::decimal(value);
  if (!text) return row_error(field, "is not a number");
  const bool zero = std::all_of(text->begin(), text->end(), [](char c) { return c == '0' || c == '.'; });
  if (zero) return std::optional<Money>();
  const auto currency = currency_of(price["currencyId"]);
  if (!currency) return row_error("price.currencyId", "is not a known currency");
  const auto parsed = Money::parse(*text, currency.value());
  if (!parsed || parsed.value().minor() < 0) return row_error(field, "is not an amount of its currency");
  return std::optional<Money>(parsed.value());
}

}  // namespace

Result<NextPage> decode_prices(std::string_view body, PriceSink& sink, PageWatch& watch) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value result = document.root()["result"];
  std::vector<PriceRow> rows;
  const auto take = [&](json::Value one) -> Result<void> {
    const auto offer = one["offerId"].text();
    if (!offer || offer->empty()) return row_error("offerId", "is not an article");
    STK_TRY(const auto asked, money_of(one["price"], "value"));
    STK_TRY(const auto crossed_out, money_of(one["price"], "discountBase"));
    if (!asked) {
      watch.row(*offer);
      return success();
    }
    rows.push_back({*offer, *asked, crossed_out, std::nullopt});
    return success();
  };
  STK_TRY(each_row(result, "result.offers", sink, key_of, take));
  if (!rows.empty()) {
    STK_TRY(sink.prices(rows));
  }
  return next_page(result);
}

Result<void> fetch_prices(const Calls& calls, std::int64_t business, PriceSink& sink, const CallContext& context) {
  const std::string path = "/v2/businesses/" + std::to_string(business) + "/offer-prices";
  PageWatch watch(kOperation);
  WatchedPrices watched(sink, watch);
  return read_pages(watch, [&](const std::string& token) -> Result<NextPage> {
    STK_TRY(const auto answer,
            calls.post(page_of(path, calls.options().prices_per_page, token), kOperation, "{}", context));
    return in_operation(kOperation, decode_prices(answer.body, watched, watch));
  });
}

}  // namespace stocktracker::inline v0::yandex_market
