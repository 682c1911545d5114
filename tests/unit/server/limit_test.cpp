// Limits of an account, and who waits for them.
#include "server/render/limit.hpp"

#include <algorithm>
#include <chrono>

#include <stocktracker/core/time_text.hpp>

#include "tests/support/catch.hpp"

namespace {

namespace st = stocktracker;

st::LimitRule rule(const char* vendor, const char* category, std::vector<std::string> tiers) {
  st::LimitRule limit;
  limit.vendor = vendor;
  limit.category = category;
  limit.tiers = std::move(tiers);
  limit.interval = std::chrono::milliseconds(200);
  limit.burst = 20;
  limit.requests = 300;
  limit.period = std::chrono::minutes(1);
  return limit;
}

st::LimitTable three_rules() {
  st::LimitTable table;
  table.limits = {rule("wildberries", "marketplace", {}), rule("wildberries", "statistics", {"personal"}),
                  rule("ozon", "all", {})};
  table.penalties = {{"wildberries", "marketplace", 400, 499, 10}};
  table.parallel = {{"wildberries", "marketplace", 3}, {"ozon", "all", 5}};
  return table;
}

server::KnownAccount wildberries_with(std::vector<st::CredentialFacts> credentials) {
  server::KnownAccount known;
  known.account.channel = st::Channel::wildberries;
  known.account.label = "Anna";
  known.credentials = std::move(credentials);
  return known;
}

st::CredentialFacts kind(const char* name) {
  st::CredentialFacts facts;
  facts.kind = name;
  return facts;
}

std::string table_of(const server::KnownAccount& known) {
  auto table = server::limit_table();
  server::add_limits(table, three_rules(), known);
  server::StringSink out;
  table.print(out);
  return out.text();
}

std::string json_of(const server::KnownAccount& known) { return server::to_json(three_rules(), {known}); }

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an account shows the limits of its own marketplace, with what a refusal costs") {
  const auto known = wildberries_with({kind("personal")});
  const std::string table = table_of(known);
  CHECK(has(table, "300 per 1 min"));
  CHECK(has(table, "200 ms"));
  CHECK(has(table, "400-499 counts 10"));
  CHECK(has(table, "3 at once"));
  CHECK_FALSE(has(table, "5 at once"));
  CHECK_FALSE(has(table, "all  "));
  CHECK(std::count(table.begin(), table.end(), '\n') == 4);
  const std::string json = json_of(known);
  CHECK(has(json,
            R"("category":"marketplace","methods":[],"requests":300,"period_ms":60000,"interval_ms":200,"burst":20)"));
  CHECK(has(json, R"("category":"marketplace","at_once":3)"));
  CHECK_FALSE(has(json, "ozon"));
  CHECK_FALSE(has(json, R"("at_once":5)"));
}

TEST_CASE("a limit for one kind of token is shown to accounts that have one, and where nothing is known of tokens") {
  CHECK(has(table_of(wildberries_with({kind("personal")})), "statistics"));
  CHECK(has(table_of(wildberries_with({kind("base"), kind("personal")})), "statistics"));
  CHECK(has(table_of(wildberries_with({})), "statistics"));
  CHECK_FALSE(has(table_of(wildberries_with({kind("base")})), "statistics"));
  CHECK_FALSE(has(json_of(wildberries_with({kind("base")})), "statistics"));
  CHECK(has(json_of(wildberries_with({kind("base")})), "marketplace"));
}

TEST_CASE("only sources that wait for a limit are said to wait, and until when") {
  const st::Instant until = st::Instant::from_micros(1'800'000'000'000'000);
  std::vector<st::SourceStatus> sources(4);
  sources[0].name = "fbo";
  sources[0].state = st::SourceState::throttled;
  sources[0].retry_at = until;
  sources[1].name = "orders";
  sources[1].state = st::SourceState::failed;
  sources[1].retry_at = until;
  sources[2].name = "prices";
  sources[2].state = st::SourceState::throttled;  // nobody knows until when
  sources[3].name = "catalogue";
  sources[3].state = st::SourceState::ok;
  CHECK(server::waiting_text(sources) == "  fbo waits until " + st::to_table_text(until) + "\n");
}
