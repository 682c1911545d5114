// The transport suite over libcurl, and rules of its connections that the suite does not ask for.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/loopback_server.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/transport_contract.hpp>
#include <stocktracker/version.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <optional>
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

namespace {

// Repeats what it got; headers of so many KiB for /headers/KIB.
class Echo final : public st::testing::LoopbackHandler {
 public:
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    ++requests;
    st::testing::ServedAnswer served;
    served.response.status = 200;
    if (request.url == "/silent") served.wire = st::testing::ServedAnswer::Wire::silent;
    if (request.url.starts_with("/headers/")) {
      const int kib = std::stoi(request.url.substr(9));
      const std::string filling(1024 - std::string_view("X-Many: \r\n").size(), 'x');
      for (int n = 0; n < kib; ++n) served.response.headers.push_back({"X-Many", filling});
    }
    if (request.url == "/interim") {
      served.response.status = 103;
      served.response.headers.push_back({"X-Interim", "early\r\n\r\nHTTP/1.1 200 OK\r\nX-Final: yes"});
    }
    if (request.url.starts_with("/chunked/")) {
      served.wire = st::testing::ServedAnswer::Wire::chunked;
      served.response.body.assign(static_cast<std::size_t>(std::stoi(request.url.substr(9))), 'x');
      return served;
    }
    served.response.body = std::string(to_string(request.method)) + "\n";
    for (const auto& header : request.headers) served.response.body += header.name + "=" + header.value + "\n";
    served.response.body += request.body;
    return served;
  }
  std::atomic<int> requests = 0;
};

struct Peer {
  explicit Peer(st::CurlOptions options = {}) : transport(st::make_curl_transport(std::move(options)).value()) {}
  [[nodiscard]] st::HttpRequest request(const std::string& path) const {
    st::HttpRequest made;
    made.url = server->url() + path;
    made.operation = "test.call";
    return made;
  }
  std::shared_ptr<Echo> echo = std::make_shared<Echo>();
  std::unique_ptr<st::testing::LoopbackServer> server = st::testing::LoopbackServer::start(echo).value();
  std::shared_ptr<st::HttpTransport> transport;
};

// Listens, and takes nobody: its queue is full, and the system answers no further call.
class FullListener {
 public:
  FullListener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, plain, size) == 0);
    REQUIRE(::listen(listener_, 0) == 0);
    REQUIRE(::getsockname(listener_, plain, &size) == 0);
    port = ntohs(address.sin_port);
    for (int& waiting : waiting_) {
      waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      (void)::connect(waiting, plain, size);
    }
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  ~FullListener() {
    for (const int waiting : waiting_) ::close(waiting);
    ::close(listener_);
  }
  int port = 0;

 private:
  const int listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  std::array<int, 4> waiting_{};
};

}  // namespace

TEST_CASE("headers of an answer end at 256 KiB") {
  const Peer peer;
  const auto most = peer.transport->send(peer.request("/headers/250"), {});
  REQUIRE(most);
  CHECK(most.value().headers.size() >= 250);
  const auto more = peer.transport->send(peer.request("/headers/260"), {});
  REQUIRE_FALSE(more);
  CHECK(more.error().errc() == st::Errc::body_too_large);
  CHECK_FALSE(more.error().retryable());
  // Those of one answer are not counted with those of the next.
  for (int n = 0; n < 3; ++n) CHECK(peer.transport->send(peer.request("/headers/200"), {}));
}

TEST_CASE("a peer that takes no connection is given up after the connect timeout, and nothing was sent") {
  const FullListener nobody;
  const auto transport = st::make_curl_transport({.connect_timeout = 200ms}).value();
  st::HttpRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(nobody.port) + "/";
  const auto began = std::chrono::steady_clock::now();
  const auto result = transport->send(request, {.timeout = 5s});
  REQUIRE_FALSE(result);
  CHECK(result.error().errc() == st::Errc::connect_failed);
  CHECK(result.error().retryable());
  CHECK(std::chrono::steady_clock::now() - began < 2s);
}

