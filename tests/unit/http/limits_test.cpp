// Tables of request limits: the shipped one, and wrong ones.
#include <stocktracker/http/limits.hpp>

#include <fstream>
#include <sstream>

#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

TEST_CASE("the shipped limits are the file in data/, and parse") {
  std::ifstream file("data/limits.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = st::LimitTable::parse(text.str());
  REQUIRE(parsed);
  const auto& shipped = st::LimitTable::shipped();
  REQUIRE(parsed.value().limits.size() == shipped.limits.size());
  REQUIRE(shipped.limits.size() >= 8);
  REQUIRE(shipped.penalties.size() == 1);
  for (const auto& rule : shipped.limits) {
    CAPTURE(rule.category);
    CAPTURE(rule.vendor);
    if (rule.vendor == "wildberries") {
      // As the tables are written: so many per period, one each interval.
      CHECK(rule.interval * rule.requests == rule.period);
    } else {
      // The documentation names only the period of the others: no period holds more than it allows, and most of it can
      // be used.
      const auto most = rule.burst + rule.period / rule.interval;
      CHECK(most <= rule.requests);
      CHECK(rule.period / rule.interval * 20 >= rule.requests * 17);
    }
  }
  CHECK(shipped.requests_of("wildberries", "marketplace", 409) == 10);
  CHECK(shipped.requests_of("wildberries", "marketplace", 200) == 1);
  CHECK(shipped.requests_of("wildberries", "marketplace", 500) == 1);
  CHECK(shipped.requests_of("wildberries", "content", 409) == 1);
  CHECK(shipped.requests_of("ozon", "marketplace", 409) == 1);
}

TEST_CASE("a table that is wrong is refused, and the error names the member") {
  const auto refused = [](const std::string& json, const std::string& part) {
    CAPTURE(json);
    const auto parsed = st::LimitTable::parse(json);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().errc() == st::Errc::invalid_text);
    CHECK(parsed.error().message().find(part) != std::string::npos);
  };
  const auto limit = [](const std::string& members) {
    return R"({"format":1,"vendors":{"x":{"limits":[{"category":"c","requests":1,"period":"1m","interval":"1m","burst":1},{)" +
           members + "}]}}}";
  };
  const std::string good = R"("category":"c","requests":1,"period":"1m","interval":"1m","burst":1)";
  REQUIRE(st::LimitTable::parse(limit(good)));
  refused("", "not JSON");
  refused("[]", "$");
  refused(R"({"format":2,"vendors":{}})", "format");
  refused(R"({"format":1})", "vendors");
  refused(R"({"format":1,"vendors":{},"more":1})", "$.more");
  refused(R"({"format":1,"vendors":{"x":{"limit":[]}}})", "$.vendors.x.limit");
  refused(R"({"format":1,"vendors":{"x":{"limits":{}}}})", "$.vendors.x.limits");
  refused(limit(good + R"(,"spare":1)"), "$.vendors.x.limits[1].spare");
  refused(limit(R"("category":"c","requests":1,"period":"1m","interval":"1m","burst":0)"), "limits[1].burst");
  refused(limit(R"("category":"c","requests":1,"period":"1m","interval":"soon","burst":1)"), "limits[1].interval");
  refused(limit(R"("category":"c","requests":1,"period":"1m","interval":"-1s","burst":1)"), "limits[1].interval");
  refused(limit(R"("category":"c","requests":1,"period":60,"interval":"1m","burst":1)"), "limits[1].period");
  refused(limit(R"("category":7,"requests":1,"period":"1m","interval":"1m","burst":1)"), "limits[1].category");
  refused(limit(good + R"(,"tiers":["a",1])"), "limits[1].tiers");
  refused(R"({"format":1,"vendors":{"x":{"penalties":[{"category":"c","from":500,"to":400,"requests":1}]}}})", "to");
}

