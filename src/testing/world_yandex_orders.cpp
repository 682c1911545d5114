// Yandex Market: orders of one item each.
#include <algorithm>

#include <stocktracker/core/time_text.hpp>

#include "testing/world_yandex.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kFirstOrder = 50'000'000'000;
constexpr std::int64_t kFirstItem = 700'000'000'000;

// Whole seconds of Moscow, with the offset.
std::string moscow(Instant at) {
  std::string text = to_rfc3339(Instant::from_seconds(at.micros() / 1'000'000) + std::chrono::hours(3));
  text.replace(text.size() - 1, 1, "+03:00");
  return text;
}

Instant whole(Instant at) { return Instant::from_seconds(at.micros() / 1'000'000); }

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

}  // namespace

void YandexFace::write_order(JsonWriter& json, std::size_t index) const {
  const Order& order = commerce_.log()[index];
  const auto number = static_cast<std::int64_t>(index);
  const std::int64_t price = catalogue_.price_on(Shop::yandex_market, order.size).price;
  json.begin_object().field("orderId", kFirstOrder + number);
  json.field("campaignId", order.fbs ? own_campaign() : market_campaign());
  json.field("programType", order.fbs ? "FBS" : "FBY").field("status", word_of(order.status));
  json.field("substatus", "UNKNOWN").field("creationDate", moscow(order.at)).field("updateDate", moscow(order.changed));
  json.field("paymentType", "PREPAID").field("paymentMethod", "YANDEX").field("fake", false);
  json.key("items").begin_array().begin_object().field("id", kFirstItem + number);
  json.field("offerId", offer(order.size).offer_id).field("offerName", "").field("count", 1);
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
  json.end_object().key("instances").null().end_object().end_array();
  json.key("delivery").begin_object().field("type", "PICKUP").field("serviceName", "").field("deliveryServiceId", 99);
  json.field("deliveryPartnerType", "YANDEX_MARKET").key("dates").begin_object().field("fromDate", "2026-11-23");
  json.end_object().end_object().end_object();
}

HttpResponse YandexFace::orders_list(const Call& call) {
  constexpr Duration kLongest = std::chrono::hours(24 * 30);
  if (call.path != "/v1/businesses/" + std::to_string(business_) + "/orders") {
    return problem(403, "FORBIDDEN", "No access to the business");
  }
  const Fields dates = call.fields.inner("dates");
  const auto from = parse_rfc3339(dates.text("updateDateFrom"));
  const auto until = parse_rfc3339(dates.text("updateDateTo"));
  if (!from || !until || until.value() < from.value() || until.value() - from.value() > kLongest) {
    return problem(400, "BAD_REQUEST", "dates: at most 30 days");
  }
  std::vector<std::uint32_t> chosen;
  const std::vector<Order>& log = commerce_.log();
  for (std::uint32_t n = 0; n < log.size(); ++n) {
    const Instant changed = whole(log[n].changed);
    if (log[n].shop == Shop::yandex_market && changed >= from.value() && changed <= until.value()) chosen.push_back(n);
  }
  const Page page = page_of(call, 50, chosen.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("orders").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) write_order(json, chosen[n]);
  json.end_array();
  write_paging(json, page);
  json.end_object();
  return json_answer(200, std::move(out));
}

std::vector<TrueOrder> YandexFace::orders() const {
  std::vector<TrueOrder> all;
  for (std::size_t n = 0; n < commerce_.log().size(); ++n) {
    const Order& order = commerce_.log()[n];
    if (order.shop != Shop::yandex_market) continue;
    TrueOrder made;
    made.key = std::to_string(kFirstOrder + static_cast<std::int64_t>(n)) + "/" +
               std::to_string(kFirstItem + static_cast<std::int64_t>(n));
    made.offer = offer(order.size).offer_id;  // which warehouse it was ordered from the API does not tell
    made.status = order.status;
    made.kind = order.fbs ? StockKind::fbs : StockKind::fbo;
    made.ordered_at = whole(order.at);
    made.changed_at = whole(order.changed);
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace stocktracker::inline v0::testing::world
