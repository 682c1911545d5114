// What a key of Ozon opens, what the marketplace can do, and what it pushes.
#include "tests/unit/adapters/ozon/scripted_shop.hpp"

namespace st = stocktracker;
namespace oz = stocktracker::ozon;
using namespace ozon_rows;

TEST_CASE("the key of an Ozon seller is checked by asking, and its rights are those that Ozon reports") {
  Shop shop;
  shop.script->answer("/v1/seller/info", R"({"company":{"name":"Clay & Co","inn":"7"}})")
      .answer("/v1/seller/info", R"({"company":null})")
      .answer("/v1/seller/info", "{}");
  const auto connector = shop.connector();
  const auto seller = connector->verify_credentials({}).value();
  CHECK(seller.key == "123");
  CHECK(seller.name == "Clay & Co");
  CHECK(connector->verify_credentials({}).error().errc() == st::Errc::vendor_schema);
  CHECK(connector->verify_credentials({}).error().errc() == st::Errc::vendor_schema);
  CHECK(shop.script->secrets == Lines(3, "Client-Id: 123; Api-Key: key-1"));
  CHECK(shop.script->owners.at(0) == "123 ");
  CHECK(shop.script->hosts.at(0) == "https://api-seller.ozon.ru");
  for (const auto& [status, code] : std::vector<std::pair<int, st::Errc>>{{401, st::Errc::vendor_unauthorized},
                                                                          {403, st::Errc::vendor_forbidden},
                                                                          {402, st::Errc::vendor_payment_required},
                                                                          {404, st::Errc::vendor_method_gone},
                                                                          {409, st::Errc::vendor_rejected},
                                                                          {420, st::Errc::vendor_rejected},
                                                                          {204, st::Errc::vendor_schema},
                                                                          {429, st::Errc::vendor_throttled},
                                                                          {502, st::Errc::vendor_unavailable}}) {
    INFO(status);
    Shop refused;
    refused.script->answer("", R"({"company":{"name":"x"}})", status, {{"X-O3-Trace-Id", "t-1"}});
    const auto error = refused.connector()->verify_credentials({}).error();
    CHECK(error.errc() == code);
    CHECK(error.details().vendor_request_id == "t-1");
    CHECK(error.retryable() == (status == 429 || status == 502));
  }

  const auto facts = [](const std::string& body) {
    Shop asked;
    asked.script->answer("/v1/roles", body);
    return asked.connector()->ask_facts({});
  };
  const auto some = facts(R"({"roles":[{"name":"Warehouse read only"},{"name":"Admin"},{"name":"Price read only"}],)"
                          R"("expires_at":"2027-01-01T00:00:00Z"})")
                        .value();
  REQUIRE(some.size() == 1);
  CHECK(some[0].part == "api_key");
  CHECK(some[0].categories == Lines{"Warehouse read only", "Admin", "Price read only"});
  CHECK_FALSE(some[0].read_only);
  CHECK(some[0].expires_at == at("2027-01-01T00:00:00Z"));
  CHECK(facts(R"({"roles":[{"name":"Admin read only"}],"expires_at":"0001-01-01T00:00:00Z"})").value()[0].read_only);
  CHECK_FALSE(facts(R"({"roles":[{"name":"Admin read only"}],"expires_at":"0001-01-01T00:00:00Z"})")
                  .value()[0]
                  .expires_at.has_value());
  CHECK_FALSE(facts(R"({"roles":[],"expires_at":""})").value()[0].read_only);  // nothing is known
  CHECK_FALSE(facts(R"({"roles":[],"expires_at":"soon"})").has_value());
  CHECK_FALSE(facts(R"({"roles":[{"title":"x"}]})").has_value());
}

