// Wildberries' connector over a script: how its lists begin, go on and end, and which rows are left out.
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/scripted_transport.hpp>

#include "marketplace/stock_cells.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using st::testing::ScriptedTransport;

namespace {

constexpr const char* kToken = "canary-token-7f3a";

class Gather final : public st::OfferSink, public st::StockSink, public st::WarehouseSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page) {
      std::string text = std::string(row.key) + "/" + std::string(row.listing) + "/" + std::string(row.article) + "/" +
                         std::string(row.size);
      for (const auto code : row.barcodes) text += "/" + std::string(code);
      seen.push_back(text);
    }
    return st::success();
  }
  st::Result<void> rows(st::StockPage&& given) override {
    const st::StockCells& page = given.cells();
    for (std::size_t i = 0; i < page.rows(); ++i)
      seen.push_back(page.offer.to_text(i) + "=" + std::to_string(page.on_hand[i]));
    return st::success();
  }
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const auto& row : page) seen.push_back(std::string(row.key) + (row.active ? "" : " deleting"));
    return st::success();
  }
  void restart() override {
    seen.clear();
    ++restarts;
  }
  void odd_row(const st::OddRow& row) override {
    odd.push_back((row.kind == st::RowOddity::oversold ? "oversold " : "") + std::string(row.location) + " " +
                  std::string(row.key) + " " + std::string(row.reason));
  }
  std::vector<std::string> seen;
  std::vector<std::string> odd;
  int restarts = 0;
};

struct Fixture {
  std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  std::shared_ptr<st::Connector> make(st::wildberries::Options options = {}) {
    return st::wildberries::make_factory(options)
        .value()
        ->connect(st::wildberries::credentials(st::Secret::copy_of(kToken)),
                  {transport, clock, std::make_shared<st::Telemetry>()})
        .value();
  }
};

std::string card(int nm, const std::string& sizes) {
  return "{\"nmID\":" + std::to_string(nm) + ",\"vendorCode\":\"a" + std::to_string(nm) +
         "\",\"title\":\"t\",\"sizes\":[" + sizes + "],\"gtin\":[1]}";
}
std::string cards(const std::string& list, int nm, int total) {
  return "{\"cards\":[" + list + "],\"cursor\":{\"updatedAt\":\"2026-01-01T00:00:00Z\",\"nmID\":" + std::to_string(nm) +
         ",\"total\":" + std::to_string(total) + "}}";
}
const std::string kRow = R"({"nmId":1,"chrtId":2,"warehouseId":3,"warehouseName":"n","regionName":"r","quantity":4})";

}  // namespace

TEST_CASE("cards are read by cursor until a page is empty: a short one may be a cut one") {
  Fixture f;
  f.transport->answer(
      "cards/list", 200,
      cards(card(1, R"({"chrtID":11,"techSize":"42","skus":["007","8"]},{"chrtID":12,"techSize":"44","skus":[]})") +
                "," + card(2, R"({"chrtID":21})"),
            2, 2));
  f.transport->answer("cards/list", 200, cards(card(3, ""), 3, 1));
  f.transport->answer("cards/list", 200, cards("", 3, 0));
  Gather sink;
  REQUIRE(f.make({.cards_per_page = 2})->list_offers(sink, {}));
  CHECK(sink.seen == std::vector<std::string>{"11/1/a1/42/007/8", "12/1/a1/44", "21/2/a2/"});
  const auto sent = f.transport->sent();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].body == R"({"settings":{"sort":{"ascending":true},"filter":{"withPhoto":0},"cursor":{"limit":2}}})");
  CHECK(
      sent[1].body ==
      R"({"settings":{"sort":{"ascending":true},"filter":{"withPhoto":0},"cursor":{"limit":2,"updatedAt":"2026-01-01T00:00:00Z","nmID":2}}})");
  CHECK(sent[0].url == "https://content-api.wildberries.ru/content/v2/get/cards/list");
  CHECK(sent[0].secret_header_names == std::vector<std::string>{"Authorization"});
}

