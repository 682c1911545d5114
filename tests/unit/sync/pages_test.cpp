// What the engine makes of the pages of a list: wherever a page ends, the same is stored.
#include "tests/support/bazaar.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kDay = st::Instant::from_seconds(1'795'300'000);

struct Row {
  std::string offer;
  std::string place;
  st::WarehouseKind kind = st::WarehouseKind::marketplace;
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t to_client = 0;
  std::int64_t from_client = 0;
};

// A page that numbers its own warehouses, in the order in which its rows name them.
st::StockPage page_of(const std::vector<Row>& rows) {
  st::StockPage page;
  for (const Row& row : rows) {
    const std::string listing = "L" + row.offer;
    page.push({.offer = row.offer,
               .warehouse = page.add_warehouse({row.place, row.place, "", row.kind}),
               .on_hand = row.on_hand,
               .reserved = row.reserved,
               .to_client = row.to_client,
               .from_client = row.from_client,
               .listing = listing});
  }
  return page;
}

std::vector<std::string> stored(Stall& stall) {
  const auto number = [](const std::optional<st::Quantity>& units) {
    return units ? std::to_string(units->units()) : std::string("?");
  };
  std::vector<std::string> all;
  const auto positions = stall.engine.stock().positions().collect().value();
  for (const auto& p : positions) {
    all.push_back(p.offer.key + "/" + p.offer.listing + "@" + p.warehouse.key + "/" +
                  std::to_string(static_cast<int>(p.warehouse.kind)) + "=" + number(p.on_hand) + "," +
                  number(p.reserved) + "," + number(p.to_client) + "," + number(p.from_client));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> expected_of(const std::vector<Row>& rows) {
  std::vector<std::string> all;
  for (const Row& r : rows) {
    all.push_back(r.offer + "/L" + r.offer + "@" + r.place + "/" + std::to_string(static_cast<int>(r.kind)) + "=" +
                  std::to_string(r.on_hand) + "," + std::to_string(r.reserved) + "," + std::to_string(r.to_client) +
                  "," + std::to_string(r.from_client));
  }
  std::sort(all.begin(), all.end());
  return all;
}

// Gives these pages as the marketplace's own stock.
void hold(Bazaar& bazaar, std::vector<std::vector<Row>> pages, std::vector<std::string> unplaced = {}) {
  bazaar.stock[""] = [=](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) -> st::Result<void> {
    for (const auto& rows : pages) {
      auto page = page_of(rows);
      if (&rows == &pages.front()) {
        for (const std::string& listing : unplaced) page.push_unplaced(listing);
      }
      STK_TRY(sink.rows(std::move(page)));
    }
    return st::success();
  };
}

const std::vector<Row> kRows{{"A", "7", st::WarehouseKind::marketplace, 1, 2, 3, 4},
                             {"B", "7", st::WarehouseKind::marketplace, 5, 6, 7, 8},
                             {"A", "7", st::WarehouseKind::undisclosed, 9, 10, 11, 12},
                             {"C", "8", st::WarehouseKind::marketplace, 13, 14, 15, 16},
                             {"B", "9", st::WarehouseKind::marketplace, 17, 18, 19, 20},
                             {"C", "7", st::WarehouseKind::marketplace, 21, 22, 23, 24}};

}  // namespace

TEST_CASE("wherever the pages of a stock answer end, each number reaches its own position") {
  // Each way to cut six rows into pages: a bit says whether a page ends behind the row.
  for (unsigned cuts = 0; cuts < 1U << (kRows.size() - 1); ++cuts) {
    CAPTURE(cuts);
    std::vector<std::vector<Row>> pages(1);
    for (std::size_t i = 0; i < kRows.size(); ++i) {
      pages.back().push_back(kRows[i]);
      if ((cuts >> i & 1U) != 0 && i + 1 < kRows.size()) pages.emplace_back();
    }
    Bazaar bazaar;
    hold(bazaar, pages);
    Stall stall(bazaar);
    REQUIRE(Stall::source(stall.sync(), "fbo").rows == kRows.size());
    CHECK(stored(stall) == expected_of(kRows));
  }
}

TEST_CASE("pages of one answer that have different columns fail their source: a number would reach another row") {
  using Change = void (*)(st::StockRow&);
  const std::vector<Change> changes{
      [](st::StockRow& row) { row.reserved.reset(); }, [](st::StockRow& row) { row.to_client.reset(); },
      [](st::StockRow& row) { row.from_client.reset(); }, [](st::StockRow& row) { row.listing = {}; }};
  const auto changed = [](const st::StockPage& page, Change change) {
    st::StockPage other;
    other.add_warehouse(page.warehouse(0));
    st::StockRow row = page.row(0);
    change(row);
    other.push(row);
    return other;
  };
  for (std::size_t change = 0; change < changes.size(); ++change) {
    for (const bool first : {true, false}) {
      CAPTURE(change, first);
      Bazaar bazaar;
      bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) -> st::Result<void> {
        auto one = page_of({kRows[0]});
        auto two = page_of({kRows[1]});
        (first ? one : two) = changed(first ? one : two, changes[change]);
        STK_TRY(sink.rows(std::move(one)));
        return sink.rows(std::move(two));
      };
      Stall stall(bazaar);
      const auto run = stall.sync();
      CHECK(Stall::source(run, "fbo").state == st::SourceState::failed);
      CHECK(Stall::source(run, "fbo").error.value().errc() == st::Errc::vendor_schema);
      CHECK(stored(stall).empty());
    }
  }
}

