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
      line("3", "2026-11-20T12:00:00Z", 3),                              // reported twice: counts once
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
  for (const char* zone : {"Moon/Base", "", "/etc/passwd", "/usr/share/zoneinfo/Europe/Moscow", "../zone", "localtime",
                           "libc:localtime", "Fixed/UTC+03:00:00"}) {
    INFO(zone);
    const auto refused = st::last_days(at("2026-11-23T00:00:00Z"), 1, zone);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().text().find("zone") != std::string::npos);
  }
  CHECK(st::last_days(at("2026-11-23T00:00:00Z"), 0, "UTC").error().errc() == st::Errc::invalid_argument);
}

TEST_CASE("a day is as long as its zone makes it, and begins at its own midnight") {
  struct Case {
    const char* zone;
    const char* now;
    int days;
    const char* from;
    const char* until;
  };
  const std::vector<Case> golden{
      // Berlin: 2025-03-30 had 23 hours, 2025-10-26 had 25. Past days: rules of the future change.
      {"Europe/Berlin", "2025-03-31T10:00:00Z", 1, "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z"},
      {"Europe/Berlin", "2025-10-27T10:00:00Z", 1, "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"},
      {"Europe/Berlin", "2025-10-29T10:00:00Z", 7, "2025-10-21T22:00:00Z", "2025-10-28T23:00:00Z"},
      // Half an hour and three quarters, east and west.
      {"Asia/Kolkata", "2026-11-23T18:29:59Z", 1, "2026-11-21T18:30:00Z", "2026-11-22T18:30:00Z"},
      {"Asia/Kathmandu", "2026-11-23T18:15:00Z", 1, "2026-11-22T18:15:00Z", "2026-11-23T18:15:00Z"},
      {"America/New_York", "2024-11-04T04:59:59.999999Z", 1, "2024-11-02T04:00:00Z", "2024-11-03T04:00:00Z"},
      // Sao Paulo, 2018-11-04: the clocks jumped from 00:00 to 01:00, and back from 2018-02-18 00:00 to 23:00.
      {"America/Sao_Paulo", "2018-11-04T12:00:00Z", 1, "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"},
      {"America/Sao_Paulo", "2018-02-18T12:00:00Z", 1, "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"},
      // Havana, 2024-11-03: 01:00 was 00:00 again, so midnight came twice; its first time counts.
      {"America/Havana", "2024-11-04T12:00:00Z", 1, "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"},
      // Toronto, 1919-03-30: the clocks jumped from 23:30 over midnight; the day begins with the jump.
      {"America/Toronto", "1919-04-01T12:00:00Z", 1, "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"},
      // Moscow before it gave its winter time up for good.
      {"Europe/Moscow", "2014-10-20T00:00:00Z", 1, "2014-10-18T20:00:00Z", "2014-10-19T20:00:00Z"},
      {"Europe/Moscow", "2014-10-26T22:00:00Z", 1, "2014-10-25T20:00:00Z", "2014-10-26T21:00:00Z"},
      {"UTC", "1969-12-31T23:59:59.5Z", 1, "1969-12-30T00:00:00Z", "1969-12-31T00:00:00Z"},
  };
  for (const Case& one : golden) {
    INFO(one.zone << " " << one.now);
    const auto period = st::last_days(at(one.now), one.days, one.zone).value();
    CHECK(st::to_rfc3339(period.from) == one.from);
    CHECK(st::to_rfc3339(period.until) == one.until);
    CHECK(period.days == one.days);
  }
  using namespace std::chrono_literals;
  CHECK(st::zone_offset("Europe/Berlin", at("2025-03-30T00:59:59.999999Z")).value() == 1h);
  CHECK(st::zone_offset("Europe/Berlin", at("2025-03-30T01:00:00Z")).value() == 2h);
  CHECK(st::zone_offset("America/New_York", st::Instant::latest()).has_value());
}

TEST_CASE("a day that is written as a date begins at the zone's midnight") {
  CHECK(st::start_of_day("2026-11-21", "Europe/Moscow").value() == at("2026-11-20T21:00:00Z"));
  CHECK(st::start_of_day("2024-02-29", "UTC").value() == at("2024-02-29T00:00:00Z"));
  CHECK(st::start_of_day("2018-11-04", "America/Sao_Paulo").value() == at("2018-11-04T03:00:00Z"));
  for (const char* text : {"2026-02-29", "2026-11-31", "2026-13-01", "2026-1-1", "0000-01-01", "2026-11-2x", "today",
                           "", "2026-11-21T00:00:00Z", "-026-11-21"}) {
    INFO(text);
    CHECK(st::start_of_day(text, "UTC").error().errc() == st::Errc::invalid_text);
  }
  CHECK(st::start_of_day("2026-11-21", "Moon/Base").error().errc() == st::Errc::invalid_argument);
}

TEST_CASE("numbers stay right, or are the largest one, where sums and products do not fit") {
  const std::int64_t most = INT64_MAX;
  CHECK(st::days_of_stock(most, 1, 7) == st::DaysOfStock{State::days, most});
  CHECK(st::days_of_stock(most, most, 7) == st::DaysOfStock{State::days, 70});
  CHECK(st::days_of_stock(most / 4, most / 2, 366).tenths == 1'830);
  CHECK(st::days_of_stock(1, most, 366).tenths == 0);
  CHECK(st::health_score_tenths(most / 2, 0, most) == 500);
  CHECK(st::health_score_tenths(most, most, most) == 0);
  CHECK(st::health_score_tenths(0, 0, most) == 1'000);
  const st::Period period{at("2026-11-01T00:00:00Z"), at("2026-11-30T00:00:00Z"), 29};
  const std::vector<st::OrderLine> lines{line("1", "2026-11-20T12:00:00Z", most),
                                         line("2", "2026-11-20T12:00:00Z", most), line("3", "2026-11-20T12:00:00Z", 1)};
  CHECK(st::orders_in_period(lines, period) == most);
  st::OrdersInPeriod orders(period);
  for (const auto& one : lines) orders.add(one);
  CHECK(orders.units_of("a") == most);
  CHECK(orders.units_from("Коледино") == most);
}

TEST_CASE("a line that left its order counts as little as a cancelled one") {
  const st::Period period{at("2026-11-01T00:00:00Z"), at("2026-11-30T00:00:00Z"), 29};
  const std::vector<st::OrderLine> lines{line("1", "2026-11-20T12:00:00Z", 4),
                                         line("2", "2026-11-20T12:00:00Z", 3, st::OrderStatus::removed)};
  CHECK(st::orders_in_period(lines, period) == 4);
}
