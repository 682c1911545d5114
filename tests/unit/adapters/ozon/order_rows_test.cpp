// Orders, returns and prices of Ozon: every member of every row, and every request.
#include "tests/unit/adapters/ozon/scripted_shop.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace ozon_rows;

TEST_CASE("Ozon's prices are what is asked, what is crossed out and what is the least, over all pages") {
  Shop shop;
  const auto item = [](int product, const char* offer, const std::string& price) {
    return R"({"product_id":)" + std::to_string(product) + R"(,"offer_id":")" + offer + R"(","price":{)" + price + "}}";
  };
  shop.script
      ->answer("/v5/product/info/prices",
               R"({"cursor":"c1","items":[)" +
                   item(1, "A",
                        R"("price":90.5,"old_price":120,"min_price":80,"marketing_price":70,"currency_code":"RUB")") +
                   "," + item(2, "B", R"("price":"0.99","old_price":"","min_price":null,"currency_code":"KZT")") + "]}")
      .answer("/v5/product/info/prices",
              R"({"cursor":"c2","items":[)" +
                  item(3, "C", R"("price":"0.00","old_price":"0","min_price":0,"currency_code":"")") + "," +
                  item(4, "D", R"("price":1,"old_price":-2,"currency_code":"RUB")") + "," +
                  item(5, "E", R"("price":1,"min_price":{},"currency_code":"RUB")") + "]}")
      .answer("/v5/product/info/prices",
              R"({"cursor":"c3","items":[)" + item(6, "F", R"("price":5,"currency_code":"RUB")") + "]}")
      .answer("/v5/product/info/prices", R"({"cursor":"","items":[]})");
  REQUIRE(shop.connector({.prices_per_page = 3})->fetch_prices(shop.rows, {}));
  CHECK(shop.rows.seen == Lines{"price|A|90.50 RUB|120.00 RUB|80.00 RUB", "price|B|0.99 KZT|-|-",
                                "unreadable|items[1]|D|price.old_price is no amount of its currency",
                                "unreadable|items[2]|E|price.min_price is no amount", "price|F|5.00 RUB|-|-"});
  const auto request = [](const char* cursor) {
    return R"(POST /v5/product/info/prices {"cursor":")" + std::string(cursor) +
           R"(","filter":{"visibility":"ALL"},"limit":3})";
  };
  CHECK(shop.script->asked == Lines{request(""), request("c1"), request("c2"), request("c3")});
}

