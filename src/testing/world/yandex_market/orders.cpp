// Yandex Market: orders of one item each, and what a test has done to them.
#include <algorithm>

#include <stocktracker/core/time_text.hpp>

#include "testing/world/yandex_market/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kFirstOrder = 50'000'000'000;
constexpr std::int64_t kFirstItem = 700'000'000'000;

Instant full_second(Instant at) { return Instant::from_seconds(at.micros() / 1'000'000); }

std::string_view word_of(OrderStatus status) noexcept {
  switch (status) {
    case OrderStatus::delivered:
      return "DELIVERED";
    case OrderStatus::cancelled:
      return "CANCELLED";
    case OrderStatus::returned:
      return "RETURNED";
    default:
      return "DELIVERY";
  }
}

OrderStatus status_of_word(std::string_view word) noexcept {
  if (word == "CANCELLED") return OrderStatus::cancelled;
  if (word == "RETURNED") return OrderStatus::returned;
  if (word == "DELIVERED" || word == "PARTIALLY_RETURNED") return OrderStatus::delivered;
  return OrderStatus::placed;
}

}  // namespace

const YandexFace::Edit* YandexFace::edit_of(std::size_t index) const {
  const auto found = edits_.find(index);
  return found == edits_.end() ? nullptr : &found->second;
}

Instant YandexFace::changed_at(std::size_t index) const {
  const Edit* edit = edit_of(index);
  const Instant changed = commerce_.log()[index].changed;
  return full_second(edit == nullptr ? changed : std::max(changed, edit->at));
}

// A test's change holds until the world's own buyers change the order again.
OrderStatus YandexFace::status_of(std::size_t index) const {
  const Order& order = commerce_.log()[index];
  const Edit* edit = edit_of(index);
  if (edit == nullptr) return order.status;
  if (edit->gone || edit->count == 0) return OrderStatus::removed;
  if (edit->status.empty() || edit->at < order.changed) return order.status;
  return status_of_word(edit->status);
}

void YandexFace::edit_order(const Fields& fields, Instant now) {
  const auto index = static_cast<std::size_t>(fields.number("order", kFirstOrder) - kFirstOrder);
  if (index >= commerce_.log().size()) return;
  Edit edit;
  edit.at = now;
  edit.status = fields.text("status");
  edit.count = fields.number("count", 1);
  edit.returned = fields.number("returned", 0);
  edit.rejected = fields.number("rejected", 0);
  edit.cancelled = fields.number("cancelled", 0);
  edit.gone = fields.flag("gone", false);
  edits_.insert_or_assign(index, std::move(edit));
}

void YandexFace::write_order(JsonWriter& json, std::size_t index) const {
  const Order& order = commerce_.log()[index];
  const Edit* edit = edit_of(index);
  const auto number = static_cast<std::int64_t>(index);
  const std::int64_t count = edit == nullptr ? 1 : edit->count;
  const std::int64_t price =
      catalogue_.price_on(Shop::yandex_market, order.size).price * std::max<std::int64_t>(1, count);
  const bool worded = edit != nullptr && !edit->status.empty() && edit->at >= order.changed;
  json.begin_object().field("orderId", kFirstOrder + number);
  json.field("campaignId", order.fbs ? own_campaign() : market_campaign());
  json.field("programType", order.fbs ? "FBS" : "FBY");
  json.field("status", worded ? std::string_view(edit->status) : word_of(order.status));
  json.field("substatus", "UNKNOWN").field("creationDate", moscow_time(order.at));
  json.field("updateDate", moscow_time(changed_at(index)));
  json.field("paymentType", "PREPAID").field("paymentMethod", "YANDEX").field("fake", false);
  json.key("items").begin_array();
  if (edit == nullptr || !edit->gone) {
    json.begin_object().field("id", kFirstItem + number).field("offerId", offer(order.size).offer_id);
    json.field("offerName", "").field("count", count);
    if (edit != nullptr && edit->returned + edit->rejected + edit->cancelled > 0) {
      json.key("itemStatuses").begin_array();
      const auto units = [&](std::string_view word, std::int64_t of) {
        if (of > 0) json.begin_object().field("status", word).field("count", of).end_object();
      };
      units("RETURNED", edit->returned);
      units("REJECTED", edit->rejected);
      units("CANCELLED", edit->cancelled);
      units("DELIVERED_TO_BUYER", count - edit->returned - edit->rejected - edit->cancelled);
      json.end_array();
    }
    // A part of it is paid in points.
    const std::int64_t points = index % 5 == 0 ? 100 : 0;
    json.key("prices").begin_object().key("payment").begin_object().key("value");
    const std::int64_t paid = price - points;
    json.decimal(std::to_string(paid / 100) + "." + static_cast<char>('0' + paid / 10 % 10) +
                 static_cast<char>('0' + paid % 10));
    json.field("currencyId", "RUR").end_object();
    if (points > 0) {
      json.key("cashback").begin_object().field("value", points / 100).field("currencyId", "RUR").end_object();
    }
    json.end_object().key("instances").null().end_object();
  }
  json.end_array();
  json.key("delivery").begin_object().field("type", "PICKUP").field("serviceName", "").field("deliveryServiceId", 99);
  json.field("deliveryPartnerType", "YANDEX_MARKET").key("dates").begin_object().field("fromDate", "2026-11-23");
  json.end_object().end_object().end_object();
}

