// PageWatch: lists that end, repeat or go in circles.
#include "marketplace/page_watch.hpp"

#include "marketplace/watched_sinks.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

// A page of so many rows that were not seen before.
void fresh_page(st::PageWatch& watch, int& next, int rows) {
  for (int n = 0; n < rows; ++n) watch.row("row " + std::to_string(next++));
}

bool contradicts(const st::Result<void>& turned) {
  return !turned && turned.error().errc() == st::Errc::vendor_contradiction && !turned.error().message().empty() &&
         turned.error().details().operation == "test.list";
}

class Offers final : public st::OfferSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    rows += page.size();
    return st::success();
  }
  void odd_row(const st::OddRow&) override { ++odd; }
  std::size_t rows = 0;
  int odd = 0;
};

class Orders final : public st::OrderSink {
 public:
  st::Result<void> lines(std::span<const st::OrderLineRow>) override { return st::success(); }
  void restart() override { ++restarts; }
  void covered(const st::OrderCoverage& period) override { last = period; }
  int restarts = 0;
  std::optional<st::OrderCoverage> last;
};

}  // namespace

TEST_CASE("a list that brings new rows goes on, however long it is") {
  st::PageWatch watch("test.list");
  int next = 0;
  for (int page = 0; page < 1'000; ++page) {
    fresh_page(watch, next, 3);
    watch.row("row 0");  // pages may repeat their border
    REQUIRE(watch.turn("cursor " + std::to_string(page)));
  }
}

TEST_CASE("a list that goes on at a place where it has been is a contradiction at once") {
  st::PageWatch watch("test.list");
  int next = 0;
  for (const char* place : {"a", "b", "c"}) {
    fresh_page(watch, next, 5);
    REQUIRE(watch.turn(place));
  }
  fresh_page(watch, next, 5);
  CHECK(contradicts(watch.turn("b")));
}

TEST_CASE("two pages without a new row are borne, the third is a contradiction") {
  st::PageWatch watch("test.list");
  int next = 0;
  fresh_page(watch, next, 5);
  REQUIRE(watch.turn("1"));
  for (int round = 0; round < 4; ++round) {  // a new row begins the count again
    next = 0;
    fresh_page(watch, next, 5);
    REQUIRE(watch.turn("idle " + std::to_string(2 * round)));
    REQUIRE(watch.turn("empty " + std::to_string(round)));
    watch.row("new in " + std::to_string(round));
    REQUIRE(watch.turn("new " + std::to_string(round)));
  }
  REQUIRE(watch.turn("x"));
  REQUIRE(watch.turn("y"));
  CHECK(contradicts(watch.turn("z")));
}

TEST_CASE("lists without places are watched by their rows alone") {
  st::PageWatch watch("test.list");
  for (int page = 0; page < 10; ++page) {
    watch.fresh(1);  // the caller keeps its rows itself
    REQUIRE(watch.turn());
  }
  REQUIRE(watch.turn());
  REQUIRE(watch.turn());
  CHECK(contradicts(watch.turn()));
}

TEST_CASE("a list that is read from its beginning again may be what it was") {
  st::PageWatch watch("test.list");
  for (int round = 0; round < 3; ++round) {
    int next = 0;
    for (const char* place : {"a", "b"}) {
      fresh_page(watch, next, 2);
      REQUIRE(watch.turn(place));
    }
    watch.restart();
  }
}