TEST_CASE("every member of a table is read, each unit as what it says") {
  const auto parsed = st::LimitTable::parse(R"({"format":1,"vendors":{
    "one":{"source":"words","limits":[
      {"category":"a","requests":7,"period":"3h","interval":"200ms","burst":5},
      {"category":"","methods":["a.x","a.y"],"tiers":["base",""],"requests":1000000000,"period":"2m","interval":"20s",
       "burst":1000000}],
      "penalties":[{"category":"a","from":400,"to":403,"requests":10},{"category":"","from":402,"to":402,"requests":3},
                   {"category":"a","from":100,"to":599,"requests":2}],
      "parallel":[{"category":"a","requests":5},{"category":"","requests":7}]},
    "two":{"limits":[{"category":"b","requests":1,"period":"1000000h","interval":"1m","burst":1}],
      "parallel":[{"category":"b","requests":12}]}}})");
  REQUIRE(parsed);
  const st::LimitTable& table = parsed.value();
  REQUIRE(table.limits.size() == 3);
  const st::LimitRule& first = table.limits[0];
  CHECK(first.vendor == "one");
  CHECK(first.category == "a");
  CHECK(first.methods.empty());
  CHECK(first.tiers.empty());
  CHECK(first.requests == 7);
  CHECK(first.period == 3h);
  CHECK(first.interval == 200ms);
  CHECK(first.burst == 5);
  const st::LimitRule& second = table.limits[1];
  CHECK(second.category.empty());
  CHECK(second.methods == std::vector<std::string>{"a.x", "a.y"});
  CHECK(second.tiers == std::vector<std::string>{"base", ""});
  CHECK(second.requests == 1'000'000'000);
  CHECK(second.period == 2min);
  CHECK(second.interval == 20s);
  CHECK(second.burst == 1'000'000);
  CHECK(table.limits[2].vendor == "two");
  CHECK(table.limits[2].interval == 1min);
  CHECK(table.limits[2].period == std::chrono::hours(1'000'000));
  REQUIRE(table.penalties.size() == 3);
  REQUIRE(table.parallel.size() == 3);
  CHECK(table.parallel[0].vendor == "one");
  CHECK(table.parallel[0].category == "a");
  CHECK(table.parallel[0].requests == 5);
  CHECK(table.parallel[1].category.empty());
  CHECK(table.parallel[1].requests == 7);
  CHECK(table.parallel[2].vendor == "two");

  // Of several penalties the dearest counts, from its first status to its last.
  struct Case {
    const char* vendor;
    const char* category;
    int status;
    int requests;
  };
  for (const Case& one :
       {Case{"one", "a", 399, 2}, Case{"one", "a", 400, 10}, Case{"one", "a", 403, 10}, Case{"one", "a", 404, 2},
        Case{"one", "b", 402, 3}, Case{"one", "b", 401, 1}, Case{"one", "b", 403, 1}, Case{"two", "a", 400, 1}}) {
    CAPTURE(one.vendor, one.category, one.status);
    CHECK(table.requests_of(one.vendor, one.category, one.status) == one.requests);
  }
}

TEST_CASE("numbers beyond their range are refused, those at its ends are not") {
  const auto table = [](const std::string& list, const std::string& members) {
    return st::LimitTable::parse(R"({"format":1,"vendors":{"x":{")" + list + R"(":[{"category":"c",)" + members +
                                 "}]}}}");
  };
  struct Case {
    const char* list;
    const char* members;
    bool good;
  };
  for (const Case& one : {
           Case{"limits", R"("requests":1,"period":"1m","interval":"1m","burst":1)", true},
           Case{"limits", R"("requests":0,"period":"1m","interval":"1m","burst":1)", false},
           Case{"limits", R"("requests":1000000001,"period":"1m","interval":"1m","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"1m","burst":1000001)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"0s","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"1000001s","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"1d","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"1sec","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"1","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","interval":"1m","burst":1,"methods":"a.x")", false},
           Case{"limits", R"("requests":1,"interval":"1m","burst":1)", false},
           Case{"limits", R"("requests":1,"period":"1m","burst":1)", false},
           Case{"penalties", R"("from":100,"to":599,"requests":1000)", true},
           Case{"penalties", R"("from":400,"to":400,"requests":1)", true},
           Case{"penalties", R"("from":99,"to":499,"requests":1)", false},
           Case{"penalties", R"("from":400,"to":600,"requests":1)", false},
           Case{"penalties", R"("from":400,"to":499,"requests":0)", false},
           Case{"penalties", R"("from":400,"to":499,"requests":1001)", false},
           Case{"penalties", R"("from":400,"to":499,"requests":1,"more":1)", false},
           Case{"parallel", R"("requests":12)", true},
           Case{"parallel", R"("requests":13)", false},
           Case{"parallel", R"("requests":0)", false},
           Case{"parallel", R"("requests":1,"more":1)", false},
           Case{"parallel", R"("requests":7},{"category":"d","requests":6)", false},
           Case{"parallel", R"("requests":7},{"category":"d","requests":5)", true},
       }) {
    CAPTURE(one.list, one.members);
    CHECK(table(one.list, one.members).has_value() == one.good);
  }
  for (const char* list : {"limits", "penalties", "parallel"}) {
    CAPTURE(list);
    CHECK_FALSE(st::LimitTable::parse(R"({"format":1,"vendors":{"x":{")" + std::string(list) + R"(":7}}})"));
    CHECK(st::LimitTable::parse(R"({"format":1,"vendors":{"x":{")" + std::string(list) + R"(":[]}}})"));
  }
}
