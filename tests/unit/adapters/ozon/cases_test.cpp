// Inputs from real integrations that went wrong (../shared/cases), against the complete connector.
#include <stocktracker/core/time_text.hpp>

#include "adapters/ozon/postings.hpp"
#include "tests/unit/adapters/ozon/service.hpp"

namespace st = stocktracker;
using namespace ozon_test;
using namespace std::chrono_literals;
using Rows = std::vector<std::string>;

namespace {

constexpr const char* kList = "/v3/product/list";
constexpr const char* kInfo = "/v3/product/info/list";
constexpr const char* kFbo = "/v1/product/info/stocks-by-warehouse/fbo";
constexpr const char* kFbs = "/v1/product/info/warehouse/stocks";
constexpr const char* kOwn = "/v2/warehouse/list";
constexpr const char* kTheirs = "/v1/warehouse/ozon/list";
constexpr const char* kPrices = "/v5/product/info/prices";
constexpr const char* kFboPostings = "/v3/posting/fbo/list";
constexpr const char* kFbsPostings = "/v4/posting/fbs/list";
constexpr const char* kReturns = "/v1/returns/list";

const st::Instant kNow = st::parse_rfc3339("2026-11-26T00:00:00Z").value();

std::shared_ptr<Service> service(std::map<std::string, std::string> by_path) {
  return std::make_shared<Service>(bodies(std::move(by_path)));
}

const std::vector<std::string> kOffers{"A", "B"};

st::StockQuery fbs(std::string_view warehouse = "1020000689089000") {
  return {st::StockKind::fbs, warehouse, "own", kOffers};
}

std::string fbs_row(const std::string& offer, const std::string& amounts) {
  return R"({"offer_id":")" + offer + R"(","product_id":1,"sku":1,"warehouse_id":1020000689089000,)" + amounts + "}";
}
std::string fbo_row(const std::string& offer, int product, int sku, const std::string& amounts, int warehouse = 77) {
  return R"({"offer_id":")" + offer + R"(","product_id":)" + std::to_string(product) + R"(,"sku":)" +
         std::to_string(sku) + R"(,"warehouse_id":)" + std::to_string(warehouse) + "," + amounts + "}";
}
std::string page_of(const char* list, const std::string& rows) {
  return std::string(R"({"cursor":"","has_next":false,")") + list + R"(":[)" + rows + "]}";
}
std::string posting(const std::string& number, const std::string& products, const std::string& status = "delivered",
                    const std::string& date = R"("in_process_at":"2026-11-25T07:00:00Z")") {
  return R"({"posting_number":")" + number + R"(","status":")" + status + R"(",)" + date + R"(,"products":[)" +
         products + "]}";
}
std::string product(int sku, const std::string& offer, int quantity = 1, const std::string& amount = "100.00") {
  return R"({"sku":)" + std::to_string(sku) + R"(,"offer_id":")" + offer + R"(","quantity":)" +
         std::to_string(quantity) + R"(,"price":{"amount":")" + amount + R"(","currency":"RUB"}})";
}

st::Result<void> fbo_of(const std::string& rows, Stock& sink) {
  return connect(service({{kFbo, page_of("products", rows)}}))
      ->fetch_stock({.kind = st::StockKind::fbo, .offers = kOffers}, sink, {});
}
st::Result<st::OrderCoverage> fbs_orders_of(const std::string& postings, Lines& sink, const std::string& returns = "") {
  return connect(service({{kFbsPostings, page_of("postings", postings)}, {kReturns, page_of("returns", returns)}}))
      ->fetch_orders({kNow - 24h}, sink, {});
}
std::string returned(int id, const std::string& posting, int sku, int quantity, const std::string& type,
                     const std::string& status = "ArrivedAtReturnPlace") {
  return R"({"id":")" + std::to_string(id) + R"(","type":")" + type + R"(","posting_number":")" + posting +
         R"(","product":{"sku":")" + std::to_string(sku) + R"(","quantity":)" + std::to_string(quantity) +
         R"(},"logistic":{"return_date":"2026-11-25T12:00:00Z"},"visual":{"status":{"sys_name":")" + status + R"("}}})";
}

}  // namespace

