// Ozon's published examples and pushed bodies, decoded.
#include <map>

#include <stocktracker/core/time_text.hpp>

#include "adapters/ozon/error_map.hpp"
#include "adapters/ozon/keys.hpp"
#include "adapters/ozon/order_pass.hpp"
#include "adapters/ozon/postings.hpp"
#include "adapters/ozon/prices.hpp"
#include "adapters/ozon/products.hpp"
#include "adapters/ozon/stock.hpp"
#include "tests/support/published.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace std::chrono_literals;

namespace {

class Odd : public st::AnswerSink {
 public:
  void odd_row(const st::OddRow& row) override {
    rows.push_back(std::string(row.location).append(": ").append(row.reason).append(" of ").append(row.key));
    if (row.kind == st::RowOddity::oversold) ++oversold;
  }
  std::vector<std::string> rows;
  int oversold = 0;
};

class Offers final : public st::OfferSink {
 public:
  st::Result<void> offers(std::span<const st::OfferRow> page) override {
    for (const auto& row : page) {
      titles[std::string(row.key)] = row.title;
      known[std::string(row.key)] = row.details_known;
      barcodes += row.barcodes.size();
    }
    return st::success();
  }
  void odd_row(const st::OddRow& row) override { odd.odd_row(row); }
  std::map<std::string, std::string> titles;
  std::map<std::string, bool> known;
  std::size_t barcodes = 0;
  Odd odd;
};

class Warehouses final : public st::WarehouseSink {
 public:
  st::Result<void> warehouses(std::span<const st::WarehouseRow> page) override {
    for (const auto& row : page) names[std::string(row.key)] = row.name;
    return st::success();
  }
  std::map<std::string, std::string> names;
};

class Lines final : public st::OrderSink {
 public:
  st::Result<void> lines(std::span<const st::OrderLineRow> page) override {
    for (const auto& row : page) {
      statuses[std::string(row.key)] = row.status;
      places[std::string(row.key)] = row.warehouse_name;
      if (row.price) units.emplace(row.key, *row.price);
    }
    return st::success();
  }
  void restart() override {}
  std::map<std::string, st::OrderStatus> statuses;
  std::map<std::string, std::string> places;
  std::map<std::string, st::Money> units;
};

class Prices final : public st::PriceSink {
 public:
  st::Result<void> prices(std::span<const st::PriceRow> page) override {
    for (const auto& row : page) asked.emplace(row.offer, row);
    return st::success();
  }
  std::map<std::string, st::PriceRow> asked;
};

const oz::WarehouseNames kNames{{1, "ХОРУГВИНО_РФЦ"}};

}  // namespace

