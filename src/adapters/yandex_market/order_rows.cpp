// Decodes orders: items, states of their units, prices.
#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <stocktracker/core/time_text.hpp>

#include "adapters/yandex_market/orders.hpp"
#include "json/lenient.hpp"
#include "marketplace/position_rows.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr auto order_of = [](json::Value order) {
  const auto id = json::lenient_integer(order["orderId"]);
  return id && *id > 0 ? std::to_string(*id) : std::string();
};

Result<std::int64_t> quantity_in(const json::Value& value, std::string_view member) {
  const auto units = json::lenient_integer(value);
  if (!units || *units < 0 || *units > kMostUnits) return row_error(member, "is not a quantity");
  return *units;
}

Result<UnitStates> units_of(const json::Value& item) {
  UnitStates units;
  STK_TRY(units.count, quantity_in(item["count"], "items.count"));
  const auto take = [&](json::Value one) -> Result<void> {
    STK_TRY(const std::int64_t count, quantity_in(one["count"], "items.itemStatuses.count"));
    const auto word = one["status"].text().value_or("");
    const auto is = [&](std::string_view known) { return word == known; };
    std::int64_t& into = is("CREATED") || is("SHIPPED") ? units.under_way
                         : is("CANCELLED")              ? units.cancelled
                         : is("DELIVERED_TO_BUYER")     ? units.delivered
                         : is("LOST")                   ? units.lost
                         : is("REJECTED")               ? units.rejected
                         : is("RETURNED")               ? units.returned
                                                        : units.unknown;
    into = std::min(kMostUnits, into + count);
    return success();
  };
  STK_TRY(item["itemStatuses"].each(take));  // absent and null: the states of single units are unknown
  return units;
}

/// The price of all units of an item: the buyer's money and points. nullopt: not in the answer.
Result<std::optional<Money>> cost_of(const json::Value& prices) {
  std::optional<Money> sum;
  for (const char* part : {"payment", "cashback"}) {
    const json::Value one = prices[part];
    if (!one.exists() || one.is_null()) continue;
    const auto text = json::decimal(one["value"]);
    if (!text) return std::optional<Money>();  // one part alone is not the price
    STK_TRY(const auto currency, currency_of(one["currencyId"]));
    const auto money = Money::parse(*text, currency);
    if (!money) return row_error(part, "is not an amount of its currency");
    if (!sum) {
      sum = money.value();
      continue;
    }
    const auto both = sum->plus(money.value());
    if (!both) return row_error(part, "cannot be added up");
    sum = both.value();
  }
  return sum;
}

struct Item {
  std::int64_t id = 0;
  std::string_view offer;
  UnitStates units;
  std::optional<Money> cost;
};

/// The items of one order; items that come twice are added up.
class OrderItems {
 public:
  Result<void> add(Item item) {
    const auto [place, first] = places_.try_emplace(item.id, items_.size());
    if (first) {
      items_.push_back(item);
      return success();
    }
    Item& known = items_[place->second];
    if (known.offer != item.offer) {
      known.offer = {};  // neither row counts
      return row_error("items.id", "stands for two articles");
    }
    known.units.add(item.units);
    std::optional<Money> cost;
    if (known.cost && item.cost) {
      if (const auto both = known.cost->plus(*item.cost)) cost = both.value();
    }
    known.cost = cost;
    return success();
  }
  [[nodiscard]] const std::vector<Item>& all() const noexcept { return items_; }

 private:
  std::vector<Item> items_;
  std::map<std::int64_t, std::size_t> places_;
};

/// The place and the subject of an odd row.
struct Subject {
  AnswerSink& sink;
  std::string place;
  std::string order;
};

Result<Item> item_of(const json::Value& row, const Subject& about) {
  Item item;
  const auto id = json::lenient_integer(row["id"]);
  if (!id || *id <= 0) return row_error("items.id", "is not an id");
  item.id = *id;
  item.offer = row["offerId"].text().value_or("");
  if (item.offer.empty()) return row_error("items.offerId", "is not an article");
  STK_TRY(item.units, units_of(row));
  auto cost = cost_of(row["prices"]);
  if (cost) {
    item.cost = cost.value();
  } else {
    // The line is correct without its price.
    about.sink.odd_row({RowOddity::incomplete, "items.prices: " + cost.error().message(), about.place, about.order});
  }
  return item;
}