TEST_CASE("C01: an oversold offer is zero and marked, and the others of its warehouse apply") {
  Stock first;
  REQUIRE(connect(service({{kFbs, page_of("stocks", fbs_row("A", R"("present":5,"reserved":0,"free_stock":5)") + "," +
                                                        fbs_row("B", R"("present":3,"reserved":0,"free_stock":3)"))}}))
              ->fetch_stock(fbs(), first, {}));
  CHECK(first.on_hand == std::map<std::string, std::int64_t>{{"A@1020000689089000", 5}, {"B@1020000689089000", 3}});
  CHECK(first.odd.rows.empty());
  Stock second;
  REQUIRE(connect(service({{kFbs, page_of("stocks", fbs_row("A", R"("present":4,"reserved":0,"free_stock":4)") + "," +
                                                        fbs_row("B", R"("present":0,"reserved":2,"free_stock":-2)"))}}))
              ->fetch_stock(fbs(), second, {}));
  CHECK(second.on_hand == std::map<std::string, std::int64_t>{{"A@1020000689089000", 4}, {"B@1020000689089000", 0}});
  CHECK(second.odd.rows == Rows{"stocks[1]: free_stock is negative (B)"});
  CHECK(second.odd.oversold == 1);
  Stock theirs;
  REQUIRE(fbo_of(
      fbo_row("A", 1, 11, R"("present":-3,"reserved":0)") + "," + fbo_row("B", 2, 12, R"("present":4,"reserved":1)"),
      theirs));
  CHECK(theirs.on_hand == std::map<std::string, std::int64_t>{{"A@77", 0}, {"B@77", 3}});
  CHECK(theirs.odd.oversold == 1);
}

TEST_CASE("a stock row that cannot be read is reported with its offer, and the others apply") {
  const struct {
    const char* amounts;
    const char* reason;
  } kinds[] = {{R"("present":1.5,"reserved":0)", "present is not an integer of 64 bits"},
               {R"("present":null,"reserved":0)", "present is not an integer of 64 bits"},
               {R"("reserved":0)", "present is missing"},
               {R"("present":"1 000","reserved":0)", "present is not an integer of 64 bits"},
               {R"("present":9223372036854775808,"reserved":0)", "present is not an integer of 64 bits"},
               {R"("present":9223372036854775807,"reserved":0)", "present is no quantity"},
               {R"("present":1000000000001,"reserved":0)", "present is no quantity"},
               {R"("present":5,"reserved":-1)", "reserved is no quantity"},
               {R"("present":5,"reserved":1000000000001)", "reserved is no quantity"}};
  for (const auto& kind : kinds) {
    INFO(kind.amounts);
    Stock sink;
    REQUIRE(fbo_of(fbo_row("A", 1, 11, kind.amounts) + "," + fbo_row("B", 2, 12, R"("present":4,"reserved":1)"), sink));
    CHECK(sink.on_hand == std::map<std::string, std::int64_t>{{"B@77", 3}});
    CHECK(sink.odd.rows == Rows{"products[0]: " + std::string(kind.reason) + " (A)"});
    CHECK(sink.odd.oversold == 0);
  }
  Stock sink;
  REQUIRE(fbo_of(fbo_row("", 1, 11, R"("present":4,"reserved":1)") + "," +
                     fbo_row("A", 1, 11, R"("present":1000000000000,"reserved":0)") +
                     R"(,{"offer_id":"B","warehouse_id":99999999999999999999,"present":1,"reserved":0},7)",
                 sink));
  CHECK(sink.on_hand == std::map<std::string, std::int64_t>{{"A@77", 1'000'000'000'000}});
  CHECK(sink.odd.rows == Rows{"products[0]: offer_id is empty ()",
                              "products[2]: warehouse_id is not an integer of 64 bits (B)",
                              "products[3]: a row is not an object ()"});
}

