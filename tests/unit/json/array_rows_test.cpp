// Rows of one array, read in windows.
#include "json/array_rows.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
namespace json = stocktracker::json;

namespace {

constexpr std::array<std::string_view, 2> kPath{"data", "items"};
constexpr std::array kFields{json::Field{"id", json::FieldType::integer, true},
                             json::Field{"name", json::FieldType::text, true},
                             json::Field{"extra", json::FieldType::integer, false}};

// What was read, as one text; or the error's.
std::string read(std::string body, std::size_t window = json::kDefaultWindow) {
  std::string seen;
  const std::string before = body;
  const auto rows = json::read_rows(
      body, kPath, kFields,
      [&](std::span<const json::Cell> cells) -> st::Result<void> {
        STK_TRY(const auto name, json::text_of(cells[1]));
        seen += std::to_string(cells[0].integer) + ":" + name +
                (cells[2].present ? "+" + std::to_string(cells[2].integer) : "") + ";";
        return st::success();
      },
      window);
  CHECK(body == before);  // it was only borrowed
  return rows ? seen + std::to_string(rows.value()) : "error " + rows.error().message();
}

std::string rows(int count) {
  std::string body = R"({"data":{"items":[)";
  for (int i = 0; i < count; ++i) {
    body += (i ? ",{" : "{") + ("\"id\":" + std::to_string(i)) +
            R"(,"name":"a},{b \"]} Тула","unknown":{"deep":[{"x":1},{"y":"}"}]}})";
  }
  return body + "]}}";
}

}  // namespace

TEST_CASE("an array that closes early takes nothing of what follows") {
  const std::string valid = R"({"data":{"items":[{"id":1,"name":"a"}],"other":[{"id":2,"name":"b"}],"more":[]}})";
  const std::string spoilt = R"({"data":{"items":[{"id":1,"name":"a"}],{"id"c:,"1":[{"id":2,"name":"b"}]}})";
  const std::string complete = read(valid);
  CHECK(complete.starts_with("1"));
  for (const std::size_t window : {4U, 24U, 64U, 4000U}) {
    CHECK(read(valid, window) == complete);
    CHECK(read(spoilt, window).starts_with("error"));
  }
}

TEST_CASE("windows of any size read the same rows") {
  const std::string body = rows(50);
  const std::string complete = read(body, body.size() * 2);
  CHECK(complete.ends_with(";50"));
  for (const std::size_t window : {1U, 2U, 17U, 64U, 100U, 333U, 1024U, 4000U}) CHECK(read(body, window) == complete);
}

TEST_CASE("a document is read in every allowed form") {
  CHECK(read(R"({"data":{"items":[]}})") == "0");
  CHECK(read("  {\n\"data\" :\t{ \"items\" : [ ] } }\r\n") == "0");
  CHECK(read(R"({"data":{"items":[{"id":1,"name":"x"}]}})") == "1:x;1");
  CHECK(
      read(
          R"({"a":[1,{"items":[]}],"data":{"b":"]}","items":[{"name":"\u0422\n","extra":2,"id":-1}],"c":[[]]},"d":null})") ==
      "-1:Т\n+2;1");
  CHECK(read(R"({"data":{"items":[{"id":1,"name":"x","extra":null}]}})") == "1:x;1");
  CHECK(read(R"({"data":{"items":[{"id":1,"name":"x"} , {"id":2,"name":"y"}]}})", 4) == "1:x;2:y;2");
}

TEST_CASE("what a row lacks or mistypes is named") {
  const auto one = [](const std::string& row) {
    return read(R"({"data":{"items":[{"id":0,"name":""},)" + row + "]}}");
  };
  CHECK(one(R"({"name":"x"})") == "error row 1: id is missing");
  CHECK(one(R"({"id":"1","name":"x"})") == "error row 1: id is not an integer of 64 bits");
  CHECK(one(R"({"id":1.5,"name":"x"})") == "error row 1: id is not an integer of 64 bits");
  CHECK(one(R"({"id":9223372036854775808,"name":"x"})") == "error row 1: id is not an integer of 64 bits");
  CHECK(one(R"({"id":1,"name":null})") == "error row 1: name is not a text");
  CHECK(one(R"({"id":1,"id":1,"name":"x"})") == "error row 1: id is named twice");
  CHECK(one(R"({"id":1,"name":"x","extra":"2"})").starts_with("error row 1: extra"));
}

TEST_CASE("whole numbers of every length are read exactly, and what only looks like one is refused") {
  const auto one = [](const std::string& number) {
    return read(R"({"data":{"items":[{"id":)" + number + R"(,"name":"a"},{"name":"b","id":)" + number + "}]}}");
  };
  std::string digits;
  for (int size = 1; size <= 18; ++size) {
    digits += static_cast<char>('0' + size % 10);
    for (const char* sign : {"", "-"}) {
      const std::string number = sign + digits;
      const std::string both = number + ":a;" + number + ":b;2";
      CHECK(one(number) == both);
      CHECK(one(" " + number + " \n") == both);
    }
    CHECK(one("0" + digits).starts_with("error"));
    CHECK(one(digits + "x").starts_with("error"));
    CHECK(one(digits + ".5").starts_with("error"));
    CHECK(one("1:" + digits).starts_with("error"));
    CHECK(one("1/" + digits).starts_with("error"));
    CHECK(one("1\xC3\xA9" + digits).starts_with("error"));
  }
  CHECK(one("0") == "0:a;0:b;2");
  CHECK(one("9223372036854775807").starts_with("9223372036854775807:a;"));
  CHECK(one("-9223372036854775808").starts_with("-9223372036854775808:a;"));
  CHECK(one("9223372036854775808").starts_with("error"));
  CHECK(one("").starts_with("error"));
}

