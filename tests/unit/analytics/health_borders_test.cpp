// Health at the borders of what is known: a number that is a part, or of another seller, costs him an order too many or
// a shelf that is empty.
#include <stocktracker/core/time_text.hpp>

#include "tests/support/shelf.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using State = st::DaysOfStock::State;

namespace {

st::Instant at(const char* text) { return st::parse_rfc3339(text).value(); }

// 2026-11-21T22:26:40Z; the seven days of Moscow end at 2026-11-21T21:00:00Z.
const st::Instant kFrom = at("2026-11-14T21:00:00Z");
const st::Instant kUntil = at("2026-11-21T21:00:00Z");

st::StockHealth health(const Shelf& shelf, st::HealthQuery query = {}) {
  query.account = shelf.account;
  return shelf.engine->analytics().stock_health(query, shelf.context).value();
}

const st::OfferHealth& of(const st::StockHealth& health, const std::string& key) {
  for (const auto& offer : health.by_offer) {
    if (offer.offer == key) return offer;
  }
  FAIL("no offer " << key);
  throw 0;
}

void change_seller(Shelf& shelf) {
  static const std::string first = "01a20a90-0000-7000-8000-00000000000a";
  static const std::string second = "01a20a90-0000-7000-8000-00000000000b";
  shelf.id_text = shelf.id_text == first ? second : first;
  shelf.account = st::AccountId::parse(shelf.id_text).value();
}

}  // namespace

TEST_CASE("orders and days of stock are known where the period is covered from its first instant to its last") {
  struct Case {
    const char* what;
    st::Instant from;
    st::Instant until;
    bool known;
  };
  for (const Case& one : {Case{"exactly", kFrom, kUntil, true}, Case{"and more", kFrom - 24h, kUntil + 1h, true},
                          Case{"its first instant is not", kFrom + 1us, kUntil, false},
                          Case{"its beginning is not", kFrom + 72h, kUntil + 1h, false},
                          Case{"its last instant is not", kFrom - 24h, kUntil - 1us, false},
                          Case{"its end is not", kFrom - 24h, kUntil - 48h, false},
                          Case{"before it", kFrom - 48h, kFrom, false}, Case{"after it", kUntil, kUntil + 1h, false}}) {
    INFO(one.what);
    Shelf shelf;
    shelf.source(1, 0, 1, 2, 0);
    shelf.offer(1, "a");
    shelf.level(1, 1, 1, 700);
    shelf.offer(2, "out");
    shelf.level(1, 2, 1, 0);
    shelf.line("1", "a", kFrom, 35);
    shelf.line("2", "a", kUntil - 1us, 35);
    shelf.line("before", "a", kFrom - 1us, 500);
    shelf.line("behind", "a", kUntil, 500);
    shelf.coverage(one.from, one.until);
    const auto all = health(shelf);
    CHECK(all.period.from == kFrom);
    CHECK(all.period.until == kUntil);
    CHECK(all.orders_known == one.known);
    const auto& a = of(all, "a");
    CHECK(a.orders == (one.known ? std::optional<std::int64_t>(70) : std::nullopt));
    CHECK(a.days.text() == (one.known ? "70.0" : "?"));
    CHECK_FALSE(a.ends_soon);
    CHECK(of(all, "out").days.state == State::sold_out);  // that is known without orders
    CHECK(of(all, "out").alert == st::StockAlert::out);
    CHECK(a.alert == st::StockAlert::fine);
  }
  Shelf shelf;  // nothing is known of orders
  shelf.source(1, 0, 1, 2, 0);
  shelf.offer(1, "a");
  shelf.level(1, 1, 1, 700);
  CHECK_FALSE(health(shelf).orders_known);
  CHECK(of(health(shelf), "a").days.state == State::unknown);
}

