// JSON of any origin: values, exact numbers, paths in errors, and texts that are refused.
#include <stocktracker/core/json_reader.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

st::Error refusal(std::string text, const st::JsonOptions& options = {}) {
  auto read = st::JsonDocument::parse(std::move(text), options);
  REQUIRE_FALSE(read);
  return std::move(read).error();
}

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int n = 0; n < times; ++n) text += part;
  return text;
}

}  // namespace

TEST_CASE("values are read by name and type") {
  const auto document =
      st::JsonDocument::parse(R"( {"s":"a\"b\\\/\b\f\n\r\t\u0416\uD83D\uDE00\u0000","i":-9223372036854775808,)"
                              R"("d":12.50,"t":true,"f":false,"n":null,"a":[1,"x",[],{}],"o":{"":{"k":7}}} )")
          .value();
  const st::JsonValue root = document.root();
  CHECK(root.string("s").value() == std::string_view("a\"b\\/\b\f\n\r\tЖ😀\0", 17));
  CHECK(root.integer("i").value() == INT64_MIN);
  CHECK(root.decimal("d").value() == "12.50");
  CHECK(root.member("d").value().number().value() == 12.5);
  CHECK(root.boolean("t").value());
  CHECK_FALSE(root.boolean("f").value());
  CHECK(root.member("n").value().is_null());
  const auto array = root.array("a").value();
  CHECK(array.size() == 4);
  std::string types;
  for (const st::JsonValue item : array) types += std::string(to_string(item.type())) + " ";
  CHECK(types == "number string array object ");
  CHECK(root.member("o").value().member("").value().integer("k").value() == 7);
}

TEST_CASE("a member that is absent or null is found as nothing, and one that is missing is an error with its path") {
  const auto document = st::JsonDocument::parse(R"({"items":[{"count":1},{"count":null}]})").value();
  const auto items = document.root().array("items").value();
  auto at = items.begin();
  CHECK((*at).find("count").value()->integer().value() == 1);
  CHECK_FALSE((*at).find("more").value());
  ++at;
  CHECK_FALSE((*at).find("count").value());
  CHECK((*at).path() == "items[1]");
  const auto missing = (*at).integer("more").error();
  CHECK(missing.message() == "items[1].more is missing");
  CHECK(missing.details().field == "items[1].more");
  CHECK((*at).integer("count").error().message() == "items[1].count is not a number");
  CHECK(document.root().integer("x").error().message() == "x is missing");
  CHECK(document.root().string().error().message() == "the document is not a string");
  CHECK(document.root().array().error().message() == "the document is not an array");
  CHECK((*at).find("count").value().has_value() == false);
  CHECK(document.root().member("items").value().find("x").error().message() == "items is not an object");
  CHECK(document.root().member("items").value().member("x").error().message() == "items is not an object");
  CHECK((*at).error("is odd").details().field == "items[1]");
}

TEST_CASE("an integer is exact or an error, and a decimal keeps its digits") {
  const auto document =
      st::JsonDocument::parse("[9223372036854775807,9223372036854775808,-9223372036854775809,1.0,1e3,-0,1e400,0.10]")
          .value();
  std::vector<st::JsonValue> items;
  const auto array = document.root().array().value();
  for (const st::JsonValue item : array) items.push_back(item);
  CHECK(items[0].integer().value() == INT64_MAX);
  CHECK(items[1].integer().error().message() == "[1] does not fit into 64 bits");
  CHECK(items[1].decimal().value() == "9223372036854775808");
  CHECK(items[2].integer().error().message() == "[2] does not fit into 64 bits");
  CHECK(items[3].integer().error().message() == "[3] is not an integer");
  CHECK(items[4].integer().error().message() == "[4] is not an integer");
  CHECK(items[4].number().value() == 1000);
  CHECK(items[5].integer().value() == 0);
  CHECK(items[6].number().error().message() == "[6] is out of range");
  CHECK(items[6].decimal().value() == "1e400");
  CHECK(items[7].decimal().value() == "0.10");
  CHECK(document.root().number().error().message() == "the document is not a number");
  CHECK(document.root().boolean().error().message() == "the document is not a boolean");
}