TEST_CASE("an FBS row of a warehouse that was not asked for is a contradiction") {
  Stock sink;
  const auto fetched = connect(service({{kFbs, page_of("stocks", fbs_row("A", R"("present":5,"reserved":0)"))}}))
                           ->fetch_stock(fbs("5"), sink, {});
  CHECK(fetched.error().errc() == st::Errc::vendor_contradiction);
  CHECK(sink.on_hand.empty());
}

TEST_CASE("C02: a price that its currency cannot hold is left out with its offer and never rounded") {
  const auto item = [](const std::string& offer, const std::string& price) {
    return R"({"offer_id":")" + offer + R"(","price":{)" + price + "}}";
  };
  const auto prices_of = [](const std::string& items, Prices& sink) {
    return connect(service({{kPrices, R"({"cursor":"","items":[)" + items + "]}"}}))->fetch_prices(sink, {});
  };
  // C02d: no price is no odd one.
  Prices none;
  REQUIRE(prices_of(item("A", R"("price":0,"old_price":0,"min_price":0,"currency_code":"")") + "," +
                        item("B", R"("price":10,"old_price":0,"min_price":0,"currency_code":"RUB")"),
                    none));
  CHECK(none.asked == std::map<std::string, st::Money>{{"B", st::Money(1'000, st::Currency::rub())}});
  CHECK(none.odd.rows.empty());
  Prices odd;
  REQUIRE(prices_of(
      item("A", R"("price":4.5454,"currency_code":"RUB")") + "," + item("B", R"("price":4.5,"currency_code":"RUB")") +
          "," + item("C", R"("price":4.5,"currency_code":"roubles")") + "," +
          item("D", R"("price":-1,"currency_code":"RUB")") + "," + item("E", R"("price":true,"currency_code":"RUB")") +
          "," + item("", R"("price":1,"currency_code":"RUB")"),
      odd));
  CHECK(odd.asked == std::map<std::string, st::Money>{{"B", st::Money(450, st::Currency::rub())}});
  CHECK(odd.odd.rows == Rows{"items[0]: price.price is no amount of its currency (A)",
                             "items[2]: price.currency_code is no currency (C)",
                             "items[3]: price.price is no amount of its currency (D)",
                             "items[4]: price.price is no amount (E)", "items[5]: offer_id is empty ()"});
}

TEST_CASE("C03: a list without end is a contradiction after a few pages, whichever list it is") {
  struct List {
    const char* path;
    std::string name;
    std::string row;
    bool has_next;
  };
  const List lists[] = {{kList, "items", R"({"product_id":1,"offer_id":"A"})", false},
                        {kFbo, "products", fbo_row("A", 1, 11, R"("present":4,"reserved":1)"), true},
                        {kFbs, "stocks", fbs_row("A", R"("present":5,"reserved":0)"), true},
                        {kOwn, "warehouses", R"({"warehouse_id":5,"name":"w"})", true},
                        {kPrices, "items", R"({"offer_id":"A","price":{"price":1,"currency_code":"RUB"}})", false},
                        {kFboPostings, "postings", posting("11111111-0001-1", product(1, "A")), true},
                        {kFbsPostings, "postings", posting("11111111-0001-1", product(1, "A")), true},
                        {kReturns, "returns", returned(5, "11111111-0001-1", 1, 1, "ClientReturn"), true}};
  enum class How { new_cursor, same_cursor, empty_pages, no_cursor };
  for (const List& list : lists) {
    for (const How how : {How::new_cursor, How::same_cursor, How::empty_pages, How::no_cursor}) {
      // Without has_next, a page without rows or without a cursor is the end.
      if (!list.has_next && (how == How::empty_pages || how == How::no_cursor)) continue;
      // The cursor of returns is the last one's id.
      if (list.path == std::string_view(kReturns) && how == How::empty_pages) continue;
      INFO(list.path << " " << static_cast<int>(how));
      int pages = 0;
      auto endless = std::make_shared<Service>([&](const st::HttpRequest& request) -> st::HttpResponse {
        if (request.url.find(list.path) == std::string::npos) return {200, {}, "{}"};
        // A product list that goes on is followed by the same of the archive.
        ++pages;
        const std::string cursor = how == How::no_cursor     ? ""
                                   : how == How::same_cursor ? "c"
                                                             : "c" + std::to_string(pages);
        const std::string rows = how == How::empty_pages ? "" : list.row;
        std::string body = R"({"cursor":")" + cursor + R"(","last_id":")" + cursor + R"(",)" +
                           (list.has_next ? R"("has_next":true,)" : "") + "\"" + list.name + R"(":[)" + rows + "]}";
        if (list.path == std::string_view(kList)) body = R"({"result":)" + body + "}";
        return {200, {}, body};
      });
      const auto connector = connect(endless);
      Stock stock;
      Offers offers;
      Warehouses warehouses;
      Lines lines;
      Prices prices;
      const std::string_view path = list.path;
      st::Result<void> ended = st::success();
      if (path == kList) ended = connector->list_offers(offers, {});
      if (path == kFbo) ended = connector->fetch_stock({.kind = st::StockKind::fbo, .offers = kOffers}, stock, {});
      if (path == kFbs) ended = connector->fetch_stock(fbs(), stock, {});
      if (path == kOwn) ended = connector->list_warehouses(warehouses, {});
      if (path == kPrices) ended = connector->fetch_prices(prices, {});
      if (path == kFboPostings || path == kFbsPostings || path == kReturns) {
        const auto coverage = connector->fetch_orders({kNow - 24h}, lines, {});
        if (!coverage) ended = coverage.error();
      }
      REQUIRE_FALSE(ended.has_value());
      CHECK(ended.error().errc() == st::Errc::vendor_contradiction);
      CHECK(pages <= 5);
      CHECK(stock.on_hand.empty());
    }
  }
  // The archive, which is read beside the catalogue.
  int pages = 0;
  auto archive = std::make_shared<Service>([&](const st::HttpRequest& request) -> st::HttpResponse {
    if (request.body.find("ARCHIVED") == std::string::npos) return {200, {}, "{}"};
    return {
        200,
        {},
        R"({"result":{"items":[{"product_id":1,"offer_id":"A"}],"last_id":"c)" + std::to_string(++pages) + R"("}})"};
  });
  Stock stock;
  CHECK(connect(archive)->fetch_stock({.kind = st::StockKind::fbo, .offers = kOffers}, stock, {}).error().errc() ==
        st::Errc::vendor_contradiction);
  CHECK(pages <= 5);
}

TEST_CASE("C05: FBO stock is asked for by the offers of the query and of the archive") {
  CHECK(st::ozon::capabilities().fbo_by_offers);
  std::string archived = R"({"result":{"items":[{"product_id":2,"offer_id":"B","archived":true}],"last_id":""}})";
  std::string asked;
  auto shop = std::make_shared<Service>([&](const st::HttpRequest& request) -> st::HttpResponse {
    if (request.url.find(kList) != std::string::npos) {
      if (request.body.find(R"("visibility":"ARCHIVED")") != std::string::npos)
        return {archived.empty() ? 500 : 200, {}, archived};
      return {200, {}, R"({"result":{"items":[{"product_id":1,"offer_id":"A","archived":false}],"last_id":""}})"};
    }
    if (request.url.find(kFbo) == std::string::npos) return {200, {}, "{}"};
    asked = request.body.substr(request.body.find("offer_ids"));
    return {200, {}, page_of("products", fbo_row("B", 2, 2, R"("present":399,"reserved":0)"))};
  });
  const auto connector = connect(shop);
  Offers offers;
  REQUIRE(connector->list_offers(offers, {}));
  CHECK(offers.cards.size() == 1);  // the archive is no part of the catalogue
  Stock stock;
  REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo}, stock, {}));
  CHECK(asked == R"(offer_ids":["A","B"]})");
  CHECK(stock.on_hand == std::map<std::string, std::int64_t>{{"B@77", 399}});
  const std::vector<std::string> wanted{"C", "A"};
  const std::size_t lists = shop->asked(kList);
  REQUIRE(connector->fetch_stock({.kind = st::StockKind::fbo, .offers = wanted}, stock, {}));
  CHECK(asked == R"(offer_ids":["A","B","C"]})");
  CHECK(shop->asked(kList) == lists + 1);  // the archive alone
  // What may have stock and could not be asked for must not look sold out.
  archived.clear();
  Stock failed;
  CHECK_FALSE(connector->fetch_stock({.kind = st::StockKind::fbo, .offers = wanted}, failed, {}).has_value());
  CHECK(failed.on_hand.empty());
}

