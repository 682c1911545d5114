// Tenants that share a host by HTTP/2.
#include <stocktracker/adapters/curl.hpp>

#include <iostream>

#include "tests/integration/nginx.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reactor_load.hpp"

using namespace reactor_load;
using namespace std::chrono_literals;
using nginx_server::Nginx;

TEST_CASE("two hundred slow requests of one tenant to a host with HTTP/2 do not delay another tenant's") {
  const Nginx nginx;
  const auto transport = st::make_curl_transport({.ca_bundle = nginx.ca()}).value();
  REQUIRE(get(*transport, nginx.url("/small")));
  auto alone = call_for(*transport, nginx.url("/small"), tenant(2), 4, 1s);
  REQUIRE(alone.failed == 0);
  std::stop_source stop;
  Latencies beside;
  {
    const Crowd crowd(200, [&](int) {
      st::HttpRequest request;
      request.url = nginx.url("/late/5000");
      st::CallContext context;
      context.tenant = tenant(1);
      context.stop = stop.get_token();
      (void)transport->send(request, context);
    });
    while (nginx.upstream().late < 80) std::this_thread::sleep_for(10ms);  // alone it uses nearly everything
    beside = call_for(*transport, nginx.url("/small"), tenant(2), 4, 3s);
    stop.request_stop();
  }
  std::cout << "HTTP/2: p50 " << alone.percentile(0.5) << " and p99 " << alone.percentile(0.99)
            << " ms alone; beside 200 slow requests of another tenant p50 " << beside.percentile(0.5) << ", p99 "
            << beside.percentile(0.99) << ", slowest " << beside.percentile(1) << " ms\n";
  CHECK(beside.failed == 0);
  CHECK(beside.percentile(0.99) < 200);
  CHECK(beside.percentile(1) < 1500);
}
