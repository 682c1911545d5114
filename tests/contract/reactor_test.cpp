// Tenants that share hosts by HTTP/1.1, and what is set on connections.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/loopback_server.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <iostream>

#include "tests/support/catch.hpp"
#include "tests/support/reactor_load.hpp"

using namespace reactor_load;
using namespace std::chrono_literals;

namespace {

class Answers final : public st::testing::LoopbackHandler {
 public:
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    st::testing::ServedAnswer served;
    served.response.status = 200;
    if (request.url == "/late") {
      ++late;
      served.delay = 5s;
    }
    return served;
  }
  std::atomic<int> late = 0;
};

// Two hundred callers of tenant 1, whose requests are answered after five seconds.
class SlowTenant {
 public:
  SlowTenant(st::HttpTransport& transport, const std::string& url)
      : crowd_(200, [&transport, url, token = stop_.get_token()](int) {
          st::HttpRequest request;
          request.url = url;
          st::CallContext context;
          context.tenant = tenant(1);
          context.stop = token;
          (void)transport.send(request, context);
        }) {}
  SlowTenant(const SlowTenant&) = delete;
  SlowTenant& operator=(const SlowTenant&) = delete;
  ~SlowTenant() { stop_.request_stop(); }

 private:
  std::stop_source stop_;
  Crowd crowd_;
};

struct Fixture {
  std::shared_ptr<Answers> answers = std::make_shared<Answers>();
  std::unique_ptr<st::testing::LoopbackServer> server = st::testing::LoopbackServer::start(answers).value();
  std::unique_ptr<st::testing::LoopbackServer> other = st::testing::LoopbackServer::start(answers).value();
  std::shared_ptr<st::HttpTransport> transport = st::make_curl_transport().value();
};

}  // namespace

TEST_CASE("two hundred slow requests of one tenant do not delay another tenant's, to the same host and to others") {
  Fixture f;
  auto alone = call_for(*f.transport, f.server->url() + "/", tenant(2), 4, 1s);
  Latencies same;
  Latencies other;
  {
    const SlowTenant slow(*f.transport, f.server->url() + "/late");
    while (f.answers->late < 5) std::this_thread::sleep_for(5ms);  // five of six: alone it uses nearly everything
    same = call_for(*f.transport, f.server->url() + "/", tenant(2), 4, 3s);
    other = call_for(*f.transport, f.other->url() + "/", tenant(2), 4, 1s);
  }
  std::cout << "HTTP/1.1: p99 " << alone.percentile(0.99) << " ms alone; beside 200 slow requests of another tenant to "
            << "the same host p50 " << same.percentile(0.5) << ", p99 " << same.percentile(0.99) << ", slowest "
            << same.percentile(1) << " ms, to another host p99 " << other.percentile(0.99) << " ms\n";
  CHECK(same.failed + other.failed == 0);
  CHECK(same.percentile(0.99) < 200);
  CHECK(same.percentile(1) < 1000);
  CHECK(other.percentile(1) < 1000);
}

TEST_CASE("a request that waits for its turn ends at its deadline and at a stop request") {
  Fixture f;
  const SlowTenant slow(*f.transport, f.server->url() + "/late");
  while (f.answers->late < 5) std::this_thread::sleep_for(5ms);
  auto began = Clock::now();
  const auto late = get(*f.transport, f.server->url() + "/", tenant(1), 200ms);
  auto took = Clock::now() - began;
  REQUIRE_FALSE(late);
  CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  CHECK(late.error().message().find("before there was a connection") != std::string::npos);
  CHECK(took >= 195ms);
  CHECK(took < 600ms);

  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  st::HttpRequest request;
  request.url = f.server->url() + "/";
  st::CallContext context;
  context.tenant = tenant(1);
  context.stop = stop.get_token();
  began = Clock::now();
  const auto stopped = f.transport->send(request, context);
  took = Clock::now() - began;
  later.join();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().errc() == st::Errc::cancelled);
  CHECK(took < 500ms);
}

TEST_CASE("a transport ends at once with requests that wait for their turn") {
  Fixture f;
  st::HttpTransport& transport = *f.transport;
  std::atomic<int> cancelled = 0;
  std::vector<std::thread> callers;
  for (int n = 0; n < 40; ++n) {
    callers.emplace_back([&] {
      const auto ended = get(transport, f.server->url() + "/late", tenant(1));
      cancelled += !ended && ended.error().errc() == st::Errc::cancelled ? 1 : 0;
    });
  }
  while (f.answers->late < 5) std::this_thread::sleep_for(5ms);
  std::this_thread::sleep_for(200ms);
  const auto began = Clock::now();
  f.transport.reset();
  for (std::thread& caller : callers) caller.join();
  CHECK(Clock::now() - began < 1s);
  CHECK(cancelled == 40);
}

TEST_CASE("the system closes a connection after twenty seconds if its peer does not acknowledge") {
  Fixture f;
  REQUIRE(get(*f.transport, f.server->url() + "/"));
  int found = 0;
  for (int fd = 3; fd < 256; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || ntohs(peer.sin_port) != f.server->port()) {
      continue;
    }
    const auto option = [&](int level, int name) {
      int value = -1;
      socklen_t bytes = sizeof value;
      ::getsockopt(fd, level, name, &value, &bytes);
      return value;
    };
    CHECK(option(IPPROTO_TCP, TCP_USER_TIMEOUT) == 20'000);
    CHECK(option(SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(IPPROTO_TCP, TCP_KEEPIDLE) == 15);
    CHECK(option(IPPROTO_TCP, TCP_KEEPINTVL) == 5);
    ++found;
  }
  CHECK(found == 1);
}
