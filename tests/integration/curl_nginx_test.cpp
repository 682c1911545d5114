// The transport against a server that is not ours: certificates, protocol versions, HTTP/2, compression.
#include <stocktracker/adapters/curl.hpp>

#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "tests/integration/nginx.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using nginx_server::Nginx;

namespace {

st::Result<st::HttpResponse> get(st::HttpTransport& transport, const std::string& url, std::size_t cap = 1 << 20,
                                 st::Duration timeout = 10s) {
  st::HttpRequest request;
  request.url = url;
  request.max_body = cap;
  return transport.send(request, {.timeout = timeout});
}

}  // namespace

TEST_CASE("the transport speaks TLS, HTTP/2 and compression with a real server") {
  const Nginx nginx;
  auto trusting = st::make_curl_transport({.ca_bundle = nginx.ca(), .max_connections_per_host = 8}).value();
  const auto small = get(*trusting, nginx.url("/small"));
  REQUIRE(small);
  CHECK(small.value().body == "the body");

  SECTION("a certificate that nobody vouches for, another name, an old protocol") {
    auto system = st::make_curl_transport().value();
    CHECK(get(*system, nginx.url("/small")).error().errc() == st::Errc::tls_failed);
    std::string by_address = nginx.url("/small");
    by_address.replace(by_address.find("localhost"), 9, "127.0.0.1");
    CHECK(get(*trusting, by_address).error().errc() == st::Errc::tls_failed);
    CHECK(get(*trusting, nginx.old_url()).error().errc() == st::Errc::tls_failed);
  }
  SECTION("thirty-two at once share one connection by HTTP/2, and do not where it is off") {
    const auto at_once = [&](st::HttpTransport& transport) {
      const std::size_t before = nginx.log().size();
      std::atomic<int> good = 0;
      std::vector<std::thread> threads;
      for (int t = 0; t < 32; ++t) {
        threads.emplace_back([&] { good += get(transport, nginx.url("/small")) ? 1 : 0; });
      }
      for (auto& thread : threads) thread.join();
      CHECK(good == 32);
      std::set<std::string> connections;
      std::set<std::string> protocols;
      for (int i = 0; i < 100 && nginx.log().size() < before + 32; ++i) std::this_thread::sleep_for(20ms);
      const auto lines = nginx.log();
      for (std::size_t n = before; n < lines.size(); ++n) {
        connections.insert(lines[n].first);
        protocols.insert(lines[n].second);
      }
      CHECK(protocols.size() == 1);
      return std::make_pair(connections.size(), *protocols.begin());
    };
    CHECK(at_once(*trusting) == std::make_pair(std::size_t{1}, std::string("HTTP/2.0")));
    auto old =
        st::make_curl_transport({.ca_bundle = nginx.ca(), .max_connections_per_host = 3, .http1_hosts = {"localhost"}})
            .value();
    const auto [connections, protocol] = at_once(*old);
    CHECK(protocol == "HTTP/1.1");
    CHECK(connections <= 3);
  }
  SECTION("a body that grows beyond its cap when it is unpacked is refused") {
    const auto bomb = get(*trusting, nginx.url("/bomb"), 8 << 20);
    REQUIRE_FALSE(bomb);
    CHECK(bomb.error().errc() == st::Errc::body_too_large);
  }
  SECTION("a stream without a byte ends its request and its connection, one that trickles does neither") {
    // Longer than the time limit as a whole, a quarter of it between two pieces. A machine that is too busy for that is
    // given more time.
    std::shared_ptr<st::HttpTransport> impatient;
    std::size_t first = 0;
    for (const auto idle : {1s, 3s, 9s}) {
      impatient = st::make_curl_transport({.ca_bundle = nginx.ca(), .idle_timeout = idle}).value();
      first = nginx.log().size();
      const std::string pieces = "/trickle/" + std::to_string(std::chrono::milliseconds(idle).count() * 5 / 2);
      const auto trickled = get(*impatient, nginx.url(pieces), 1 << 20, 60s);
      if (!trickled && idle < 9s) {
        for (int i = 0; i < 100 && nginx.log().size() <= first; ++i) std::this_thread::sleep_for(20ms);
        continue;
      }
      REQUIRE(trickled);
      CHECK(trickled.value().body == "ten pieces");
      break;
    }
    const auto connection_of = [&](std::size_t line) {
      for (int i = 0; i < 100 && nginx.log().size() <= line; ++i) std::this_thread::sleep_for(20ms);
      const auto lines = nginx.log();
      REQUIRE(lines.size() > line);
      CHECK(lines[line].second == "HTTP/2.0");
      return lines[line].first;
    };
    const std::string good = connection_of(first);
    const auto began = std::chrono::steady_clock::now();
    const auto silent = get(*impatient, nginx.url("/silent"));
    CHECK(silent.error().errc() == st::Errc::connection_lost);
    CHECK(std::chrono::steady_clock::now() - began < 30s);  // the server itself would wait for a minute
    CHECK(connection_of(first + 1) == good);
    CHECK(get(*impatient, nginx.url("/small")));
    CHECK(connection_of(first + 2) != good);
  }
  SECTION("a redirect is an answer") { CHECK(get(*trusting, nginx.url("/away")).value().status == 302); }
  SECTION("the proxy is the option's, never the environment's") {
    ::setenv("https_proxy", "http://127.0.0.1:1", 1);
    ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    CHECK(get(*trusting, nginx.url("/small")));
    ::unsetenv("https_proxy");
    ::unsetenv("ALL_PROXY");
    auto proxied = st::make_curl_transport({.ca_bundle = nginx.ca(), .proxy = "http://127.0.0.1:1"}).value();
    ::setenv("no_proxy", "*", 1);
    CHECK(get(*proxied, "https://marketplace.invalid/").error().errc() == st::Errc::connect_failed);
    ::unsetenv("no_proxy");
    CHECK(get(*proxied, nginx.url("/small")));  // this machine is reached without it
    CHECK_FALSE(st::make_curl_transport({.proxy = "http://user:password@proxy:1"}));
  }
}