TEST_CASE("unknown members are ignored, listed or refused, as the caller likes") {
  const auto document = st::JsonDocument::parse(R"({"known":1,"other":{"x":2},"last":[3]})").value();
  CHECK(document.root().integer("known").value() == 1);
  std::string names;
  const auto members = document.root().object().value();
  CHECK(members.size() == 3);
  for (const st::JsonMember member : members) {
    names.append(member.name).append("=").append(to_string(member.value.type())).append(" ");
  }
  CHECK(names == "known=number other=object last=array ");
  CHECK(document.root().allow_only({"last", "other", "known"}));
  CHECK(document.root().allow_only({"known", "last"}).error().message() == "other is not known");
  CHECK(document.root().member("known").value().allow_only({}).error().message() == "known is not an object");
}

TEST_CASE("two members of one name are refused with the path of the second") {
  CHECK(refusal(R"({"a":[{"b":1},{"b":1,"c":2,"\u0062":3}]})").message() == "a[1].b appears twice");
  CHECK(refusal(R"({"a":{"x":{"b":{},"b":[]}}})").message() == "a.x.b appears twice");
  CHECK(refusal(R"({"":1,"":2})").message() == R"("" appears twice)");
  CHECK(st::JsonDocument::parse(R"([{"a":1},{"a":{"a":1}}])"));
  // Many members: found in another way.
  std::string many = "{";
  for (int n = 0; n < 1000; ++n) many += "\"m" + std::to_string(n) + "\":{\"m1\":" + std::to_string(n) + "},";
  CHECK(st::JsonDocument::parse(many + "\"n\":0}"));
  CHECK(refusal("[" + many + "\"m500\":0}]").message() == "[0].m500 appears twice");
}

TEST_CASE("what is no JSON is refused with the place") {
  for (const char* text :
       {"",           " ",          "{",     "[",         "[1",      "[1,",       "[1,]",        "[,1]",    "{\"a\"}",
        "{\"a\":}",   "{\"a\":1,}", "{1:2}", "{\"a\" 1}", "tru",     "truex",     "nul",         "True",    "NaN",
        "Infinity",   "'a'",        "\"a",   "\"\\",      "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\t\"",  "01",
        "-",          "+1",         "1.",    ".5",        "1e",      "1e+",       "0x1",         "1_0",     "--1",
        "1 2",        "[1 2]",      "{}x",   "{}{}",      "[]]",     "[}",        "{]",          "1\"a\"",  "\"a\"b",
        "\"a\"\"b\"", "true\"a\"",  "[1:2]", "// c\n1",   "[1]/**/", "\f1",       "1\v",         "\xA0\x31"}) {
    CAPTURE(text);
    const auto error = refusal(text);
    CHECK(error.errc() == st::Errc::invalid_text);
    CHECK(error.message().starts_with("the text is not JSON: "));
  }
  const auto early = refusal(R"({"items":[1,{"count": )");
  CHECK(early.message() ==
        "the text is not JSON: it ends early: a value was expected at byte 22, in or behind items[1].count");
  CHECK(early.details().field == "items[1].count");
  CHECK(refusal("[1,2,x]").message() == "the text is not JSON: a value was expected at byte 5, in or behind [2]");
  // What is wrong with the text as a whole is about no member.
  CHECK(refusal("{} 7").details().field.empty());
  CHECK(refusal("[1] \xFF").details().field.empty());
  CHECK(refusal("{} 7").message() == "the text is not JSON: the end of the text was expected at byte 3");
  CHECK(refusal(R"(["\q"])").message() ==
        "the text is not JSON: a string has an invalid escape at byte 2, in or behind [0]");
}

TEST_CASE("a zero byte ends no text early") {
  for (const std::string_view text :
       {std::string_view("1\0", 2), std::string_view("\0", 1), std::string_view("[1\0]", 4),
        std::string_view("{}\0", 3), std::string_view("\"a\0\"", 4), std::string_view("true\0", 5),
        std::string_view("[]\0[]", 5)}) {
    CHECK(refusal(std::string(text)).errc() == st::Errc::invalid_text);
  }
}

