// Ozon: postings and returns. A posting has one product, unless a test has put several into one.
#include <algorithm>

#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/random.hpp"
#include "testing/world/ozon/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::int64_t kFirstReturn = 1'000'000'000;

std::string roubles(std::int64_t hundredths) {
  const std::int64_t rest = hundredths % 100;
  return std::to_string(hundredths / 100) + "." + static_cast<char>('0' + rest / 10) +
         static_cast<char>('0' + rest % 10);
}

}  // namespace

bool OzonFace::hosted(std::size_t order) const {
  return quirks_.hosted.count(order) != 0 && quirks_.split.count(order) == 0;
}

// One that was split off keeps its order, and has a number of its own.
std::string OzonFace::posting_number(std::size_t order) const {
  const auto host = quirks_.hosted.find(order);
  const std::size_t of = host == quirks_.hosted.end() ? order : host->second;
  Stream stream(catalogue_.seed, Purpose::order, ~std::uint64_t{1}, of);
  const std::string last = of == order || hosted(order) ? "1" : std::to_string(order - of + 1);
  return std::to_string(10'000'000 + of) + "-" + std::to_string(stream.between(1'000, 9'999)) + "-" + last;
}

OrderStatus OzonFace::status_of(std::size_t order) const {
  const OrderStatus status = commerce_.log()[order].status;
  if (status != OrderStatus::returned) return status;
  if (quirks_.taken_back.count(order) != 0) return OrderStatus::delivered;
  const auto type = quirks_.return_type.find(order);
  return type == quirks_.return_type.end() || type->second == "ClientReturn" ? status : OrderStatus::cancelled;
}

void OzonFace::write_dates(JsonWriter& json, std::size_t index) const {
  const Order& order = commerce_.log()[index];
  const std::string at = to_rfc3339(order.at);
  const bool known = quirks_.without_dates.count(index) == 0 && quirks_.unregistered.count(index) == 0;
  if (!order.fbs && known) json.field("created_at", at);
  known ? json.field("in_process_at", at) : json.key("in_process_at").null();
  if (quirks_.unregistered.count(index) != 0) json.field("shipment_date", at);
}

void OzonFace::write_product(JsonWriter& json, std::size_t index) const {
  const Order& order = commerce_.log()[index];
  const ShopOffer& one = offer(order.size);
  const bool deleted = quirks_.without_article.count(index) != 0;
  json.begin_object().field("offer_id", deleted ? std::string() : one.offer_id);
  json.field("name", catalogue_.cards[catalogue_.sizes[order.size].card].title).field("sku", one.sku);
  json.field("quantity", 1).key("price").begin_object();
  json.field("amount", roubles(catalogue_.price_on(Shop::ozon, order.size).price)).field("currency", "RUB");
  json.end_object().end_object();
}

void OzonFace::write_posting(JsonWriter& json, std::size_t index, bool with_place) const {
  const Order& order = commerce_.log()[index];
  const std::string number = posting_number(index);
  const auto host = quirks_.hosted.find(index);
  const auto word = quirks_.status.find(index);
  std::string_view status = "awaiting_deliver";
  if (order.status == OrderStatus::delivered || order.status == OrderStatus::returned) status = "delivered";
  if (order.status == OrderStatus::cancelled) status = "cancelled";
  if (word != quirks_.status.end()) status = word->second;
  json.begin_object().field("posting_number", number);
  json.field("order_id", 30'000'000'000 + (host == quirks_.hosted.end() ? index : host->second));
  json.field("order_number", std::string_view(number).substr(0, number.size() - 2));
  json.field("status", status).field("substatus", "posting_created");
  write_dates(json, index);
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
  json.key("products").begin_array();
  write_product(json, index);
  for (const auto& [guest, of] : quirks_.hosted) {
    if (of == index && hosted(guest)) write_product(json, guest);
  }
  json.end_array().end_object();
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
    if (log[n].shop == Shop::ozon && log[n].fbs == fbs && !hosted(n) && log[n].at >= since.value() &&
        log[n].at <= to.value())
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

// Ids and quantities are texts, as in recordings.
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
  // Only by the last id: changes during reading shift nothing.
  const auto endless = quirks_.endless.find(call.path);
  const bool never_ends = endless != quirks_.endless.end() && endless->second != Endless::no;
  auto next =
      never_ends ? chosen.begin()
                 : std::upper_bound(chosen.begin(), chosen.end(), last - kFirstReturn,
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
    const auto type = quirks_.return_type.find(*next);
    json.field("type", order.status != OrderStatus::returned ? "Cancellation"
                       : type == quirks_.return_type.end()   ? "ClientReturn"
                                                             : type->second);
    json.key("visual").begin_object().key("status").begin_object();
    json.field("sys_name", quirks_.taken_back.count(*next) != 0 ? "Cancelled" : "ArrivedAtReturnPlace");
    json.end_object().end_object();
    json.field("schema", order.fbs ? "Fbs" : "Fbo").field("posting_number", posting_number(*next));
    json.key("product").begin_object().field("sku", std::to_string(one.sku)).field("offer_id", one.offer_id);
    json.field("quantity", 1).end_object();
    json.key("logistic").begin_object().field("return_date", to_rfc3339(order.changed)).end_object();
    json.end_object();
  }
  json.end_array().field("has_next", never_ends || end != chosen.end()).end_object();
  return json_answer(200, std::move(out));
}

bool OzonFace::reports_order(std::size_t index) const {
  return Face::reports_order(index) && quirks_.without_article.count(index) == 0 &&
         quirks_.without_dates.count(index) == 0;
}

std::vector<TrueOrder> OzonFace::orders() const {
  std::vector<TrueOrder> all;
  const std::vector<Order>& log = commerce_.log();
  for (std::size_t n = 0; n < log.size(); ++n) {
    if (!reports_order(n)) continue;
    // Dates, place and status are the posting's.
    const Order& order = hosted(n) ? log[quirks_.hosted.at(n)] : log[n];
    TrueOrder made;
    made.key = posting_number(n) + "/" + std::to_string(offer(log[n].size).sku);
    made.offer = offer(log[n].size).offer_id;
    made.warehouse_name = order.fbs ? catalogue_.seller_warehouses[commerce_.fbs()[order.row].warehouse].name
                                    : catalogue_.marketplace_warehouses[commerce_.fbo()[order.row].warehouse].name;
    made.status = status_of(n);
    const bool delivered = order.status == OrderStatus::delivered || order.status == OrderStatus::returned;
    if (hosted(n) && (log[n].status != OrderStatus::returned || !delivered))
      made.status = order.status == OrderStatus::returned ? OrderStatus::delivered : order.status;
    made.kind = order.fbs ? StockKind::fbs : StockKind::fbo;
    made.ordered_at = order.at;
    // Postings do not say when they last changed; returns do.
    const bool came_back = log[n].status == OrderStatus::returned && made.status > OrderStatus::delivered;
    made.changed_at = came_back ? log[n].changed : order.at;
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace stocktracker::inline v0::testing::world
