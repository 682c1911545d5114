// Health, thresholds and order lines over rows that are written here: the same cases on both databases.
#include <stocktracker/core/time_text.hpp>

#include "tests/support/shelf.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::Instant at(const char* text) { return st::parse_rfc3339(text).value(); }

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

// 40 offers with stock in the marketplace's warehouses, and 60 that no answer names.
void fill(Shelf& shelf) {
  shelf.source(1, 0, 1, 2, 0);
  for (int n = 1; n <= 100; ++n) shelf.offer(n, "k" + std::to_string(n));
  for (int n = 1; n <= 40; ++n) shelf.level(1, n, 1, 50);
}

}  // namespace

TEST_CASE("an offer that no answer names is out where silence means zero: 40 well and 60 sold out score 40") {
  Shelf shelf;
  fill(shelf);
  const auto all = health(shelf);
  CHECK(all.score_tenths == 400);
  CHECK(all.out == 60);
  CHECK(all.unknown == 0);
  CHECK(all.offers == 100);
  CHECK(all.observed_at == shelf.now());
  CHECK(of(all, "k77").days.text() == "sold out");
}

TEST_CASE("an offer that no answer names stays unknown while one source could hold it") {
  struct Case {
    const char* why;
    int state;
    int disposition;
    std::optional<int> absent;
    bool seen;
  };
  for (const Case& one : std::vector<Case>{{"a seller warehouse that may leave rows out", 1, 2, 1, true},
                                           {"a seller warehouse of an older version", 1, 2, std::nullopt, true},
                                           {"one that failed", 5, 2, 0, true},
                                           {"one that is held", 1, 3, 0, true},
                                           {"one that was never read", 2, 1, std::nullopt, false}}) {
    INFO(one.why);
    Shelf shelf;
    fill(shelf);
    shelf.source(2, 1, one.state, one.disposition, one.absent, one.seen);
    const auto all = health(shelf);
    CHECK(all.unknown == 60);
    CHECK(all.out == 0);
    CHECK(all.score_tenths == 1'000);
    CHECK(all.observed_at.has_value() == one.seen);
  }
  Shelf unlisted;  // which warehouses the seller has is not known
  fill(unlisted);
  unlisted.source(2, 3, 4, 1, std::nullopt, false);
  CHECK(health(unlisted).unknown == 60);
  CHECK(health(unlisted).observed_at == unlisted.now());
  unlisted.source(2, 3, 1, 2, std::nullopt);
  CHECK(health(unlisted).out == 60);
  Shelf nothing;
  nothing.offer(1, "k1");
  CHECK(health(nothing).unknown == 1);  // no source at all says nothing
}

TEST_CASE("a warehouse that left the account is in no health, and does not keep an offer unknown") {
  Shelf shelf;
  fill(shelf);
  shelf.source(2, 1, 6, 1, 1, false);  // gone
  shelf.level(2, 1, 7, 1'000);
  shelf.level(2, 41, 7, 30);           // known from there alone
  shelf.level(2, 2, 7, std::nullopt);  // and what is not known there harms nobody
  const auto all = health(shelf);
  CHECK(of(all, "k1").on_hand == 50);
  CHECK(of(all, "k2").on_hand == 50);
  CHECK(of(all, "k41").on_hand == 0);
  CHECK(all.score_tenths == 400);
  CHECK(all.observed_at == shelf.now());
}

TEST_CASE("absurd amounts make one offer unknown and no account unreadable") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  for (int n = 1; n <= 3; ++n) shelf.offer(n, "k" + std::to_string(n));
  for (int warehouse = 1; warehouse <= 5; ++warehouse) shelf.level(1, 1, warehouse, INT64_MAX);
  shelf.level(1, 2, 1, INT64_MAX);
  shelf.level(1, 3, 1, 4'000'000'000);
  shelf.level(1, 3, 2, 5'000'000'000);
  const auto from = shelf.now() - 24h * 30;
  shelf.coverage(from, shelf.now());
  shelf.line("a", "k2", shelf.now() - 72h, INT64_MAX);
  shelf.line("b", "k2", shelf.now() - 72h, INT64_MAX);
  const auto all = health(shelf);
  CHECK_FALSE(of(all, "k1").on_hand);
  CHECK(of(all, "k1").alert == st::StockAlert::unknown);
  CHECK(of(all, "k2").on_hand == INT64_MAX);
  CHECK(of(all, "k2").orders == INT64_MAX);
  CHECK(of(all, "k2").days.text() == "7.0");
  CHECK(of(all, "k3").on_hand == 9'000'000'000);
}

TEST_CASE("an offer's own threshold counts before the query's, that before the tenant's") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  for (int n = 1; n <= 3; ++n) {
    shelf.offer(n, "k" + std::to_string(n));
    shelf.level(1, n, 1, 15);
  }
  auto analytics = shelf.engine->analytics();
  CHECK(health(shelf).low == 0);  // the default is 10
  auto settings = shelf.engine->settings();
  auto chosen = settings.get(shelf.context).value();
  chosen.low_stock = 15;
  REQUIRE(settings.change(chosen, shelf.context));
  CHECK(health(shelf).low == 3);
  CHECK(of(health(shelf), "k1").low_stock == 15);
  CHECK(health(shelf, {.low_stock = 3}).low == 0);

  CHECK_FALSE(analytics.low_stock_of(shelf.account, "k1", shelf.context).value());
  REQUIRE(analytics.set_low_stock(shelf.account, "k1", 4, shelf.context));
  REQUIRE(analytics.set_low_stock(shelf.account, "k1", 5, shelf.context));
  REQUIRE(analytics.set_low_stock(shelf.account, "k2", 20, shelf.context));
  CHECK(analytics.low_stock_of(shelf.account, "k1", shelf.context).value() == 5);
  const auto own = health(shelf, {.low_stock = 3});
  CHECK(of(own, "k1").alert == st::StockAlert::fine);
  CHECK(of(own, "k2").alert == st::StockAlert::low);
  CHECK(of(own, "k2").low_stock == 20);
  CHECK(of(own, "k3").alert == st::StockAlert::fine);
  REQUIRE(analytics.set_low_stock(shelf.account, "k2", std::nullopt, shelf.context));
  REQUIRE(analytics.set_low_stock(shelf.account, "k3", std::nullopt, shelf.context));  // has none: nothing to do
  CHECK(of(health(shelf, {.low_stock = 3}), "k2").alert == st::StockAlert::fine);
  REQUIRE(analytics.set_low_stock(shelf.account, "k3", 0, shelf.context));
  CHECK(of(health(shelf), "k3").alert == st::StockAlert::fine);  // zero: never low

  CHECK(analytics.set_low_stock(shelf.account, "nobody", 1, shelf.context).error().errc() == st::Errc::not_found);
  CHECK(analytics.low_stock_of(shelf.account, "nobody", shelf.context).error().errc() == st::Errc::not_found);
  for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{1'000'000'001}}) {
    const auto refused = analytics.set_low_stock(shelf.account, "k1", wrong, shelf.context);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
  }
  CHECK(analytics.low_stock_of(shelf.account, "k1", shelf.context).value() == 5);
}

TEST_CASE("the tenant's zone decides what a day is, unless the query names another") {
  Shelf shelf;  // 2026-11-21T22:26:40Z: in Moscow and Almaty already the 22nd
  shelf.source(1, 0, 1, 2, 0);
  shelf.offer(1, "k1");
  shelf.level(1, 1, 1, 70);
  shelf.coverage(shelf.now() - 24h * 30, shelf.now());
  shelf.line("in Moscow's day", "k1", at("2026-11-21T20:30:00Z"), 5);
  shelf.line("in Almaty's day", "k1", at("2026-11-20T19:30:00Z"), 2);
  CHECK(health(shelf, {.days = 1}).zone == "Europe/Moscow");
  CHECK(health(shelf, {.days = 1}).period.until == at("2026-11-21T21:00:00Z"));
  CHECK(of(health(shelf, {.days = 1}), "k1").orders == 5);
  auto settings = shelf.engine->settings();
  auto chosen = settings.get(shelf.context).value();
  chosen.zone = "Asia/Almaty";
  REQUIRE(settings.change(chosen, shelf.context));
  const auto almaty = health(shelf, {.days = 1});
  CHECK(almaty.zone == "Asia/Almaty");
  CHECK(almaty.period.until == at("2026-11-21T19:00:00Z"));
  CHECK(of(almaty, "k1").orders == 2);
  CHECK(of(health(shelf, {.days = 1, .zone = "UTC"}), "k1").orders == 2);
  const auto refused =
      shelf.engine->analytics().stock_health({.account = shelf.account, .zone = "Moon/Base"}, shelf.context);
  CHECK(refused.error().errc() == st::Errc::invalid_argument);
  CHECK(refused.error().text().find("zone") != std::string::npos);
}

TEST_CASE("stored orders count for their own offer, in the period, unless they were cancelled or left their order") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  for (int n = 1; n <= 3; ++n) shelf.offer(n, "k" + std::to_string(n));
  for (int n = 1; n <= 3; ++n) shelf.level(1, n, 1, 70);
  shelf.coverage(shelf.now() - 24h * 30, shelf.now());
  const auto day = at("2026-11-21T12:00:00Z");
  shelf.line("a", "k1", day, 5);
  shelf.line("b", "k1", day, 2, "", st::OrderStatus::delivered);
  shelf.line("c", "k1", day, 100, "", st::OrderStatus::cancelled);
  shelf.line("d", "k1", day, 100, "", st::OrderStatus::removed);
  shelf.line("e", "k3", day, 1, "", st::OrderStatus::returned);
  shelf.line("f", "k22", day, 100);                        // of an offer that is not in the catalogue
  shelf.line("g", "k3", at("2026-11-21T21:00:00Z"), 100);  // the midnight at which the period ends
  const auto found = health(shelf, {.days = 1});
  CHECK(found.orders_known);
  CHECK(of(found, "k1").orders == 7);
  CHECK(of(found, "k2").orders == 0);
  CHECK(of(found, "k3").orders == 1);
}

TEST_CASE("order lines show the article of the catalogue where the channel leaves it out") {
  Shelf shelf;
  shelf.offer(1, "k1", "DRESS-1");
  shelf.line("a", "k1", shelf.now() - 3h);
  shelf.line("b", "k1", shelf.now() - 2h, 1, "DRESS-OLD");
  shelf.line("c", "k2", shelf.now() - 1h);
  const auto articles = [&](const std::string& offer) {
    std::vector<std::string> found;
    const auto all =
        shelf.engine->orders().lines({.account = shelf.account, .offer = offer}, shelf.context).collect().value();
    for (const auto& line : all) found.push_back(line.article);
    return found;
  };
  CHECK(articles("") == std::vector<std::string>{"DRESS-1", "DRESS-OLD", ""});
  CHECK(articles("k1") == std::vector<std::string>{"DRESS-1", "DRESS-OLD"});
  shelf.offer(1, "k1", "DRESS-2");  // as of now
  CHECK(articles("k1") == std::vector<std::string>{"DRESS-2", "DRESS-OLD"});
}

TEST_CASE("a coverage that ends in the future ends at the newest line known") {
  Shelf shelf;
  shelf.account_row(shelf.id_text);
  const auto covered = [&] { return shelf.engine->orders().coverage(shelf.account, shelf.context).value(); };
  shelf.coverage(shelf.now() - 240h, shelf.now() + 48h);
  CHECK(covered()->until == shelf.now() - 240h);  // no line at all
  shelf.line("a", "k1", shelf.now() - 30h);
  shelf.line("b", "k1", shelf.now() - 20h);
  shelf.line("from the future", "k1", shelf.now() + 5h);
  CHECK(covered()->from == shelf.now() - 240h);
  CHECK(covered()->until == shelf.now() - 20h);
  CHECK_FALSE(health(shelf, {.days = 1}).orders_known);
  shelf.coverage(shelf.now() - 240h, shelf.now() + 1min);
  CHECK(covered()->until == shelf.now());
  shelf.coverage(shelf.now() + 1h, shelf.now() + 2h);
  CHECK_FALSE(covered());
  shelf.coverage(shelf.now() - 240h, shelf.now() - 1h);
  CHECK(covered()->until == shelf.now() - 1h);
}

// Older versions stored whatever a channel reported.
TEST_CASE("an amount that no stock can be is in no total, and is counted as unknown") {
  Shelf shelf;
  shelf.source(1, 0, 1, 2, 0);
  shelf.offer(1, "a");
  shelf.offer(2, "b");
  shelf.level(1, 1, 1, 5);
  shelf.level(1, 2, 1, 1'000'000'000'001);
  shelf.account_row(shelf.id_text);
  const auto total = shelf.engine->stock().total(shelf.account, shelf.context).value();
  CHECK(total.on_hand.units() == 5);
  CHECK(total.positions == 2);
  CHECK(total.unknown == 1);
}