TEST_CASE("what Ozon can do is what its documentation says, and no option asks for more") {
  const st::Capabilities& can = oz::capabilities();
  CHECK(can.zone == "Europe/Moscow");
  CHECK_FALSE(can.numeric_offer_keys);
  CHECK(can.fbo_absent == st::Absent::zero);
  CHECK(can.fbs_absent == st::Absent::zero);
  CHECK(can.fbo_by_offers);
  CHECK_FALSE(can.compare_and_set);
  CHECK(can.orders_kept == 24h * 364);
  CHECK(can.orders_by_period);
  CHECK(can.orders_complete);
  CHECK_FALSE(can.order_changes_timed);
  CHECK((can.orders && can.prices));
  CHECK((can.offers_per_page == 1'000 && can.stock_rows_per_page == 1'000 && can.offers_per_fbs_request == 1'000));
  const auto accepted = [](oz::Options options) { return options.validate().has_value(); };
  CHECK(accepted({}));
  CHECK(accepted({.restated = 24h * 300}));
  CHECK(accepted({.restated = 0s}));
  CHECK_FALSE(accepted({.restated = 24h * 300 + 1s}));
  CHECK_FALSE(accepted({.restated = -1s}));
  const std::vector<std::pair<int oz::Options::*, int>> members{{&oz::Options::products_per_page, 1'000},
                                                                {&oz::Options::stock_rows_per_page, 1'000},
                                                                {&oz::Options::offers_per_fbo_request, 1'000},
                                                                {&oz::Options::postings_per_page, 100},
                                                                {&oz::Options::prices_per_page, 1'000}};
  for (const auto& [member, most] : members) {
    for (const auto& [value, fits] :
         std::vector<std::pair<int, bool>>{{0, false}, {1, true}, {most, true}, {most + 1, false}}) {
      oz::Options options;
      options.*member = value;
      CHECK(accepted(options) == fits);
    }
  }
  const auto factory = oz::make_factory().value();
  CHECK(factory->hosts() == Lines{"api-seller.ozon.ru"});
  const auto connected = [&](const char* id, const char* base) {
    return factory->connect(oz::credentials(id, st::Secret::copy_of("k"), base), {}).has_value();
  };
  CHECK(connected("12345678901234567890", ""));
  CHECK_FALSE(connected("123456789012345678901", ""));
  CHECK(connected("1", "http://127.0.0.1:1"));
  CHECK_FALSE(connected("1", "http://example.com"));  // no key goes over the net in the clear
}

TEST_CASE("what Ozon pushes is a hint with every member in its place") {
  const auto own =
      oz::decode_push(R"({"message_type":"TYPE_STOCKS_CHANGED","seller_id":7,"items":[{"product_id":1,"sku":2,)"
                      R"("updated_at":"2026-11-25T01:00:00Z","stocks":[{"warehouse_id":3,"present":9,"reserved":4},)"
                      R"({"warehouse_id":5,"present":1,"reserved":0}]}]})")
          .value();
  REQUIRE(own.stock.size() == 2);
  CHECK(own.seller == "7");
  CHECK(own.stock[0].product == 1);
  CHECK(own.stock[0].sku == 2);
  CHECK(own.stock[0].warehouse == 3);
  CHECK(own.stock[0].present == 9);
  CHECK(own.stock[0].reserved == 4);
  CHECK(own.stock[0].updated_at == at("2026-11-25T01:00:00Z"));
  CHECK(own.stock[1].warehouse == 5);
  const auto theirs =
      oz::decode_push(R"({"message_type":"TYPE_FBO_STOCKS_CHANGED","sku":2,"updated_at":"2026-11-25T01:00:00Z",)"
                      R"("stocks":{"new_present":9,"new_reserved":4}})")
          .value();
  REQUIRE(theirs.stock.size() == 1);
  CHECK(theirs.stock[0].present == 9);
  CHECK(theirs.stock[0].reserved == 4);
  CHECK(theirs.stock[0].updated_at == at("2026-11-25T01:00:00Z"));
  CHECK(theirs.at == at("2026-11-25T01:00:00Z"));
  // Of several times the one of the message counts, then that of the change.
  const auto at_of = [](const std::string& members) {
    return oz::decode_push(R"({"message_type":"TYPE_NEW","posting_number":"1-1")" + members + "}");
  };
  const std::string later = R"(,"created_at":"2026-11-25T05:00:00Z","in_process_at":"2026-11-25T04:00:00Z")";
  CHECK(at_of(later).value().at == at("2026-11-25T04:00:00Z"));
  CHECK(at_of(later + R"(,"changed_state_date":"2026-11-25T02:00:00Z")").value().at == at("2026-11-25T02:00:00Z"));
  CHECK(at_of(R"(,"changed_state_date":"2026-11-25T02:00:00Z","time":"2026-11-25T01:00:00Z")").value().at ==
        at("2026-11-25T01:00:00Z"));
  CHECK(at_of(later).value().posting == "1-1");
  CHECK_FALSE(at_of(R"(,"time":"soon")").has_value());
  for (const char* const odd : {R"("present":-1,"reserved":0)", R"("present":1,"reserved":-1)", R"("present":1)"}) {
    CHECK_FALSE(oz::decode_push(R"({"message_type":"TYPE_STOCKS_CHANGED","items":[{"stocks":[{"warehouse_id":3,)" +
                                std::string(odd) + "}]}]}")
                    .has_value());
  }
}