TEST_CASE("C06b: a product without an article is reported with its posting, and all others are known") {
  Lines sink;
  REQUIRE(fbs_orders_of(posting("55555555-0001-1", product(1, "") + "," + product(3, "A")) + "," +
                            posting("55555555-0002-1", product(2, "B")) + "," + posting("", product(2, "B")) + "," +
                            posting("55555555-0004-1", product(2, "B", 0)) + R"(,{"posting_number":"55555555-0005-1"})",
                        sink));
  CHECK(sink.by_key.size() == 2);
  CHECK(sink.by_key.count("55555555-0001-1/3") == 1);
  CHECK(sink.by_key.at("55555555-0002-1/2").status == st::OrderStatus::delivered);
  CHECK(sink.odd.rows == Rows{"postings[0].products[0]: offer_id is empty (55555555-0001-1)",
                              "postings[2]: posting_number is empty ()",
                              "postings[3].products[0]: quantity is no quantity (55555555-0004-1)",
                              "postings[4]: status is no text (55555555-0005-1)"});
}

TEST_CASE("C06c: a posting that waits for its registration is kept by another of its dates, or reported") {
  Lines sink;
  const std::string ahead = R"("in_process_at":null,"shipment_date":"2026-11-28T12:00:00Z")";
  REQUIRE(fbs_orders_of(posting("1-1", product(2, "B"), "awaiting_registration", R"("in_process_at":null)") + "," +
                            posting("1-2", product(2, "B"), "awaiting_registration",
                                    R"("in_process_at":null,"shipment_date":"2026-11-25T12:00:00Z")") +
                            "," + posting("1-3", product(2, "B"), "awaiting_registration", ahead) + "," +
                            posting("1-4", product(2, "B")),
                        sink));
  CHECK(sink.odd.rows == Rows{"postings[0]: in_process_at is no time, nor is another date of the posting (1-1)"});
  REQUIRE(sink.by_key.size() == 3);
  CHECK(st::to_rfc3339(sink.by_key.at("1-2/2").ordered_at) == "2026-11-25T12:00:00Z");
  CHECK(sink.by_key.at("1-3/2").ordered_at == kNow);  // a date that is yet to come is the day of the reading
  CHECK(sink.by_key.at("1-3/2").status == st::OrderStatus::placed);
}