// Orders that cannot be read, completely or in part.
void YandexFace::write_odd_orders(JsonWriter& json) const {
  json.begin_object().field("orderId", 1).field("status", "PROCESSING").key("creationDate").null();
  json.key("items").begin_array().begin_object().field("id", 1).field("offerId", "odd").field("count", 1).end_object();
  json.end_array().end_object();
  json.begin_object().field("orderId", 2).field("status", "PROCESSING");
  json.field("creationDate", "2026-11-20T09:00:00+03:00").key("items").begin_array();
  json.begin_object().field("id", 1).field("offerId", "").field("count", 1).end_object().end_array().end_object();
}

HttpResponse YandexFace::orders_list(const Call& call) {
  constexpr Duration kLongest = std::chrono::hours(24 * 30);
  constexpr Duration kMoscow = std::chrono::hours(3);
  if (call.path != "/v1/businesses/" + std::to_string(business_) + "/orders") {
    return problem(403, "FORBIDDEN", "No access to the business");
  }
  const Fields dates = call.fields.inner("dates");
  // By the day of ordering, or by the time of change; the end of days is left out, that of times is not.
  const bool by_day = dates.has("creationDateFrom");
  const auto read = [&](std::string_view name) {
    return by_day ? parse_wall_time(dates.text(name), kMoscow) : parse_rfc3339(dates.text(name));
  };
  const auto from = read(by_day ? "creationDateFrom" : "updateDateFrom");
  const auto until = read(by_day ? "creationDateTo" : "updateDateTo");
  if (!from || !until || until.value() < from.value() || until.value() - from.value() > kLongest) {
    return problem(400, "BAD_REQUEST", "dates: at most 30 days");
  }
  if (!by_day && until.value() > call.now + std::chrono::hours(24)) {
    return problem(400, "BAD_REQUEST", "dates: a day that has not come");
  }
  std::vector<std::uint32_t> chosen;
  const std::vector<Order>& log = commerce_.log();
  for (std::uint32_t n = 0; n < log.size(); ++n) {
    if (log[n].shop != Shop::yandex_market) continue;
    const Instant at = by_day ? full_second(log[n].at) : changed_at(n);
    if (at >= from.value() && (by_day ? at < until.value() : at <= until.value())) chosen.push_back(n);
  }
  const Page page = page_of(call, 50, chosen.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("orders").begin_array();
  if (odd_here(page)) write_odd_orders(json);
  for (std::size_t n = page.first; n < page.end; ++n) write_order(json, chosen[n]);
  json.end_array();
  write_paging(json, page);
  json.end_object();
  return json_answer(200, std::move(out));
}

std::vector<TrueOrder> YandexFace::orders() const {
  std::vector<TrueOrder> all;
  for (std::size_t n = 0; n < commerce_.log().size(); ++n) {
    if (!reports_order(n)) continue;
    const Order& order = commerce_.log()[n];
    const Edit* edit = edit_of(n);
    TrueOrder made;
    made.key = std::to_string(kFirstOrder + static_cast<std::int64_t>(n)) + "/" +
               std::to_string(kFirstItem + static_cast<std::int64_t>(n));
    made.offer = offer(order.size).offer_id;  // which warehouse it was ordered from the API does not say
    made.status = status_of(n);
    made.kind = order.fbs ? StockKind::fbs : StockKind::fbo;
    if (edit != nullptr) made.quantity = std::max<std::int64_t>(1, edit->count - edit->rejected - edit->cancelled);
    made.ordered_at = full_second(order.at);
    made.changed_at = changed_at(n);
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace stocktracker::inline v0::testing::world
