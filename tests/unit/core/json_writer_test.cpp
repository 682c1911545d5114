// JsonWriter: nesting, escapes, and texts from outside.
#include <stocktracker/core/json_writer.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  st::JsonWriter(out).string(text);
  return out;
}

}  // namespace

TEST_CASE("a JSON writer nests objects and lists and separates every kind of value") {
  std::string out;
  st::JsonWriter json(out);
  json.begin_object().field("a", 1).field("b", true).field("c", "x").key("d").begin_array();
  json.integer(-1).unsigned_integer(UINT64_MAX).null().begin_object().end_object().begin_array().end_array();
  json.end_array().field("e", std::optional<std::int64_t>()).field("f", std::optional<std::int64_t>(INT64_MIN));
  json.end_object();
  CHECK(out ==
        R"({"a":1,"b":true,"c":"x","d":[-1,18446744073709551615,null,{},[]],"e":null,"f":-9223372036854775808})");
}

TEST_CASE("no character of a text commands the terminal that shows the JSON") {
  CHECK(quoted("\x7f\x1b[31m") == R"("\u007f\u001b[31m")");
  CHECK(quoted("\xC2\x80\xC2\x9B"
               "31m\xC2\x9F\xC2\xA0") == "\"\\u0080\\u009b31m\\u009f\xC2\xA0\"");
  CHECK(quoted("\xE2\x80\xA8\xE2\x80\xA9") == R"("\u2028\u2029")");
  CHECK(quoted("\xE2\x80\xAE"
               "a\xE2\x80\xAA\xE2\x81\xA6\xE2\x81\xA9\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F") ==
        R"("\u202ea\u202a\u2066\u2069\u061c\u200e\u200f")");
  CHECK(quoted("\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA\xE2\x80\x8D") ==
        "\"\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA\xE2\x80\x8D\"");  // beside them, not of them
}

TEST_CASE("texts are escaped, and always valid UTF-8") {
  CHECK(quoted("a\"b\\c/") == R"("a\"b\\c/")");
  CHECK(quoted("\b\t\n\v\f\r\x01\x1f") == "\"\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\"");
  CHECK(quoted(std::string_view("a\0b", 3)) == R"("a\u0000b")");
  CHECK(quoted("Коледино €𝄞") == "\"Коледино €𝄞\"");
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(quoted("\xff") == "\"" + bad + "\"");
  CHECK(quoted("\xC0\xAF") == "\"" + bad + bad + "\"");                      // overlong
  CHECK(quoted("\xED\xA0\x80x") == "\"" + bad + bad + bad + "x\"");          // surrogate
  CHECK(quoted("\xF4\x90\x80\x80") == "\"" + bad + bad + bad + bad + "\"");  // beyond U+10FFFF
  CHECK(quoted("\xD0") == "\"" + bad + "\"");                                // cut off
}

TEST_CASE("a character that is cut, too long for what it says, or beyond the last one is none") {
  // Overlong forms, half of a pair, beyond U+10FFFF: what another reader may take for a quote or a line break.
  for (const std::string_view bytes :
       {"\xC0\xA2", "\xC1\xBF", "\xE0\x80\xA2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\xA2",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
    std::string expected = "\"";
    for (std::size_t i = 0; i < bytes.size(); ++i) expected += "\xEF\xBF\xBD";
    CHECK(quoted(bytes) == expected + "\"");
  }
  // The first and the last of each length.
  for (const std::string_view bytes : {"\xC2\xA0", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                       "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(quoted(bytes) == "\"" + std::string(bytes) + "\"");
    // What stands behind the end is no part of the text.
    for (std::size_t length = 1; length < bytes.size(); ++length) {
      std::string expected = "\"";
      for (std::size_t byte = 0; byte < length; ++byte) expected += "\xEF\xBF\xBD";
      CHECK(quoted(bytes.substr(0, length)) == expected + "\"");
    }
  }
}
