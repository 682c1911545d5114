// Names that are slow to resolve, and names that resolve to what they should not.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/loopback_server.hpp>

#include <cstring>
#include <iostream>

#include "tests/support/catch.hpp"
#include "tests/support/fake_names.hpp"
#include "tests/support/reactor_load.hpp"

using namespace reactor_load;
using namespace std::chrono_literals;

namespace {

class Answers final : public st::testing::LoopbackHandler {
 public:
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    ++requests;
    if (request.url.starts_with("/stolen")) ++stolen;
    st::testing::ServedAnswer served;
    served.response.status = 200;
    return served;
  }
  std::atomic<int> requests = 0;
  std::atomic<int> stolen = 0;
};

struct Fixture {
  Fixture() { fake_names::clear(); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { fake_names::clear(); }

  std::shared_ptr<Answers> answers = std::make_shared<Answers>();
  std::unique_ptr<st::testing::LoopbackServer> server = st::testing::LoopbackServer::start(answers).value();
  std::shared_ptr<st::HttpTransport> transport = st::make_curl_transport().value();
  // For connections that arrive and fail then: the server speaks no TLS.
  std::shared_ptr<st::HttpTransport> brief = st::make_curl_transport({.connect_timeout = 500ms}).value();
};

double milliseconds_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

st::Result<st::HttpResponse> get_public(st::HttpTransport& transport, const std::string& url) {
  st::HttpRequest request;
  request.url = url;
  request.operation = "test.call";
  request.reach = st::Reach::public_internet;
  return transport.send(request, {.timeout = 10s});
}

}  // namespace

TEST_CASE("a name that takes twenty seconds delays nobody else, whatever becomes of its own request") {
  Fixture f;
  fake_names::resolve_slowly("slow", 20s);
  auto alone = call_for(*f.transport, f.server->url() + "/", tenant(2), 4, 1500ms);
  REQUIRE(alone.failed == 0);
  Latencies beside;
  std::atomic<int> wrong = 0;
  std::atomic<int> ended = 0;
  {
    // Ends by its deadline, by a stop request, and by the limit for connecting.
    const auto impatient = st::make_curl_transport({.connect_timeout = 150ms}).value();
    const Crowd crowd(3, [&](int caller) {
      const auto began = Clock::now();
      if (caller == 0) {
        const auto late = get(*f.transport, "https://slow.example/", tenant(1), 100ms);
        if (late.error().errc() != st::Errc::deadline_exceeded) ++wrong;
        if (late.error().message().find("before there was a connection") == std::string::npos) ++wrong;
      } else if (caller == 1) {
        std::stop_source source;
        std::thread later([&] {
          std::this_thread::sleep_for(100ms);
          source.request_stop();
        });
        st::HttpRequest request;
        request.url = "https://slower.example/";
        st::CallContext context;
        context.tenant = tenant(1);
        context.stop = source.get_token();
        if (f.transport->send(request, context).error().errc() != st::Errc::cancelled) ++wrong;
        later.join();
      } else if (get(*impatient, "https://slow.example/", {}, 25s).error().errc() != st::Errc::connect_failed) {
        ++wrong;
      }
      if (milliseconds_since(began) > 1500) ++wrong;
      ++ended;
    });
    beside = call_for(*f.transport, f.server->url() + "/", tenant(2), 4, 3s);
  }
  std::cout << "p99 alone " << alone.percentile(0.99) << " ms, beside slow names " << beside.percentile(0.99)
            << " ms, slowest " << beside.percentile(1) << " ms\n";
  CHECK(ended > 10);
  CHECK(wrong == 0);
  CHECK(beside.failed == 0);
  CHECK(beside.percentile(0.99) < std::max(50.0, 3 * alone.percentile(0.99)));
  CHECK(beside.percentile(1) < 1000);
}

TEST_CASE("a transport ends at once while a name is being resolved, and the call with it") {
  Fixture f;
  fake_names::resolve_slowly("slow", 20s);
  CHECK_FALSE(get(*f.transport, "https://slow.example/", {}, 50ms));
  st::HttpTransport& transport = *f.transport;
  st::Errc ended{};
  std::thread caller([&] { ended = get(transport, "https://slow.example/").error().errc(); });
  while (fake_names::asked("slow.example") < 2) std::this_thread::sleep_for(5ms);
  const auto began = Clock::now();
  f.transport.reset();
  caller.join();
  CHECK(milliseconds_since(began) < 2000);
  CHECK(ended == st::Errc::cancelled);
}

TEST_CASE("a hundred names that hang stop neither other tenants nor the tenant that names them") {
  Fixture f;
  fake_names::resolve_slowly("slow", 20s);
  auto alone = call_for(*f.transport, f.server->url() + "/", tenant(2), 2, 1s);
  {
    // Half of them give up soon and come again: the threads that resolve stay bounded.
    const Crowd crowd(100, [&](int caller) {
      const auto patience = caller % 2 == 0 ? 3000ms : 100ms;
      (void)get(*f.transport, "https://slow" + std::to_string(caller) + ".example/", tenant(1), patience);
    });
    std::this_thread::sleep_for(500ms);
    auto same = call_for(*f.transport, f.server->url() + "/", tenant(1), 2, 1s);
    auto other = call_for(*f.transport, f.server->url() + "/", tenant(2), 2, 1s);
    std::string named = f.server->url();
    named.replace(named.find("127.0.0.1"), 9, "localhost");
    auto fresh = call_for(*f.transport, named + "/", tenant(3), 2, 1s);  // a host that nobody has asked yet
    std::cout << "p99 alone " << alone.percentile(0.99) << " ms; beside a hundred names that hang: the same tenant "
              << same.percentile(0.99) << " ms, another " << other.percentile(0.99) << " ms, a new host "
              << fresh.percentile(0.99) << " ms; threads that resolve: " << fake_names::most_at_once() << "\n";
    CHECK(other.failed == 0);
    CHECK(other.percentile(1) < 1000);
    CHECK(fresh.failed == 0);
    CHECK(fresh.percentile(1) < 1000);
    CHECK(other.milliseconds.size() > 100);
    CHECK(same.failed == 0);
    CHECK(same.percentile(1) < 1000);
  }
  CHECK(fake_names::most_at_once() <= 32);
}

