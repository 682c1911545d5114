// Connections on which nothing passes any more, as firewalls and dying load balancers leave them.
#include <stocktracker/adapters/curl.hpp>

#include "tests/integration/nginx.hpp"
#include "tests/integration/relay.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reactor_load.hpp"

using namespace reactor_load;
using namespace std::chrono_literals;
using nginx_server::Nginx;

namespace {

struct Call {
  std::string path = "/small";
  std::chrono::milliseconds timeout = 15s;
  st::Idempotency kind = st::Idempotency::safe;
  std::chrono::milliseconds after{};
  st::Result<st::HttpResponse> result = st::Errc::internal;
};

struct Fixture {
  explicit Fixture(st::Duration idle_timeout) {
    transport = st::make_curl_transport({.ca_bundle = nginx.ca(), .idle_timeout = idle_timeout}).value();
    REQUIRE(get(*transport, relay.url("/small")));  // a connection, and the protocol is known
  }

  st::Result<st::HttpResponse> send(const Call& call) {
    st::HttpRequest request;
    request.url = relay.url(call.path);
    request.operation = "test.call";
    request.idempotency = call.kind;
    if (call.kind != st::Idempotency::safe) {
      request.method = st::HttpMethod::post;
      request.body = "ten pieces";
    }
    return transport->send(request, {.timeout = call.timeout});
  }
  // All at once; `meanwhile` runs beside them.
  template <class Meanwhile>
  void send_all(std::vector<Call>& calls, Meanwhile meanwhile) {
    std::vector<std::thread> threads;
    for (Call& call : calls) {
      threads.emplace_back([&] {
        std::this_thread::sleep_for(call.after);
        call.result = send(call);
      });
    }
    meanwhile();
    for (std::thread& thread : threads) thread.join();
  }

  Nginx nginx;
  Relay relay{nginx.port()};
  std::shared_ptr<st::HttpTransport> transport;
};

long lost(const std::vector<Call>& calls) {
  return std::ranges::count_if(calls, [](const Call& call) { return !call.result; });
}

}  // namespace

TEST_CASE("of eight requests in a row after a connection became a black hole one is lost") {
  Fixture f(30s);
  f.relay.swallow();
  int failed = 0;
  for (int n = 0; n < 8; ++n) failed += f.send({.timeout = 500ms}) ? 0 : 1;
  CHECK(failed == 1);
  CHECK(f.relay.connections() == 2);
}

TEST_CASE("of eight requests at once on a black hole one is lost, the others are answered over one new connection") {
  Fixture f(1s);
  f.relay.swallow();
  std::vector<Call> calls(8);
  const auto began = Clock::now();
  f.send_all(calls, [] {});
  CHECK(Clock::now() - began < 2500ms);
  CHECK(lost(calls) == 1);
  CHECK(f.relay.connections() == 2);
}

TEST_CASE("the deadline of one request shows that the peer is gone, and the others are sent again within theirs") {
  Fixture f(6s);
  f.relay.swallow();
  std::vector<Call> calls(8);
  calls[0].timeout = 3500ms;
  const auto began = Clock::now();
  f.send_all(calls, [] {});
  CHECK(Clock::now() - began < 5s);
  CHECK(lost(calls) == 1);
  REQUIRE_FALSE(calls[0].result);
  CHECK(calls[0].result.error().errc() == st::Errc::deadline_exceeded);
}

TEST_CASE("new requests stay off a black hole while an old one still waits there") {
  Fixture f(3s);
  std::vector<Call> calls(3);
  calls[0].path = "/trickle";  // is being answered when the line dies: stays, and ends as cut off
  calls[1].timeout = 2200ms;   // ends first
  calls[1].path = "/late/5000";
  calls[1].after = 300ms;
  calls[2].after = 2800ms;  // comes when the connection is known to be dead
  f.send_all(calls, [&] {
    std::this_thread::sleep_for(800ms);
    f.relay.swallow();
  });
  REQUIRE_FALSE(calls[0].result);
  CHECK(calls[0].result.error().errc() == st::Errc::body_truncated);
  REQUIRE_FALSE(calls[1].result);
  CHECK(calls[1].result.error().errc() == st::Errc::deadline_exceeded);
  CHECK(calls[2].result);
}

TEST_CASE("on a black hole what must not be sent twice is lost, what has a key is sent again") {
  Fixture f(1s);
  std::vector<Call> calls(4);
  for (Call& call : calls) call.path = "/late/700";
  calls[0].kind = st::Idempotency::unsafe;
  calls[1].kind = st::Idempotency::keyed;
  f.send_all(calls, [&] {
    while (f.nginx.upstream().late < 4) std::this_thread::sleep_for(5ms);
    f.relay.swallow();
  });
  REQUIRE_FALSE(calls[0].result);
  CHECK(calls[0].result.error().errc() == st::Errc::connection_lost);
  CHECK(lost(calls) == 2);                        // the unsafe one, and the first of those that shared a connection
  CHECK(f.nginx.upstream().late == 4 + 2);        // the other two came a second time
  CHECK(f.nginx.upstream().late_posts <= 1 + 2);  // the unsafe one once
}

TEST_CASE("a second black hole loses what was sent again, each request is repeated once at most") {
  Fixture f(1s);
  std::vector<Call> calls(4);
  for (Call& call : calls) call.path = "/late/3000";
  f.relay.swallow();
  f.send_all(calls, [&] {
    while (f.nginx.upstream().late < 3) std::this_thread::sleep_for(5ms);
    f.relay.swallow();
  });
  CHECK(lost(calls) == 4);
  CHECK(f.nginx.upstream().late == 3);
}

TEST_CASE("of eight requests on a connection that is reset at most one is lost") {
  Fixture f(10s);
  std::vector<Call> calls(8);
  for (Call& call : calls) call.path = "/late/500";
  f.send_all(calls, [&] {
    while (f.nginx.upstream().late < 8) std::this_thread::sleep_for(5ms);
    f.relay.reset();
  });
  CHECK(lost(calls) <= 1);
  CHECK(f.nginx.upstream().late >= 8 + 7);
}

TEST_CASE("a request that is slow on a live connection does not disturb the others there") {
  Fixture f(1s);
  std::vector<Call> calls(2);
  calls[0].path = "/silent";
  calls[1].path = "/trickle";
  f.send_all(calls, [] {});
  REQUIRE_FALSE(calls[0].result);
  CHECK(calls[0].result.error().errc() == st::Errc::connection_lost);
  REQUIRE(calls[1].result);
  CHECK(calls[1].result.value().body == "ten pieces");
  CHECK(f.relay.connections() == 1);
}
