// What one API writes as a number and another as a text, and lists that are not there.
#include "json/lenient.hpp"

#include <array>

#include "json/array_rows.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace json = stocktracker::json;
using Number = std::optional<std::int64_t>;
using Text = std::optional<std::string>;

namespace {

// Elements of the list, or "error" with the field that it is about.
std::string listed(const std::string& text, std::string_view path) {
  const auto document = json::Document::parse(text).value();
  std::string seen;
  const std::size_t dot = path.rfind('.');
  const json::Value holder = dot == std::string_view::npos ? document.root() : document.root()[path.substr(0, dot)];
  const auto done = json::each_of_list(holder, path, [&](json::Value value) -> st::Result<void> {
    if (value.integer() == 13) return st::Errc::cancelled;
    seen += json::identity(value).value_or("?") + ";";
    return st::success();
  });
  return done ? seen : "error " + done.error().details().field + " " + done.error().message();
}

}  // namespace

TEST_CASE("a value that is now a number, now a text is one value, and half a number is none") {
  struct Case {
    const char* text;
    Number integer;
    Text decimal;
    Text identity;
  };
  const std::vector<Case> cases{
      {"5", 5, "5", "5"},
      {"-5", -5, "-5", "-5"},
      {"\"5\"", 5, "5", "5"},
      {"\"-5\"", -5, "-5", "-5"},
      {"\"007\"", 7, "007", "007"},
      {"\"5x\"", {}, "5x", "5x"},
      {"\"5 \"", {}, "5 ", "5 "},
      {"\" 5\"", {}, " 5", " 5"},
      {"\"5.5\"", {}, "5.5", "5.5"},
      {"\"\"", {}, {}, ""},
      {"5.5", {}, "5.5", {}},
      {"0.1", {}, "0.1", {}},
      {"0.00001", {}, "0.00001", {}},
      {"1234567.89", {}, "1234567.89", {}},
      {"1e21", {}, "1000000000000000000000", {}},
      {"9007199254740993", 9'007'199'254'740'993, "9007199254740993", "9007199254740993"},  // no double holds it
      {"9223372036854775807", INT64_MAX, "9223372036854775807", "9223372036854775807"},
      {"\"9223372036854775808\"", {}, "9223372036854775808", "9223372036854775808"},
      {"null", {}, {}, {}},
      {"true", {}, {}, {}},
      {"[5]", {}, {}, {}},
      {"{}", {}, {}, {}}};
  for (const Case& one : cases) {
    INFO(one.text);
    const auto document = json::Document::parse("[" + std::string(one.text) + "]").value();
    int looked = 0;
    CHECK(document.root()
              .each([&](json::Value value) -> st::Result<void> {
                CHECK(json::lenient_integer(value) == one.integer);
                CHECK(json::decimal(value) == one.decimal);
                CHECK(json::identity(value) == one.identity);
                ++looked;
                return st::success();
              })
              .value());
    CHECK(looked == 1);
  }
}

TEST_CASE("a list that is null or absent is empty; in the place of a list stands nothing else, and it is not renamed") {
  CHECK(listed(R"({"orders":[1,"2",null]})", "orders") == "1;2;?;");
  CHECK(listed(R"({"data":{"orders":[1]}})", "data.orders") == "1;");
  CHECK(listed("[1,2]", "") == "1;2;");
  for (const char* nothing : {R"({"orders":[]})", R"({"orders":null})", R"({})", R"({"orders":null,"other":[1]})",
                              R"({"other":[]})", R"({"other":{"deep":[1]}})"}) {
    INFO(nothing);
    CHECK(listed(nothing, "orders").empty());
  }
  CHECK(listed(R"({"data":null})", "data.orders").empty());
  CHECK(listed(R"({})", "data.orders").empty());
  for (const char* wrong : {R"({"orders":{}})", R"({"orders":"x"})", R"({"orders":0})", R"({"orders":false})"}) {
    INFO(wrong);
    CHECK(listed(wrong, "orders") == "error orders orders is not an array");
  }
  CHECK(listed(R"({"data":[1]})", "data.orders") == "error data.orders data.orders is not an array");
  CHECK(listed(R"({"ordersV2":[1]})", "orders") == "error orders orders is missing beside another list");
  CHECK(listed(R"({"data":{"a":1,"ordersV2":[null]}})", "data.orders") ==
        "error data.orders data.orders is missing beside another list");
  CHECK(listed("{}", "") == "error  the document is not an array");
  CHECK(listed(R"({"orders":[13,1]})", "orders").starts_with("error"));  // a failure of the taker's is the call's
}

TEST_CASE("a failure inside each member is the call's") {
  const auto document = json::Document::parse(R"({"a":1,"b":2})").value();
  std::string seen;
  const auto failed = document.root().each_member([&](std::string_view name, json::Value) -> st::Result<void> {
    seen += name;
    return st::Errc::cancelled;
  });
  CHECK_FALSE(failed);
  CHECK(seen == "a");
  CHECK(document.root()
            .each_member([](std::string_view, json::Value) -> st::Result<void> { return st::success(); })
            .value());
  CHECK_FALSE(json::Document::parse("[1]")
                  .value()
                  .root()
                  .each_member([](std::string_view, json::Value) -> st::Result<void> { return st::success(); })
                  .value());
}

TEST_CASE("a body without its list is empty only where nothing else stands there") {
  constexpr std::array<std::string_view, 2> path{"data", "items"};
  const auto said = [&](std::string body) {
    const auto done = json::check_no_list(body, path);
    return done ? std::string("none") : done.error().details().field + ": " + done.error().message();
  };
  for (const char* none : {R"({})", R"({"data":null})", R"({"data":{}})", R"({"data":{"items":null}})",
                           R"({"data":null,"more":[1]})", R"({"data":{"other":[]}})", R"({"error":"none"})"}) {
    INFO(none);
    CHECK(said(none) == "none");
  }
  CHECK(said(R"({"data":{"items":{}}})") == "data.items: data.items is not an array");
  CHECK(said(R"({"data":{"items":"x"}})") == "data.items: data.items is not an array");
  CHECK(said(R"({"data":{"rows":[1]}})") == "data.items: data.items is missing beside another list");
  CHECK(said(R"({"rows":[1]})") == "data: data is missing beside another list");
  CHECK(said(R"({"data":[1]})") == "data.items: data.items is not an array");
  CHECK(said(R"({"data":5})") == "data.items: data.items is not an array");
  CHECK(said("[]").find("is not an object") != std::string::npos);
  CHECK(said("null").find("is not an object") != std::string::npos);
  CHECK_FALSE(json::check_no_list("{", path));
  CHECK_FALSE(json::check_no_list("", path));
}
