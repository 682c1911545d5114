// Ozon: postings, one product each, and returns.
#include <algorithm>

#include <stocktracker/core/time_text.hpp>

#include "testing/world_ozon.hpp"
#include "testing/world_random.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kFirstReturn = 1'000'000'000;

std::string roubles(std::int64_t hundredths) {
  const std::int64_t rest = hundredths % 100;
  return std::to_string(hundredths / 100) + "." + static_cast<char>('0' + rest / 10) +
         static_cast<char>('0' + rest % 10);
}

}  // namespace

std::string OzonFace::posting_number(std::size_t order) const {
  Stream stream(catalogue_.seed, Purpose::order, ~std::uint64_t{1}, order);
  return std::to_string(10'000'000 + order) + "-" + std::to_string(stream.between(1'000, 9'999)) + "-1";
}

void OzonFace::write_posting(JsonWriter& json, std::size_t index, bool with_place) const {
  const Order& order = commerce_.log()[index];
  const ShopOffer& one = offer(order.size);
  const std::string number = posting_number(index);
  std::string_view status = "awaiting_deliver";
  if (order.status == OrderStatus::delivered || order.status == OrderStatus::returned) status = "delivered";
  if (order.status == OrderStatus::cancelled) status = "cancelled";
  json.begin_object().field("posting_number", number).field("order_id", 30'000'000'000 + index);
  json.field("order_number", std::string_view(number).substr(0, number.size() - 2));
  json.field("status", status).field("substatus", "posting_created");
  if (!order.fbs) json.field("created_at", to_rfc3339(order.at));
  json.field("in_process_at", to_rfc3339(order.at));
  if (!order.fbs) json.key("cancellation").null().key("legal_info").null();
  if (order.fbs) {
    const std::uint32_t warehouse = commerce_.fbs()[order.row].warehouse;
    json.key("delivery_method").begin_object().field("id", 1).field("name", "Доставка Ozon");
    json.field("warehouse", catalogue_.seller_warehouses[warehouse].name);
    json.field("warehouse_id", catalogue_.seller_warehouse_id(Shop::ozon, warehouse)).end_object();
  } else if (with_place) {
    const MarketplaceWarehouse& place = catalogue_.marketplace_warehouses[commerce_.fbo()[order.row].warehouse];
    json.key("analytics_data").begin_object().field("city", "").field("warehouse_id", place.id);
    json.field("warehouse_name", place.name).end_object();
  }
  json.key("products").begin_array().begin_object().field("offer_id", one.offer_id);
  json.field("name", catalogue_.cards[catalogue_.sizes[order.size].card].title).field("sku", one.sku);
  json.field("quantity", 1).key("price").begin_object();
  json.field("amount", roubles(catalogue_.price_on(Shop::ozon, order.size).price)).field("currency", "RUB");
  json.end_object().end_object().end_array().end_object();
}

HttpResponse OzonFace::postings(const Call& call, bool fbs) {
  constexpr Duration kYear = std::chrono::hours(24 * 366);
  const Fields filter = call.fields.inner("filter");
  const auto since = parse_rfc3339(filter.text("since"));
  const auto to = parse_rfc3339(filter.text("to"));
  const bool with_place = call.fields.inner("with").flag("analytics_data", false);
  const std::int64_t limit = call.fields.number("limit", 0);
  if (limit < 1 || limit > 100) return problem(400, 3, "limit must be between 1 and 100");
  if (!since || !to) return problem(400, 3, "filter.since and filter.to are required");
  if (to.value() - since.value() > kYear) return problem(400, 3, "PERIOD_IS_TOO_LONG");
  std::vector<std::uint32_t> chosen;
  const std::vector<Order>& log = commerce_.log();
  for (std::uint32_t n = 0; n < log.size(); ++n) {
    if (log[n].shop == Shop::ozon && log[n].fbs == fbs && log[n].at >= since.value() && log[n].at <= to.value())
      chosen.push_back(n);
  }
  const Page page = page_of(call, call.fields.text("cursor"), static_cast<std::size_t>(limit), chosen.size());
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("cursor", page.cursor).field("has_next", !page.cursor.empty());
  json.key("postings").begin_array();
  for (std::size_t n = page.first; n < page.end; ++n) write_posting(json, chosen[n], with_place);
  json.end_array().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse OzonFace::fbo_postings(const Call& call) { return postings(call, false); }
HttpResponse OzonFace::fbs_postings(const Call& call) { return postings(call, true); }

// Ids and quantities as the recordings have them: texts.
HttpResponse OzonFace::returns(const Call& call) {
  const Fields period = call.fields.inner("filter").inner("logistic_return_date");
  const auto from = parse_rfc3339(period.text("time_from"));
  const auto to = parse_rfc3339(period.text("time_to"));
  const std::int64_t limit = call.fields.number("limit", 0);
  const std::int64_t last = call.fields.number("last_id", 0);
  if (limit < 1 || limit > 500) return problem(400, 3, "limit must be between 1 and 500");
  if (!from || !to) return problem(400, 3, "filter.logistic_return_date is required");
  std::vector<std::uint32_t> chosen;
  const std::vector<Order>& log = commerce_.log();
  for (std::uint32_t n = 0; n < log.size(); ++n) {
    const bool back = log[n].status == OrderStatus::returned || log[n].status == OrderStatus::cancelled;
    if (log[n].shop == Shop::ozon && back && log[n].changed >= from.value() && log[n].changed <= to.value())
      chosen.push_back(n);
  }
  // By the last id alone: what changes meanwhile shifts nothing.
  auto next = std::upper_bound(chosen.begin(), chosen.end(), last - kFirstReturn,
                               [](std::int64_t id, std::uint32_t n) { return id < static_cast<std::int64_t>(n); });
  const auto most = static_cast<std::ptrdiff_t>(
      std::min(static_cast<std::size_t>(limit), call.hit.shrink.value_or(static_cast<std::size_t>(limit))));
  const auto end = chosen.end() - next <= most ? chosen.end() : next + most;
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("returns").begin_array();
  for (; next != end; ++next) {
    const Order& order = log[*next];
    const ShopOffer& one = offer(order.size);
    json.begin_object().field("id", std::to_string(kFirstReturn + *next));
    json.field("type", order.status == OrderStatus::returned ? "ClientReturn" : "Cancellation");
    json.field("schema", order.fbs ? "Fbs" : "Fbo").field("posting_number", posting_number(*next));
    json.key("product").begin_object().field("sku", std::to_string(one.sku)).field("offer_id", one.offer_id);
    json.field("quantity", 1).end_object();
    json.key("logistic").begin_object().field("return_date", to_rfc3339(order.changed)).end_object();
    json.end_object();
  }
  json.end_array().field("has_next", end != chosen.end()).end_object();
  return json_answer(200, std::move(out));
}

std::vector<TrueOrder> OzonFace::orders() const {
  std::vector<TrueOrder> all;
  for (std::size_t n = 0; n < commerce_.log().size(); ++n) {
    const Order& order = commerce_.log()[n];
    if (order.shop != Shop::ozon) continue;
    TrueOrder made;
    made.key = posting_number(n) + "/" + std::to_string(offer(order.size).sku);
    made.offer = offer(order.size).offer_id;
    made.warehouse_name = order.fbs ? catalogue_.seller_warehouses[commerce_.fbs()[order.row].warehouse].name
                                    : catalogue_.marketplace_warehouses[commerce_.fbo()[order.row].warehouse].name;
    made.status = order.status;
    made.kind = order.fbs ? StockKind::fbs : StockKind::fbo;
    made.ordered_at = order.at;
    // Postings tell no time of their last change; returns do.
    made.changed_at = order.status == OrderStatus::returned ? order.changed : order.at;
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace stocktracker::inline v0::testing::world
