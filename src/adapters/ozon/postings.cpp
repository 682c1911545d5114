#include "adapters/ozon/postings.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0::ozon {
namespace {

constexpr std::string_view kFbo = "ozon.fbo_postings";
constexpr std::string_view kFbs = "ozon.fbs_postings";
constexpr std::string_view kReturns = "ozon.returns";
constexpr int kReturnsPerPage = 500;

Error wrong(std::string_view list, std::size_t at, std::string_view member, std::string_view what) {
  const std::string field = std::string(list) + "[" + std::to_string(at) + "]." + std::string(member);
  return Error(Errc::vendor_schema, field + " " + std::string(what)).about(field);
}

OrderStatus status_of(std::string_view word) noexcept {
  struct Known {
    std::string_view word;
    OrderStatus status;
  };
  static constexpr std::array kKnown{Known{"acceptance_in_progress", OrderStatus::placed},
                                     Known{"awaiting_approve", OrderStatus::placed},
                                     Known{"awaiting_deliver", OrderStatus::placed},
                                     Known{"awaiting_packaging", OrderStatus::placed},
                                     Known{"awaiting_registration", OrderStatus::placed},
                                     Known{"awaiting_verification", OrderStatus::placed},
                                     Known{"delivering", OrderStatus::placed},
                                     Known{"driver_pickup", OrderStatus::placed},
                                     Known{"not_accepted", OrderStatus::placed},
                                     Known{"delivered", OrderStatus::delivered},
                                     Known{"cancelled", OrderStatus::cancelled},
                                     Known{"cancelled_from_split_pending", OrderStatus::cancelled}};
  for (const Known& known : kKnown) {
    if (known.word == word) return known.status;
  }
  return OrderStatus::unknown;  // disputes, and what is newer than this
}

/// The first member that is there and not empty.
std::string_view text_in(const json::Value& value, std::string_view a, std::string_view b) {
  const auto first = value[a].text();
  if (first && !first->empty()) return *first;
  return value[b].text().value_or("");
}

}  // namespace

std::string line_key(std::string_view posting, std::int64_t sku) {
  return std::string(posting) + "/" + std::to_string(sku);
}