TEST_CASE("the published examples of Ozon decode") {
  Odd odd;
  Offers offers;
  Warehouses warehouses;
  Lines lines;
  Prices prices;
  oz::Articles articles;
  st::PageWatch watch("op");
  std::vector<oz::ListedProduct> products;
  const auto example = [](const char* file) {
    return published(std::string("ozon/") + file, {"responses", "200", "example"});
  };
  if (const auto body = example("POST_v3_product_list.json")) {
    const auto page = oz::decode_product_list(*body, odd, products).value();
    CHECK(products.at(0).offer_id == "2026-01-13 16:56:03 PDF");
    CHECK(products.at(0).product_id == 3397917680);
    CHECK_FALSE(page.cursor.empty());
  }
  if (const auto body = example("POST_v3_product_info_list.json")) {
    const std::vector<oz::ListedProduct> asked{{"OFFER_123456789", 100001}};
    REQUIRE(oz::decode_product_info(*body, asked, offers));
    CHECK(offers.titles.at("OFFER_123456789") == "Тестовый товар 123");
    CHECK(offers.barcodes == 1);
  }
  if (const auto body = example("POST_v5_product_info_prices.json")) {
    REQUIRE(oz::decode_prices(*body, articles, watch, prices));
    CHECK(prices.asked.at("test-offer-123456").price == st::Money(299'999, st::Currency::rub()));
    CHECK(prices.asked.at("test-offer-123456").lowest_price == st::Money(279'999, st::Currency::rub()));
  }
  if (const auto body = example("POST_v2_warehouse_list.json")) {
    CHECK(oz::decode_warehouses(*body, warehouses).value().rows == 1);  // its has_next is a text
    CHECK(warehouses.names.at("20605650762000") == "17023");
  }
  if (const auto body = example("POST_v1_product_info_warehouse_stocks.json")) {
    oz::StockRows rows(kNames, odd);
    REQUIRE(rows.add_fbs(*body, {"1020003080073000", "own", "", st::WarehouseKind::seller}, {"02105020-35"}, watch));
    const auto columns = rows.take();
    REQUIRE(columns.rows() == 1);
    CHECK(columns.on_hand[0] == 1'000);
  }
  oz::Returns returns;
  if (const auto body = example("POST_v1_returns_list.json")) {
    const auto page = oz::decode_returns(*body, odd, watch, returns).value();
    CHECK(page.cursor == "1000015552");
    // Refused at the door: never with the buyer.
    CHECK(returns.lines.at("58544282-0057-1/1100526203").refused == 1);
    CHECK(returns.lines.at("58544282-0057-1/1100526203").given_back == 0);
  }
  if (const auto body = example("POST_v3_posting_fbo_list.json")) {
    REQUIRE(oz::decode_postings(*body, {st::StockKind::fbo, returns}, lines));
    CHECK(lines.statuses.at("9121072335-0187-1/9880276314") == st::OrderStatus::delivered);
    CHECK(lines.places.at("9121072335-0187-1/9880276314") == "ОМСК_РФЦ");
    CHECK(lines.units.at("9121072335-0187-1/9880276314") == st::Money(2'899'000, st::Currency::rub()));
  }
  if (const auto body = example("POST_v4_posting_fbs_list.json")) {
    REQUIRE(oz::decode_postings(*body, {st::StockKind::fbs, returns}, lines));
    CHECK(lines.statuses.at("0208245774-0029-1/1904686181") == st::OrderStatus::placed);
    CHECK(lines.places.at("0208245774-0029-1/1904686181") == "17023");
  }
  CHECK(odd.rows.empty());
  CHECK(offers.odd.rows.empty());
}

TEST_CASE("what Ozon pushes decodes, each of the published bodies") {
  for (const char* type : {"TYPE_CHAT_CLOSED",           "TYPE_CREATE_ITEM",
                           "TYPE_CREATE_OR_UPDATE_ITEM", "TYPE_CUTOFF_DATE_CHANGED",
                           "TYPE_DELIVERY_DATE_CHANGED", "TYPE_FBO_POSTING_CANCELLED",
                           "TYPE_FBO_POSTING_NEW",       "TYPE_FBO_POSTING_STATE_CHANGED",
                           "TYPE_FBO_STOCKS_CHANGED",    "TYPE_MESSAGE_READ",
                           "TYPE_NEW_MESSAGE",           "TYPE_NEW_POSTING",
                           "TYPE_ORDER_CANCELLED",       "TYPE_ORDER_NEW",
                           "TYPE_ORDER_STATE_CHANGED",   "TYPE_PING",
                           "TYPE_POSTING_CANCELLED",     "TYPE_STATE_CHANGED",
                           "TYPE_STOCKS_CHANGED",        "TYPE_UPDATE_ITEM",
                           "TYPE_UPDATE_MESSAGE"}) {
    const auto body = published(std::string("ozon/push/") + type + ".json", {"body"});
    if (!body) continue;
    INFO(type);
    const auto push = oz::decode_push(*body);
    INFO((push ? std::string() : push.error().text()));
    REQUIRE(push.has_value());
    CHECK(push.value().type == type);
  }
  if (const auto body = published("ozon/push/TYPE_FBO_STOCKS_CHANGED.json", {"body"})) {
    const auto push = oz::decode_push(*body).value();
    REQUIRE(push.stock.size() == 1);
    CHECK(push.stock[0].present == 321);
    CHECK(push.stock[0].reserved == 12);
    CHECK(push.seller == "7376");
  }
  if (const auto body = published("ozon/push/TYPE_NEW_POSTING.json", {"body"})) {
    CHECK(oz::decode_push(*body).value().posting == "24319409-0021-1");
  }
  // As the table has it: an array.
  const auto listed = oz::decode_push(
      R"({"message_type":"TYPE_FBO_STOCKS_CHANGED","sku":"5","seller_id":"9","stocks":[{"new_present":3,"new_reserved":"1"}]})");
  CHECK(listed.value().stock.at(0).sku == 5);
  CHECK(listed.value().seller == "9");
  CHECK(oz::decode_push(
            R"({"message_type":"TYPE_STOCKS_CHANGED","items":[{"stocks":[{"warehouse_id":1,"present":-1}]}]})")
            .error()
            .details()
            .field == "present");
  CHECK(oz::decode_push("{}").error().details().field == "message_type");
}

TEST_CASE("Ozon's numbers may be texts, and its lists null") {
  Odd odd;
  st::PageWatch watch("op");
  oz::StockRows rows(kNames, odd);
  const auto page = rows.add_fbo(
      R"({"products":[{"offer_id":"007","product_id":"5","warehouse_id":"1","present":"12","reserved":"2","sku":null},)"
      R"({"offer_id":"007","product_id":"5","warehouse_id":1,"present":13,"reserved":2},)"
      R"({"offer_id":"8","warehouse_id":99,"present":1,"reserved":4,"unheard_of":{}}],"cursor":5,"has_next":"true"})",
      watch);
  REQUIRE(page.has_value());
  CHECK(page.value().cursor == "5");
  CHECK(page.value().next().value() == "5");
  const auto columns = rows.take();
  REQUIRE(columns.rows() == 2);  // one row twice: the last one counts
  CHECK(columns.offer.text(0) == "007");
  CHECK(columns.on_hand[0] == 11);
  CHECK(columns.reserved[0] == 2);
  CHECK(columns.on_hand[1] == 0);  // more is reserved than there is: nothing is free
  CHECK(odd.rows == std::vector<std::string>{"products[2]: reserved is more than present of 8"});
  CHECK(odd.oversold == 1);
  CHECK(columns.warehouses[0].name == "ХОРУГВИНО_РФЦ");
  CHECK(columns.warehouses[1].name.empty());
  for (const char* body : {R"({"products":null})", R"({"result":[]})", "{}"}) {
    oz::StockRows none(kNames, odd);
    CHECK(none.add_fbo(body, watch).value().next().value() == std::nullopt);
    CHECK(none.take().rows() == 0);
  }
  for (const char* body : {R"({"products":{}})", R"({"goods":[{"offer_id":"1"}]})", "[]", "no JSON"}) {
    oz::StockRows none(kNames, odd);
    CHECK(none.add_fbo(body, watch).error().errc() == st::Errc::vendor_schema);
  }
  Warehouses warehouses;
  CHECK(oz::decode_warehouses(R"({"warehouses":null,"has_next":false})", warehouses).value().next().value() ==
        std::nullopt);
}

TEST_CASE("an article that no store takes costs its row of Ozon's stock and no other one") {
  Odd odd;
  st::PageWatch watch("op");
  oz::StockRows rows(kNames, odd);
  const auto row = [](const std::string& offer, int product) {
    return R"({"offer_id":")" + offer + R"(","product_id":)" + std::to_string(product) +
           R"(,"warehouse_id":1,"present":3,"reserved":1})";
  };
  const std::string body = R"({"products":[)" + row("A", 1) + "," + row("z\\u0000", 2) + "," + row("кружка", 3) + "," +
                           row("\\uD800", 4) + "," + row(std::string(1'025, 'x'), 5) + "," +
                           row(std::string(1'024, 'y'), 6) + R"(],"cursor":""})";
  REQUIRE(rows.add_fbo(body, watch));
  const auto columns = rows.take();
  REQUIRE(columns.rows() == 3);
  CHECK(columns.offer.text(0) == "A");
  CHECK(columns.offer.text(1) == "кружка");
  CHECK(columns.listing.text(1) == "3");
  CHECK(columns.offer.text(2) == std::string(1'024, 'y'));
  CHECK(columns.on_hand == std::vector<std::int64_t>{2, 2, 2});
  CHECK(columns.reserved == std::vector<std::int64_t>{1, 1, 1});
  const std::string unstorable = "products: offer_id is not UTF-8, has a zero byte, or is too long of ";
  CHECK(odd.rows == std::vector<std::string>{"products[3]: offer_id is empty of ", unstorable, unstorable});
  // Also where every other article is plain.
  for (const std::string& offer : {std::string(1'025, 'x'), std::string("z\\u0000")}) {
    oz::StockRows plain(kNames, odd);
    REQUIRE(plain.add_fbo(R"({"products":[)" + row("A", 1) + "," + row(offer, 2) + R"(],"cursor":""})", watch));
    const auto kept = plain.take();
    REQUIRE(kept.rows() == 1);
    CHECK(kept.offer.text(0) == "A");
  }
  // An answer with bytes that are not UTF-8 is no JSON, in every list.
  const auto no_json = rows.add_fbo(R"({"products":[)" + row("\xFF\xFE", 7) + R"(],"cursor":""})", watch);
  CHECK(no_json.error().errc() == st::Errc::vendor_schema);
}

TEST_CASE("half a list never looks like a short one") {
  const auto next = [](std::string cursor, std::size_t rows, std::optional<bool> has_next) {
    return oz::NextPage{std::move(cursor), rows, has_next}.next();
  };
  CHECK(next("c2", 5, false).value() == std::nullopt);
  CHECK(next("", 5, std::nullopt).value() == std::nullopt);
  CHECK(next("c2", 0, std::nullopt).value() == std::nullopt);
  CHECK(next("c2", 5, std::nullopt).value() == "c2");
  CHECK(next("c2", 0, true).value() == "c2");  // the watch ends a list of empty pages
  // It promises more and shows no way to it.
  CHECK(next("", 5, true).error().errc() == st::Errc::vendor_contradiction);
}

TEST_CASE("a line that came back is returned, one that came back in part is not") {
  const std::string posting =
      R"({"postings":[{"posting_number":"1-1","status":"delivered","in_process_at":"2026-05-10T11:51:30.106Z",)"
      R"("analytics_data":null,"products":[{"sku":7,"offer_id":"a","quantity":2,"price":null},)"
      R"({"sku":8,"offer_id":"b","quantity":1,"price":{"amount":"","currency":"RUB"}}]}]})";
  const auto back = [](int id, const char* sku, int quantity) {
    return R"({"id":")" + std::to_string(id) + R"(","type":"ClientReturn","posting_number":"1-1","product":{"sku":")" +
           sku + R"(","quantity":)" + std::to_string(quantity) +
           R"(},"logistic":{"return_date":"2026-05-12T00:00:00Z"}})";
  };
  Odd odd;
  st::PageWatch watch("op");
  oz::Returns returns;
  REQUIRE(oz::decode_returns(R"({"returns":[)" + back(5, "7", 1) + "," + back(6, "8", 1) + "]}", odd, watch, returns));
  // The border of a page comes again.
  REQUIRE(oz::decode_returns(R"({"returns":[)" + back(5, "7", 1) + "]}", odd, watch, returns));
  Lines lines;
  REQUIRE(oz::decode_postings(posting, {st::StockKind::fbo, returns}, lines));
  CHECK(lines.statuses.at("1-1/7") == st::OrderStatus::delivered);
  CHECK(lines.statuses.at("1-1/8") == st::OrderStatus::returned);
  CHECK(lines.units.empty());
  REQUIRE(oz::decode_returns(R"({"returns":[)" + back(7, "7", 1) + "]}", odd, watch, returns));
  REQUIRE(oz::decode_postings(posting, {st::StockKind::fbo, returns}, lines));
  CHECK(lines.statuses.at("1-1/7") == st::OrderStatus::returned);
}

TEST_CASE("Ozon's refusals become errors, and a wait that stands only in the text is kept") {
  const st::HttpRequest request{.operation = "ozon.prices"};
  const auto judged = [&](int status, std::string body) {
    return st::check_response(oz::errors(), request, {status, {}, std::move(body)},
                              st::Instant::from_seconds(1'795'300'000))
        .error();
  };
  const auto words =
      judged(429, R"({"code":"RESOURCE_EXHAUSTED","message":"Retry after 120 seconds. Remaining 10 items"})");
  CHECK(words.errc() == st::Errc::vendor_throttled);
  CHECK(words.details().retry_after == st::Duration(120s));
  CHECK(words.details().vendor_code == "RESOURCE_EXHAUSTED");
  const auto plain = judged(429, R"({"code":8,"message":"You have reached request rate limit per second"})");
  CHECK_FALSE(plain.details().retry_after.has_value());
  CHECK(plain.details().vendor_code == "8");
  CHECK(judged(403, R"({"code":7,"message":"Api-key is deactivated"})").errc() == st::Errc::vendor_forbidden);
  CHECK(judged(401, "").errc() == st::Errc::vendor_unauthorized);
  CHECK(judged(404, "no JSON").errc() == st::Errc::vendor_method_gone);
  CHECK(judged(400, "{}").errc() == st::Errc::vendor_rejected);
  CHECK(judged(503, "upstream").errc() == st::Errc::vendor_unavailable);
  CHECK(judged(302, "").errc() == st::Errc::vendor_schema);
}

TEST_CASE("Ozon's credentials are checked before anything is sent") {
  const auto make = [](const char* id, const char* key) {
    return oz::Keys::make(oz::credentials(id, st::Secret::copy_of(key)));
  };
  CHECK(make("123", "key-1").has_value());
  CHECK(make("", "key-1").error().details().field == "client_id");
  CHECK(make("12a", "key-1").error().errc() == st::Errc::invalid_argument);
  CHECK(make("123", "").error().errc() == st::Errc::credentials_missing);
  CHECK(make("123", "a b").error().details().field == "api_key");
  CHECK(make("123", "canary b").error().text().find("canary") == std::string::npos);
}