TEST_CASE("a request lasts as long as the transport allows, whatever its caller allows beyond that") {
  const Peer peer({.request_timeout = 200ms});
  for (const auto timeout : {std::optional<st::Duration>(), std::optional<st::Duration>(5s)}) {
    const auto began = std::chrono::steady_clock::now();
    const auto result = peer.transport->send(peer.request("/silent"), {.timeout = timeout});
    REQUIRE_FALSE(result);
    CHECK(result.error().errc() == st::Errc::deadline_exceeded);
    CHECK(result.error().message().find("while it waited for an answer") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - began < 1500ms);
  }
}

TEST_CASE("deadlines are by the clock that the transport was given") {
  // Ten hours ahead of the system's.
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto clock = std::make_shared<st::testing::ManualClock>(
      st::Instant::from_micros(std::chrono::duration_cast<st::Duration>(since).count()) + 10h);
  const Peer peer({.clock = clock});
  const auto late = peer.transport->send(peer.request("/"), {.deadline = clock->now() - 1h});
  REQUIRE_FALSE(late);
  CHECK(late.error().errc() == st::Errc::deadline_exceeded);
  CHECK(peer.echo->requests == 0);
  CHECK(peer.transport->send(peer.request("/"), {.deadline = clock->now() + 1h}));
}

TEST_CASE("a request says who asks, and headers without a value are sent without one") {
  const Peer usual;
  auto request = usual.request("/");
  request.headers.push_back({"X-Empty", ""});
  const std::string body = usual.transport->send(request, {}).value().body;
  CHECK(body.find("User-Agent=stocktracker/" + std::string(st::version()) + "\n") != std::string::npos);
  CHECK(body.find("X-Empty=\n") != std::string::npos);
  const Peer named({.user_agent = "shop/7"});
  CHECK(named.transport->send(named.request("/"), {}).value().body.find("User-Agent=shop/7\n") != std::string::npos);
}

TEST_CASE("any method may have a body or none, in any order on one connection") {
  const Peer peer({.max_connections_per_host = 1});
  using Method = st::HttpMethod;
  for (const auto& [method, body] : {std::pair<Method, const char*>{Method::get, "query"},
                                     {Method::get, ""},
                                     {Method::put, "new"},
                                     {Method::post, ""},
                                     {Method::del, ""},
                                     {Method::get, ""},
                                     {Method::post, "more"},
                                     {Method::patch, "a"},
                                     {Method::post, "last"},
                                     {Method::get, ""}}) {
    auto request = peer.request("/");
    request.method = method;
    request.body = body;
    CAPTURE(to_string(method), body);
    const auto answer = peer.transport->send(request, {});
    REQUIRE(answer);
    CHECK(answer.value().body.starts_with(std::string(to_string(method)) + "\n"));
    CHECK(answer.value().body.ends_with("\n" + std::string(body)));
  }
  CHECK(peer.server->connections() == 1);
}

TEST_CASE("the headers of an interim answer are not those of the final one") {
  const Peer peer;
  const auto answer = peer.transport->send(peer.request("/interim"), {}).value();
  CHECK(answer.status == 200);
  CHECK(answer.header("X-Final") == "yes");
  CHECK_FALSE(answer.header("X-Interim"));
  CHECK(answer.body.starts_with("GET\n"));
}

// The JSON reader reads beyond the end.
TEST_CASE("there is room behind every body, whatever its size and whether or not that was announced") {
  const Peer peer;
  for (const int size : {1, 15, 16, 100, 1'000, 4'096, 16'384, 20'000, 70'000}) {
    CAPTURE(size);
    const auto answer = peer.transport->send(peer.request("/chunked/" + std::to_string(size)), {}).value();
    CHECK(answer.body == std::string(static_cast<std::size_t>(size), 'x'));
    CHECK(answer.body.capacity() >= answer.body.size() + st::kBodyPadding);
  }
}

TEST_CASE("a request that is never sent twice has a connection of its own, and those after it share again") {
  const Peer peer;
  const auto send = [&](st::Idempotency idempotency) {
    auto request = peer.request("/");
    request.idempotency = idempotency;
    REQUIRE(peer.transport->send(request, {}));
    return peer.server->connections();
  };
  CHECK(send(st::Idempotency::safe) == 1);
  CHECK(send(st::Idempotency::safe) == 1);
  CHECK(send(st::Idempotency::unsafe) == 2);
  CHECK(send(st::Idempotency::unsafe) == 3);
  for (int n = 0; n < 5; ++n) CHECK(send(st::Idempotency::keyed) == 3);
}