TEST_CASE("C07: a product that a posting names twice is one line of all its units") {
  Lines sink;
  REQUIRE(fbs_orders_of(
      posting("33333333-0001-1", product(1, "A", 1, "100.00") + "," + product(1, "A", 2, "90.00"), "awaiting_deliver") +
          "," + posting("2", product(1, "A", 1) + "," + product(1, "A", 1) + "," + product(2, "B")),
      sink));
  CHECK(sink.by_key.size() == 3);
  CHECK(sink.by_key.at("33333333-0001-1/1").quantity == 3);
  CHECK_FALSE(sink.by_key.at("33333333-0001-1/1").price.has_value());  // there is no one price
  CHECK(sink.by_key.at("2/1").quantity == 2);
  CHECK(sink.by_key.at("2/1").price == st::Money(10'000, st::Currency::rub()));
  CHECK(sink.odd.rows.empty());
}

TEST_CASE("C10b: every documented status of a posting means something, and a newer one is unknown") {
  for (const char* word : {"acceptance_in_progress", "arbitration", "awaiting_approve", "awaiting_deliver",
                           "awaiting_packaging", "awaiting_registration", "awaiting_verification", "client_arbitration",
                           "delivering", "driver_pickup", "not_accepted", "sent_by_seller"}) {
    Lines sink;
    INFO(word);
    REQUIRE(fbs_orders_of(posting("44444444-0002-1", product(1, "A"), word), sink));
    CHECK(sink.by_key.at("44444444-0002-1/1").status == st::OrderStatus::placed);
  }
  CHECK(st::ozon::status_of("delivered") == st::OrderStatus::delivered);
  CHECK(st::ozon::status_of("cancelled") == st::OrderStatus::cancelled);
  CHECK(st::ozon::status_of("cancelled_from_split_pending") == st::OrderStatus::removed);
  CHECK(st::ozon::status_of("teleported") == st::OrderStatus::unknown);
}

TEST_CASE("C13: a byte order mark before an answer is skipped") {
  const auto connector =
      connect(service({{"/v1/seller/info", "\xEF\xBB\xBF{\"company\":{\"name\":\"x\"}}"},
                       {kFbs, "\xEF\xBB\xBF" + page_of("stocks", fbs_row("A", R"("present":5,"reserved":0)"))}}));
  CHECK(connector->verify_credentials({}).value().name == "x");
  Stock sink;
  REQUIRE(connector->fetch_stock(fbs(), sink, {}));
  CHECK(sink.on_hand.size() == 1);
}

TEST_CASE("C23: an error says why, whatever form its body has") {
  const auto said = [](int status, const std::string& body) {
    Prices sink;
    return connect(std::make_shared<Service>([&](const st::HttpRequest&) -> st::HttpResponse {
             return {status, {}, body};
           }))
        ->fetch_prices(sink, {})
        .error();
  };
  CHECK(said(400, R"({"error":{"code":400,"message":"Order 1 is not allowed"}})").message() ==
        "Order 1 is not allowed");
  CHECK(said(423, R"({"errors":[{"code":"LOCKED"}]})").message() == "HTTP 423: LOCKED");
  CHECK(said(423, R"({"errors":[{"code":"LOCKED"}]})").details().vendor_code == "LOCKED");
  CHECK(said(503, "").message() == "HTTP 503 without words");
  CHECK_FALSE(said(200, "").message().empty());
  st::CallContext late;
  late.deadline = st::Instant::from_seconds(1);
  Prices sink;
  const auto ended = connect(service({}))->fetch_prices(sink, late);
  CHECK(ended.error().errc() == st::Errc::deadline_exceeded);
  CHECK(ended.error().details().operation == "ozon.prices");
}

TEST_CASE("C26: a list that is null or left out has no rows, one that is something else fails the source") {
  const auto read = [](const std::string& body) {
    const auto connector = connect(std::make_shared<Service>([body](const st::HttpRequest&) -> st::HttpResponse {
      return {200, {}, body};
    }));
    Stock stock;
    Offers offers;
    Warehouses warehouses;
    Lines lines;
    Prices prices;
    std::vector<bool> done;
    done.push_back(connector->list_offers(offers, {}).has_value());
    done.push_back(connector->list_warehouses(warehouses, {}).has_value());
    done.push_back(connector->fetch_stock({.kind = st::StockKind::fbo, .offers = kOffers}, stock, {}).has_value());
    done.push_back(connector->fetch_stock(fbs(), stock, {}).has_value());
    done.push_back(connector->fetch_orders({kNow - 24h}, lines, {}).has_value());
    done.push_back(connector->fetch_prices(prices, {}).has_value());
    CHECK(stock.on_hand.empty());
    return done;
  };
  const std::vector<bool> all(6, true);
  const std::vector<bool> none(6, false);
  CHECK(read("{}") == all);
  CHECK(read(R"({"result":null,"warehouses":null,"products":null,"stocks":null,"postings":null,"returns":null,
                 "items":null,"cursor":"","has_next":false})") == all);
  CHECK(read(R"({"result":{"items":null,"last_id":""},"cursor":null})") == all);
  CHECK(read(R"({"result":{"items":{}},"warehouses":{},"products":{},"stocks":{},"postings":{},"returns":{},
                 "items":{}})") == none);
  CHECK(read("[]") == none);
  CHECK(read(R"({"goods":[{"offer_id":"A"}]})") == none);  // the list has another name now
}

TEST_CASE("C39: rows of one article are added up when they are one product, and contradict when they are not") {
  Stock one;
  const std::string ten = fbo_row("A", 1, 11, R"("present":10,"reserved":0)");
  const std::string three = fbo_row("A", 1, 12, R"("present":4,"reserved":1)");
  // The border of a page comes again: the same sku counts once.
  REQUIRE(fbo_of(ten + "," + three + "," + ten + "," + three, one));
  CHECK(one.on_hand == std::map<std::string, std::int64_t>{{"A@77", 13}});
  for (const int warehouse : {77, 78}) {
    Stock two;
    const auto fetched = fbo_of(ten + "," + fbo_row("A", 2, 12, R"("present":4,"reserved":1)", warehouse), two);
    REQUIRE_FALSE(fetched.has_value());
    CHECK(fetched.error().errc() == st::Errc::vendor_contradiction);
    CHECK(fetched.error().message() == "the article A belongs to two products: 1 and 2");
    CHECK(two.on_hand.empty());
  }
  Stock own;
  REQUIRE(
      connect(service({{kFbs, page_of("stocks", fbs_row("A", R"("present":5,"reserved":0)") +
                                                    R"(,{"offer_id":"A","product_id":1,"sku":2,)"
                                                    R"("warehouse_id":1020000689089000,"present":3,"reserved":1})")}}))
          ->fetch_stock(fbs(), own, {}));
  CHECK(own.on_hand == std::map<std::string, std::int64_t>{{"A@1020000689089000", 7}});
}

TEST_CASE(
    "a sum of rows is never a part: one of them unreadable, or all together no quantity, leaves the position out") {
  Stock part;
  REQUIRE(fbo_of(fbo_row("A", 1, 11, R"("present":10,"reserved":0)") + "," +
                     fbo_row("A", 1, 12, R"("present":"many","reserved":0)") + "," +
                     fbo_row("A", 1, 11, R"("present":2,"reserved":0)", 78),
                 part));
  CHECK(part.on_hand == std::map<std::string, std::int64_t>{{"A@78", 2}});
  CHECK(part.odd.rows.size() == 1);
  Stock sum;
  REQUIRE(fbo_of(fbo_row("A", 1, 11, R"("present":900000000000,"reserved":0)") + "," +
                     fbo_row("A", 1, 12, R"("present":900000000000,"reserved":0)") + "," +
                     fbo_row("B", 2, 13, R"("present":2,"reserved":0)"),
                 sum));
  CHECK(sum.on_hand == std::map<std::string, std::int64_t>{{"B@77", 2}});
  CHECK(sum.odd.rows == Rows{"products[1]: the sum of its rows is no quantity (A)"});
}

TEST_CASE("two products of one article are a contradiction that names them, in the catalogue and in prices") {
  Offers offers;
  const auto listed =
      connect(service({{kList,
                        R"({"result":{"items":[{"product_id":1,"offer_id":"A"},{"product_id":2,"offer_id":"A"}]}})"}}))
          ->list_offers(offers, {});
  CHECK(listed.error().errc() == st::Errc::vendor_contradiction);
  CHECK(listed.error().message() == "the article A belongs to two products: 1 and 2");
  Prices prices;
  const std::string price = R"(,"offer_id":"A","price":{"price":1,"currency_code":"RUB"}})";
  const auto priced = connect(service({{kPrices, R"({"items":[{"product_id":1)" + price + R"(,{"product_id":2)" +
                                                     price + R"(],"cursor":""})"}}))
                          ->fetch_prices(prices, {});
  CHECK(priced.error().errc() == st::Errc::vendor_contradiction);
}

TEST_CASE(
    "a product whose card is not reported keeps what is known of it, and odd rows of the catalogue are reported") {
  Offers sink;
  REQUIRE(
      connect(service({{kList, R"({"result":{"items":[{"product_id":1,"offer_id":"A"},{"product_id":2,"offer_id":"B"},)"
                               R"({"product_id":3,"offer_id":"C"},{"product_id":4,"offer_id":""},)"
                               R"({"product_id":"x","offer_id":"E"}],"last_id":""}})"},
                       {kInfo, R"({"items":[{"id":1,"offer_id":"A","name":"a","barcodes":["1","2"]},)"
                               R"({"id":3,"offer_id":"C","name":"c","barcodes":[5]},{"id":9,"offer_id":"X"}]})"}}))
          ->list_offers(sink, {}));
  CHECK(sink.cards ==
        std::map<std::string, Offers::Card>{{"A", {"a", 2, true}}, {"B", {"", 0, false}}, {"C", {"", 0, false}}});
  CHECK(sink.odd.rows == Rows{"result.items[3]: offer_id is empty ()", "result.items[4]: product_id is no id (E)",
                              "items[1]: barcodes holds something that is no text (C)",
                              "items[2]: id is of no product that was asked for (X)"});
}

TEST_CASE("a return counts by its type and its status: refused units are cancelled, a return taken back is none") {
  const std::string line = posting("1-1", product(1, "A", 2));
  const auto status = [&](const std::string& returns) {
    Lines sink;
    REQUIRE(fbs_orders_of(line, sink, returns));
    CHECK(sink.odd.rows.empty());
    return sink.by_key.at("1-1/1").status;
  };
  CHECK(status(returned(5, "1-1", 1, 2, "ClientReturn")) == st::OrderStatus::returned);
  CHECK(status(returned(5, "1-1", 1, 1, "ClientReturn")) == st::OrderStatus::delivered);  // the buyer has the other
  CHECK(status(returned(5, "1-1", 1, 2, "PartialReturn")) == st::OrderStatus::cancelled);
  CHECK(status(returned(5, "1-1", 1, 1, "PartialReturn")) == st::OrderStatus::delivered);
  CHECK(status(returned(5, "1-1", 1, 1, "PartialReturn") + "," + returned(6, "1-1", 1, 1, "ClientReturn")) ==
        st::OrderStatus::returned);
  CHECK(status(returned(5, "1-1", 1, 2, "Unknown")) == st::OrderStatus::delivered);
  CHECK(status(returned(5, "1-1", 1, 2, "Cancellation")) == st::OrderStatus::delivered);
  for (const char* taken_back :
       {"Cancelled", "Rejected", "CrmRejected", "CancelledDisputeNotOpen", "PartialCompensationReturned",
        "DisputeOpened", "OnSellerApproval", "OnSellerClarification", "OnSellerClarificationAfterPartialCompensation",
        "OfferedPartialCompensation"}) {
    INFO(taken_back);
    CHECK(status(returned(5, "1-1", 1, 2, "ClientReturn", taken_back)) == st::OrderStatus::delivered);
  }
  for (const char* under_way : {"Approved", "ReturnMoneyApproved", "ArrivedAtReturnPlace", "NewerThanThis"}) {
    INFO(under_way);
    CHECK(status(returned(5, "1-1", 1, 2, "ClientReturn", under_way)) == st::OrderStatus::returned);
  }
  Lines sink;
  REQUIRE(fbs_orders_of(line, sink, returned(5, "1-1", 1, 0, "ClientReturn")));
  CHECK(sink.odd.rows == Rows{"returns[0]: product.quantity is no quantity (1-1)"});
}