TEST_CASE("a sum with a part that is not known is not known, and is in no other number") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  shelf.source(2, 1, 1, 2, 0);
  for (int n = 1; n <= 4; ++n) shelf.offer(n, "k" + std::to_string(n));
  shelf.level(1, 1, 1, 3);
  shelf.level(1, 1, 2, std::nullopt);
  shelf.level(1, 2, 1, 40);
  shelf.level(2, 2, 3, std::nullopt);  // of the seller's own warehouse
  shelf.level(1, 3, 1, std::nullopt);
  shelf.level(1, 4, 1, 4);
  shelf.level(1, 4, 2, 5);
  shelf.level(2, 4, 3, 6);
  const auto all = health(shelf);
  for (const char* part : {"k1", "k2", "k3"}) {
    INFO(part);
    CHECK_FALSE(of(all, part).on_hand);
    CHECK(of(all, part).alert == st::StockAlert::unknown);
    CHECK(of(all, part).days.state == State::unknown);
    CHECK_FALSE(of(all, part).ends_soon);
  }
  CHECK(of(all, "k4").on_hand == 15);
  CHECK(all.unknown == 3);
  CHECK(all.offers == 1);
  CHECK(all.low == 0);
  CHECK(all.out == 0);
  CHECK(all.score_tenths == 1'000);
}

