// The cases of public bug reports, as far as they concern Wildberries, read end to end.
#include <fstream>
#include <sstream>

#include "tests/unit/adapters/wildberries/reading.hpp"

namespace st = stocktracker;
using namespace reading;

namespace {

// Of ../shared/cases where it lies beside the checkout, else the same text from here.
std::string case_file(const std::string& name, const std::string& same) {
  std::ifstream stream("../shared/cases/" + name, std::ios::binary);
  if (!stream) return same;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string size_of(int id, const std::string& price) {
  return R"({"sizeID":)" + std::to_string(id) + R"(,"price":10,"discountedPrice":)" + price + "}";
}
std::string card_of(int nm, const std::string& sizes, const std::string& currency = "\"RUB\"") {
  return R"({"nmID":)" + std::to_string(nm) + R"(,"currencyIsoCode4217":)" + currency + R"(,"sizes":[)" + sizes + "]}";
}
std::string goods(const std::string& cards) { return R"({"data":{"listGoods":[)" + cards + R"(]},"error":false})"; }

// One row or line of each list, which the endless servers repeat.
std::string page_with_one(List list, int number) {
  switch (list) {
    case List::cards:
      return R"({"cards":[{"nmID":1,"sizes":[{"chrtID":1}]}],"cursor":{"updatedAt":"2026-01-01T00:00:00Z","nmID":)" +
             std::to_string(number) + R"(,"total":1}})";
    case List::fbo:  // beside the rows something that changes, so that no two pages are alike
      return R"({"data":{"items":[{"nmId":1,"chrtId":1,"warehouseId":5,"warehouseName":"n","regionName":"r",)"
             R"("quantity":4}]},"page":)" +
             std::to_string(number) + "}";
    case List::orders:
      return R"({"data":{"snapshotTime":"2026-11-21T22:00:00Z","currency":"RUB","orders":[{"nmId":1,"chrtId":1,)"
             R"("srid":"a","createdAt":"2026-11-20T00:00:00Z","updatedAt":"2026-11-20T00:00:00Z","status":"created",)"
             R"("isMp":true}]}})";
    default:
      return goods(card_of(1, size_of(1, "9")));
  }
}

}  // namespace

TEST_CASE("C02: a price with more decimals than its currency has is left out and named, the others are known") {
  const std::string body =
      case_file("C02/wildberries_goods.json",
                R"({"data":{"listGoods":[{"nmID":1,"vendorCode":"A","currencyIsoCode4217":"RUB","sizes":[)"
                R"({"sizeID":11,"price":10,"discountedPrice":4.5454},{"sizeID":12,"price":10,"discountedPrice":9}]}]},)"
                R"("error":false,"errorText":""})");
  Account account;
  account.answers({body, goods("")});
  Collect sink;
  REQUIRE(read(*account.connector(), List::prices, sink));
  CHECK(sink.seen == std::vector<std::string>{"12=9.00 RUB"});
  CHECK(sink.odd ==
        std::vector<std::string>{"data.listGoods[0].sizes[0] 11 discountedPrice is not an amount of its currency"});
}

TEST_CASE("C02d: a price of 0 is no price; a card in an unknown currency has none, and each size of it is named") {
  Account account;
  account.answers({goods(card_of(1, size_of(11, "0"), "\"\"") + "," + card_of(2, size_of(21, "9")) + "," +
                         card_of(3, size_of(31, "5") + "," + size_of(32, "6"), "\"roubles\"") + "," +
                         card_of(4, size_of(41, "5"), "null") + "," + card_of(5, size_of(51, "-5")) + "," +
                         card_of(6, size_of(61, "\"5\"")) + "," + card_of(7, R"({"price":1,"discountedPrice":1})"))});
  Collect sink;
  REQUIRE(read(*account.connector(), List::prices, sink));
  CHECK(sink.seen == std::vector<std::string>{"21=9.00 RUB"});
  CHECK(sink.odd ==
        std::vector<std::string>{"data.listGoods[2].sizes[0] 31 currencyIsoCode4217 is not a currency",
                                 "data.listGoods[2].sizes[1] 32 currencyIsoCode4217 is not a currency",
                                 "data.listGoods[3].sizes[0] 41 currencyIsoCode4217 is not a currency",
                                 "data.listGoods[4].sizes[0] 51 discountedPrice is not an amount of its currency",
                                 "data.listGoods[5].sizes[0] 61 discountedPrice is not an amount of its currency",
                                 "data.listGoods[6].sizes[0]  sizeID is not an id"});
}

TEST_CASE("C03: a list that repeats its rows under new cursors or offsets ends in a contradiction within a few pages") {
  for (const List list : {List::cards, List::fbo, List::orders, List::prices}) {
    CAPTURE(static_cast<int>(list));
    Account account;
    account.transport->answer = [list, n = 0](const st::HttpRequest&) mutable {
      return st::HttpResponse{200, {}, page_with_one(list, ++n)};
    };
    Collect sink;
    const auto connector =
        account.connector({.cards_per_page = 1, .stock_rows_per_page = 1, .orders_per_page = 1, .prices_per_page = 1});
    const auto ended = read(*connector, list, sink);
    REQUIRE_FALSE(ended);
    CHECK(ended.error().errc() == st::Errc::vendor_contradiction);
    CHECK_FALSE(ended.error().details().operation.empty());
    CHECK(account.transport->bodies.size() <= 5);
  }
}

TEST_CASE("C03: a card list with a cursor that goes round ends in a contradiction") {
  Account account;
  account.transport->answer = [n = 0](const st::HttpRequest&) mutable {
    const int nm = n++ % 3 + 1;
    return st::HttpResponse{200,
                            {},
                            R"({"cards":[{"nmID":)" + std::to_string(nm) + R"(,"sizes":[{"chrtID":)" +
                                std::to_string(nm) + R"(}]}],"cursor":{"updatedAt":"t","nmID":)" + std::to_string(nm) +
                                R"(,"total":1}})"};
  };
  Collect sink;
  const auto ended = read(*account.connector(), List::cards, sink);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::vendor_contradiction);
  CHECK(account.transport->bodies.size() == 4);
}