Result<OrderLineRow> order_row(const json::Value& order, std::string_view id) {
  OrderLineRow row;
  row.order = id;
  const auto word = order["status"].text();
  if (!word) return row_error("status", "is not a text");
  row.status_text = *word;
  row.status = order_status(*word);
  const auto program = order["programType"].text().value_or("");
  row.kind = program == "FBY" || program == "LAAS" ? StockKind::fbo : StockKind::fbs;
  const auto placed = parse_rfc3339(order["creationDate"].text().value_or(""));
  if (!placed) return row_error("creationDate", "is not a time");
  row.ordered_at = placed.value();
  row.changed_at = placed.value();
  if (const json::Value updated = order["updateDate"]; updated.exists() && !updated.is_null()) {
    const auto parsed = parse_rfc3339(updated.text().value_or(""));
    if (!parsed) return row_error("updateDate", "is not a time");
    row.changed_at = std::max(placed.value(), parsed.value());
  }
  return row;
}

}  // namespace

OrderStatus order_status(std::string_view word) noexcept {
  struct Known {
    std::string_view word;
    OrderStatus status;
  };
  // OrderStatusType without UNKNOWN.
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

void UnitStates::add(const UnitStates& other) noexcept {
  using Member = std::int64_t UnitStates::*;
  for (const Member member :
       {&UnitStates::count, &UnitStates::under_way, &UnitStates::cancelled, &UnitStates::delivered, &UnitStates::lost,
        &UnitStates::rejected, &UnitStates::returned, &UnitStates::unknown}) {
    this->*member = std::min(kMostUnits, this->*member + other.*member);
  }
}

LineState line_state(OrderStatus of_order, const UnitStates& units) noexcept {
  const std::int64_t known = units.under_way + units.cancelled + units.delivered + units.lost + units.rejected +
                             units.returned + units.unknown;
  // The count may already exclude cancelled units; statuses of more units than that are not usable.
  const bool counted = known <= units.count;
  if (units.count == 0 || (!counted && known - units.cancelled > units.count)) return {of_order, units.count};
  const std::int64_t left = units.count - units.lost - units.rejected - (counted ? units.cancelled : 0);
  if (of_order == OrderStatus::cancelled || left == 0) return {OrderStatus::cancelled, units.count};
  if (units.returned == left) return {OrderStatus::returned, left};
  if (units.returned + units.delivered == left) return {OrderStatus::delivered, left};
  return {of_order, left};
}

Result<NextPage> decode_orders(std::string_view body, OrderSink& sink, PageWatch& watch) {
  STK_TRY(const auto document, json::Document::parse(body));
  RowTexts texts;
  std::vector<OrderLineRow> rows;
  std::size_t at = 0;
  const auto take = [&](json::Value order) -> Result<void> {
    const std::string place = "orders[" + std::to_string(at++) + "]";
    const std::string_view id = texts.add(order_of(order));
    if (id.empty()) return row_error("orderId", "is not an id");
    watch.row(id);
    if (order["fake"].boolean().value_or(false)) return success();
    STK_TRY(const OrderLineRow base, order_row(order, id));
    OrderItems items;
    const Subject about{sink, place, std::string(id)};
    STK_TRY(each_row(
        order, place + ".items", sink, [&](json::Value) { return about.order; },
        [&](json::Value row) -> Result<void> {
          STK_TRY(const Item item, item_of(row, about));
          return items.add(item);
        }));
    const std::size_t before = rows.size();
    for (const Item& item : items.all()) {
      OrderLineRow row = base;
      const LineState state = line_state(base.status, item.units);
      if (state.quantity == 0 || item.offer.empty()) continue;  // removed from the order, or contradictory
      row.key = texts.add(std::string(id) + "/" + std::to_string(item.id));
      row.offer = item.offer;
      row.article = item.offer;
      row.status = state.status;
      row.quantity = state.quantity;
      // Price of one unit, only if it divides without remainder.
      const std::int64_t count = item.units.count;
      if (item.cost && item.cost->minor() % count == 0) {
        row.price = Money(item.cost->minor() / count, item.cost->currency());
      }
      rows.push_back(row);
    }
    if (rows.size() == before) sink.emptied(id);
    return success();
  };
  // This answer has no wrapper object.
  STK_TRY(each_row(document.root(), "orders", sink, order_of, take));
  if (!rows.empty()) {
    STK_TRY(sink.lines(rows));
  }
  return next_page(document.root());
}

}  // namespace stocktracker::inline v0::yandex_market