TEST_CASE("a cursor that does not move is the end only where the newest card stands") {
  const std::string two = card(1, "{\"chrtID\":11,\"skus\":[]}") + "," + card(2, "{\"chrtID\":21,\"skus\":[]}");
  for (const int total : {1, 2}) {  // the last second is read again, completely or as far as its cards go
    const std::string again = total == 2 ? two : card(2, "{\"chrtID\":21,\"skus\":[]}");
    for (const int newest : {2, 3}) {
      CAPTURE(total, newest);
      Fixture f;
      f.transport->answer("cards/list", 200, cards(two, 2, 2));
      f.transport->answer("cards/list", 200, cards(again, 2, total));
      f.transport->answer("cards/list", 200, cards(card(newest, "{\"chrtID\":31,\"skus\":[]}"), newest, 1));
      Gather seen;
      const auto listed = f.make({.cards_per_page = 2})->list_offers(seen, {});
      CHECK(f.transport->sent().at(2).body ==
            R"({"settings":{"sort":{"ascending":false},"filter":{"withPhoto":0},"cursor":{"limit":1}}})");
      if (newest == 2) {
        CHECK(listed);
      } else {
        REQUIRE_FALSE(listed);
        CHECK(listed.error().errc() == st::Errc::vendor_contradiction);
      }
    }
  }
}

TEST_CASE("a card list of a server that ignores the cursor and the order ends in a contradiction") {
  Fixture f;
  const std::string two = card(1, R"({"chrtID":11})") + "," + card(2, R"({"chrtID":21})");
  f.transport->always("cards/list", 200, cards(two, 2, 2));
  Gather sink;
  CHECK(f.make({.cards_per_page = 2})->list_offers(sink, {}).error().errc() == st::Errc::vendor_contradiction);
  CHECK(f.transport->sent().size() == 3);
}

TEST_CASE("a card or a size that cannot be read is reported, and the others apply") {
  struct Case {
    std::string card;
    std::vector<std::string> seen;
    std::vector<std::string> odd;
  };
  const std::string sizes = R"({"chrtID":91,"skus":["9"]},{"chrtID":92})";
  for (const Case& one : {
           Case{card(0, sizes),
                {},
                {"cards[0].sizes[0] 91 nmID is not an id", "cards[0].sizes[1] 92 nmID is not an id"}},
           Case{R"({"vendorCode":"a","sizes":[)" + sizes + "]}",
                {},
                {"cards[0].sizes[0] 91 nmID is not an id", "cards[0].sizes[1] 92 nmID is not an id"}},
           Case{card(9, R"({"techSize":"1"},)" + sizes),
                {"91/9/a9//9", "92/9/a9/"},
                {"cards[0].sizes[0]  chrtID is not an id"}},
           Case{card(9, R"({"chrtID":9223372036854775808},{"chrtID":"11"},)" + sizes),
                {"91/9/a9//9", "92/9/a9/"},
                {"cards[0].sizes[0]  chrtID is not an id", "cards[0].sizes[1]  chrtID is not an id"}},
           Case{card(9, R"({"chrtID":93,"skus":[7]},)" + sizes),
                {"91/9/a9//9", "92/9/a9/"},
                {"cards[0].sizes[0] 93 skus is not a list of texts"}},
           Case{R"({"nmID":9,"sizes":null})", {}, {"cards[0]  sizes is not an array"}},
           Case{R"({"nmID":9,"title":5,"sizes":[)" + sizes + "]}",
                {},
                {"cards[0].sizes[0] 91 title is not a text", "cards[0].sizes[1] 92 title is not a text"}},
           Case{"7", {}, {"cards[0]  nmID is not an id"}},
       }) {
    CAPTURE(one.card);
    Fixture f;
    f.transport->answer("cards/list", 200, cards(one.card + "," + card(1, R"({"chrtID":11})"), 1, 2));
    f.transport->answer("cards/list", 200, cards("", 1, 0));
    Gather sink;
    REQUIRE(f.make()->list_offers(sink, {}));
    auto seen = one.seen;
    seen.insert(seen.begin(), "11/1/a1/");
    CHECK(sink.seen == seen);
    CHECK(sink.odd == one.odd);
  }
}

