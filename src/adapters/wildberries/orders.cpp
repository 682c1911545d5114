// Decodes the order feed and its statuses.
#include "adapters/wildberries/orders.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "marketplace/watched_sinks.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

using namespace std::chrono_literals;

constexpr Method kFeed{HttpMethod::post, &Hosts::analytics, "/api/analytics/v1/order-feed", "wildberries.order_feed",
                       "analytics"};
/// How long a snapshot is used. An assumption: the documentation does not say how long one lasts.
constexpr Duration kSnapshotLife = 30min;
/// A period may begin 31 days ago by the marketplace's clock; this machine's clock may be behind it, and a snapshot may
/// be continued.
constexpr Duration kClocks = kSnapshotLife + 5min;
/// The feed is filled asynchronously: changes shortly before the last answer are requested again.
constexpr Duration kOverlap = 1h;
/// Limits that servers choose are round numbers: a page with exactly such a number of lines may not be the last.
constexpr std::size_t kRound = 1'000;
constexpr std::string_view kPlace =
    "order_feed";  // "<from> <offset> <remembered at> <snapshot>", times in microseconds

OrderStatus status_of(std::string_view word) noexcept {
  struct Known {
    std::string_view word;
    OrderStatus status;
  };
  // All statuses in the specification of 2026-08-17.
  static constexpr std::array kKnown{Known{"created", OrderStatus::placed}, Known{"buyout", OrderStatus::delivered},
                                     Known{"cancel", OrderStatus::cancelled}, Known{"return", OrderStatus::returned},
                                     Known{"returnDefective", OrderStatus::returned}};
  for (const Known& known : kKnown) {
    if (known.word == word) return known.status;
  }
  return OrderStatus::unknown;
}

Result<Instant> time_of(const json::Value& order, std::string_view member) {
  const auto text = order[member].text();
  if (!text) return row_error(member, "is not a time");
  auto parsed = parse_rfc3339(*text);
  if (!parsed) return row_error(member, "is not a time");
  return parsed;
}

/// The time of the present status; for a new order, the time of ordering.
Result<Instant> changed_of(const json::Value& order, const OrderLineRow& row) {
  const json::Value updated = order["updatedAt"];
  if (row.status == OrderStatus::placed && (!updated.exists() || updated.is_null())) return row.ordered_at;
  return time_of(order, "updatedAt");
}

/// One line of the feed; its texts are stored in the document and in `texts`.
Result<OrderLineRow> line_of(const json::Value& order, const std::optional<Currency>& currency, RowTexts& texts) {
  OrderLineRow row;
  const auto id = [&](std::string_view member) -> Result<std::string_view> {
    const auto number = order[member].integer();
    if (!number || *number <= 0) return row_error(member, "is not an id");
    return texts.add(*number);
  };
  row.key = order["srid"].text().value_or("");
  if (row.key.empty()) return row_error("srid", "is not an id");
  STK_TRY(row.offer, id("chrtId"));
  STK_TRY(row.listing, id("nmId"));
  const auto word = order["status"].text();
  if (!word) return row_error("status", "is not a text");
  row.status_text = *word;
  row.status = status_of(*word);
  const auto by_seller = order["isMp"].boolean();
  if (!by_seller) return row_error("isMp", "is not true or false");
  row.kind = *by_seller ? StockKind::fbs : StockKind::fbo;
  row.warehouse_name = order["warehouseName"].text().value_or("");
  // A price with more digits than its currency has, or in an unknown currency, cannot be stored exactly.
  if (const auto price = order["sellerPrice"].decimal(); price && currency) {
    if (auto exact = Money::parse(*price, *currency)) row.price = exact.value();
  }
  STK_TRY(row.ordered_at, time_of(order, "createdAt"));
  STK_TRY(row.changed_at, changed_of(order, row));
  return row;
}

/// How far a feed has been read.
struct Place {
  Instant from{};
  std::int64_t offset = 0;
  std::string snapshot{};  ///< empty: nothing has been read yet
};

std::optional<Place> place_in(std::string_view text, Instant now) {
  std::array<std::int64_t, 3> numbers{};
  for (std::int64_t& number : numbers) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr == text.data() + text.size() || *parsed.ptr != ' ') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()) + 1);
  }
  const Duration age = now - Instant::from_micros(numbers[2]);
  if (numbers[1] <= 0 || age < Duration::zero() || age > kSnapshotLife || !parse_rfc3339(text)) return std::nullopt;
  return Place{Instant::from_micros(numbers[0]), numbers[1], std::string(text)};
}

class Feed {
 public:
  Feed(const Calls& calls, OrderSink& sink, const CallContext& context)
      : calls_(calls), sink_(sink, watch_), context_(context) {}

  Result<OrderCoverage> read(Instant from) {
    STK_TRY(const std::string remembered, calls_.recall(kPlace, context_));
    place_.from = from;
    const auto known = place_in(remembered, calls_.clock().now());
    if (known && known->from <= from) place_ = *known;
    resumed_ = place_.offset > 0;
    auto read = pages();
    if (!read && resumed_ && has_lost_snapshot(read.error())) {
      place_ = {from, 0, {}};
      resumed_ = false;
      sink_.restart();
      read = pages();
    }
    if (!read) return interrupted(std::move(read).error());
    if (!remembered.empty()) {
      STK_TRY(calls_.remember_place(kPlace, {}, context_));
    }
    return coverage();
  }