TEST_CASE("halves of surrogate pairs and bytes that are not UTF-8 are refused") {
  for (const char* text : {R"("\uD83D")", R"("\uDE00")", R"("\uD83Dx")", R"("\uD83D\u0041")", R"("\uD83D\uD83D")",
                           R"("\uD83D\n")", R"("\uDE00\uD83D")", R"("\uD83D\u12")", "\"\xFF\"", "\"\xC0\xAF\"",
                           "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xD0\"", "\xFF"}) {
    CAPTURE(text);
    CHECK(refusal(text).errc() == st::Errc::invalid_text);
  }
  const auto pairs = st::JsonDocument::parse(R"("\uD800\uDC00\uDBFF\uDFFF\uFFFF")").value();
  CHECK(pairs.root().string().value() == "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\xEF\xBF\xBF");
}

TEST_CASE("depth and size end at their limits, and the stack is not used up") {
  CHECK(st::JsonDocument::parse(repeated("[", 64) + repeated("]", 64)));
  CHECK(refusal(repeated("[", 65) + repeated("]", 65))
            .message()
            .starts_with("the text is not JSON: the nesting is too deep at byte 64, in or behind [0][0]"));
  CHECK(refusal(repeated("{\"a\":", 65) + "1" + repeated("}", 65)).message().find("too deep") != std::string::npos);
  CHECK(st::JsonDocument::parse(repeated("[[],", 60) + "1" + repeated("]", 60)));
  constexpr int kDeep = 200'000;
  CHECK(st::JsonDocument::parse(repeated("[", kDeep) + repeated("]", kDeep), {.max_depth = kDeep}));
  CHECK(refusal(repeated("[", kDeep), {.max_depth = kDeep}).details().field.size() < 500);
  CHECK(refusal("[]", {.max_depth = 0}).errc() == st::Errc::invalid_text);
  CHECK(st::JsonDocument::parse("1", {.max_depth = 0}));
  CHECK(st::JsonDocument::parse("[12]", {.max_bytes = 4}));
  const auto large = refusal("[123]", {.max_bytes = 4, .code = st::Errc::vendor_schema});
  CHECK(large.message() == "the text has more than 4 bytes");
  CHECK(large.errc() == st::Errc::vendor_schema);
  CHECK(large.details().field.empty());
}

TEST_CASE("all errors of a document have the code that its reader chose") {
  const auto document = st::JsonDocument::parse("{}", {.code = st::Errc::vendor_schema}).value();
  CHECK(document.root().integer("a").error().errc() == st::Errc::vendor_schema);
  CHECK(document.root().error("is odd").errc() == st::Errc::vendor_schema);
  CHECK(refusal("{", {.code = st::Errc::vendor_schema}).errc() == st::Errc::vendor_schema);
}

TEST_CASE("names of the sender are shortened in paths and command no terminal") {
  const auto document =
      st::JsonDocument::parse(R"({"a.b":1,"\u001b[31m":1,")" + repeated("Ж", 100) + R"(":1})").value();
  const auto members = document.root().object().value();
  std::vector<std::string> paths;
  for (const st::JsonMember member : members) paths.push_back(member.value.path());
  CHECK(paths[0] == R"("a.b")");
  CHECK(paths[1] == R"(" [31m")");
  CHECK(paths[2] == "\"" + repeated("Ж", 20) + "...\"");
}

TEST_CASE("a byte order mark is ignored, and values survive a move of their document") {
  auto document = st::JsonDocument::parse("\xEF\xBB\xBF[\"text that no small string holds\"]").value();
  const st::JsonValue root = document.root();
  const st::JsonDocument moved = std::move(document);
  const auto array = root.array().value();
  CHECK((*array.begin()).string().value() == "text that no small string holds");
  CHECK((*array.begin()).path() == "[0]");
}