TEST_CASE("an id of a card with 19 digits is read exactly") {
  Fixture f;
  f.transport->answer("cards/list", 200, cards(card(1, R"({"chrtID":9223372036854775807})"), 1, 1));
  f.transport->answer("cards/list", 200, cards("", 1, 0));
  Gather sink;
  REQUIRE(f.make()->list_offers(sink, {}));
  CHECK(sink.seen == std::vector<std::string>{"9223372036854775807/1/a1/"});
}

TEST_CASE("a report of one page is read completely, and status 204 is a complete empty answer") {
  Fixture f;
  f.transport->answer("wb-warehouses", 204, "");
  Gather sink;
  REQUIRE(f.make()->fetch_stock({.kind = st::StockKind::fbo}, sink, {}));
  CHECK(sink.seen.empty());
  CHECK(f.transport->sent()[0].body == R"({"limit":250000,"offset":0})");
}

TEST_CASE("pages count only when no rebuild fell between them") {
  Fixture f;
  const std::string page = R"({"data":{"items":[)" + kRow + "]}}";
  // A full page of one row, then the end; the clock crosses a half hour during the first two tries.
  class Crossing final : public st::HttpTransport {
   public:
    Crossing(std::shared_ptr<st::testing::ManualClock> clock, int crossings, std::string page)
        : clock_(std::move(clock)), crossings_(crossings), page_(std::move(page)) {}
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
      if (request.body.find("\"offset\":0") != std::string::npos) return st::HttpResponse{200, {}, page_};
      if (crossings_-- > 0) clock_->advance(std::chrono::minutes(30));
      return st::HttpResponse{204, {}, ""};
    }

   private:
    std::shared_ptr<st::testing::ManualClock> clock_;
    int crossings_;
    std::string page_;
  };
  for (const int crossings : {0, 2, 3}) {
    auto connector = st::wildberries::make_factory({.stock_rows_per_page = 1})
                         .value()
                         ->connect(st::wildberries::credentials(st::Secret::copy_of(kToken)),
                                   {std::make_shared<Crossing>(f.clock, crossings, page), f.clock, nullptr})
                         .value();
    Gather sink;
    const auto fetched = connector->fetch_stock({.kind = st::StockKind::fbo}, sink, {});
    if (crossings < 3) {
      CHECK(fetched);
      CHECK(sink.restarts == crossings);
      CHECK(sink.seen == std::vector<std::string>{"2=4"});
    } else {
      CHECK(fetched.error().errc() == st::Errc::vendor_rebuilt);
    }
  }
}

TEST_CASE("seller stock is asked for in batches, and a row that cannot be read is reported") {
  Fixture f;
  f.transport->answer("/api/v3/stocks/77", 200, R"({"stocks":[{"chrtId":2,"amount":5},{"chrtId":2,"amount":5}]})");
  f.transport->answer("/api/v3/stocks/77", 200, R"({"stocks":[{"chrtId":3,"amount":0}]})");
  Gather sink;
  const std::vector<std::string> asked{"3", "1", "2"};
  REQUIRE(f.make({.fbs_offers_per_request = 2})->fetch_stock({st::StockKind::fbs, "77", "Свой", asked}, sink, {}));
  CHECK(sink.seen == std::vector<std::string>{"2=5", "3=0"});
  CHECK(f.transport->sent()[0].body == R"({"chrtIds":[1,2]})");
  CHECK(f.transport->sent()[1].body == R"({"chrtIds":[3]})");

  const std::string good = R"({"chrtId":2,"amount":7})";
  for (const auto& [row, odd] : std::vector<std::pair<std::string, std::string>>{
           {R"({"chrtId":9,"amount":5})", "stocks[0] 9 chrtId was not asked for"},
           {R"({"sku":"1","amount":5})", "stocks[0]  chrtId is missing"},
           {R"({"chrtId":1,"amount":1000000000001})", "stocks[0] 1 amount is not a quantity"},
           {R"({"chrtId":1,"amount":2.5})", "stocks[0] 1 amount is not an integer of 64 bits"},
           {R"({"chrtId":1})", "stocks[0] 1 amount is missing"},
           {"null", "stocks[0]  a row is not an object"}}) {
    CAPTURE(row);
    Fixture g;
    g.transport->always("/api/v3/stocks/77", 200, R"({"stocks":[)" + row + "," + good + "]}");
    Gather other;
    REQUIRE(g.make()->fetch_stock({st::StockKind::fbs, "77", "Свой", asked}, other, {}));
    CHECK(other.seen == std::vector<std::string>{"2=7"});
    CHECK(other.odd == std::vector<std::string>{odd});
  }
  Fixture oversold;
  oversold.transport->always("/api/v3/stocks/77", 200, R"({"stocks":[{"chrtId":1,"amount":-5},)" + good + "]}");
  Gather zero;
  REQUIRE(oversold.make()->fetch_stock({st::StockKind::fbs, "77", "Свой", asked}, zero, {}));
  CHECK(zero.seen == std::vector<std::string>{"1=0", "2=7"});
  CHECK(zero.odd == std::vector<std::string>{"oversold stocks[0] 1 amount is negative"});
  Fixture twice;
  twice.transport->always("/api/v3/stocks/77", 200, R"({"stocks":[{"chrtId":1,"amount":5},{"chrtId":1,"amount":6}]})");
  Gather none;
  CHECK(twice.make()->fetch_stock({st::StockKind::fbs, "77", "Свой", asked}, none, {}).error().errc() ==
        st::Errc::vendor_contradiction);
  CHECK(none.seen.empty());
}

