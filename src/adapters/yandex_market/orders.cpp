#include "adapters/yandex_market/orders.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOperation = "yandex_market.orders";
/// A filter on the time of update may span so much.
constexpr Duration kLongest = 24h * 30 - 1min;
/// Orders of the Market's own warehouses are told late, up to 40 minutes.
constexpr Duration kOverlap = 1h;

OrderStatus status_of(std::string_view word) noexcept {
  struct Known {
    std::string_view word;
    OrderStatus status;
  };
  static constexpr std::array kKnown{Known{"PLACING", OrderStatus::placed},
                                     Known{"RESERVED", OrderStatus::placed},
                                     Known{"UNPAID", OrderStatus::placed},
                                     Known{"PENDING", OrderStatus::placed},
                                     Known{"PROCESSING", OrderStatus::placed},
                                     Known{"DELIVERY", OrderStatus::placed},
                                     Known{"PICKUP", OrderStatus::placed},
                                     Known{"DELIVERED", OrderStatus::delivered},
                                     Known{"PARTIALLY_RETURNED", OrderStatus::delivered},
                                     Known{"CANCELLED", OrderStatus::cancelled},
                                     Known{"RETURNED", OrderStatus::returned}};
  for (const Known& known : kKnown) {
    if (known.word == word) return known.status;
  }
  return OrderStatus::unknown;
}

/// What became of all units of an item, where its units are told and are alike.
std::optional<OrderStatus> status_of_units(const json::Value& item, std::int64_t count) {
  std::int64_t cancelled = 0;
  std::int64_t returned = 0;
  (void)item["itemStatuses"].each([&](json::Value one) -> Result<void> {
    const auto units = json::whole(one["count"]).value_or(0);
    const auto word = one["status"].text().value_or("");
    if (word == "CANCELLED" || word == "REJECTED") cancelled += units;
    if (word == "RETURNED") returned += units;
    return success();
  });
  if (cancelled == count) return OrderStatus::cancelled;
  if (returned == count) return OrderStatus::returned;
  return std::nullopt;
}

/// The Market tells what all units of an item cost together: money and points of the buyer's. Of one unit only where it
/// divides without a rest.
std::optional<Money> unit_price(const json::Value& prices, std::int64_t count) {
  std::optional<Money> sum;
  for (const char* part : {"payment", "cashback"}) {
    const json::Value one = prices[part];
    if (!one.is_object()) continue;
    const auto text = json::decimal(one["value"]);
    const auto currency = currency_of(one["currencyId"]);
    if (!text || !currency) return std::nullopt;
    const auto money = Money::parse(*text, currency.value());
    if (!money) return std::nullopt;
    if (!sum) {
      sum = money.value();
      continue;
    }
    const auto both = sum->plus(money.value());
    if (!both) return std::nullopt;
    sum = both.value();
  }
  if (!sum || sum->minor() % count != 0) return std::nullopt;
  return Money(sum->minor() / count, sum->currency());
}

}  // namespace

Result<std::string> decode_orders(std::string_view body, OrderSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  RowTexts texts;
  std::vector<OrderLineRow> rows;
  std::size_t at = 0;
  const auto take = [&](json::Value order) -> Result<void> {
    const std::size_t number = at++;
    if (order["fake"].boolean().value_or(false)) return success();
    OrderLineRow base;
    const auto id = json::whole(order["orderId"]);
    if (!id || *id <= 0) return wrong("orders", number, "orderId", "is not an id");
    base.order = texts.add(*id);
    const auto word = order["status"].text();
    if (!word) return wrong("orders", number, "status", "is not a text");
    base.status_text = *word;
    base.status = status_of(*word);
    const auto program = order["programType"].text().value_or("");
    base.kind = program == "FBY" || program == "LAAS" ? StockKind::fbo : StockKind::fbs;
    const auto placed = parse_rfc3339(order["creationDate"].text().value_or(""));
    if (!placed) return wrong("orders", number, "creationDate", "is not a time");
    base.ordered_at = placed.value();
    base.changed_at = placed.value();
    if (const auto updated = order["updateDate"].text()) {
      const auto parsed = parse_rfc3339(*updated);
      if (!parsed) return wrong("orders", number, "updateDate", "is not a time");
      base.changed_at = std::max(placed.value(), parsed.value());
    }
    const auto line = [&](json::Value item) -> Result<void> {
      OrderLineRow row = base;
      const auto item_id = json::whole(item["id"]);
      if (!item_id || *item_id <= 0) return wrong("orders", number, "items.id", "is not an id");
      row.key = texts.add(std::string(base.order) + "/" + std::to_string(*item_id));
      row.offer = item["offerId"].text().value_or("");
      if (row.offer.empty()) return wrong("orders", number, "items.offerId", "is not an article");
      row.article = row.offer;
      const auto count = json::whole(item["count"]);
      if (!count || *count < 0) return wrong("orders", number, "items.count", "is not a quantity");
      if (*count == 0) return success();  // taken out of the order
      row.quantity = *count;
      row.price = unit_price(item["prices"], *count);
      if (const auto units = status_of_units(item, *count)) row.status = *units;
      rows.push_back(row);
      return success();
    };
    STK_TRY(const bool held, order["items"].each(line));
    if (!held) return wrong("orders", number, "items", "is not an array");
    return success();
  };
  // This answer has no wrapper.
  STK_TRY(const bool listed, document.root()["orders"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "orders is not an array").about("orders");
  if (!rows.empty()) {
    STK_TRY(sink.lines(rows));
  }
  return next_token(document.root());
}

std::string orders_request(Instant from, Instant until) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("dates").begin_object();
  json.field("updateDateFrom", to_rfc3339(from)).field("updateDateTo", to_rfc3339(until)).end_object();
  json.field("fake", false).end_object();
  return body;
}

Result<OrderCoverage> fetch_orders(const Calls& calls, std::int64_t business, Instant since, OrderSink& sink,
                                   const CallContext& context) {
  const Instant now = calls.clock().now();
  const Instant earliest = now - capabilities().orders_kept;
  const Instant from = std::min(now, std::max(since, earliest + kOverlap) - kOverlap);
  const std::string path = "/v1/businesses/" + std::to_string(business) + "/orders";
  for (Instant begin = from; begin < now;) {
    const Instant end = std::min(now, begin + kLongest);
    std::string token;
    while (true) {
      STK_TRY(const auto answer, calls.post(page_of(path, calls.options().orders_per_page, token), kOperation,
                                            orders_request(begin, end), context));
      STK_TRY(auto next, in_operation(kOperation, decode_orders(answer.body, sink)));
      if (next.empty()) break;
      if (next == token) return stuck(kOperation);
      token = std::move(next);
    }
    begin = end;
  }
  return OrderCoverage{from, now};
}

}  // namespace stocktracker::inline v0::yandex_market
