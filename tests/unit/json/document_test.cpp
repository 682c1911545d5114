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

TEST_CASE("what is no JSON is refused") {
  for (const char* text : {"", "{", "tru", "{}x", "'a'", "{\"a\":\"\xff\"}"}) {
    CAPTURE(text);
    CHECK(json::Document::parse(text).error().errc() == stocktracker::Errc::vendor_schema);
  }
}