TEST_CASE("a page with an amount that no stock can be fails its source, whichever column has it, and names the row") {
  constexpr std::int64_t kMost = 1'000'000'000'000;
  const std::vector<std::int64_t Row::*> columns{&Row::on_hand, &Row::reserved, &Row::to_client, &Row::from_client};
  for (std::size_t column = 0; column < columns.size(); ++column) {
    for (const std::size_t odd : {std::size_t{0}, std::size_t{3}}) {
      for (const std::int64_t amount : {std::int64_t{-1}, kMost + 1, kMost}) {
        CAPTURE(column, odd, amount);
        auto rows = kRows;
        rows[odd].*columns[column] = amount;
        const bool fits = amount >= 0 && amount <= kMost;
        Bazaar bazaar;
        hold(bazaar, {rows});
        Stall stall(bazaar);
        const auto run = stall.sync();
        const auto& fbo = Stall::source(run, "fbo");
        if (fits) {
          CHECK(fbo.rows == rows.size());
          CHECK(stored(stall) == expected_of(rows));
          continue;
        }
        REQUIRE(fbo.error);
        CHECK(fbo.error->errc() == st::Errc::vendor_schema);
        CHECK(fbo.error->message().starts_with("row " + std::to_string(odd) + " (offer " + rows[odd].offer + "): "));
        CHECK(stored(stall).empty());
      }
    }
  }
}

TEST_CASE("listings that could not be placed keep what is known of them, whichever page names them") {
  for (const bool first_empty : {true, false}) {
    CAPTURE(first_empty);
    Bazaar bazaar;
    bazaar.offers = [](st::OfferSink& sink, const st::CallContext&) {
      std::vector<st::OfferRow> rows(2);
      rows[0].key = "A", rows[0].listing = "LA";
      rows[1].key = "B", rows[1].listing = "LB";
      return sink.offers(rows);
    };
    hold(bazaar, {{kRows[0], kRows[1]}});
    Stall stall(bazaar);
    stall.sync();
    const auto before = stored(stall);
    stall.pass(1h);
    bazaar.stock[""] = [&](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) -> st::Result<void> {
      auto unplaced = page_of({});
      unplaced.push_unplaced("LB");
      auto rest = page_of({kRows[0]});
      if (first_empty) {
        STK_TRY(sink.rows(std::move(unplaced)));
        return sink.rows(std::move(rest));
      }
      STK_TRY(sink.rows(std::move(rest)));
      return sink.rows(std::move(unplaced));
    };
    CHECK(stall.sync().state == st::RunState::ok);
    CHECK(stored(stall) == before);  // nothing of B was zeroed
  }
}