TEST_CASE("orders of Ozon's are read from both lists to their ends, with their returns, every member of them") {
  Shop shop;
  shop.script
      ->answer(
          "/v1/returns/list",
          R"({"has_next":true,"returns":[{"id":501,"type":"ClientReturn","posting_number":"P-1","product":{"sku":1,"quantity":1},)"
          R"("logistic":{"return_date":"2026-11-25T12:00:00Z"}},)"
          R"({"id":502,"type":"ClientReturn","posting_number":"P-9","product":{"sku":1,"quantity":1}}]})")
      .answer(
          "/v1/returns/list",
          R"({"has_next":false,"returns":[{"id":"503","type":"ClientReturn","posting_number":"P-1","product":{"sku":"1","quantity":"1"},)"
          R"("logistic":{"return_date":"2026-11-24T12:00:00Z"}}]})")
      .answer("/v3/posting/fbo/list",
              page("postings",
                   posting("P-1", product(1, "A", 2) + "," + product(2, "B", 1, "7.5", "KZT"),
                           R"(,"created_at":"2026-11-24T06:00:00Z","in_process_at":"2026-11-24T07:00:00Z",)"
                           R"("analytics_data":{"warehouse_id":77,"warehouse_name":"North"},)"
                           R"("delivery_method":{"warehouse_id":5,"warehouse":"wrong"})"),
                   "f1"))
      .answer("/v3/posting/fbo/list",
              page("postings", posting("P-2", product(1, "A"),
                                       R"(,"in_process_at":"2026-11-24T08:00:00Z",)"
                                       R"("analytics_data":{"warehouse_id":0,"warehouse":"South"})",
                                       "delivering")))
      .answer("/v4/posting/fbs/list", page("postings",
                                           posting("S-1", product(3, "C", 3, "\"\""),
                                                   R"(,"in_process_at":"2026-11-24T09:00:00Z",)"
                                                   R"("analytics_data":{"warehouse_id":5,"warehouse":"wrong"},)"
                                                   R"("delivery_method":{"warehouse_id":1020,"warehouse":"Own"})",
                                                   "cancelled"),
                                           "s1"))
      .answer("/v4/posting/fbs/list",
              page("postings", posting("S-2", product(3, "C", 1, "1.005"), R"(,"in_process_at":"2026-11-24T10:00:00Z")",
                                       "teleported")));
  const auto covered =
      shop.connector({.postings_per_page = 2})->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, {});
  REQUIRE(covered);
  Lines seen = shop.rows.seen;
  std::sort(seen.begin(), seen.end());
  CHECK(
      seen ==
      Lines{
          "covered|2026-09-26T00:00:00Z|2026-11-24T10:00:00.000001Z",
          "incomplete|postings[0].products|S-2|price is no amount of a currency",
          "line|P-1/1|P-1|A||A|returned|delivered|fbo|77|North|2|100.00 RUB|2026-11-24T06:00:00Z|2026-11-25T12:00:00Z",
          "line|P-1/2|P-1|B||B|delivered|delivered|fbo|77|North|1|7.50 KZT|2026-11-24T06:00:00Z|2026-11-24T06:00:00Z",
          "line|P-2/1|P-2|A||A|placed|delivering|fbo||South|1|100.00 RUB|2026-11-24T08:00:00Z|2026-11-24T08:00:00Z",
          "line|S-1/3|S-1|C||C|cancelled|cancelled|fbs|1020|Own|3|-|2026-11-24T09:00:00Z|2026-11-24T09:00:00Z",
          "line|S-2/3|S-2|C||C|unknown|teleported|fbs|||1|-|2026-11-24T10:00:00Z|2026-11-24T10:00:00Z"});
  // 60 days are read again, since postings do not say when they changed.
  const auto returns = [](const char* last) {
    return R"(POST /v1/returns/list {"filter":{"logistic_return_date":{"time_from":"2026-09-26T00:00:00Z",)"
           R"("time_to":"2026-11-26T09:00:00Z"}},"limit":500,"last_id":)" +
           std::string(last) + "}";
  };
  const auto list = [](const char* path, const char* cursor) {
    return "POST " + std::string(path) + R"( {"cursor":")" + cursor +
           R"(","filter":{"since":"2026-09-26T00:00:00Z","to":"2026-11-26T09:00:00Z"},"limit":2,"sort_dir":"ASC",)"
           R"("with":{"analytics_data":true}})";
  };
  Lines asked = shop.script->asked;
  CHECK(asked.at(0) == returns("0"));
  CHECK(asked.at(1) == returns("502"));
  std::sort(asked.begin() + 2, asked.end());
  CHECK(Lines(asked.begin() + 2, asked.end()) ==
        Lines{list("/v3/posting/fbo/list", ""), list("/v3/posting/fbo/list", "f1"), list("/v4/posting/fbs/list", ""),
              list("/v4/posting/fbs/list", "s1")});
}

TEST_CASE("where the time of a call ran out, how far its pass came is remembered all the same") {
  Shop shop;
  shop.script->latency = 10s;
  shop.script->always("/v1/returns/list", "{}")
      .answer("/v3/posting/fbo/list", page("postings", posting("P-1", product(1, "A")), "f1"))
      .always("/v4/posting/fbs/list", page("postings", ""));
  st::CallContext context;
  context.deadline = shop.script->clock->now() + 25s;  // returns, and a page of each list
  const auto ended = shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, context);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().errc() == st::Errc::deadline_exceeded);
  CHECK_FALSE(shop.memory->kept["orders_pass"].empty());
  CHECK(shop.memory->kept["orders_pass"].find("\nf1\n") != std::string::npos);
}

