// Groups, rows and parts, read in place.
#include "json/nested_rows.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace json = stocktracker::json;

namespace {

constexpr std::array<std::string_view, 2> kPath{"result", "places"};
constexpr std::array kGroup{json::Field{"id", json::FieldType::lenient_integer}};
constexpr std::array kRow{json::Field{"key", json::FieldType::text},
                          json::Field{"note", json::FieldType::integer, false}};
constexpr std::array kPart{json::Field{"kind", json::FieldType::text},
                           json::Field{"count", json::FieldType::lenient_integer}};
const json::NestedShape kShape{kPath, kGroup, "rows", kRow, "parts", kPart};

// What was read, as one text; or the error's, with its field.
std::string read(std::string body, const json::NestedShape& shape = kShape, std::string* rest = nullptr) {
  std::string seen;
  const std::string before = body;
  const auto take = [&](const json::NestedRow& row) -> st::Result<void> {
    for (const json::Cell& cell : row.group) CHECK(cell.present);
    if (!row.group.empty()) seen += std::to_string(row.group[0].integer) + "/";
    STK_TRY(const auto key, json::text_of(row.row[0]));
    if (const auto plain = json::plain_text(row.row[0])) CHECK(*plain == key);
    seen += key;
    if (row.row[1].present) seen += "+" + std::to_string(row.row[1].integer);
    for (std::size_t part = 0; part < row.parts.size(); part += 2) {
      STK_TRY(const auto kind, json::text_of(row.parts[part]));
      seen += " " + kind + "=" + std::to_string(row.parts[part + 1].integer);
    }
    seen += ";";
    return st::success();
  };
  const auto rows = json::read_nested(body, shape, take, rest);
  CHECK(body == before);  // it was only borrowed
  return rows ? seen + std::to_string(rows.value())
              : "error " + rows.error().details().field + " | " + rows.error().message();
}

std::string in_places(const std::string& places) { return R"({"result":{"places":[)" + places + "]}}"; }

}  // namespace

TEST_CASE("groups, rows and parts are read in any order of members") {
  CHECK(read(in_places(R"({"id":7,"rows":[{"key":"a","parts":[{"kind":"F","count":3},{"count":"4","kind":"G"}]},)"
                       R"({"parts":[],"key":"b","note":-5}]},{"rows":[{"key":"c"}],"id":"8"})")) ==
        "7/a F=3 G=4;7/b+-5;8/c;3");
  CHECK(read(in_places("")) == "0");
  CHECK(read(in_places(R"({"id":1,"rows":[]})")) == "0");
  CHECK(read(in_places(R"( { "id" : 1 , "rows" : [ { "key" : "x\"y" , "parts" : null , "note" : null } ] } )")) ==
        "1/x\"y;1");
  CHECK(
      read(in_places(R"({"new":{"deep":[[{}]],"t":"]}"},"id":1,"rows":[{"odd":[1,{"key":2}],"key":"k","z":true}]})")) ==
      "1/k;1");
}

TEST_CASE("rows without groups are read, and other arrays behind them are left alone") {
  const json::NestedShape shape{.path = kPath, .row = kRow, .parts = "parts", .part = kPart};
  std::string rest;
  const std::string body =
      R"({"before":[1],"result":{"paging":{"next":"n"},"places":[{"key":"a"},{"key":"b"}],"more":[{"key":"c"}]},"x":[]})";
  CHECK(read(body, shape, &rest) == "a;b;2");
  CHECK(rest == R"({"before":[1],"result":{"paging":{"next":"n"},"places":[],"more":[{"key":"c"}]},"x":[]})");
}

TEST_CASE("numbers are integers of 64 bits") {
  const auto count = [](const std::string& number) {
    return read(in_places(R"({"id":1,"rows":[{"key":"k","parts":[{"kind":"F","count":)" + number + "}]}]}"));
  };
  for (const char* good : {"0", "-0", "7", "-7", "12345678", "123456789", "1234567890123456", "12345678901234567",
                           "999999999999999999", "9223372036854775807", "-9223372036854775808"}) {
    const std::string same = std::string(good) == "-0" ? "0" : good;
    CHECK(count(good) == "1/k F=" + same + ";1");
    CHECK(count("\"" + std::string(good) + "\"") == "1/k F=" + same + ";1");
  }
  for (const char* bad : {"01", "-", "+1", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "1x", "null",
                          "true", "[1]", "{}", "\"\"", "\"1 \"", "\"1.5\"", "\"\\u0031\"", "99999999999999999999999"}) {
    INFO(bad);
    CHECK(count(bad) ==
          "error result.places[0].rows[0].parts[0].count | "
          "result.places[0].rows[0].parts[0].count is not an integer of 64 bits");
  }
}