TEST_CASE("an answer that starts over is the one that came last: rows, odd rows, notes, its time, all of it") {
  Bazaar bazaar;
  bazaar.can.orders_by_period = true;
  bazaar.stock[""] = [](const st::StockQuery&, st::StockSink& sink, const st::CallContext&) -> st::Result<void> {
    for (int turn = 0; turn < 3; ++turn) {
      if (turn > 0) sink.restart();
      if (turn < 2) {
        sink.speaks_of(kDay - 5h);
        sink.note("turn " + std::to_string(turn));
        for (int i = 0; i < 5; ++i) sink.odd_row({st::RowOddity::unreadable, "odd", "rows[0]", "A"});
      }
      // The same rows again are no list without end.
      STK_TRY(sink.rows(page_of({kRows[0]})));
      STK_TRY(sink.rows(page_of({turn < 2 ? kRows[1] : kRows[3]})));
    }
    return st::success();
  };
  const auto line = [](const std::string& key, std::int64_t quantity) {
    st::OrderLineRow row;
    row.key = row.order = key;
    row.offer = "A";
    row.quantity = quantity;
    row.ordered_at = row.changed_at = kDay - 2h;
    return row;
  };
  bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                      const st::CallContext&) -> st::Result<st::OrderCoverage> {
    const std::string gone = "gone";
    const std::string stays = "stays";
    const auto first = line(gone, 3);
    STK_TRY(sink.lines({&first, 1}));
    sink.covered({query.since, kDay});
    for (int i = 0; i < 5; ++i) sink.odd_row({st::RowOddity::unreadable, "odd", "rows[0]", "x"});
    sink.restart();
    const auto second = line(stays, 4);
    STK_TRY(sink.lines({&second, 1}));
    return st::Error(st::Errc::vendor_unavailable);
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.orders = true;
  const auto run = stall.sync(options);
  const auto& fbo = Stall::source(run, "fbo");
  CHECK(fbo.state == st::SourceState::ok);
  CHECK(fbo.rows == 2);
  CHECK(fbo.skipped == 0);
  CHECK(fbo.note.empty());
  CHECK(fbo.observed_at == kDay);
  CHECK(stored(stall) == expected_of({kRows[0], kRows[3]}));
  const auto& orders = Stall::source(run, "orders");
  CHECK(orders.note == "kept 1 line that came before");  // and no period that had been covered
  const auto lines = stall.engine.orders().lines({.account = stall.account}).collect().value();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].key == "stays");
}

TEST_CASE("an order that was reported empty before its list started over keeps its lines") {
  for (const bool starts_over : {true, false}) {
    CAPTURE(starts_over);
    Bazaar bazaar;
    bazaar.can.orders_complete = true;
    bool first = true;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                        const st::CallContext&) -> st::Result<st::OrderCoverage> {
      st::OrderLineRow row;
      row.key = row.order = "k";
      row.quantity = 1;
      row.ordered_at = row.changed_at = kDay - 2h;
      if (first) {
        STK_TRY(sink.lines({&row, 1}));
      }
      if (!first) sink.emptied("k");
      if (!first && starts_over) sink.restart();
      first = false;
      return st::OrderCoverage{query.since, kDay};
    };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.stock = false;
    options.orders = true;
    stall.sync(options);
    stall.sync(options);
    const auto lines = stall.engine.orders().lines({.account = stall.account}).collect().value();
    REQUIRE(lines.size() == 1);
    CHECK((lines[0].status == st::OrderStatus::removed) == !starts_over);
  }
}

