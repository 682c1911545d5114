// Fault scripts of the world, and what each fault does.
#include <stocktracker/testing/faults.hpp>

#include "tests/support/catch.hpp"
#include "tests/unit/testing/world_client.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::FaultKind;
using st::testing::FaultScript;

TEST_CASE("a fault script is read into the faults that it lists") {
  const auto script = FaultScript::parse(
      R"({"faults":[{"at":"3h","fault":"throttle","wait":"1800s","path":"cards/list"},
                    {"at":"0s","fault":"status","status":402,"times":2},{"at":"2d","lasts":"20m","fault":"shrink_pages","size":7}]})");
  REQUIRE(script);
  const auto& faults = script.value().faults();
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].at == 3h);
  CHECK(faults[0].fault.kind == FaultKind::throttle);
  CHECK(faults[0].fault.wait == 1800s);
  CHECK(faults[0].fault.path == "cards/list");
  CHECK(faults[1].fault.status == 402);
  CHECK(faults[1].fault.times == 2);
  CHECK(faults[2].at == 48h);
  CHECK(faults[2].fault.lasts == 20min);
  CHECK(faults[2].fault.size == 7);
  for (int kind = 0; kind <= static_cast<int>(FaultKind::byte_order_mark); ++kind) {
    const auto parsed = FaultScript::parse(std::string(R"({"faults":[{"at":"1s","wait":"1s","fault":")") +
                                           to_string(static_cast<FaultKind>(kind)) + "\"}]}");
    REQUIRE(parsed);
    CHECK(static_cast<int>(parsed.value().faults()[0].fault.kind) == kind);
  }
}

TEST_CASE("a script that is wrong is refused, and the error names the place") {
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {"", "not JSON"},
           {"[]", "not JSON"},
           {R"({"fault":[]})", "fault"},
           {R"({"faults":{}})", "faults"},
           {R"({"faults":[1]})", "faults[0]"},
           {R"({"faults":[{"at":"1s"}]})", "faults[0].fault"},
           {R"({"faults":[{"at":"1s","fault":"fire"}]})", "faults[0].fault"},
           {R"({"faults":[{"fault":"reset"}]})", "faults[0].at"},
           {R"({"faults":[{"at":3,"fault":"reset"}]})", "faults[0].at"},
           {R"({"faults":[{"at":"3 h","fault":"reset"}]})", "faults[0].at"},
           {R"({"faults":[{"at":"1s","fault":"reset"},{"at":"1s","fault":"slow"}]})", "faults[1].wait"},
           {R"({"faults":[{"at":"1s","fault":"status","status":200}]})", "faults[0].status"},
           {R"({"faults":[{"at":"1s","fault":"status","times":-1}]})", "faults[0].times"},
           {R"({"faults":[{"at":"1s","fault":"reset","port":1}]})", "faults[0].port"},
           {R"({"faults":[{"at":"1s","fault":"reset","path":1}]})", "faults[0].path"}}) {
    CAPTURE(text);
    const auto parsed = FaultScript::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().errc() == st::Errc::invalid_text);
    CHECK(parsed.error().message().find(part) != std::string::npos);
  }
}

namespace {

st::Result<st::HttpResponse> ask(st::testing::World& world, const std::string& path = "/api/v3/warehouses",
                                 const st::CallContext& context = {}, const char* body = "") {
  st::HttpRequest request;
  request.url = "https://wb.test" + path;
  request.body = body;
  if (request.body.size() > 0) request.method = st::HttpMethod::post;
  request.secret_headers.push_back({"Authorization", world.token(st::Channel::wildberries)});
  return world.transport()->send(request, context);
}

}  // namespace

TEST_CASE("each fault does what it says, where and when it says") {
  st::testing::World world({.seed = 2, .offers = 20, .orders_per_offer_day_x100 = 0});
  const auto start = world.clock()->now();
  st::testing::Fault slow;
  slow.kind = FaultKind::slow;
  slow.wait = 40s;
  slow.times = 2;
  world.faults()
      .at(1h, st::testing::answer_status(503, 1, "warehouses"))
      .at(2h, st::testing::throttle(st::Channel::wildberries, 20min))
      .at(3h, st::testing::reset_connection(1))
      .at(4h, st::testing::truncate_body(1))
      .at(5h, slow);
  CHECK(ask(world).value().status == 200);
  world.clock()->advance_to(start + 1h);
  CHECK(ask(world, "/api/v1/seller-info").value().status == 200);
  CHECK(ask(world).value().status == 503);
  CHECK(ask(world).value().status == 200);
  world.clock()->advance_to(start + 2h + 5min);
  CHECK(ask(world).value().header("X-Ratelimit-Retry") == "1200");  // from its first refusal on
  world.clock()->advance(10min);
  const auto throttled = ask(world).value();
  CHECK(throttled.status == 429);
  CHECK(throttled.header("X-Ratelimit-Retry") == "600");
  world.clock()->advance(10min);
  CHECK(ask(world).value().status == 200);
  world.clock()->advance_to(start + 3h);
  CHECK(ask(world).error().errc() == st::Errc::connection_lost);
  CHECK(ask(world).value().status == 200);
  world.clock()->advance_to(start + 4h);
  CHECK(ask(world).error().errc() == st::Errc::body_truncated);
  world.clock()->advance_to(start + 5h);
  CHECK(ask(world, "/api/v3/warehouses", {.timeout = 10s}).error().errc() == st::Errc::deadline_exceeded);
  CHECK(world.clock()->now() == start + 5h + 10s);
  CHECK(ask(world).value().status == 200);
  CHECK(world.clock()->now() == start + 5h + 50s);
}

TEST_CASE("every status has the shape of its part of the API") {
  for (const int status : {400, 401, 402, 403, 404, 409, 429, 500, 502, 503}) {
    st::testing::World world({.seed = 2, .offers = 5});
    world.faults().at(0s, st::testing::answer_status(status, 0));
    for (const char* path : {"/api/v3/warehouses", "/api/v1/seller-info"}) {
      const auto answered = ask(world, path).value();
      CHECK(answered.status == status);
      const auto body = st::testing::world::JsonValue::parse(answered.body);
      CHECK(body.has_value() == (status < 500));
    }
  }
}

TEST_CASE("spoilt bodies are spoilt as promised") {
  const auto body_with = [](FaultKind kind) {
    st::testing::World world({.seed = 2, .offers = 5});
    st::testing::Fault fault;
    fault.kind = kind;
    world.faults().at(0s, fault);
    return ask(world).value().body;
  };
  const auto complete = st::testing::world::JsonValue::parse(body_with(FaultKind::status).empty() ? "" : "[]");
  CHECK_FALSE(st::testing::world::JsonValue::parse(body_with(FaultKind::broken_json)));
  const auto unknown = st::testing::world::JsonValue::parse(body_with(FaultKind::unknown_fields));
  REQUIRE(unknown);
  CHECK(unknown->items()[0].find("новоеПоле") != nullptr);
  CHECK(unknown->items()[0].find("id")->is(st::testing::world::JsonValue::Type::integer));
  const auto types = st::testing::world::JsonValue::parse(body_with(FaultKind::wrong_types));
  REQUIRE(types);
  CHECK(types->items()[0].find("id")->is(st::testing::world::JsonValue::Type::string));
}