TEST_CASE("a member that one row lacks does not keep the value of the row before") {
  const std::string body =
      R"({"data":{"items":[{"id":1,"name":"a","extra":5},{"id":2,"name":"b"},{"extra":6,"name":"c","id":3},{"id":4,"name":"d"}]}})";
  CHECK(read(body) == "1:a+5;2:b;3:c+6;4:d;4");
  CHECK(read(R"({"data":{"items":[{"id":1,"name":"a"},{"name":"b"}]}})").starts_with("error"));
}

TEST_CASE("objects of more members than are remembered by place are read, too") {
  std::string row = "{";
  for (int n = 0; n < 100; ++n) row += "\"other" + std::to_string(n) + "\":\"x\",";
  row += R"("id":7,"name":"a","extra":8})";
  CHECK(read(R"({"data":{"items":[)" + row + "," + row + "]}}") == "7:a+8;7:a+8;2");
}

TEST_CASE("a list that is null or absent has no rows; a list of another name is not taken for an absent one") {
  for (const char* body : {"{}", R"({"data":null})", R"({"data":{"items":null}})", R"({"data":{"notes":[]}})"}) {
    CAPTURE(body);
    CHECK(read(body) == "0");
  }
  CHECK(read(R"({"data":{"rows":[{"id":1,"name":"x"}]}})") == "error data.items is missing beside another list");
}

TEST_CASE("a list of the right name in another object is not the list that was asked for") {
  // Stock of one thing would be taken for that of another.
  const std::string list = R"("items":[{"id":1,"name":"a"}])";
  for (const std::string& other :
       {R"({"data":{"x":1},"other":{)" + list + "}}", R"({"data":{"x":1},"other":{"k":1,)" + list + "}}",
        R"({"data":{},"other":{"k":1,)" + list + "}}", R"({"data":{"x":{"k":1,)" + list + "}}}",
        R"({"data":{"x":[{"k":1,)" + list + R"(}]},"items":[]})", R"({"other":{"data":{"k":1,)" + list + "}}}",
        R"({"data":{"x":"y"},"z":[1],"other":{"k":1,)" + list + "}}"}) {
    INFO(other);
    const std::string seen = read(other);
    CHECK(seen.find("1:a") == std::string::npos);
  }
}

TEST_CASE("a byte order mark before the document is skipped") {
  CHECK(read("\xEF\xBB\xBF{\"data\":{\"items\":[{\"id\":1,\"name\":\"x\"}]}}").ends_with("1"));
}

TEST_CASE("a row that cannot be read is left out, with what of it can be read") {
  std::string body =
      R"({"data":{"items":[{"id":1,"name":"a"},{"id":1.5,"name":"b"},7,{"name":"c"},{"id":2,"id":3,"name":"d"},{"id":4,"name":"e"}]}})";
  for (const std::size_t window : {std::size_t{8}, std::size_t{64}, st::json::kDefaultWindow}) {
    CAPTURE(window);
    static constexpr std::array<std::string_view, 2> kWay{"data", "items"};
    static constexpr std::array kTwo{st::json::Field{"id"}, st::json::Field{"name", st::json::FieldType::text}};
    std::string reported;
    const auto row = [&](std::span<const st::json::Cell> cells) -> st::Result<void> {
      reported += std::string(*st::json::plain_text(cells[1])) + ";";
      return st::success();
    };
    const auto take = [&](const st::json::BrokenRow& odd) -> st::Result<void> {
      reported += "(" + std::to_string(odd.row_at) + " " + std::string(odd.member) + " " + std::string(odd.problem);
      if (odd.cells[1].present) reported += " " + std::string(*st::json::plain_text(odd.cells[1]));
      reported += ");";
      return st::success();
    };
    const st::json::TakeBroken broken = take;
    REQUIRE(st::json::read_rows(body, kWay, kTwo, row, window, nullptr, &broken).value() == 6);
    CHECK(reported ==
          "a;(1 id is not an integer of 64 bits b);(2  a row is not an object);(3 id is missing c);"
          "(4 id is named twice d);e;");
  }
}

TEST_CASE("broken documents are refused, wherever they break") {
  for (const char* body :
       {"", "null", "[]", R"({"data":[]})", R"({"data":{"rows":[1]}})", R"({"data":{"items":{}}})",
        R"({"data":{"items":[1]}})", R"({"data":{"items":[{"id":1,"name":"x"},]}})",
        R"({"data":{"items":[{"id":1,"name":"x"}]})", R"({"data":{"items":[{"id":1,"name":"x"}]}}})",
        R"({"data":{"items":[{"id":1,"name":"x"}],}})", R"({"data":{"items":[{"id":tru,"name":"x"}]}})",
        R"({"data":{"items":[{"id":1 "name":"x"}]}})", "{\"data\":{\"items\":[{\"id\":1,\"name\":\"\xff\"}]}}"}) {
    CAPTURE(body);
    CHECK(read(body).starts_with("error"));
    CHECK(read(body, 8).starts_with("error"));
  }
}

TEST_CASE("a body cut off anywhere is refused") {
  const std::string body = rows(3);
  for (std::size_t size = 0; size < body.size(); ++size) {
    CAPTURE(size);
    REQUIRE(read(body.substr(0, size)).starts_with("error"));
    REQUIRE(read(body.substr(0, size), 32).starts_with("error"));
  }
}

TEST_CASE("any changed byte is read or refused, never worse") {
  const std::string body = rows(2);
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const char c : {'"', '{', '}', '[', ']', ',', ':', '\\', '0', '\0', '\n'}) {
      std::string changed = body;
      changed[at] = c;
      (void)read(changed, 48);
    }
  }
}
