// Random bodies of rows, some of them odd, beside what was put into them: no odd row costs another one, and what is
// said of it is its own.
#include <array>
#include <random>

#include "json/array_rows.hpp"
#include "json/nested_rows.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

namespace st = stocktracker;
namespace json = stocktracker::json;

namespace {

// A name of sixteen bytes with its quote, one that is longer, and one that begins another.
constexpr std::array kFields{json::Field{"id", json::FieldType::lenient_integer, true},
                             json::Field{"warehouseOffice", json::FieldType::text, true},
                             json::Field{"warehouseOfficeName", json::FieldType::text, false},
                             json::Field{"amount", json::FieldType::integer, false}};
constexpr std::array kPart{json::Field{"kind", json::FieldType::text},
                           json::Field{"count", json::FieldType::lenient_integer}};

std::string cells_text(std::span<const json::Cell> cells) {
  std::string text;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const json::Cell& cell = cells[at];
    const bool is_text = kFields[at].type == json::FieldType::text;
    const auto plain = cell.present && is_text ? json::plain_text(cell) : std::optional<std::string_view>();
    const std::string value = !cell.present ? "-"
                              : is_text     ? json::text_of(cell).value()
                                            : std::to_string(cell.integer);
    if (plain) CHECK(*plain == value);
    text += " " + value;
  }
  return text;
}

std::string said_of(const json::BrokenRow& row) {
  std::string problem(row.problem);
  if (problem == "a row is not an object") problem.erase(0, 6);  // as rows in groups say it
  return "!" + std::string(row.member) + " " + problem + cells_text(row.cells) + ";";
}

struct Written {
  std::string json;
  std::string expected;
};

class Rows {
 public:
  explicit Rows(std::uint64_t seed) : random_(static_cast<unsigned>(seed)) {}

  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  bool chance(int percent) { return pick(100) < percent; }

  // Any text, with what it stands for; quotes and brackets in it end nothing.
  Written text() {
    static const std::vector<Written> pieces{
        {"a", "a"},       {"\\\"", "\""},   {"]", "]"},    {"}", "}"}, {"\\\\", "\\"}, {",{", ",{"},
        {"Тула", "Тула"}, {"\\u0041", "A"}, {"\\n", "\n"}, {"[", "["}, {":", ":"},     {"12345678", "12345678"}};
    Written made;
    for (int n = pick(5); n > 0; --n) {
      const Written& one = pieces[static_cast<std::size_t>(pick(static_cast<int>(pieces.size())))];
      made.json += one.json;
      made.expected += one.expected;
    }
    made.json = "\"" + made.json + "\"";
    return made;
  }

