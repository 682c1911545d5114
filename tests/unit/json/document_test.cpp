// Document: values by name and type.
#include "json/document.hpp"

#include "tests/support/catch.hpp"

namespace json = stocktracker::json;

TEST_CASE("values are read by name and type, and absence is no failure") {
  const auto document = json::Document::parse(R"({"a":1,"b":"x","c":[1,"y",null],"d":true,"e":null,"f":1.5})").value();
  const auto root = document.root();
  CHECK(root["a"].integer() == 1);
  CHECK(root["b"].text() == "x");
  CHECK(root["d"].boolean() == true);
  CHECK(root["e"].is_null());
  CHECK_FALSE(root["f"].integer());
  CHECK_FALSE(root["a"].text());
  CHECK_FALSE(root["z"].exists());
  CHECK_FALSE(root["z"]["y"].exists());
  int items = 0;
  CHECK(root["c"]
            .each([&](json::Value) -> stocktracker::Result<void> {
              ++items;
              return stocktracker::success();
            })
            .value());
  CHECK(items == 3);
  CHECK_FALSE(
      root["a"].each([](json::Value) -> stocktracker::Result<void> { return stocktracker::success(); }).value());
}

TEST_CASE("a failure inside each is the call's") {
  const auto document = json::Document::parse("[1,2]").value();
  CHECK_FALSE(
      document.root().each([](json::Value) -> stocktracker::Result<void> { return stocktracker::Errc::cancelled; }));
}

TEST_CASE("a number that no type holds is null, and the document beside it is read") {
  const auto document = json::Document::parse(
      R"({"id":123456789012345678901234,"name":"a \"99999999999999999999999\"","price":1e999,"low":-1e999,"ok":[5,-7,1.5e3]})");
  REQUIRE(document);
  const json::Value root = document.value().root();
  CHECK(root["id"].is_null());
  CHECK(root["price"].is_null());
  CHECK(root["low"].is_null());
  CHECK(root["name"].text() == "a \"99999999999999999999999\"");
  std::string seen;
  CHECK(root["ok"]
            .each([&](json::Value value) -> stocktracker::Result<void> {
              seen += value.decimal().value_or("?") + " ";
              return stocktracker::success();
            })
            .value());
  CHECK(seen == "5 -7 1500 ");
  for (const char* broken : {R"({"a":1e999)", R"({"a":1.2.3,"b":1e999})", R"({"a":1e999 "b"})", "1e", "-"}) {
    CAPTURE(broken);
    CHECK_FALSE(json::Document::parse(broken).has_value());
  }
}

TEST_CASE("what is no JSON is refused") {
  for (const char* text : {"", "{", "tru", "{}x", "'a'", "{\"a\":\"\xff\"}"}) {
    CAPTURE(text);
    CHECK(json::Document::parse(text).error().errc() == stocktracker::Errc::vendor_schema);
  }
}
