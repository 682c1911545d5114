// The world's own strict reader of JSON.
#include "testing/world/core/json.hpp"

#include "tests/support/catch.hpp"

namespace stocktracker::test {

using testing::world::JsonValue;
using Type = JsonValue::Type;

TEST_CASE("World's JSON reads every kind of value") {
  const auto value = JsonValue::parse(
      " {\"a\":[1,-2,0,1.5,2e3],\"b\":{\"c\":null,\"d\":true},\"e\":\"x\\u0451\\n\\ud83e\\uddfa\",\"a2\":false}\n");
  REQUIRE(value);
  REQUIRE(value->keys() == std::vector<std::string>{"a", "b", "e", "a2"});
  const auto& items = value->find("a")->items();
  REQUIRE(items.size() == 5);
  REQUIRE(items[1].integer() == -2);
  REQUIRE(items[3].is(Type::number));
  REQUIRE(items[4].is(Type::number));
  REQUIRE(value->find("b")->find("c") == nullptr);
  REQUIRE(value->find("b")->find("d")->boolean());
  REQUIRE(value->find("e")->string() == "xё\n🧺");
  REQUIRE_FALSE(value->find("a2")->boolean());
  REQUIRE(JsonValue::parse("{\"a\":1,\"a\":2}")->find("a")->integer() == 2);
  REQUIRE(JsonValue::parse("9223372036854775807")->integer() == 9223372036854775807);
  REQUIRE(JsonValue::parse("9223372036854775808")->is(Type::number));
  REQUIRE(JsonValue::parse("[]")->items().empty());
}

TEST_CASE("World's JSON refuses malformed text") {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[1,]",
                           "[,1]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\" 1}",
                           "01",
                           "-",
                           "+1",
                           "1.",
                           ".5",
                           "1e",
                           "tru",
                           "nul",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\n\"",
                           "1 2",
                           "'a'",
                           "NaN",
                           "[1 2]",
                           "\"\\ud800\\u0041\""}) {
    INFO(text);
    REQUIRE_FALSE(JsonValue::parse(text));
  }
  REQUIRE(JsonValue::parse(std::string(60, '[') + std::string(60, ']')));
  REQUIRE_FALSE(JsonValue::parse(std::string(5'000, '[') + std::string(5'000, ']')));
}

}  // namespace stocktracker::test