TEST_CASE("an order line is stored with all that was reported of it") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.orders = [](const st::OrderQuery& query, st::OrderSink& sink,
                     const st::CallContext&) -> st::Result<st::OrderCoverage> {
    std::vector<st::OrderLineRow> rows(1);
    rows[0] = {.key = "k", .order = "o", .offer = "A", .listing = "l", .article = "a"};
    rows[0].status = st::OrderStatus::delivered;
    rows[0].status_text = "sold";
    rows[0].kind = st::StockKind::fbs;
    rows[0].warehouse = "w";
    rows[0].warehouse_name = "Cellar";
    rows[0].quantity = 1'000'000'000'000;
    rows[0].price = st::Money(9'900, st::Currency::usd());
    rows[0].ordered_at = kDay - 3h;
    rows[0].changed_at = kDay - 2h;
    STK_TRY(sink.lines(rows));
    return st::OrderCoverage{query.since, kDay};
  };
  Stall stall(bazaar);
  st::SyncOptions options;
  options.orders = true;
  const auto run = stall.sync(options);
  CHECK(Stall::source(run, "orders").state == st::SourceState::ok);
  const auto lines = stall.engine.orders().lines({.account = stall.account}).collect().value();
  REQUIRE(lines.size() == 1);
  const st::OrderLine& line = lines[0];
  CHECK(line.account == stall.account);
  CHECK(line.key == "k");
  CHECK(line.order == "o");
  CHECK(line.offer == "A");
  CHECK(line.listing == "l");
  CHECK(line.article == "a");
  CHECK(line.status == st::OrderStatus::delivered);
  CHECK(line.status_text == "sold");
  CHECK(line.kind == st::StockKind::fbs);
  CHECK(line.warehouse == "w");
  CHECK(line.warehouse_name == "Cellar");
  CHECK(line.quantity == 1'000'000'000'000);
  CHECK(line.price == st::Money(9'900, st::Currency::usd()));
  CHECK(line.ordered_at == kDay - 3h);
  CHECK(line.changed_at == kDay - 2h);
  CHECK(line.recorded_at == kDay);
}

TEST_CASE("a quantity of an order line is at least one and no more than stock can be") {
  for (const std::int64_t quantity : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, std::int64_t{1'000'000'000'001},
                                      INT64_MAX, std::int64_t{1}, std::int64_t{1'000'000'000'000}}) {
    CAPTURE(quantity);
    Bazaar bazaar;
    bazaar.orders = [&](const st::OrderQuery& query, st::OrderSink& sink,
                        const st::CallContext&) -> st::Result<st::OrderCoverage> {
      st::OrderLineRow row;
      row.key = row.order = "k";
      row.quantity = quantity;
      row.ordered_at = row.changed_at = kDay - 2h;
      STK_TRY(sink.lines({&row, 1}));
      return st::OrderCoverage{query.since, kDay};
    };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.orders = true;
    const bool fits = quantity >= 1 && quantity <= 1'000'000'000'000;
    CHECK(Stall::source(stall.sync(options), "orders").skipped == (fits ? 0 : 1));
    CHECK(stall.engine.orders().lines({.account = stall.account}).collect().value().size() == (fits ? 1 : 0));
  }
}

TEST_CASE("a price is stored with the two beside it; one that cannot be is left out and its offer keeps what it had") {
  const auto rub = [](std::int64_t minor) { return st::Money(minor, st::Currency::rub()); };
  const st::Money usd(500, st::Currency::usd());
  struct Case {
    st::PriceRow row;
    bool kept;
  };
  const std::vector<Case> cases{
      {{"A", rub(0), rub(300), rub(100)}, true},           {{"A", rub(200), std::nullopt, std::nullopt}, true},
      {{"A", rub(-1), std::nullopt, std::nullopt}, false}, {{"A", rub(200), usd, std::nullopt}, false},
      {{"A", rub(200), std::nullopt, usd}, false},         {{"", rub(200), std::nullopt, std::nullopt}, false}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    Bazaar bazaar;
    std::vector<st::PriceRow> rows{{"A", rub(250), rub(350), rub(150)}, {"B", rub(1), std::nullopt, std::nullopt}};
    bazaar.prices = [&](st::PriceSink& sink, const st::CallContext&) { return sink.prices(rows); };
    Stall stall(bazaar);
    st::SyncOptions options;
    options.prices = true;
    stall.sync(options);
    stall.pass(1h);
    rows[0] = cases[i].row;
    CHECK(Stall::source(stall.sync(options), "prices").skipped == (cases[i].kept ? 0 : 1));
    const auto prices = stall.engine.prices().list({.account = stall.account}).collect().value();
    REQUIRE(prices.size() == 2);
    const st::PriceRow expected = cases[i].kept ? cases[i].row : st::PriceRow{"A", rub(250), rub(350), rub(150)};
    CHECK(prices[0].price == expected.price);
    CHECK(prices[0].list_price == expected.list_price);
    CHECK(prices[0].lowest_price == expected.lowest_price);
    CHECK(prices[0].changed_at == (cases[i].kept ? kDay + 1h : kDay));
  }
}

TEST_CASE("a seller warehouse that the list names twice is read once, under its own name") {
  Bazaar bazaar;
  bazaar.list({"A"});
  int asked = 0;
  std::string name;
  bazaar.warehouses = [](st::WarehouseSink& sink, const st::CallContext&) -> st::Result<void> {
    const std::vector<st::WarehouseRow> rows{{"w", "Cellar", true}, {"w", "Cellar", true}, {"", "Nowhere", true}};
    return sink.warehouses(rows);
  };
  bazaar.stock["w"] = [&](const st::StockQuery& query, st::StockSink& sink, const st::CallContext&) {
    ++asked;
    name = query.warehouse_name;
    return sink.rows(Bazaar::page("w", st::WarehouseKind::seller, {{"A", 2}}));
  };
  Stall stall(bazaar);
  const auto run = stall.sync();
  CHECK(asked == 1);
  CHECK(name == "Cellar");
  CHECK(Stall::source(run, "warehouses").skipped == 1);
  CHECK(Stall::source(run, "warehouses").rows == 2);
  CHECK(stall.picture() == "A@w=2");
}