TEST_CASE("seller warehouses are listed, one that closes is marked, and an answer without a list fails") {
  Fixture f;
  f.transport->answer("/api/v3/warehouses", 200, R"([{"id":1,"name":"a","isDeleting":true},{"id":2,"name":"b"}])");
  f.transport->answer("/api/v3/warehouses", 200, "null");
  f.transport->answer("/api/v3/warehouses", 200, "{}");
  Gather sink;
  auto connector = f.make();
  REQUIRE(connector->list_warehouses(sink, {}));
  CHECK(sink.seen == std::vector<std::string>{"1 deleting", "2"});
  CHECK(connector->list_warehouses(sink, {}));
  CHECK_FALSE(connector->list_warehouses(sink, {}));
}

TEST_CASE("no error of the connector holds the token") {
  Fixture f;
  f.transport->answer("seller-info", 401, R"({"title":"unauthorized","detail":"token problem"})");
  const auto refused = f.make()->verify_credentials({});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::vendor_unauthorized);
  CHECK(refused.error().to_json().find(kToken) == std::string::npos);
  for (const auto& sent : f.transport->sent()) {
    CHECK((sent.url + sent.body).find(kToken) == std::string::npos);
    for (const auto& header : sent.headers) CHECK(header.value.find(kToken) == std::string::npos);
  }
}

TEST_CASE("options and credentials are checked before anything is sent") {
  const auto refused =
      st::wildberries::make_factory({.hosts = st::wildberries::Hosts::single_host("http://evil.example"),
                                     .cards_per_page = 0,
                                     .stock_rows_per_page = 300'000});
  REQUIRE_FALSE(refused);
  for (const char* field : {"hosts must", "cards_per_page", "stock_rows_per_page"})
    CHECK(refused.error().message().find(field) != std::string::npos);
  // One wrong address is one problem, and two are two.
  CHECK(refused.error().message().find("https") == refused.error().message().rfind("https"));
  auto hosts = st::wildberries::Options().hosts;
  hosts.content = hosts.prices = "http://evil.example";
  const auto two = st::wildberries::make_factory({.hosts = std::move(hosts)});
  REQUIRE_FALSE(two);
  CHECK(two.error().message() ==
        "wildberries::Options: hosts.content must be an https address, or http of this machine; hosts.prices must be "
        "an https address, or http of this machine");
  st::Credentials none;
  CHECK(st::wildberries::make_factory().value()->connect(none, {}).error().errc() == st::Errc::credentials_missing);
}

TEST_CASE("a report of a server that ignores the offset ends in a contradiction") {
  Fixture f;
  f.transport->always("wb-warehouses", 200, R"({"data":{"items":[)" + kRow + "]}}");
  Gather sink;
  CHECK(f.make({.stock_rows_per_page = 1})->fetch_stock({.kind = st::StockKind::fbo}, sink, {}).error().errc() ==
        st::Errc::vendor_contradiction);
  CHECK(f.transport->sent().size() == 2);
}