TEST_CASE("the health of one seller contains nothing of another seller with the same keys") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  shelf.offer(1, "a");
  shelf.offer(2, "b");
  shelf.offer(9, "left", {}, 2);  // vanished
  shelf.level(1, 1, 1, 20);
  shelf.level(1, 9, 1, 0);
  shelf.coverage(kFrom, kUntil);
  shelf.line("1", "a", kFrom, 2);
  change_seller(shelf);
  shelf.source(3, 0, 5, 1, 1);  // one that says nothing by silence, and failed
  shelf.source(4, 1, 2, 1, std::nullopt, false);
  shelf.offer(3, "a");
  shelf.offer(4, "c");
  shelf.level(3, 3, 3, 500);
  shelf.level(3, 4, 3, std::nullopt);
  shelf.line("1", "a", kFrom, 400);
  auto analytics = shelf.engine->analytics();
  REQUIRE(analytics.set_low_stock(shelf.account, "a", 1'000, shelf.context));
  change_seller(shelf);
  const auto check = [&](std::int64_t threshold) {
    const auto all = health(shelf);
    REQUIRE(all.by_offer.size() == 2);
    CHECK(of(all, "a").on_hand == 20);
    CHECK(of(all, "a").orders == 2);
    CHECK(of(all, "a").days.text() == "70.0");
    CHECK(of(all, "a").low_stock == threshold);
    CHECK(of(all, "b").on_hand == 0);
    CHECK(all.out == 1);
    CHECK(all.offers == 2);
    CHECK(all.unknown == 0);
    CHECK(all.observed_at == shelf.now());
  };
  check(10);
  CHECK_FALSE(analytics.low_stock_of(shelf.account, "a", shelf.context).value());
  REQUIRE(analytics.set_low_stock(shelf.account, "a", 7, shelf.context));
  check(7);
  CHECK(analytics.set_low_stock(shelf.account, "c", 7, shelf.context).error().errc() == st::Errc::not_found);
  CHECK(analytics.low_stock_of(shelf.account, "c", shelf.context).error().errc() == st::Errc::not_found);
  REQUIRE(analytics.set_low_stock(shelf.account, "a", std::nullopt, shelf.context));
  check(10);
  change_seller(shelf);
  CHECK(analytics.low_stock_of(shelf.account, "a", shelf.context).value() == 1'000);
}

TEST_CASE("health is as fresh as its least fresh source, whichever comes first") {
  for (const bool first : {true, false}) {
    Shelf shelf;
    const auto old = shelf.now();
    shelf.offer(1, "a");
    shelf.source(first ? 1 : 2, first ? 0 : 1, 1, 2, 0);
    shelf.source(9, 4, 1, 2, 0);  // orders: no source of stock
    shelf.clock->advance(3h);
    shelf.source(first ? 2 : 1, first ? 1 : 0, 1, 2, 0);
    CHECK(health(shelf).observed_at == old);
    shelf.source(3, 3, 1, 2, std::nullopt);  // the list of warehouses neither
    CHECK(health(shelf).observed_at == old);
    shelf.source(4, 1, 1, 2, 0, false);  // applied, it says, and was never seen
    CHECK_FALSE(health(shelf).observed_at);
    CHECK(health(shelf).unknown == 1);
  }
}

TEST_CASE("what ends first comes first: sold out, then by days, then what does not move, then what is not known") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  shelf.coverage(kFrom, kUntil);
  int id = 0;
  const auto offer = [&](const std::string& key, std::optional<std::int64_t> on_hand, std::int64_t orders) {
    shelf.offer(++id, key);
    shelf.level(1, id, 1, on_hand);
    if (orders > 0) shelf.line(key, key, kFrom, orders);
  };
  offer("a unknown", std::nullopt, 3);
  offer("b asleep", 90, 0);
  offer("c asleep", 9, 0);
  offer("d long", 100, 7);
  offer("e fourteen", 14, 7);
  offer("f more", 141, 70);
  offer("g out", 0, 9);
  offer("h soon", 1, 7);
  const auto all = health(shelf);
  std::vector<std::string> keys;
  std::string soon;
  for (const auto& one : all.by_offer) {
    keys.push_back(one.offer);
    soon += one.ends_soon ? one.offer.substr(0, 1) : "";
  }
  CHECK(keys == std::vector<std::string>{"g out", "h soon", "e fourteen", "f more", "d long", "c asleep", "b asleep",
                                         "a unknown"});
  CHECK(soon == "he");  // at 14 days and below, not at 14.1
  const auto count_soon = [&](int days) {
    int count = 0;
    for (const auto& one : health(shelf, {.warning_days = days}).by_offer) count += one.ends_soon ? 1 : 0;
    return count;
  };
  CHECK(count_soon(0) == 0);
  CHECK(count_soon(1) == 1);
  CHECK(count_soon(13) == 1);
  CHECK(count_soon(15) == 3);
  CHECK(count_soon(100) == 4);
  // 9 and 1 are low, 0 is out and not low as well, 14 is fine.
  CHECK(all.low == 2);
  CHECK(all.out == 1);
  CHECK(all.offers == 7);
  CHECK(all.score_tenths == 571);
}

TEST_CASE("queries and thresholds beyond their limits are refused, and those at the limits are not") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  shelf.offer(1, "a");
  const auto analytics = shelf.engine->analytics();
  const auto code = [&](st::HealthQuery query) {
    query.account = shelf.account;
    const auto done = analytics.stock_health(query, shelf.context);
    return done ? std::string("done") : done.error().details().field;
  };
  for (const int days : {1, 366}) CHECK(code({.days = days}) == "done");
  for (const int days : {-1, 0, 367}) CHECK(code({.days = days}) == "days");
  CHECK(code({.low_stock = 0}) == "done");
  CHECK(code({.low_stock = -1}) == "low_stock");
  for (const int days : {0, 3'660}) CHECK(code({.warning_days = days}) == "done");
  for (const int days : {-1, 3'661}) CHECK(code({.warning_days = days}) == "warning_days");
  CHECK(analytics.stock_health({}, shelf.context).error().details().field == "account");
  auto changing = analytics;
  for (const std::int64_t units : {std::int64_t{0}, std::int64_t{1'000'000'000}}) {
    REQUIRE(changing.set_low_stock(shelf.account, "a", units, shelf.context));
    CHECK(of(health(shelf), "a").low_stock == units);
  }
  CHECK(st::last_days(shelf.now(), 366, "UTC").has_value());
  CHECK(st::last_days(shelf.now(), 367, "UTC").error().errc() == st::Errc::invalid_argument);
}

TEST_CASE("orders of a period are counted by offer and by the warehouse that each line names") {
  const st::Period period{kFrom, kUntil, 7};
  st::OrdersInPeriod orders(period);
  const auto add = [&](const char* key, const char* warehouse, const char* name, std::int64_t quantity,
                       st::OrderStatus status = st::OrderStatus::placed) {
    st::OrderLine line;
    line.key = key;
    line.offer = "a";
    line.warehouse = warehouse;
    line.warehouse_name = name;
    line.quantity = quantity;
    line.status = status;
    line.ordered_at = kFrom + 1h;
    line.changed_at = kUntil + 99h;  // the day of the change does not matter
    orders.add(line);
  };
  add("1", "17", "Тула", 2);
  add("2", "18", "Тула", 4);
  add("3", "", "Тула", 8);
  add("4", "17", "Тула", 16, st::OrderStatus::cancelled);
  add("5", "17", "Тула", 32, st::OrderStatus::removed);
  add("6", "17", "Тула", 64, st::OrderStatus::returned);
  add("7", "17", "Тула", 128, st::OrderStatus::unknown);
  CHECK(orders.units() == 2 + 4 + 8 + 64 + 128);
  CHECK(orders.units_of("a") == orders.units());
  CHECK(orders.units_from("17") == 2 + 64 + 128);
  CHECK(orders.units_from("18") == 4);
  CHECK(orders.units_from("Тула") == 8);
}
