#include "adapters/ozon/prices.hpp"

#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kOperation = "ozon.prices";

Error wrong(std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = "items[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

}  // namespace

Result<NextPage> decode_prices(std::string_view body, PriceSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  std::vector<PriceRow> rows;
  NextPage page;
  const auto take = [&](json::Value item) -> Result<void> {
    const std::size_t at = page.rows++;
    const auto offer = item["offer_id"].text();
    if (!offer || offer->empty()) return wrong(at, "offer_id", "is not an article");
    const json::Value price = item["price"];
    const auto code = Currency::parse(price["currency_code"].text().value_or(""));
    // Numbers here, texts in a sister method; nothing, an empty text and 0 all stand for no price.
    const auto money = [&](std::string_view member) -> Result<std::optional<Money>> {
      const auto text = json::decimal(price[member]);
      if (!text) return std::optional<Money>();
      if (!code) return wrong(at, "price.currency_code", "is not a currency");
      auto parsed = Money::parse(*text, code.value());
      if (!parsed || parsed.value().minor() < 0) return wrong(at, "price." + std::string(member), "is not a price");
      if (parsed.value().minor() == 0) return std::optional<Money>();
      return std::optional<Money>(parsed.value());
    };
    STK_TRY(const auto asked, money("price"));
    STK_TRY(const auto old_price, money("old_price"));
    STK_TRY(const auto lowest, money("min_price"));
    if (asked) rows.push_back({*offer, *asked, old_price, lowest});
    return success();
  };
  STK_TRY(const bool listed, document.root()["items"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "items is not an array").about("items");
  if (!rows.empty()) {
    STK_TRY(sink.prices(rows));
  }
  page.cursor = json::identity(document.root()["cursor"]).value_or("");
  return page;
}

Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context) {
  std::string cursor;
  while (true) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor));
    json.key("filter").begin_object().field("visibility", "ALL").end_object();
    json.field("limit", calls.options().prices_per_page).end_object();
    STK_TRY(const auto answer, calls.post("/v5/product/info/prices", kOperation, std::move(body), context));
    STK_TRY(auto next, in_operation(kOperation, decode_prices(answer.body, sink)));
    STK_TRY(const bool ends, next.ends(cursor, kOperation));
    if (ends) return success();
    cursor = std::move(next.cursor);
  }
}

}  // namespace stocktracker::inline v0::ozon