TEST_CASE("a row in memory costs no more than 32 bytes at the worst, 16 at the best") {
  static_assert(sizeof(std::uint64_t) == 8);
  st::HashSet set;
  for (std::uint64_t n = 1; n <= 100'000; ++n) REQUIRE(set.insert(n * 0x9E3779B97F4A7C15ULL));
  CHECK(set.size() == 100'000);
  for (std::uint64_t n = 1; n <= 100'000; ++n) REQUIRE_FALSE(set.insert(n * 0x9E3779B97F4A7C15ULL));
  CHECK(set.size() == 100'000);
  CHECK(set.bytes() <= 32 * set.size());
  // The hash 0 is a member like any other, once.
  st::HashSet zero;
  CHECK(zero.insert(0));
  CHECK_FALSE(zero.insert(0));
}

TEST_CASE("pages are read by cursor until there is none, and never twice at one place") {
  st::PageWatch watch("test.list");
  std::vector<std::string> asked;
  const auto read = st::read_pages(watch, [&](const std::string& cursor) -> st::Result<std::optional<std::string>> {
    asked.push_back(cursor);
    watch.row("row of " + cursor);
    if (asked.size() == 3) return std::optional<std::string>();
    return std::optional("p" + std::to_string(asked.size()));
  });
  CHECK(read);
  CHECK(asked == std::vector<std::string>{"", "p1", "p2"});

  st::PageWatch endless("test.list");
  int pages = 0;
  const auto turned = st::read_pages(endless, [&](const std::string&) -> st::Result<std::optional<std::string>> {
    ++pages;
    endless.row("the same");
    return std::optional("c" + std::to_string(pages));
  });
  CHECK(contradicts(turned));
  CHECK(pages <= 5);

  const auto failed = st::read_pages(watch, [](const std::string&) -> st::Result<std::optional<std::string>> {
    return st::Error(st::Errc::vendor_unavailable, "no");
  });
  CHECK(failed.error().errc() == st::Errc::vendor_unavailable);
}

TEST_CASE("sinks under watch pass everything on and count rows, odd ones too, as new once") {
  st::PageWatch watch("test.list");
  Offers offers;
  st::WatchedOffers watched(offers, watch);
  const std::vector<st::OfferRow> rows{{"a"}, {"b"}};
  const st::OddRow odd{st::RowOddity::unreadable, "id is empty", "rows[2]", "c"};
  for (int page = 0; page < 3; ++page) {
    REQUIRE(watched.offers(rows));
    watched.odd_row(odd);
    REQUIRE(watch.turn("page " + std::to_string(page)));
  }
  REQUIRE(watched.offers(rows));
  CHECK(contradicts(watch.turn("page 3")));
  CHECK(offers.rows == 8);
  CHECK(offers.odd == 3);

  st::PageWatch of_orders("test.list");
  Orders orders;
  st::WatchedOrders lines(orders, of_orders);
  REQUIRE(of_orders.turn("a"));
  lines.covered({st::Instant::from_seconds(1), st::Instant::from_seconds(2)});
  CHECK(orders.last->until == st::Instant::from_seconds(2));
  lines.restart();
  CHECK(orders.restarts == 1);
  CHECK(of_orders.turn("a"));
}

namespace {

// Counts what it is given.
class Everything final : public st::PriceSink {
 public:
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    rows += page.size();
    return st::success();
  }
  void odd_row(const st::OddRow&) override { ++odd; }
  std::size_t rows = 0;
  int odd = 0;
};

class Places final : public st::WarehouseSink {
 public:
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    rows += page.size();
    return st::success();
  }
  void odd_row(const st::OddRow&) override { ++odd; }
  std::size_t rows = 0;
  int odd = 0;
};

class Lines final : public st::OrderSink {
 public:
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    rows += page.size();
    return st::success();
  }
  void restart() override {}
  void odd_row(const st::OddRow&) override { ++odd; }
  void emptied(std::string_view) override { ++empty; }
  std::size_t rows = 0;
  int odd = 0;
  int empty = 0;
};

st::OrderLineRow line(std::string_view key) {
  st::OrderLineRow row;
  row.key = key;
  return row;
}

// How many pages of that kind a watch bears, each under a new place: one more than its patience where they repeat.
template <class Page>
int borne(st::PageWatch& watch, Page&& page) {
  for (int turns = 0; turns < 20; ++turns) {
    page(turns);
    if (!watch.turn("place " + std::to_string(turns))) return turns;
  }
  return 20;
}

}  // namespace

TEST_CASE("each sink under watch passes everything on, and a list goes on by what is new in it alone") {
  st::PageWatch watch("test.list");
  SECTION("prices") {
    Everything all;
    st::WatchedPrices watched(all, watch);
    const auto price = [](std::string_view offer) { return st::PriceRow{offer, {1, st::Currency::rub()}}; };
    CHECK(borne(watch, [&](int) { REQUIRE(watched.prices(std::vector{price("a")})); }) == 3);
    CHECK(all.rows == 4);
    watch.restart();
    std::string fresh;
    CHECK(borne(watch, [&](int page) { REQUIRE(watched.prices(std::vector{price(fresh = std::to_string(page))})); }) ==
          20);
    watch.restart();
    CHECK(borne(watch, [&](int) { watched.odd_row({st::RowOddity::unreadable, "no price", "rows[1]", "b"}); }) == 3);
    CHECK(all.odd == 4);
  }
  SECTION("warehouses") {
    Places all;
    st::WatchedWarehouses watched(all, watch);
    CHECK(borne(watch, [&](int) { REQUIRE(watched.warehouses(std::vector<st::WarehouseRow>{{"a", "A"}})); }) == 3);
    CHECK(all.rows == 4);
    watch.restart();
    std::string fresh;
    CHECK(borne(watch, [&](int page) {
            fresh = std::to_string(page);
            REQUIRE(watched.warehouses(std::vector<st::WarehouseRow>{{fresh, "A"}}));
          }) == 20);
    watched.odd_row({});
    CHECK(all.odd == 1);
  }
  SECTION("order lines, and orders that have none any more") {
    Lines all;
    st::WatchedOrders watched(all, watch);
    CHECK(borne(watch, [&](int) { REQUIRE(watched.lines(std::vector{line("a")})); }) == 3);
    CHECK(all.rows == 4);
    watch.restart();
    std::string fresh;
    CHECK(borne(watch, [&](int page) { watched.emptied(fresh = std::to_string(page)); }) == 20);
    CHECK(all.empty == 20);
    watch.restart();
    CHECK(borne(watch, [&](int) { watched.emptied("gone"); }) == 3);
    watch.restart();
    CHECK(borne(watch, [&](int) { watched.odd_row({st::RowOddity::unreadable, "no key", "rows[1]", "b"}); }) == 3);
    CHECK(all.odd == 4);
  }
  SECTION("offers") {
    Offers all;
    st::WatchedOffers watched(all, watch);
    std::string fresh;
    CHECK(borne(watch, [&](int page) {
            fresh = std::to_string(page);
            REQUIRE(watched.offers(std::vector<st::OfferRow>{{fresh}}));
          }) == 20);
    CHECK(all.rows == 20);
  }
}

TEST_CASE("a list that does not end is worth another try, and a new reading has all of its patience") {
  st::PageWatch watch("test.list");
  watch.row("a");
  REQUIRE(watch.turn("1"));
  REQUIRE(watch.turn("2"));
  REQUIRE(watch.turn("3"));
  const auto idle = watch.turn("4");
  REQUIRE(contradicts(idle));
  CHECK(idle.error().retryable());  // lists move while they are read
  watch.restart();
  watch.row("a");  // new again
  REQUIRE(watch.turn("1"));
  REQUIRE(watch.turn("2"));
  REQUIRE(watch.turn("3"));
  const auto again = watch.turn("3");
  REQUIRE(contradicts(again));
  CHECK(again.error().retryable());
  watch.restart();
  REQUIRE(watch.turn("1"));
  REQUIRE(watch.turn("2"));
  CHECK(contradicts(watch.turn("3")));
}