TEST_CASE("an interrupted pass covers what lies before its last line, less the time that orders take to be listed") {
  // When the last posting began to be processed, and what is covered: another one may have waited as long.
  for (const auto& [processed, until] : {std::pair("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
                                         std::pair("2026-11-24T12:00:00Z", "2026-11-24T08:00:00Z")}) {
    INFO(processed);
    Shop shop;
    shop.script->latency = 10s;
    const auto dated = [](const std::string& number, const std::string& created, const std::string& begun) {
      return posting(number, product(1, "A"), R"(,"created_at":")" + created + R"(","in_process_at":")" + begun + "\"");
    };
    shop.script->always("/v1/returns/list", "{}")
        .answer("/v3/posting/fbo/list",
                page("postings", dated("P-1", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z"), "f1"))
        .answer("/v3/posting/fbo/list", page("postings", dated("P-2", "2026-11-24T10:00:00Z", processed), "f2"))
        .always("/v4/posting/fbs/list", page("postings", ""));
    st::CallContext context;
    context.deadline = shop.script->clock->now() + 35s;  // returns, two pages of one list and one of the other
    REQUIRE_FALSE(shop.connector()->fetch_orders({at("2026-11-25T00:00:00Z")}, shop.rows, context));
    CHECK(shop.rows.seen.back() == "covered|2026-09-26T00:00:00Z|" + std::string(until));
    CHECK(shop.memory->kept["orders_pass"].find("\nf1\n") != std::string::npos);
  }
}

TEST_CASE("a posting's line is what the posting says, and what cannot be is reported and not guessed") {
  const auto line = [](const std::string& rest) {
    const Lines seen = lines_of(posting("1-1", product(1, "A"), rest));
    REQUIRE(seen.size() == 1);
    return seen[0].substr(seen[0].rfind('|', seen[0].rfind('|') - 1) + 1);
  };
  const std::string created = R"("created_at":"2026-11-20T01:00:00Z")";
  const std::string processed = R"("in_process_at":"2026-11-20T02:00:00Z")";
  const std::string delivering = R"("delivering_date":"2026-11-20T03:00:00Z")";
  const std::string shipment = R"("shipment_date":"2026-11-20T04:00:00Z")";
  const std::string without = R"("shipment_date_without_delay":"2026-11-20T05:00:00Z")";
  const auto hour = [](const char* number) { return "2026-11-20T0" + std::string(number) + ":00:00Z"; };
  const auto both = [&](const char* number) { return hour(number) + "|" + hour(number); };
  CHECK(line("," + processed + "," + created) == both("1"));
  CHECK(line("," + without + "," + shipment + "," + delivering + "," + processed) == both("2"));
  CHECK(line("," + without + "," + shipment + "," + delivering) == both("3"));
  CHECK(line("," + without + "," + shipment) == both("4"));
  CHECK(line("," + without) == both("5"));
  CHECK(line(R"(,"created_at":"","in_process_at":"soon",)" + shipment) == both("4"));
  // A date that is yet to come is the day of the reading.
  CHECK(line(R"(,"shipment_date":"2026-11-28T04:00:00Z")") == "2026-11-26T00:00:00Z|2026-11-26T00:00:00Z");
  CHECK(line(R"(,"shipment_date":"2026-11-26T09:00:00Z")") == "2026-11-26T09:00:00Z|2026-11-26T09:00:00Z");

  const auto tail = [](const std::string& products) { return lines_of(posting("1-1", products)); };
  const auto is = [](const char* key, const char* offer, const std::string& quantity, const char* price) {
    return "line|1-1/" + std::string(key) + "|1-1|" + offer + "||" + offer + "|delivered|delivered|fbs|||" + quantity +
           "|" + price + "|2026-11-25T07:00:00Z|2026-11-25T07:00:00Z";
  };
  CHECK(tail(product(1, "A", 2) + "," + product(1, "A", 3)) == Lines{is("1", "A", "5", "100.00 RUB")});
  CHECK(tail(product(1, "A", 2) + "," + product(1, "A", 3, "\"\"")) == Lines{is("1", "A", "5", "-")});
  CHECK(tail(product(1, "A", 2) + "," + product(1, "B", 3)) ==
        Lines{"unreadable|postings[0].products[1]|1-1|offer_id is another one than of the same sku before",
              is("1", "A", "2", "100.00 RUB")});
  const std::string most = R"({"sku":1,"offer_id":"A","quantity":1000000000000})";
  CHECK(tail(most + "," + product(1, "A", 1, "null")) ==
        Lines{"unreadable|postings[0].products[1]|1-1|quantity is no quantity when added up",
              is("1", "A", "1000000000000", "-")});
  for (const char* const quantity : {"0", "-1", "1000000000001", "1.5", "null"}) {
    CHECK(tail(R"({"sku":1,"offer_id":"A","quantity":)" + std::string(quantity) + "}") ==
          Lines{"unreadable|postings[0].products[0]|1-1|quantity is no quantity"});
  }
  // Two postings may name one product each: their lines are two.
  CHECK(lines_of(posting("1-1", product(1, "A")) + "," + posting("1-2", product(1, "A"))).size() == 2);
  CHECK(tail(product(1, "A", 1, "\"5\"", "roubles")) ==
        Lines{"incomplete|postings[0].products|1-1|price is no amount of a currency", is("1", "A", "1", "-")});
}

TEST_CASE("a return changes the line that reached the buyer, to what it became and when") {
  const auto back = [](int id, const char* type, const char* quantity, const char* date = "2026-11-25T12:00:00Z") {
    return R"({"id":)" + std::to_string(id) + R"(,"type":")" + type +
           R"(","posting_number":"1-1","product":{"sku":1,"quantity":)" + quantity +
           R"(},"logistic":{"return_date":")" + date + R"("}})";
  };
  const auto line = [&](const std::string& returns, const char* status = "delivered") {
    const Lines seen = lines_of(posting("1-1", product(1, "A", 2), {}, status), returns);
    REQUIRE(seen.size() == 1);
    const std::size_t word = seen[0].find("|A||A|") + 6;
    return seen[0].substr(word, seen[0].find('|', word) - word) + " " + seen[0].substr(seen[0].rfind('|') + 1);
  };
  CHECK(line("") == "delivered 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "ClientReturn", "2")) == "returned 2026-11-25T12:00:00Z");
  CHECK(line(back(1, "ClientReturn", "1")) == "delivered 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "FullReturn", "2")) == "cancelled 2026-11-25T12:00:00Z");
  // One unit refused and one given back: the line came back, at the later moment of the two.
  CHECK(line(back(1, "PartialReturn", "1", "2026-11-25T13:00:00Z") + "," + back(2, "ClientReturn", "1")) ==
        "returned 2026-11-25T13:00:00Z");
  CHECK(line(back(1, "ClientReturn", "1") + "," + back(1, "ClientReturn", "1")) == "delivered 2026-11-25T07:00:00Z");
  // Never before it was ordered, and never of a posting that did not reach anybody.
  CHECK(line(back(1, "ClientReturn", "2", "2026-11-01T00:00:00Z")) == "returned 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "ClientReturn", "2"), "cancelled") == "cancelled 2026-11-25T07:00:00Z");
  CHECK(line(back(1, "ClientReturn", "2"), "delivering") == "placed 2026-11-25T07:00:00Z");
}
