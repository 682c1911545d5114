// Decodes pages of prices.
#include "adapters/ozon/prices.hpp"

#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kOperation = "ozon.prices";

/// "0", "0.00": no price, with any currency.
bool is_zero(std::string_view decimal) { return decimal.find_first_not_of("0.") == std::string_view::npos; }

/// Prices are numbers here, and texts in a similar method; absent, an empty text and 0 all mean no price. A price is
/// never rounded: one with more decimals than its currency has makes its row unreadable.
Result<std::optional<Money>> money_of(const json::Value& price, std::string_view member) {
  const auto text = json::decimal(price[member]);
  if (!text) {
    const json::Value value = price[member];
    if (!value.exists() || value.is_null() || value.text()) return std::optional<Money>();
    return row_error("price." + std::string(member), "is no amount");
  }
  if (is_zero(*text)) return std::optional<Money>();
  const auto currency = Currency::parse(price["currency_code"].text().value_or(""));
  if (!currency) return row_error("price.currency_code", "is no currency");
  const auto amount = Money::parse(*text, currency.value());
  if (!amount || amount.value().minor() < 0) {
    return row_error("price." + std::string(member), "is no amount of its currency");
  }
  return std::optional<Money>(amount.value());
}

}  // namespace

Result<NextPage> decode_prices(std::string_view body, Articles& articles, PageWatch& watch, PriceSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::vector<PriceRow> rows;
  const auto key = [](json::Value item) { return std::string(item["offer_id"].text().value_or("")); };
  const auto take = [&](json::Value item) -> Result<void> {
    const auto offer = item["offer_id"].text();
    if (!offer || offer->empty()) return row_error("offer_id", "is empty");
    if (const auto product = json::lenient_integer(item["product_id"]); product && *product > 0) {
      STK_TRY(articles.add(*offer, *product));
    }
    watch.row(*offer);
    const json::Value price = item["price"];
    STK_TRY(const auto asked, money_of(price, "price"));
    STK_TRY(const auto old_price, money_of(price, "old_price"));
    STK_TRY(const auto lowest, money_of(price, "min_price"));
    if (asked) rows.push_back({*offer, *asked, old_price, lowest});
    return success();
  };
  NextPage page;
  STK_TRY(page.rows, each_row(document.root(), "items", sink, key, take));
  if (!rows.empty()) {
    STK_TRY(sink.prices(rows));
  }
  page.cursor = json::identity(document.root()["cursor"]).value_or("");
  return page;
}

Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context) {
  Articles articles;
  PageWatch watch(kOperation);
  return read_pages(watch, [&](const std::string& cursor) -> Result<std::optional<std::string>> {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor));
    json.key("filter").begin_object().field("visibility", "ALL").end_object();
    json.field("limit", calls.options().prices_per_page).end_object();
    STK_TRY(const auto answer, calls.post("/v5/product/info/prices", kOperation, std::move(body), context));
    STK_TRY(const auto next, in_operation(kOperation, decode_prices(answer.body, articles, watch, sink)));
    return in_operation(kOperation, next.next());
  });
}

}  // namespace stocktracker::inline v0::ozon
