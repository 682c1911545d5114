// Orders of the feed, and their prices.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "testing/world/core/fields.hpp"
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr std::string_view kInvalid = "Invalid request body";

std::string_view word_of(OrderStatus status) noexcept {
  switch (status) {
    case OrderStatus::placed:
      return "created";
    case OrderStatus::delivered:
      return "buyout";
    case OrderStatus::cancelled:
      return "cancel";
    default:
      return "return";
  }
}

// Hundredths as the API writes numbers: without zeros at the end.
std::string roubles(std::int64_t hundredths) {
  std::string text = std::to_string(hundredths / 100);
  if (hundredths % 100 != 0) {
    text += '.';
    text += static_cast<char>('0' + hundredths / 10 % 10);
    if (hundredths % 10 != 0) text += static_cast<char>('0' + hundredths % 10);
  }
  return text;
}

std::optional<std::size_t> count_of(std::string_view text) {
  std::size_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

// Kept so that later pages show the same orders; only the newest few, because the vendor's expire, too.
const WildberriesFace::Snapshot& WildberriesFace::snapshot_of(Instant at, Instant from, Instant until) {
  constexpr std::size_t kKept = 8;
  for (const Snapshot& known : snapshots_) {
    if (known.at == at && known.from == from && known.until == until) return known;
  }
  if (snapshots_.size() == kKept) snapshots_.erase(snapshots_.begin());
  Snapshot snapshot{at, {}, {}, from, until};
  const std::vector<Order>& log = commerce_.log();
  for (std::uint32_t n = 0; n < log.size(); ++n) {
    const Instant changed = Instant::from_seconds(log[n].changed.micros() / 1'000'000);
    if (log[n].shop == Shop::wildberries && changed >= from && changed <= until) snapshot.orders.push_back(n);
  }
  std::sort(snapshot.orders.begin(), snapshot.orders.end(), [&](std::uint32_t a, std::uint32_t b) {
    return log[a].changed != log[b].changed ? log[a].changed > log[b].changed : a > b;
  });
  for (const std::uint32_t n : snapshot.orders) snapshot.states.push_back(log[n]);
  return snapshots_.emplace_back(std::move(snapshot));
}

void WildberriesFace::write_order(JsonWriter& json, const Order& state, std::uint32_t index) const {
  const Size& size = catalogue_.sizes[state.size];
  json.begin_object().field("nmId", catalogue_.cards[size.card].id).field("chrtId", size.id).field("srid", srid(index));
  json.field("createdAt", moscow_time(state.at)).field("updatedAt", moscow_time(state.changed));
  json.field("status", word_of(state.status));
  if (state.status == OrderStatus::cancelled) json.field("cancelType", "app");
  if (state.fbs) {
    json.field("warehouseName", catalogue_.seller_warehouses[commerce_.fbs()[state.row].warehouse].name);
  } else {
    const MarketplaceWarehouse& warehouse = catalogue_.marketplace_warehouses[commerce_.fbo()[state.row].warehouse];
    json.field("warehouseName", warehouse.hidden ? kUndisclosedName : std::string_view(warehouse.name));
  }
  json.field("warehouseRegion", "Центральный").field("isMp", state.fbs);
  json.field("destinationCity", "Тула").field("destinationDistrict", "Центральный");
  json.key("sellerPrice").decimal(roubles(catalogue_.price_on(Shop::wildberries, state.size).price));
  json.field("isB2b", false).end_object();
}

HttpResponse WildberriesFace::order_feed(const Call& call) {
  constexpr std::int64_t kMostOrders = 10'000;
  constexpr Duration kReach = std::chrono::hours(24 * 31);
  const auto body = JsonValue::parse(call.request.body);
  bool spoilt = !body || !body->is(JsonValue::Type::object);
  const Fields fields(spoilt ? nullptr : &*body, spoilt);
  const Fields period = fields.inner("selectedPeriod");
  const Fields pagination = fields.inner("pagination");
  const std::string start = period.text("start");
  const std::string end = period.text("end");
  const std::string named = pagination.text("snapshotTime");
  const std::int64_t limit = pagination.number("limit", 50);
  const std::int64_t offset = pagination.number("offset", 0);
  const std::vector<std::int64_t> nm_ids = fields.numbers("nmIds");
  if (spoilt) return analytics_error(kInvalid, "code=400, message=invalid: body (of another type than documented)");
  const auto from = parse_rfc3339(start);
  if (!from) return analytics_error(kInvalid, "code=400, message=invalid: selectedPeriod.start (field required)");
  const auto until = end.empty() ? Result<Instant>(call.now) : parse_rfc3339(end);
  if (!until || until.value() < from.value() || from.value() < call.now - kReach) {
    return analytics_error(kInvalid, "code=400, message=invalid: selectedPeriod (at most the last 31 days)");
  }
  if (limit < 1 || limit > kMostOrders || offset < 0) {
    return analytics_error(kInvalid, "code=400, message=invalid: pagination (limit is 1 to 10000)");
  }
  const Instant present = Instant::from_seconds(call.now.micros() / 1'000'000);
  const auto asked_time = named.empty() ? Result<Instant>(present) : parse_rfc3339(named);
  if (!asked_time) return analytics_error(kInvalid, "code=400, message=invalid: pagination.snapshotTime (date-time)");
  if (named.empty() != (offset == 0)) {
    return analytics_error(kInvalid, "code=400, message=invalid: pagination (snapshotTime goes with an offset)");
  }
  const Snapshot& snapshot = snapshot_of(
      asked_time.value(), from.value(), end.empty() ? asked_time.value() : std::min(until.value(), asked_time.value()));

  const std::size_t first = std::min(first_of(call.hit, static_cast<std::size_t>(offset)), snapshot.orders.size());
  const std::size_t most =
      std::min(static_cast<std::size_t>(limit), call.hit.shrink.value_or(static_cast<std::size_t>(limit)));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("data").begin_object();
  json.field("snapshotTime", to_rfc3339(snapshot.at)).field("currency", "RUB").key("orders").begin_array();
  for (std::size_t n = first; n < std::min(first + most, snapshot.orders.size()); ++n) {
    const Order& order = snapshot.states[n];
    const std::int64_t nm_id = catalogue_.cards[catalogue_.sizes[order.size].card].id;
    if (!nm_ids.empty() && std::find(nm_ids.begin(), nm_ids.end(), nm_id) == nm_ids.end()) continue;
    write_order(json, order, snapshot.orders[n]);
  }
  json.end_array().end_object().end_object();
  return json_answer(200, std::move(out));
}

HttpResponse WildberriesFace::prices(const Call& call) {
  constexpr std::size_t kMostCards = 1'000;
  const auto refused = [](std::string_view text) {
    std::string body;
    JsonWriter json(body);
    json.begin_object().key("data").null().field("error", true).field("errorText", text).end_object();
    return json_answer(400, std::move(body));
  };
  const auto limit = count_of(parameter_of(call.request.url, "limit"));
  const std::string_view given = parameter_of(call.request.url, "offset");
  const auto offset = given.empty() ? std::optional<std::size_t>(0) : count_of(given);
  if (!limit || *limit < 1 || *limit > kMostCards || !offset) return refused("Invalid request parameters");
  std::vector<std::uint32_t> listed;
  for (std::uint32_t n = 0; n < catalogue_.cards.size(); ++n) {
    if (catalogue_.cards[n].listed && !catalogue_.cards[n].trashed) listed.push_back(n);
  }
  const std::size_t first = std::min(first_of(call.hit, *offset), listed.size());
  const std::size_t most = std::min(*limit, call.hit.shrink.value_or(*limit));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("data").begin_object().key("listGoods").begin_array();
  for (std::size_t n = first; n < std::min(first + most, listed.size()); ++n) {
    const Card& card = catalogue_.cards[listed[n]];
    json.begin_object().field("nmID", card.id).field("vendorCode", card.article).key("sizes").begin_array();
    std::int64_t discount = 0;
    for (std::uint32_t s = card.first_size; s < card.first_size + card.sizes; ++s) {
      const ShopPrice price = catalogue_.price_on(Shop::wildberries, s);
      discount = 100 - price.price * 100 / price.list_price;
      json.begin_object().field("sizeID", catalogue_.sizes[s].id).field("price", price.list_price / 100);
      json.key("discountedPrice").decimal(roubles(price.price));
      json.key("clubDiscountedPrice").decimal(roubles(price.price));
      json.field("techSizeName", catalogue_.sizes[s].name).end_object();
    }
    json.end_array().field("currencyIsoCode4217", "RUB").field("discount", discount).field("clubDiscount", 0);
    json.field("editableSizePrice", false).field("isBadTurnover", false).end_object();
  }
  json.end_array().end_object().field("error", false).field("errorText", "").end_object();
  return json_answer(200, std::move(out));
}

}  // namespace stocktracker::inline v0::testing::world
