// The one definition of each number, beside values that were worked out by hand.
#include <stocktracker/analytics/stock_health.hpp>
#include <stocktracker/core/time_text.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using State = st::DaysOfStock::State;

namespace {

st::Instant at(const char* text) { return st::parse_rfc3339(text).value(); }

st::OrderLine line(std::string key, const char* when, std::int64_t quantity = 1,
                   st::OrderStatus status = st::OrderStatus::placed) {
  st::OrderLine made;
  made.key = std::move(key);
  made.offer = "a";
  made.order = "basket";
  made.warehouse_name = "Коледино";
  made.status = status;
  made.quantity = quantity;
  made.ordered_at = at(when);
  made.changed_at = at("2026-11-20T00:00:00Z");
  return made;
}

}  // namespace

TEST_CASE("days of stock have one formula") {
  struct Case {
    std::optional<std::int64_t> on_hand;
    std::optional<std::int64_t> orders;
    int days;
    State state;
    std::int64_t tenths;
    const char* text;
  };
  const std::vector<Case> golden{{700, 70, 7, State::days, 700, "70.0"},
                                 {0, 70, 7, State::sold_out, 0, "sold out"},
                                 {0, 0, 7, State::sold_out, 0, "sold out"},
                                 {5, 0, 7, State::no_sales, 0, "no sales"},
                                 {1, 3, 7, State::days, 23, "2.3"},
                                 {1, 4, 1, State::days, 3, "0.3"},  // 0.25: halves up
                                 {1, 40, 1, State::days, 0, "0.0"},
                                 {3'459, 61, 14, State::days, 7'939, "793.9"},
                                 {std::nullopt, 5, 7, State::unknown, 0, "?"},
                                 {5, std::nullopt, 7, State::unknown, 0, "?"},
                                 {0, std::nullopt, 7, State::sold_out, 0, "sold out"},
                                 {5, 5, 0, State::unknown, 0, "?"}};
  for (const Case& one : golden) {
    const auto days = st::days_of_stock(one.on_hand, one.orders, one.days);
    INFO(one.text);
    CHECK(days.state == one.state);
    CHECK(days.tenths == one.tenths);
    CHECK(days.text() == one.text);
  }
  CHECK(st::ends_soon(st::days_of_stock(14, 7, 7)));
  CHECK_FALSE(st::ends_soon(st::days_of_stock(141, 70, 7)));
  CHECK_FALSE(st::ends_soon(st::days_of_stock(0, 7, 7)));
  CHECK_FALSE(st::ends_soon(st::days_of_stock(9, 0, 7)));
}

TEST_CASE("low and out never overlap, and what is not known is neither") {
  CHECK(st::stock_alert(0, 10) == st::StockAlert::out);
  CHECK(st::stock_alert(1, 10) == st::StockAlert::low);
  CHECK(st::stock_alert(10, 10) == st::StockAlert::low);
  CHECK(st::stock_alert(11, 10) == st::StockAlert::fine);
  CHECK(st::stock_alert(0, 0) == st::StockAlert::out);
  CHECK(st::stock_alert(1, 0) == st::StockAlert::fine);
  CHECK(st::stock_alert(std::nullopt, 10) == st::StockAlert::unknown);
}

TEST_CASE("the health score counts what is low and what is out, once each") {
  CHECK(st::health_score_tenths(0, 0, 0) == 1'000);
  CHECK(st::health_score_tenths(0, 0, 40) == 1'000);
  CHECK(st::health_score_tenths(1, 0, 40) == 975);
  CHECK(st::health_score_tenths(20, 20, 40) == 0);
  CHECK(st::health_score_tenths(1, 1, 3) == 333);
  CHECK(st::health_score_tenths(1, 0, 3) == 667);
  CHECK(st::tenths_text(975) == "97.5");
}

TEST_CASE("orders in a period are distinct lines, not cancelled, by the day of ordering in the marketplace's zone") {
  // Seven days of Moscow that end at its midnight before 2026-11-23T10:00Z.
  const auto period = st::last_days(at("2026-11-23T10:00:00Z"), 7, "Europe/Moscow").value();
  CHECK(period.from == at("2026-11-15T21:00:00Z"));
  CHECK(period.until == at("2026-11-22T21:00:00Z"));
  const std::vector<st::OrderLine> lines{
      line("1", "2026-11-15T20:59:59Z"),                                 // the day before, in Moscow
      line("2", "2026-11-15T21:00:00Z"),                                 // the first second
      line("3", "2026-11-20T12:00:00Z", 3),                              // three units of one line
      line("3", "2026-11-20T12:00:00Z", 3),                              // told twice: counts once
      line("4", "2026-11-20T12:00:00Z", 1, st::OrderStatus::cancelled),  // called off
      line("5", "2026-11-20T12:00:00Z", 1, st::OrderStatus::returned),   // was ordered all the same
      line("6", "2026-11-22T20:59:59.999999Z", 1, st::OrderStatus::delivered),
      line("7", "2026-11-22T21:00:00Z"),  // today
  };
  CHECK(st::orders_in_period(lines, period) == 6);
  st::OrdersInPeriod orders(period);
  for (const auto& one : lines) orders.add(one);
  CHECK(orders.units_of("a") == 6);
  CHECK(orders.units_of("b") == 0);
  CHECK(orders.units_from("Коледино") == 6);
  CHECK(orders.units_from("Колёдино") == 0);
}

TEST_CASE("days of a zone are known or refused") {
  CHECK(st::last_days(at("2026-11-23T21:30:00Z"), 1, "Europe/Moscow").value().until == at("2026-11-23T21:00:00Z"));
  CHECK(st::last_days(at("2026-11-23T21:30:00Z"), 1, "UTC").value().until == at("2026-11-23T00:00:00Z"));
  CHECK(st::last_days(at("2026-11-23T00:00:00Z"), 1, "Asia/Yekaterinburg").error().errc() == st::Errc::unsupported);
  CHECK(st::last_days(at("2014-10-20T00:00:00Z"), 1, "Europe/Moscow").error().errc() == st::Errc::unsupported);
  CHECK(st::last_days(at("2026-11-23T00:00:00Z"), 0, "UTC").error().errc() == st::Errc::invalid_argument);
}