 private:
  Result<void> pages() {
    watch_.restart();
    const auto limit = static_cast<std::size_t>(calls_.options().orders_per_page);
    while (true) {
      STK_TRY(const auto response,
              calls_.ask(kFeed, context_, {},
                         order_feed_request(place_.from, place_.offset, static_cast<int>(limit), place_.snapshot)));
      if (response.status == 204) return success();  // documented only for similar reports
      STK_TRY(const OrderPage page, in_operation(kFeed.operation, decode_order_page(response.body, sink_)));
      if (page.newest) newest_ = std::max(newest_.value_or(*page.newest), *page.newest);
      if (place_.snapshot.empty()) place_.snapshot = page.snapshot;
      if (resumed_ && !page.snapshot.empty() && page.snapshot != place_.snapshot) {
        return Error(Errc::vendor_contradiction, "the page is of another snapshot").during(kFeed.operation).may_retry();
      }
      place_.offset += static_cast<std::int64_t>(page.lines);
      if (page.lines == 0 || (page.lines < limit && page.lines % kRound != 0)) return success();
      if (place_.snapshot.empty()) {
        return Error(Errc::vendor_schema, "data.snapshotTime is not a time, and the list goes on")
            .about("data.snapshotTime")
            .during(kFeed.operation);
      }
      STK_TRY(watch_.turn(std::to_string(place_.offset)));
    }
  }

  static bool has_lost_snapshot(const Error& error) {
    return error.errc() == Errc::vendor_rejected || error.errc() == Errc::vendor_contradiction;
  }

  /// True if the sink's owner keeps the lines that came before this error: the time ran out, or the marketplace does
  /// not answer now. After other failures nothing is kept, so nothing may be skipped later.
  static bool keeps_what_came(const Error& error) {
    return error.kind() == ErrorKind::timeout || error.kind() == ErrorKind::rate_limited ||
           error.kind() == ErrorKind::unavailable;
  }

  /// Stores where the next call continues.
  Error interrupted(Error error) const {
    const bool goes_on = keeps_what_came(error) && place_.offset > 0 && !place_.snapshot.empty();
    if (!goes_on && !has_lost_snapshot(error)) return error;
    CallContext late = context_;  // the call's own time may be over, which is why it ends
    late.timeout.reset();
    late.deadline = calls_.clock().now() + 5s;
    late.stop = {};
    late.progress.reset();
    const std::string text = goes_on ? std::to_string(place_.from.micros()) + " " + std::to_string(place_.offset) +
                                           " " + std::to_string(calls_.clock().now().micros()) + " " + place_.snapshot
                                     : std::string();
    (void)calls_.remember_place(kPlace, text, late);  // without it the feed is read from its beginning
    return error;
  }

  /// Until the snapshot, and never later than the marketplace's reported time: this machine's clock is not used.
  [[nodiscard]] OrderCoverage coverage() const {
    Instant until = newest_.value_or(place_.from);
    const auto reported = calls_.reported_time();
    const auto snapshot = parse_rfc3339(place_.snapshot);
    if (snapshot) {
      until = reported ? std::min(snapshot.value(), *reported) : snapshot.value();
    } else if (reported) {
      until = *reported;
    }
    return {std::min(place_.from, until), until};
  }

  const Calls& calls_;
  PageWatch watch_{kFeed.operation};
  WatchedOrders sink_;
  const CallContext& context_;
  Place place_;
  bool resumed_ = false;
  std::optional<Instant> newest_;
};

}  // namespace

Result<OrderPage> decode_order_page(std::string_view body, OrderSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  STK_TRY(check_refusal(document.root()));
  const json::Value data = document.root()["data"];
  OrderPage page;
  page.snapshot = data["snapshotTime"].text().value_or("");
  if (!parse_rfc3339(page.snapshot)) page.snapshot.clear();
  std::optional<Currency> currency;
  if (const auto code = data["currency"].text()) {
    if (const auto parsed = Currency::parse(*code)) currency = parsed.value();
  }
  RowTexts texts;
  std::vector<OrderLineRow> rows;
  const auto take = [&](json::Value order) -> Result<void> {
    STK_TRY(const OrderLineRow row, line_of(order, currency, texts));
    if (!row.price && order["sellerPrice"].decimal()) {
      sink.odd_row({RowOddity::incomplete, "sellerPrice is no amount of a currency", "data.orders", row.key});
    }
    rows.push_back(row);
    return success();
  };
  const auto key = [](json::Value order) { return std::string(order["srid"].text().value_or("")); };
  STK_TRY(page.lines, each_row(data, "data.orders", sink, key, take));
  for (const OrderLineRow& row : rows) page.newest = std::max(page.newest.value_or(row.changed_at), row.changed_at);
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
  // The later one is nearer to the marketplace's present; a time that it has reported is certainly past.
  const Instant past = calls.reported_time().value_or(Instant::latest());
  const Instant now = calls.reported_time() ? std::max(calls.clock().now(), past) : calls.clock().now();
  const Instant earliest = now - capabilities().orders_kept + kClocks;
  const Instant from = std::min({now, past, std::max(since - kOverlap, earliest)});
  return Feed(calls, sink, context).read(from);
}

}  // namespace stocktracker::inline v0::wildberries
