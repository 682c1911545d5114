// Events and plans as JSON and text.
#include "server/render/event.hpp"

#include <stocktracker/core/json_reader.hpp>

#include "server/render/plan.hpp"
#include "tests/support/catch.hpp"

namespace {

namespace st = stocktracker;

st::Event event(std::string payload, int version) {
  st::Event made;
  made.number = 7;
  made.topic = "sync.finished";
  made.payload = std::move(payload);
  made.created_at = st::Instant::from_seconds(1'795'300'000);
  made.version = version;
  return made;
}

}  // namespace

TEST_CASE("an event's payload is an object in JSON, and a text if nobody can read it") {
  const auto parsed = st::JsonDocument::parse(server::to_json(event(R"({"version":2,"run":"a"})", 2)));
  REQUIRE(parsed);
  const auto root = parsed.value().root();
  CHECK(root.integer("number").value() == 7);
  CHECK(root.string("topic").value() == "sync.finished");
  CHECK(root.integer("version").value() == 2);
  CHECK(root.string("created_at").value() == "2026-11-21T22:26:40Z");
  CHECK(root.member("payload").value().string("run").value() == "a");
  for (const char* payload : {R"({"version":"x"})", R"({"a":1,"a":2})", "no \"JSON\""}) {
    const auto odd = st::JsonDocument::parse(server::to_json(event(payload, payload[0] == '{' && payload[2] == 'a')));
    REQUIRE(odd);
    CHECK(odd.value().root().string("payload").value() == payload);
  }
}

TEST_CASE("a plan says the requests of each source, whether there may be more, and which source waits") {
  st::SyncPlan plan;
  plan.sources = {{"catalogue", 3, false, std::nullopt}, {"fbo", 2, true, st::Instant::from_seconds(1'795'300'000)}};
  const std::string account = plan.account.text();
  CHECK(server::to_json(plan) ==
        R"({"account":")" + account +
            R"(","requests":5,"at_least":true,"sources":[)"
            R"({"name":"catalogue","requests":3,"at_least":false,"not_before":null},)"
            R"({"name":"fbo","requests":2,"at_least":true,"not_before":"2026-11-21T22:26:40Z"}]})");
  st::Account shop;
  shop.label = "shop";
  server::StringSink sink;
  server::plan_as_text(shop, plan, sink);
  CHECK(sink.text().starts_with("shop: at least 5 requests\n"));
  CHECK(sink.text().find("at least 2") != std::string::npos);
  CHECK(sink.text().find("2026-11-21 22:26:40Z") != std::string::npos);
}