TEST_CASE("C03: cards without sizes are something new, too") {
  Account account;
  account.transport->answer = [n = 0](const st::HttpRequest&) mutable {
    const std::string nm = std::to_string(++n);
    const std::string cards = n < 10 ? R"({"nmID":)" + nm + R"(,"sizes":[]})" : "";
    return st::HttpResponse{200,
                            {},
                            R"({"cards":[)" + cards + R"(],"cursor":{"updatedAt":"t","nmID":)" + nm + R"(,"total":)" +
                                (n < 10 ? "1" : "0") + "}}"};
  };
  Collect sink;
  CHECK(read(*account.connector({.cards_per_page = 1}), List::cards, sink));
}

TEST_CASE("C13: a byte order mark before any answer is skipped") {
  const std::string mark = "\xEF\xBB\xBF";
  for (const auto& [list, body] : std::vector<std::pair<List, std::string>>{
           {List::cards,
            R"({"cards":[{"nmID":1,"sizes":[{"chrtID":1}]}],"cursor":{"updatedAt":"t","nmID":1,"total":1}})"},
           {List::warehouses, R"([{"id":1,"name":"a"}])"},
           {List::fbo, page_with_one(List::fbo, 1)},
           {List::fbs, R"({"stocks":[{"chrtId":1,"amount":4}]})"},
           {List::orders, page_with_one(List::orders, 1)},
           {List::prices, page_with_one(List::prices, 1)}}) {
    CAPTURE(static_cast<int>(list));
    Account account;
    account.answers({mark + body});
    Collect sink;
    REQUIRE(read(*account.connector(), list, sink));
    CHECK(sink.seen.size() == 1);
  }
}

TEST_CASE("C23: a refusal without words, and an empty body, end each list with a reason") {
  for (const List list : kLists) {
    for (const auto& [status, body] :
         std::vector<std::pair<int, std::string>>{{400, ""}, {503, "{}"}, {400, R"({"code":"E7"})"}, {200, ""}}) {
      CAPTURE(static_cast<int>(list), status, body);
      Account account;
      account.transport->answer = [status = status, body = body](const st::HttpRequest&) {
        return st::HttpResponse{status, {}, body};
      };
      Collect sink;
      const auto ended = read(*account.connector(), list, sink);
      REQUIRE_FALSE(ended);
      CHECK_FALSE(ended.error().message().empty());
      CHECK_FALSE(ended.error().details().operation.empty());
      if (body.find("E7") != std::string::npos) CHECK(ended.error().message().find("E7") != std::string::npos);
      CHECK(sink.seen.empty());
    }
  }
  Account account;
  account.answers({});
  Collect sink;
  for (const List list : kLists) {
    const auto ended = read(*account.connector(), list, sink, {.deadline = st::Instant::from_seconds(1)});
    REQUIRE_FALSE(ended);
    CHECK(ended.error().errc() == st::Errc::deadline_exceeded);
    CHECK_FALSE(ended.error().details().operation.empty());
  }
}

