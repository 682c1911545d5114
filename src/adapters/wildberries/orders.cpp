#include "adapters/wildberries/orders.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "json/document.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOperation = "wildberries.order_feed";
/// A period may begin 31 days ago by the marketplace's clock: ours may be behind it.
constexpr Duration kClocks = 5min;
/// The feed is filled asynchronously: what changed shortly before the last answer is asked for again.
constexpr Duration kOverlap = 1h;
/// Caps that servers choose are round numbers: a page of just so many lines is not believed to be the last.
constexpr std::size_t kRound = 1'000;

Error wrong(std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = "data.orders[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

OrderStatus status_of(std::string_view word) noexcept {
  struct Known {
    std::string_view word;
    OrderStatus status;
  };
  static constexpr std::array kKnown{Known{"created", OrderStatus::placed}, Known{"buyout", OrderStatus::delivered},
                                     Known{"cancel", OrderStatus::cancelled}, Known{"return", OrderStatus::returned},
                                     Known{"returnDefective", OrderStatus::returned}};
  for (const Known& known : kKnown) {
    if (known.word == word) return known.status;
  }
  return OrderStatus::unknown;
}

Result<Instant> time_of(const json::Value& order, std::size_t at, std::string_view member) {
  const auto text = order[member].text();
  if (!text) return wrong(at, member, "is not a time");
  auto parsed = parse_rfc3339(*text);
  if (!parsed) return wrong(at, member, "is not a time");
  return parsed;
}

}  // namespace

Result<OrderPage> decode_order_page(std::string_view body, OrderSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  const json::Value data = document.root()["data"];
  OrderPage page;
  page.snapshot = data["snapshotTime"].text().value_or("");
  if (!parse_rfc3339(page.snapshot)) {
    return Error(Errc::vendor_schema, "data.snapshotTime is not a time").about("data.snapshotTime");
  }
  const auto code = data["currency"].text();
  auto currency = code ? Currency::parse(*code) : Result<Currency>(Error(Errc::vendor_schema));
  if (!currency) return Error(Errc::vendor_schema, "data.currency is not a currency").about("data.currency");

  RowTexts texts;
  std::vector<OrderLineRow> rows;
  const auto take = [&](json::Value order) -> Result<void> {
    const std::size_t at = rows.size();
    OrderLineRow row;
    const auto id = [&](std::string_view member) -> Result<std::string_view> {
      const auto number = order[member].integer();
      if (!number || *number <= 0) return wrong(at, member, "is not an id");
      return texts.add(*number);
    };
    row.key = order["srid"].text().value_or("");
    if (row.key.empty()) return wrong(at, "srid", "is not an id");
    STK_TRY(row.offer, id("chrtId"));
    STK_TRY(row.listing, id("nmId"));
    const auto word = order["status"].text();
    if (!word) return wrong(at, "status", "is not a text");
    row.status_text = *word;
    row.status = status_of(*word);
    const auto by_seller = order["isMp"].boolean();
    if (!by_seller) return wrong(at, "isMp", "is not true or false");
    row.kind = *by_seller ? StockKind::fbs : StockKind::fbo;
    row.warehouse_name = order["warehouseName"].text().value_or("");
    // A price with more digits than money has is none that can be kept exactly.
    if (const auto price = order["sellerPrice"].decimal()) {
      if (auto exact = Money::parse(*price, currency.value())) row.price = exact.value();
    }
    STK_TRY(row.ordered_at, time_of(order, at, "createdAt"));
    STK_TRY(row.changed_at, time_of(order, at, "updatedAt"));
    rows.push_back(row);
    return success();
  };
  STK_TRY(const bool listed, data["orders"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "data.orders is not an array").about("data.orders");
  page.lines = rows.size();
  if (!rows.empty()) {
    STK_TRY(sink.lines(rows));
  }
  return page;
}

std::string order_feed_request(Instant from, std::int64_t offset, int limit, std::string_view snapshot) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("selectedPeriod").begin_object().field("start", to_rfc3339(from)).end_object();
  json.key("pagination").begin_object();
  if (!snapshot.empty()) json.field("snapshotTime", snapshot);
  json.field("offset", offset).field("limit", limit).end_object().end_object();
  return body;
}

Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink, const CallContext& context) {
  const Instant now = calls.clock().now();
  const Instant earliest = now - capabilities().orders_kept + kClocks;
  const Instant from = std::min(now, std::max(since - kOverlap, earliest));
  const auto limit = static_cast<std::size_t>(calls.options().orders_per_page);
  std::string snapshot;
  std::size_t told = 0;
  while (true) {
    auto request = request_for(HttpMethod::post, calls.options().hosts.analytics + "/api/analytics/v1/order-feed",
                               kOperation, "analytics");
    request.body = order_feed_request(from, static_cast<std::int64_t>(told), static_cast<int>(limit), snapshot);
    STK_TRY(const auto response, calls.send(request, context));
    if (response.status == 204) break;  // documented for its sister reports only
    STK_TRY(auto page, in_operation(kOperation, decode_order_page(response.body, sink)));
    if (snapshot.empty()) snapshot = std::move(page.snapshot);
    told += page.lines;
    if (page.lines == 0 || (page.lines < limit && page.lines % kRound != 0)) break;
  }
  if (snapshot.empty()) return OrderCoverage{from, now};
  STK_TRY(const Instant until, parse_rfc3339(snapshot));
  return OrderCoverage{std::min(from, until), until};
}

}  // namespace stocktracker::inline v0::wildberries