Result<NextPage> decode_returns(std::string_view body, Returns& into) {
  STK_TRY(const auto document, json::Document::parse(body));
  NextPage page;
  const auto take = [&](json::Value one) -> Result<void> {
    const auto id = json::whole(one["id"]);
    if (!id || *id <= 0) return wrong("returns", page.rows, "id", "is not an id");
    page.cursor = std::to_string(*id);
    const std::size_t at = page.rows++;
    // What never reached the buyer is a cancellation, which the posting itself tells.
    const auto type = one["type"].text();
    if (!type) return wrong("returns", at, "type", "is not a text");
    if (*type != "ClientReturn") return success();
    const auto posting = one["posting_number"].text();
    const auto sku = json::whole(one["product"]["sku"]);
    if (!posting || posting->empty()) return wrong("returns", at, "posting_number", "is not an id");
    if (!sku) return wrong("returns", at, "product.sku", "is not an id");
    const auto quantity = json::whole(one["product"]["quantity"]);
    if (!quantity || *quantity < 1) return wrong("returns", at, "product.quantity", "is not a quantity");
    const auto moment = parse_rfc3339(one["logistic"]["return_date"].text().value_or(""));
    ReturnedUnits& units = into[line_key(*posting, *sku)];
    units.quantity += *quantity;
    if (moment) units.at = std::max(units.at, moment.value());
    return success();
  };
  STK_TRY(const bool listed, document.root()["returns"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "returns is not an array").about("returns");
  page.has_next = document.root()["has_next"].boolean();
  return page;
}

Result<NextPage> decode_postings(std::string_view body, StockKind kind, const Returns& returns, OrderSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  RowTexts texts;
  std::vector<OrderLineRow> rows;
  NextPage page;
  const auto take = [&](json::Value posting) -> Result<void> {
    const std::size_t at = page.rows++;
    OrderLineRow base;
    base.order = posting["posting_number"].text().value_or("");
    if (base.order.empty()) return wrong("postings", at, "posting_number", "is not an id");
    const auto word = posting["status"].text();
    if (!word) return wrong("postings", at, "status", "is not a text");
    base.status_text = *word;
    base.status = status_of(*word);
    base.kind = kind;
    const auto created = parse_rfc3339(text_in(posting, "created_at", "in_process_at"));
    if (!created) return wrong("postings", at, "in_process_at", "is not a time");
    base.ordered_at = created.value();
    base.changed_at = created.value();
    // The warehouse is told by data that may be left out.
    const json::Value place = kind == StockKind::fbo ? posting["analytics_data"] : posting["delivery_method"];
    if (const auto id = json::whole(place["warehouse_id"]); id && *id > 0) base.warehouse = texts.add(*id);
    base.warehouse_name = text_in(place, "warehouse_name", "warehouse");
    const auto product = [&](json::Value one) -> Result<void> {
      OrderLineRow row = base;
      const auto sku = json::whole(one["sku"]);
      if (!sku) return wrong("postings", at, "products.sku", "is not an id");
      row.key = texts.add(line_key(base.order, *sku));
      row.offer = one["offer_id"].text().value_or("");
      if (row.offer.empty()) return wrong("postings", at, "products.offer_id", "is not an article");
      row.article = row.offer;
      const auto quantity = json::whole(one["quantity"]);
      if (!quantity || *quantity < 1) return wrong("postings", at, "products.quantity", "is not a quantity");
      row.quantity = *quantity;
      const auto amount = json::decimal(one["price"]["amount"]);
      const auto currency = Currency::parse(one["price"]["currency"].text().value_or(""));
      if (amount && currency) {
        if (auto exact = Money::parse(*amount, currency.value())) row.price = exact.value();
      }
      // Of a line that came back in part the buyer has the rest.
      const auto back = returns.find(row.key);
      if (back != returns.end() && back->second.quantity >= row.quantity && row.status == OrderStatus::delivered) {
        row.status = OrderStatus::returned;
        row.changed_at = std::max(row.ordered_at, back->second.at);
      }
      rows.push_back(row);
      return success();
    };
    STK_TRY(const bool held, posting["products"].each(product));
    if (!held) return wrong("postings", at, "products", "is not an array");
    return success();
  };
  STK_TRY(const bool listed, document.root()["postings"].each(take));
  if (!listed) return Error(Errc::vendor_schema, "postings is not an array").about("postings");
  if (!rows.empty()) {
    STK_TRY(sink.lines(rows));
  }
  page.cursor = json::identity(document.root()["cursor"]).value_or("");
  page.has_next = document.root()["has_next"].boolean();
  return page;
}

namespace {

Result<Returns> fetch_returns(const Calls& calls, Instant from, Instant until, const CallContext& context) {
  Returns returns;
  std::string last = "0";
  while (true) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("filter").begin_object().key("logistic_return_date").begin_object();
    json.field("time_from", to_rfc3339(from)).field("time_to", to_rfc3339(until)).end_object().end_object();
    json.field("limit", kReturnsPerPage).key("last_id").decimal(last).end_object();
    STK_TRY(const auto answer, calls.post("/v1/returns/list", kReturns, std::move(body), context));
    STK_TRY(auto next, in_operation(kReturns, decode_returns(answer.body, returns)));
    STK_TRY(const bool ends, next.ends(last, kReturns));
    if (ends) return returns;
    last = std::move(next.cursor);
  }
}

Result<void> fetch_postings(const Calls& calls, StockKind kind, Instant from, Instant until, const Returns& returns,
                            OrderSink& sink, const CallContext& context) {
  const bool fbo = kind == StockKind::fbo;
  const std::string_view operation = fbo ? kFbo : kFbs;
  std::string cursor;
  while (true) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().field("cursor", std::string_view(cursor)).key("filter").begin_object();
    json.field("since", to_rfc3339(from)).field("to", to_rfc3339(until)).end_object();
    json.field("limit", calls.options().postings_per_page).field("sort_dir", "ASC");
    json.key("with").begin_object().field("analytics_data", true).end_object().end_object();
    STK_TRY(const auto answer,
            calls.post(fbo ? "/v3/posting/fbo/list" : "/v4/posting/fbs/list", operation, std::move(body), context));
    STK_TRY(auto next, in_operation(operation, decode_postings(answer.body, kind, returns, sink)));
    STK_TRY(const bool ends, next.ends(cursor, operation));
    if (ends) return success();
    cursor = std::move(next.cursor);
  }
}

}  // namespace

Result<OrderCoverage> fetch_orders(const Calls& calls, Instant since, OrderSink& sink, const CallContext& context) {
  const Instant now = calls.clock().now();
  const Instant earliest = now - capabilities().orders_kept;
  const Instant until = now;
  // Never before the earliest: a subtraction from the dawn of time has no meaning.
  const Instant from =
      since <= earliest + calls.options().restated ? earliest : std::min(now, since - calls.options().restated);
  STK_TRY(const auto returns, fetch_returns(calls, from, until, context));
  STK_TRY(fetch_postings(calls, StockKind::fbo, from, until, returns, sink, context));
  STK_TRY(fetch_postings(calls, StockKind::fbs, from, until, returns, sink, context));
  return OrderCoverage{from, until};
}

}  // namespace stocktracker::inline v0::ozon