TEST_CASE("C26: lists that are null or left out have no rows") {
  const std::string prices = case_file("C26/wb_prices.json", R"({"data":{"listGoods":null},"error":false})");
  for (const auto& [list, bodies] : std::vector<std::pair<List, std::vector<std::string>>>{
           {List::cards,
            {R"({"cards":null,"cursor":{"total":0}})", R"({"cursor":{"total":0}})", R"({"cards":null})",
             R"({"cards":[],"cursor":null})", "{}"}},
           {List::warehouses, {"null", "[]"}},
           {List::fbo, {R"({"data":{"items":null}})", R"({"data":{}})", R"({"data":null})", "{}"}},
           {List::fbs, {R"({"stocks":null})", "{}", R"({"stocks":[]})"}},
           {List::orders, {R"({"data":{"orders":null,"currency":"RUB"}})", R"({"data":{}})", R"({"data":null})", "{}"}},
           {List::prices, {prices, R"({"data":{}})", R"({"data":null})", "{}"}}}) {
    for (const std::string& body : bodies) {
      CAPTURE(static_cast<int>(list), body);
      Account account;
      account.transport->answer = [body = body](const st::HttpRequest&) { return st::HttpResponse{200, {}, body}; };
      Collect sink;
      CHECK(read(*account.connector(), list, sink));
      CHECK(sink.seen.empty());
      CHECK(sink.odd.empty());
    }
  }
}

TEST_CASE("what is no list where a list should be, and a refusal with status 200, still fail the source") {
  for (const auto& [list, body] :
       std::vector<std::pair<List, std::string>>{{List::cards, R"({"cards":{},"cursor":{"total":0}})"},
                                                 {List::cards, R"({"data":null,"error":true,"errorText":"no"})"},
                                                 {List::warehouses, "{}"},
                                                 {List::fbo, R"({"data":{"items":{}}})"},
                                                 {List::fbo, R"({"data":{"rows":[1]}})"},
                                                 {List::fbs, R"({"stocks":5})"},
                                                 {List::orders, R"({"data":{"orders":"none"}})"},
                                                 {List::orders, R"({"data":{"feed":[1]}})"},
                                                 {List::prices, R"({"data":{"listGoods":{}}})"},
                                                 {List::prices, R"({"data":null,"error":true,"errorText":""})"}}) {
    CAPTURE(static_cast<int>(list), body);
    Account account;
    account.transport->answer = [body = body](const st::HttpRequest&) { return st::HttpResponse{200, {}, body}; };
    Collect sink;
    const auto ended = read(*account.connector(), list, sink);
    REQUIRE_FALSE(ended);
    CHECK_FALSE(ended.error().message().empty());
  }
}

TEST_CASE("a price that a removed neighbour moved over a page border is read again") {
  // Ten cards, three a page; after the first page the first card leaves the list, and so do others later.
  for (const int times : {0, 1, 2, 3}) {
    CAPTURE(times);
    Account account;
    std::vector<int> listed{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    int left = times;
    account.transport->answer = [&](const st::HttpRequest& request) {
      const auto offset = std::stoul(request.url.substr(request.url.find("offset=") + 7));
      std::string cards;
      for (std::size_t n = offset; n < std::min(listed.size(), offset + 3); ++n) {
        cards += (cards.empty() ? "" : ",") + card_of(listed[n], size_of(listed[n], "9"));
      }
      if (offset == 0 && left > 0) {
        --left;
        listed.erase(listed.begin());
      }
      return st::HttpResponse{200, {}, goods(cards)};
    };
    Collect sink;
    const auto ended = read(*account.connector({.prices_per_page = 3}), List::prices, sink);
    if (times < 3) {
      REQUIRE(ended);
      CHECK(sink.by_offer.size() == 10);  // those that left were seen before they did
      CHECK(sink.seen.size() == 10);      // and none is given twice
      CHECK(account.transport->urls.back().find("offset=" + std::to_string(listed.size() - 1)) != std::string::npos);
    } else {
      REQUIRE_FALSE(ended);
      CHECK(ended.error().errc() == st::Errc::vendor_rebuilt);
      CHECK(ended.error().message() == "the list changed while it was read, three times");
      CHECK(ended.error().retryable());
    }
  }
}

TEST_CASE("a price list ends however large the server's pages are") {
  for (const std::size_t cap : {1U, 2U, 3U, 7U, 1'000U}) {
    for (const int count : {0, 1, 2, 3, 10}) {
      CAPTURE(cap, count);
      Account account;
      account.transport->answer = [&](const st::HttpRequest& request) {
        const auto offset = std::stoul(request.url.substr(request.url.find("offset=") + 7));
        std::string cards;
        for (std::size_t n = offset; n < std::min(static_cast<std::size_t>(count), offset + cap); ++n) {
          const int id = static_cast<int>(n) + 1;
          cards += (cards.empty() ? "" : ",") + card_of(id, size_of(id, "9"));
        }
        return st::HttpResponse{200, {}, goods(cards)};
      };
      Collect sink;
      REQUIRE(read(*account.connector(), List::prices, sink));
      CHECK(sink.by_offer.size() == static_cast<std::size_t>(count));
      if (cap == 1'000U) CHECK(account.transport->urls.size() == (count == 0 ? 1U : 2U));
    }
  }
}
