// Hostile tables of limits: no request of a vendor that has limits is sent without one, whatever the table holds.
#include <stocktracker/assembly/open.hpp>

#include <atomic>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/http/policy_chain.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using policy_chain::Chain;

namespace {

st::LimitRule rule_of(std::string category, std::vector<std::string> methods = {},
                      std::vector<std::string> tiers = {}) {
  st::LimitRule rule;
  rule.vendor = "wildberries";
  rule.category = std::move(category);
  rule.methods = std::move(methods);
  rule.tiers = std::move(tiers);
  rule.interval = 1s;
  rule.burst = 1'000;
  return rule;
}

st::HttpPolicyOptions with_rules(std::vector<st::LimitRule> rules) {
  st::HttpPolicyOptions options;
  options.limits = {};
  options.limits.limits = std::move(rules);
  return options;
}

// Nothing is sent, and the error says which part of the tag is meant.
void check_refused(Chain& chain, std::string_view operation, std::string_view category) {
  const std::size_t sent = chain.script->sent().size();
  const auto refused = chain.send(operation, category);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::invalid_argument);
  CHECK(refused.error().details().field == "quota.category");
  CHECK(refused.error().message().find("nothing was sent") != std::string::npos);
  CHECK(refused.error().message().size() < 400);
  for (const char letter : refused.error().message()) CHECK(static_cast<unsigned char>(letter) >= 0x20);
  CHECK(chain.script->sent().size() == sent);
}

}  // namespace

TEST_CASE("a request that no rule applies to is not sent, be it for its category, its operation or its kind of token") {
  Chain methods(with_rules({rule_of("market", {"market.list"}), rule_of("prices")}));
  methods.script->always("x", 200, "{}");
  CHECK(methods.send("market.list", "market"));
  CHECK(methods.send("market.other", "prices"));
  check_refused(methods, "market.other", "market");
  check_refused(methods, "market.list", "markets");
  Chain tiers(with_rules({rule_of("market", {}, {"base"})}));  // the requests are of a personal token
  check_refused(tiers, "market.list", "market");
  Chain both(with_rules({rule_of("market", {}, {"base"}), rule_of("market", {}, {"personal"})}));
  both.script->always("x", 200, "{}");
  CHECK(both.send("market.list", "market"));
}

TEST_CASE("names with odd bytes are other names, and an error shows them as text of one line") {
  Chain chain(with_rules({rule_of("a\nb"), rule_of(std::string("nul\0x", 5))}));
  chain.script->always("x", 200, "{}");
  CHECK(chain.send("op", "a\nb"));
  CHECK(chain.send("op", std::string_view("nul\0x", 5)));
  for (const std::string& category :
       {std::string("nul"), std::string("nul\0y", 5), std::string("a\rb"), std::string("\xff\xfe"), std::string("'; x"),
        std::string("\x1b[31m"), std::string("\u202e"), std::string(1'000'000, 'z'), std::string()})
    check_refused(chain, "op", category);
}

TEST_CASE("rules that are more than a seller has buckets for limit nothing: their requests are not sent") {
  std::vector<st::LimitRule> rules;
  for (int n = 0; n < 2'000; ++n) rules.push_back(rule_of("c" + std::to_string(n)));
  auto options = with_rules(rules);
  CHECK(options.validate().error().errc() == st::Errc::invalid_argument);
  Chain chain(options);
  chain.script->always("x", 200, "{}");
  CHECK(chain.send("op", "c0"));
  CHECK(chain.send("op", "c63"));
  check_refused(chain, "op", "c64");
  check_refused(chain, "op", "c1999");
  // Rules for other kinds of token take no room.
  std::vector<st::LimitRule> apart;
  for (int n = 0; n < 60; ++n) apart.push_back(rule_of("c", {}, {"base"}));
  for (int n = 0; n < 60; ++n) apart.push_back(rule_of("c" + std::to_string(n), {}, {"personal"}));
  options = with_rules(apart);
  CHECK(options.validate());
  Chain many(options);
  many.script->always("x", 200, "{}");
  CHECK(many.send("op", "c59"));
}

TEST_CASE("many threads with categories of which half have no limit send only the other half") {
  Chain chain(with_rules({rule_of("c0"), rule_of("c2"), rule_of("c4"), rule_of("c6")}));
  chain.script->always("x", 200, "{}");
  std::atomic<int> sent = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 8; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < 50; ++i) {
        const auto answer = chain.send("op", "c" + std::to_string(n));
        if (answer) ++sent;
        if (!answer && answer.error().details().field == "quota.category") ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(sent == 200);
  CHECK(refused == 200);
  CHECK(chain.script->sent().size() == 200);
}

TEST_CASE("a table whose limits cannot be counted is refused when the engine is opened, and the member is named") {
  struct Case {
    const char* field;
    void (*spoil)(st::LimitTable& table);
  };
  using Table = st::LimitTable;
  for (const Case& one : {Case{"limits[0].interval", [](Table& table) { table.limits[0].interval = {}; }},
                          Case{"limits[0].interval", [](Table& table) { table.limits[0].interval = -1s; }},
                          Case{"limits[0].burst", [](Table& table) { table.limits[0].burst = 0; }},
                          Case{"limits[0].burst", [](Table& table) { table.limits[0].burst = INT32_MIN; }},
                          Case{"limits[0] must fill within 100 years",
                               [](Table& table) {
                                 table.limits[0].interval = 1'000'000h;
                                 table.limits[0].burst = 1'000'000;
                               }},
                          Case{"penalties[0].requests",
                               [](Table& table) {
                                 table.penalties.push_back({"wildberries", "", 400, 499, 0});
                               }},
                          Case{"penalties[0]",
                               [](Table& table) {
                                 table.penalties.push_back({"wildberries", "", 499, 400, 1});
                               }},
                          Case{"parallel[0].requests",
                               [](Table& table) {
                                 table.parallel.push_back({"wildberries", "", 0});
                               }},
                          Case{"parallel must", [](Table& table) {
                                 table.parallel.push_back({"wildberries", "", 13});
                               }}}) {
    st::LimitTable table{.limits = {rule_of("market")}};
    one.spoil(table);
    CAPTURE(one.field);
    const auto opened = st::open({.path = ":memory:", .limits = table});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().errc() == st::Errc::invalid_argument);
    CHECK(opened.error().details().field == "limits");
    CHECK(opened.error().message().find(one.field) != std::string::npos);
  }
  CHECK(st::open({.path = ":memory:", .limits = st::LimitTable{.limits = {rule_of("market")}}}));
  CHECK(st::open({.path = ":memory:", .limits = st::LimitTable::shipped()}));
}