  // A row, and what a reader says of it: its cells, or what is wrong and what can be read.
  Written row() {
    if (chance(8)) {
      static const std::vector<std::string> others{"5", "\"]},{\"", "null", "true", "[{\"id\":9}]", "[]"};
      return {others[static_cast<std::size_t>(pick(static_cast<int>(others.size())))], "! is not an object - - - -;"};
    }
    const std::string id = std::to_string(pick(2'000'000'000) - 5);
    const Written office = text();
    const Written name = text();
    const std::string amount = std::to_string(pick(9));
    std::vector<std::string> members;
    std::string wrong;
    std::array<std::string, 4> cells{id, office.expected, "-", "-"};
    const auto add = [&](const std::string& member, const std::string& value) {
      members.push_back("\"" + member + "\":" + value);
    };
    const int fault = chance(40) ? pick(6) : -1;
    if (fault == 0) {
      wrong = "id is missing";
      cells[0] = "-";
    } else if (fault == 1) {
      add("id", chance(50) ? "\"12x\"" : "1.5");
      wrong = "id is not an integer of 64 bits";
      cells[0] = "-";
    } else if (fault == 2) {
      add("id", "null");
      wrong = "id is not an integer of 64 bits";
      cells[0] = "-";
    } else {
      add("id", chance(30) ? "\"" + id + "\"" : id);
    }
    if (fault == 3) {
      add("warehouseOffice", "[" + office.json + "]");
      wrong = "warehouseOffice is not a text";
      cells[1] = "-";
    } else {
      add("warehouseOffice", office.json);
    }
    if (chance(50)) {
      add("warehouseOfficeName", name.json);
      cells[2] = name.expected;
    } else if (chance(30)) {
      add("warehouseOfficeName", "null");
    }
    if (fault == 4) {
      add("amount", "\"" + amount + "\"");
      wrong = "amount is not an integer of 64 bits";
    } else if (fault == 5) {
      add("amount", amount);
      add("amount", amount);
      wrong = "amount is named twice";
      cells[3] = amount;
    } else if (chance(50)) {
      add("amount", amount);
      cells[3] = amount;
    }
    // Members that begin like those, or that those begin like.
    if (chance(40)) add("idx", "77");
    if (chance(40)) add("i", "\"78\"");
    if (chance(40)) add("warehouseOfficeNames", "{\"id\":[1,{\"id\":\"}\"}]}");
    if (chance(40)) add("warehouseOffic", "\"79\"");
    if (chance(40)) add("amoun", "80");
    if (chance(60)) std::shuffle(members.begin(), members.end(), random_);
    Written made;
    for (const auto& member : members) made.json += (made.json.empty() ? "" : ",") + member;
    made.json = "{" + made.json + "}";
    for (const auto& cell : cells) made.expected += " " + cell;
    made.expected = (wrong.empty() ? "" : "!" + wrong) + made.expected + ";";
    return made;
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("rows are what was written, whatever stands between and around them, in windows of any size") {
  constexpr std::array<std::string_view, 2> path{"data", "items"};
  std::size_t odd = 0;
  for (const std::uint64_t seed : seeds_to_try(1, 60)) {
    INFO(replay(seed));
    Rows rows(seed);
    std::string list;
    std::string expected;
    const int count = 1 + rows.pick(12);
    for (int n = 0; n < count; ++n) {
      const Written row = rows.row();
      list += (n == 0 ? "" : rows.chance(20) ? " , " : ",") + row.json;
      expected += row.expected;
    }
    const std::string head =
        R"({"data2":{"items":[{"id":5}]},"t":"\"items\":[","data":{"items2":[1],"a":{"items":[[{}]]},"items":[)";
    const std::string tail = R"(],"total":[7,{"items":[]}]},"next":"[]"})";
    for (const std::size_t window : {std::size_t{1}, std::size_t{40}, std::size_t{200}, json::kDefaultWindow}) {
      INFO("window " << window);
      std::string body = head + list + tail;
      std::string seen;
      std::string rest;
      const auto take = [&](std::span<const json::Cell> cells) -> st::Result<void> {
        seen += cells_text(cells) + ";";
        return st::success();
      };
      const auto leave_out = [&](const json::BrokenRow& row) -> st::Result<void> {
        ++odd;
        seen += said_of(row);
        return st::success();
      };
      const json::TakeBroken broken = leave_out;
      const auto read = json::read_rows(body, path, kFields, take, window, &rest, &broken);
      REQUIRE(read.has_value());
      CHECK(read.value() == static_cast<std::size_t>(count));
      CHECK(seen == expected);
      CHECK(rest == head + tail);
      CHECK(body == head + list + tail);
    }
    // The same rows in groups, and as rows with parts.
    const json::NestedShape shape{.path = path,
                                  .group = std::span(kPart).first(1),
                                  .rows = "rows",
                                  .row = kFields,
                                  .parts = "parts",
                                  .part = kPart};
    std::string body = R"({"data":{"items":[{"kind":"g","rows":[)" + list + R"(]},{"rows":[],"kind":"h"}]}})";
    std::string seen;
    const auto take = [&](const json::NestedRow& row) -> st::Result<void> {
      CHECK(json::text_of(row.group[0]).value() == "g");
      CHECK(row.parts.empty());
      seen += cells_text(row.row) + ";";
      return st::success();
    };
    const auto leave_out = [&](const json::BrokenRow& row) -> st::Result<void> {
      seen += said_of(row);
      return st::success();
    };
    const json::TakeBroken broken = leave_out;
    const auto read = json::read_nested(body, shape, take, nullptr, &broken);
    REQUIRE(read.has_value());
    CHECK(seen == expected);
    CHECK(read.value() == static_cast<std::size_t>(count));
  }
  CHECK(odd > 0);
}

TEST_CASE("a row with an odd part is left out by itself; the parts of its neighbours are their own") {
  constexpr std::array<std::string_view, 1> path{"items"};
  const json::NestedShape shape{
      .path = path, .row = std::span(kFields).first(1), .parts = "parts", .part = kPart, .parts_required = true};
  std::string body = R"({"items":[{"id":1,"parts":[{"kind":"a","count":1},{"kind":"b","count":2}]},)"
                     R"({"id":2,"parts":[{"kind":"a"}]},{"id":3,"parts":[]},{"id":4},{"id":5,"parts":null},)"
                     R"({"id":6,"parts":[{"kind":"a","count":6}],"parts":[{"kind":"a","count":7}]},7,)"
                     R"({"id":8,"parts":[{"kind":5,"count":6}]},{"parts":[{"kind":"c","count":9}],"id":9}]})";
  std::string seen;
  const auto take = [&](const json::NestedRow& row) -> st::Result<void> {
    seen += std::to_string(row.row[0].integer);
    for (std::size_t at = 0; at < row.parts.size(); at += 2) {
      seen += " " + json::text_of(row.parts[at]).value() + std::to_string(row.parts[at + 1].integer);
    }
    seen += ";";
    return st::success();
  };
  const auto leave_out = [&](const json::BrokenRow& row) -> st::Result<void> {
    seen += "!" + (row.cells[0].present ? std::to_string(row.cells[0].integer) : std::string("-")) + " " +
            std::string(row.member) + " " + std::string(row.problem) + ";";
    return st::success();
  };
  const json::TakeBroken broken = leave_out;
  REQUIRE(json::read_nested(body, shape, take, nullptr, &broken).has_value());
  CHECK(seen ==
        "1 a1 b2;!2 count is missing;3;!4 parts is not an array;!5 parts is not an array;!6 parts is named twice;"
        "!-  is not an object;!8 kind is not a text;9 c9;");
}

TEST_CASE("a member without a value, and one too many closing brackets, are no rows") {
  constexpr std::array<std::string_view, 1> path{"items"};
  for (const char* list :
       {R"({"id":1,"odd":,"warehouseOffice":"a"})", R"({"odd":})", R"({"id":1,"odd"::,"warehouseOffice":"a"})",
        R"({"id":1,"odd":],"warehouseOffice":"a"})", R"({"id":1,"warehouseOffice":"a"}})",
        R"({"id":1,"warehouseOffice":"a"},)", R"({"id":1 "warehouseOffice":"a"})",
        R"({"id":1,"warehouseOffice":"a"} {"id":2,"warehouseOffice":"b"})"}) {
    INFO(list);
    std::size_t taken = 0;
    std::string body = R"({"items":[)" + std::string(list) + "]}";
    std::string again = body;
    const auto count = [&]() -> st::Result<void> {
      ++taken;
      return st::success();
    };
    const auto leave_out = [&](const json::BrokenRow&) { return count(); };
    const json::TakeBroken broken = leave_out;
    CHECK_FALSE(json::read_rows(
        body, path, kFields, [&](std::span<const json::Cell>) { return count(); }, json::kDefaultWindow, nullptr,
        &broken));
    const json::NestedShape shape{.path = path, .row = kFields};
    CHECK_FALSE(json::read_nested(
        again, shape, [&](const json::NestedRow&) { return count(); }, nullptr, &broken));
  }
}