TEST_CASE("a failure names its member with the complete path") {
  const auto field = [](const std::string& places) {
    const std::string reported = read(in_places(places));
    return reported.substr(0, reported.find(" |"));
  };
  CHECK(field(R"({"rows":[{"key":"a"}]})") == "error result.places[0].id");
  CHECK(field(R"({"id":1})") == "0");
  CHECK(field(R"({"id":1,"rows":null})") == "0");
  CHECK(field(R"({"id":1,"rows":[],"rows":[]})") == "error result.places[0].rows");
  CHECK(field(R"({"id":1,"id":2,"rows":[]})") == "error result.places[0].id");
  CHECK(field(R"({"id":1,"rows":[{"key":"a"}]},{"id":2,"rows":[{"key":"a"},{"key":5}]})") ==
        "error result.places[1].rows[1].key");
  CHECK(field(R"({"id":1,"rows":[{"note":1}]})") == "error result.places[0].rows[0].key");
  CHECK(field(R"({"id":1,"rows":[{"key":"a","parts":[],"parts":[]}]})") == "error result.places[0].rows[0].parts");
  CHECK(field(R"({"id":1,"rows":[{"key":"a","parts":{}}]})") == "error result.places[0].rows[0].parts");
  CHECK(field(R"({"id":1,"rows":[{"key":"a","parts":[{"kind":"F","count":1},{"kind":"F"}]}]})") ==
        "error result.places[0].rows[0].parts[1].count");
}

TEST_CASE("a document that is cut or damaged is never taken for complete") {
  const std::string body = in_places(
      R"({"id":7,"rows":[{"key":"a","parts":[{"kind":"F","count":3}],"at":"2026"},{"key":"b"}]},{"id":8,"rows":[]})");
  REQUIRE(read(body) == "7/a F=3;7/b;2");
  for (std::size_t size = 0; size < body.size(); ++size) CHECK(read(body.substr(0, size)).starts_with("error"));
  // A structural character less.
  for (std::size_t at = 0; at < body.size(); ++at) {
    if (std::string_view("{}[]:,\"").find(body[at]) == std::string_view::npos) continue;
    std::string spoilt = body;
    spoilt.erase(at, 1);
    INFO(spoilt);
    CHECK(read(spoilt).starts_with("error"));
  }
  CHECK(read(R"({"result":{"places":{}}})").starts_with("error result.places"));
  CHECK(read("\xff").starts_with("error"));
  CHECK(read(in_places("{\"id\":1,\"rows\":[{\"key\":\"\xff\"}]}")).starts_with("error"));
}

TEST_CASE("a row's own failure ends the reading as it is") {
  std::string body = in_places(R"({"id":1,"rows":[{"key":"a"},{"key":"b"}]})");
  int calls = 0;
  const auto rows = json::read_nested(body, kShape, [&](const json::NestedRow&) -> st::Result<void> {
    ++calls;
    return st::Error(st::Errc::cancelled);
  });
  CHECK(rows.error().errc() == st::Errc::cancelled);
  CHECK(calls == 1);
}

TEST_CASE("lists of texts are read one by one, and parts may be required") {
  constexpr std::array<std::string_view, 1> kCards{"cards"};
  constexpr std::array kCard{json::Field{"id", json::FieldType::integer}};
  constexpr std::array kSize{json::Field{"codes", json::FieldType::texts, false}};
  const json::NestedShape shape{.path = kCards, .row = kCard, .parts = "sizes", .part = kSize, .parts_required = true};
  const auto reported = [&](const std::string& card) {
    std::string body = R"({"cards":[)" + card + "]}";
    std::string seen;
    const auto rows = json::read_nested(body, shape, [&](const json::NestedRow& row) -> st::Result<void> {
      for (const json::Cell& list : row.parts) {
        seen += list.present ? "[" : "-";
        if (!list.present) continue;
        STK_TRY(json::each_text(list, [&](const json::Cell& code) -> st::Result<void> {
          STK_TRY(const auto text, json::text_of(code));
          if (const auto plain = json::plain_text(code)) CHECK(*plain == text);
          seen += text + ";";
          return st::success();
        }));
        seen += "]";
      }
      return st::success();
    });
    return rows ? seen : "error " + rows.error().message();
  };
  CHECK(
      reported(
          R"({"sizes":[{"codes":["1","a\"]b","\\"]},{"codes":[]},{},{"codes":null},{"codes" : [ "x" , "" ] }],"id":1})") ==
      "[1;a\"]b;\\;][]--[x;;]");
  CHECK(reported(R"({"id":1,"sizes":[]})").empty());
  for (const char* lacking : {R"({"id":1})", R"({"id":1,"sizes":null})", R"({"id":1,"sizes":{}})"}) {
    CHECK(reported(lacking) == "error cards[0].sizes is not an array");
  }
  for (const char* wrong : {R"([1])", R"("a")", R"(["a",2])", R"([["a"]])", "{}"}) {
    CHECK(reported(R"({"id":1,"sizes":[{"codes":)" + std::string(wrong) + "}]}") ==
          "error cards[0].sizes[0].codes is not a list of texts");
  }
  for (const char* broken : {R"(["a")", R"(["a",])", R"(["a""b"])", R"([,"a"])", R"(["a":"b"])"}) {
    CHECK(reported(R"({"id":1,"sizes":[{"codes":)" + std::string(broken) + "}]}").starts_with("error"));
  }
}