TEST_CASE("a request for the public Internet goes to no special address, in whatever notation it is written") {
  Fixture f;
  const std::string port = ":" + std::to_string(f.server->port()) + "/stolen";
  for (const char* host : {"127.1", "2130706433", "0x7f000001", "0x7f.0x1", "0177.0.0.1", "017700000001", "0",
                           "127.0.0.1.", "%31%32%37.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "[::]", "localhost",
                           "LOCALHOST", "localhost.", "%6cocalhost", "[64:ff9b::7f00:1]"}) {
    INFO(host);
    const auto refused = get_public(*f.transport, "https://" + std::string(host) + port);
    REQUIRE_FALSE(refused);
    // A host that two readers may read in two ways is no host.
    const bool odd = host[std::strlen(host) - 1] == '.' || std::strchr(host, '%') != nullptr;
    CHECK(refused.error().errc() == (odd ? st::Errc::invalid_argument : st::Errc::address_refused));
    CHECK_FALSE(refused.error().retryable());
  }
  for (const char* host : {"127.0.0.1", "localhost", "[::1]"}) {
    const auto refused = get_public(*f.transport, "http://" + std::string(host) + port);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::address_refused);
    const std::string bare = host[0] == '[' ? "::1" : host;
    CHECK(refused.error().message().find(bare) != std::string::npos);
  }
  CHECK(f.server->connections() == 0);
  // The same without the limit does arrive: nothing else stops it.
  CHECK(get(*f.brief, "https://2130706433" + port).error().errc() == st::Errc::connect_failed);
  CHECK(f.server->connections() == 1);
}

TEST_CASE("a name that resolves to a special address is refused, metadata services among them") {
  Fixture f;
  for (const char* address : {"127.0.0.1", "10.0.0.5", "169.254.169.254", "100.100.100.200", "::1", "fd00:ec2::254",
                              "::ffff:192.168.1.1", "0.0.0.0"}) {
    INFO(address);
    fake_names::resolve("inside.example", {{address}});
    const auto refused = get_public(*f.transport, "https://inside.example:" + std::to_string(f.server->port()) + "/");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::address_refused);
    CHECK(refused.error().text().find(address) == std::string::npos);
  }
  CHECK(f.server->connections() == 0);
}

TEST_CASE("a name that changes from a public to an inner address between two requests is refused the second time") {
  Fixture f;
  fake_names::redirect("77.88.8.8", f.server->port());
  const std::string url = "https://rebind.example:" + std::to_string(f.server->port()) + "/stolen";
  fake_names::resolve("rebind.example", {{"77.88.8.8"}, {"127.0.0.1"}});
  CHECK(get_public(*f.brief, url).error().errc() == st::Errc::connect_failed);
  CHECK(f.server->connections() == 1);
  // libcurl remembers names for a minute; another transport resolves again.
  const auto later = st::make_curl_transport().value();
  CHECK(get_public(*later, url).error().errc() == st::Errc::address_refused);
  CHECK(f.server->connections() == 1);
  CHECK(fake_names::asked("rebind.example") == 2);
}

TEST_CASE("of a name with an inner and a public address only the public one is connected to") {
  Fixture f;
  const auto public_server = st::testing::LoopbackServer::start(f.answers).value();
  fake_names::redirect("77.88.8.8", public_server->port());
  fake_names::resolve("both.example", {{"127.0.0.1", "10.0.0.1", "77.88.8.8"}});
  const auto sent = get_public(*f.brief, "https://both.example:" + std::to_string(f.server->port()) + "/");
  CHECK(sent.error().errc() == st::Errc::connect_failed);
  CHECK(f.server->connections() == 0);
  CHECK(public_server->connections() == 1);
}

TEST_CASE("a connection that was opened without the limit is not used for a request with it") {
  Fixture f;
  REQUIRE(get(*f.transport, f.server->url() + "/"));
  REQUIRE(f.server->connections() == 1);
  const auto refused = get_public(*f.transport, f.server->url() + "/stolen");
  CHECK(refused.error().errc() == st::Errc::address_refused);
  CHECK(f.answers->stolen == 0);
  CHECK(get(*f.transport, f.server->url() + "/"));
}

TEST_CASE("through a proxy an address that the URL spells out is refused, and a name is left to the proxy") {
  Fixture f;
  const auto proxied = st::make_curl_transport({.proxy = f.server->url()}).value();
  for (const char* host : {"127.1", "169.254.169.254", "[::ffff:10.0.0.1]", "localhost", "0x7f000001"}) {
    const auto refused = get_public(*proxied, "https://" + std::string(host) + "/stolen");
    CHECK(refused.error().errc() == st::Errc::address_refused);
  }
  CHECK(f.server->connections() == 0);
  CHECK(get_public(*proxied, "https://shop.example/").error().errc() != st::Errc::address_refused);
  CHECK(f.server->connections() == 1);
}
