#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/loopback_server.hpp>
#include <stocktracker/testing/transport_contract.hpp>

#include <atomic>
#include <thread>

#include "tests/support/catch_check.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

class Curl final : public st::testing::TransportSubject {
 public:
  st::Result<std::shared_ptr<st::HttpTransport>> transport() override { return st::make_curl_transport(); }
  std::shared_ptr<st::HttpTransport> with_idle_timeout(st::Duration limit) override {
    return st::make_curl_transport({.idle_timeout = limit}).value();
  }
  [[nodiscard]] bool keeps_reach() const override { return true; }
};

}  // namespace

TEST_CASE("the curl transport keeps the transport contract") {
  Curl curl;
  CatchCheck check;
  st::testing::transport_contract(curl, check);
  CHECK(check.expectations() > 90);
}

namespace {

class Late final : public st::testing::LoopbackHandler {
 public:
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    st::testing::ServedAnswer served;
    served.response.status = 200;
    if (request.url == "/silent") served.wire = st::testing::ServedAnswer::Wire::silent;
    if (request.url == "/late") served.delay = 700ms;
    return served;
  }
};

st::Result<st::HttpResponse> get(st::HttpTransport& transport, const std::string& url) {
  st::HttpRequest request;
  request.url = url;
  request.operation = "test.call";
  return transport.send(request, {});
}

}  // namespace

TEST_CASE("a request that waits for a free connection does not count as idle") {
  const auto server = st::testing::LoopbackServer::start(std::make_shared<Late>()).value();
  const auto transport = st::make_curl_transport({.max_connections_per_host = 1, .idle_timeout = 1s}).value();
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      if (get(*transport, server->url() + "/late")) ++answered;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == 4);
  CHECK(server->connections() == 1);
}

TEST_CASE("a connection on which a request ran out of time is not used again") {
  const auto server = st::testing::LoopbackServer::start(std::make_shared<Late>()).value();
  const auto transport = st::make_curl_transport({.max_connections_per_host = 1, .idle_timeout = 1s}).value();
  REQUIRE(get(*transport, server->url() + "/"));
  CHECK(server->connections() == 1);
  CHECK(get(*transport, server->url() + "/silent").error().errc() == st::Errc::connection_lost);
  REQUIRE(get(*transport, server->url() + "/"));
  CHECK(server->connections() == 2);
}

TEST_CASE("limits of time that make no sense are refused by name") {
  for (const st::Duration limit : {st::Duration(0), st::Duration(999'999), st::Duration(std::chrono::hours(25))}) {
    const auto made = st::make_curl_transport({.idle_timeout = limit});
    REQUIRE_FALSE(made);
    CHECK(made.error().message().find("idle_timeout") != std::string::npos);
  }
}
