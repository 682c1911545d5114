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
      // Of others only the period is told: no period holds more than it allows, and most of it can be used.
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
