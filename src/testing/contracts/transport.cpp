// The suite of transports, against a server on this machine.
#include <stocktracker/testing/transport_contract.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "testing/contracts/transport_peer.hpp"

namespace stocktracker::inline v0::testing {
namespace {

using namespace std::chrono_literals;
using contract::Peer;

Instant system_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_micros(std::chrono::duration_cast<Duration>(since).count());
}

class Signs final : public ProgressSink {
 public:
  void report(const Progress&) noexcept override {}
  void waiting() noexcept override { ++count; }
  std::atomic<int> count = 0;
};

class Suite {
 public:
  Suite(HttpTransport& transport, Check& check, const std::string& base, Peer& peer, const LoopbackServer& server)
      : transport_(transport), check_(check), base_(base), peer_(peer), server_(server) {}

  void run(TransportSubject& subject) {
    exchanges();
    apart();
    answers_are_answers();
    broken_wires();
    caps();
    limits();
    many_at_once();
    refused_addresses();
    if (subject.keeps_reach()) reach();
    if (const auto impatient = subject.with_idle_timeout(1s)) idle_peers(*impatient);
    check_.begin("it works after all that");
    (void)check_.expect_ok(get("/after"), "answered");
  }

 private:
  HttpRequest request(const std::string& path) const {
    HttpRequest made;
    made.url = base_ + path;
    made.operation = "test.call";
    return made;
  }
  Result<HttpResponse> get(const std::string& path, const CallContext& context = {}) const {
    return transport_.send(request(path), context);
  }
  bool contains(const Result<HttpResponse>& response, std::string_view part) const {
    return response && response.value().body.find(part) != std::string::npos;
  }

  void exchanges() {
    check_.begin("what is sent arrives, what is answered comes back");
    for (const HttpMethod method :
         {HttpMethod::get, HttpMethod::post, HttpMethod::put, HttpMethod::patch, HttpMethod::del}) {
      HttpRequest made = request("/echo?a=1&b=%D1%8F");
      made.method = method;
      if (method != HttpMethod::get) made.body = std::string("body \0 of it", 12);
      const auto response = transport_.send(made, {});
      if (!check_.expect_ok(response, to_string(method))) continue;
      check_.expect(response.value().body == std::string(to_string(method)) + " /echo?a=1&b=%D1%8F\n" + made.body,
                    "method, target and body");
      check_.expect(response.value().body.capacity() >= response.value().body.size() + kBodyPadding,
                    "padding behind it");
      check_.expect(response.value().header("x-ANSWER").value_or("") == "one", "headers by any letter case");
    }
    HttpRequest made = request("/headers");
    made.headers.push_back({"X-Plain", "p 1"});
    made.secret_headers.push_back({"Authorization", Secret::copy_of("s-canary")});
    const auto response = transport_.send(made, {});
    check_.expect(contains(response, "X-Plain=p 1\n"), "a header");
    check_.expect(contains(response, "Authorization=s-canary\n"), "a secret header");
    const auto chunked = get("/chunked");
    check_.expect(contains(chunked, "GET /chunked"), "a body without a length");
    if (chunked) {
      std::vector<std::string> answers;
      for (const HttpHeader& header : chunked.value().headers) {
        if (header.name == "X-Answer") answers.push_back(header.value);
      }
      check_.expect(answers == std::vector<std::string>{"one", "two"}, "headers of one name, in their order");
    }
    const auto unpacked = get("/packed");
    check_.expect(unpacked && unpacked.value().body == "unpacked text", "a packed body is unpacked");
    HttpRequest large = request("/headers");
    large.method = HttpMethod::post;
    for (int n = 0; large.body.size() < std::size_t{2} << 20; ++n) large.body += std::to_string(n) + " of many\n";
    const auto echoed = transport_.send(large, {});
    check_.expect(contains(echoed, large.body), "a body of two megabytes");
    check_.expect(echoed.has_value() && !contains(echoed, "Expect="), "no waiting for 100 Continue");
  }

  void apart() {
    check_.begin("nothing of one request is in the next, and each is sent once");
    HttpRequest full = request("/headers");
    full.method = HttpMethod::put;
    full.headers.push_back({"X-Plain", "p-canary"});
    full.secret_headers.push_back({"Authorization", Secret::copy_of("s-canary")});
    full.body = "b-canary";
    full.max_body = 1 << 16;
    (void)check_.expect_ok(transport_.send(full, {}), "a request with everything");
    const auto bare = get("/headers");
    check_.expect(contains(bare, "GET /headers\n"), "a bare one is a GET");
    check_.expect(bare.has_value() && !contains(bare, "canary"), "without the headers, secrets and body of the other");
    const auto before = peer_.requests();
    (void)get("/echo");
    (void)get("/status/503");
    (void)get("/status/429");
    check_.expect(peer_.requests() == before + 3, "an answer is not asked for twice");
    for (const HttpMethod method : {HttpMethod::post, HttpMethod::get}) {
      (void)get("/echo");  // a connection exists that can be reused
      const auto sent = peer_.requests();
      HttpRequest unsafe = request("/once");
      unsafe.method = method;
      unsafe.body = method == HttpMethod::post ? "an order" : "";
      unsafe.idempotency = Idempotency::unsafe;
      check_.expect_error(transport_.send(unsafe, {}), Errc::connection_lost, "an unsafe request without an answer");
      check_.expect(peer_.requests() == sent + 1, "is never sent twice");
    }
  }

  void answers_are_answers() {
    check_.begin("every complete answer is a success, redirects are not followed");
    for (const int status : {200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 409, 420, 429, 500, 503}) {
      const auto response = get("/status/" + std::to_string(status));
      if (check_.expect_ok(response, std::to_string(status))) {
        check_.expect(response.value().status == status, "status " + std::to_string(status));
        check_.expect(status != 204 || response.value().body.empty(), "204 has no body");
      }
    }
    check_.expect(!peer_.moved(), "the place that redirects name was not asked");
  }

  void broken_wires() {
    check_.begin("a broken connection is an error that says what is known");
    check_.expect_error(get("/reset"), Errc::connection_lost, "reset before an answer");
    check_.expect_error(get("/truncated"), Errc::body_truncated, "ended within the body");
    check_.expect(contains(get("/echo"), "GET /echo"), "the next request is answered");
    auto closed = LoopbackServer::start(std::make_shared<Peer>());
    if (check_.expect_ok(closed, "a second server")) {
      const std::string url = closed.value()->url();
      closed.value().reset();
      HttpRequest made = request("/");
      made.url = url + "/";
      const auto response = transport_.send(made, {});
      check_.expect_error(response, Errc::connect_failed, "nobody listens");
      check_.expect(!response && response.error().retryable(), "which may be tried again");
      check_.expect(!response && response.error().details().operation == "test.call", "and names the operation");
    }
  }

  void caps() {
    check_.begin("bodies end at their cap");
    for (const char* path : {"/stream", "/chunked/stream"}) {
      HttpRequest made = request(path);
      made.max_body = 1 << 20;
      const auto before = std::chrono::steady_clock::now();
      check_.expect_error(transport_.send(made, {}), Errc::body_too_large, path);
      check_.expect(std::chrono::steady_clock::now() - before < 3s, "without reading the rest of a gigabyte");
    }
    HttpRequest exact = request("/echo");
    exact.max_body = std::string_view("GET /echo\n").size();
    (void)check_.expect_ok(transport_.send(exact, {}), "a body of exactly the cap");
    --exact.max_body;
    check_.expect_error(transport_.send(exact, {}), Errc::body_too_large, "one byte more");
    HttpRequest unpacked = request("/packed");
    unpacked.max_body = std::string_view("unpacked text").size() - 1;
    check_.expect_error(transport_.send(unpacked, {}), Errc::body_too_large, "one byte more after unpacking");
  }

  void limits() {
    check_.begin("deadline and stop token end a wait within milliseconds");
    for (const char* path : {"/silent", "/slow"}) {
      CallContext timed;
      timed.timeout = 150ms;
      auto began = std::chrono::steady_clock::now();
      check_.expect_error(get(path, timed), Errc::deadline_exceeded, path);
      auto took = std::chrono::steady_clock::now() - began;
      check_.expect(took >= 145ms && took < 450ms, "at the deadline");

      std::stop_source source;
      CallContext stopped;
      stopped.stop = source.get_token();
      std::thread later([&] {
        std::this_thread::sleep_for(80ms);
        source.request_stop();
      });
      began = std::chrono::steady_clock::now();
      check_.expect_error(get(path, stopped), Errc::cancelled, path);
      took = std::chrono::steady_clock::now() - began;
      later.join();
      check_.expect(took >= 75ms && took < 380ms, "at the stop request");
    }
    const auto before = peer_.requests();
    CallContext late;
    late.deadline = system_now() - 1s;
    check_.expect_error(get("/echo", late), Errc::deadline_exceeded, "a deadline that has passed");
    std::stop_source source;
    source.request_stop();
    CallContext stopped;
    stopped.stop = source.get_token();
    check_.expect_error(get("/echo", stopped), Errc::cancelled, "a stop request that was there before");
    check_.expect(peer_.requests() == before, "neither sent anything");
  }

  void many_at_once() {
    check_.begin("connections are reused, also by many threads");
    (void)get("/first");
    const auto connections = server_.connections();
    for (int i = 0; i < 30; ++i) (void)get("/again");
    check_.expect(server_.connections() == connections, "thirty calls, no new connection");
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 40; ++i) {
          const std::string path = "/t" + std::to_string(t) + "/" + std::to_string(i);
          if (contains(get(path), "GET " + path + "\n")) ++right;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    check_.expect(right == 8 * 40, "each got its own answer");
    check_.expect(server_.connections() - connections <= 8, "no more connections than callers");
  }

  void refused_addresses() {
    check_.begin("what must not be asked is refused before anything is sent");
    for (const char* url : {"http://198.51.100.7/", "ftp://127.0.0.1/", "file:///etc/hostname", "http://u:p@127.0.0.1/",
                            "http://127.0.0.1.example.com/", "https://exa mple.com/", "", "http:///x"}) {
      HttpRequest made;
      made.url = url;
      check_.expect_error(transport_.send(made, {}), Errc::invalid_argument, url);
    }
    const auto before = peer_.requests();
    HttpRequest split = request("/echo");
    split.headers.push_back({"X-Plain", "a\r\nX-Other: b"});
    check_.expect_error(transport_.send(split, {}), Errc::invalid_argument, "a header of two lines");
    HttpRequest secret = request("/echo");
    secret.secret_headers.push_back({"Authorization", Secret::copy_of("a\nb")});
    check_.expect_error(transport_.send(secret, {}), Errc::invalid_argument, "a secret of two lines");
    check_.expect(peer_.requests() == before, "nothing was sent");
  }

  void reach() {
    check_.begin("a request for the public Internet does not get to this machine");
    const auto before = peer_.requests();
    const std::string port = base_.substr(base_.rfind(':'));
    for (const std::string& host : {std::string("http://127.0.0.1"), std::string("https://127.1"),
                                    std::string("https://2130706433"), std::string("https://[::ffff:127.0.0.1]")}) {
      HttpRequest made = request("/echo");
      made.url = host + port + "/echo";
      made.reach = Reach::public_internet;
      const auto response = transport_.send(made, {});
      check_.expect_error(response, Errc::address_refused, host);
      check_.expect(!response && !response.error().retryable(), "and is not tried again");
    }
    check_.expect(peer_.requests() == before, "nothing was sent, neither on a connection that was open");
    (void)check_.expect_ok(get("/echo"), "other requests do get there");
  }

  struct Exchange {
    std::string path;
    std::size_t body = 0;
    Result<HttpResponse> result = Errc::internal;
    std::chrono::steady_clock::duration took{};
    Signs signs;
  };

  // In parallel: each takes seconds.
  void exchange_all(HttpTransport& transport, std::vector<Exchange>& exchanges) const {
    std::vector<std::thread> threads;
    for (Exchange& one : exchanges) {
      threads.emplace_back([&] {
        HttpRequest made = request(one.path);
        if (one.body != 0) made.method = HttpMethod::post;
        made.body.assign(one.body, 'x');
        CallContext context;
        context.progress = std::shared_ptr<ProgressSink>(std::shared_ptr<void>(), &one.signs);
        const auto began = std::chrono::steady_clock::now();
        one.result = transport.send(made, context);
        one.took = std::chrono::steady_clock::now() - began;
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void idle_peers(HttpTransport& impatient) {
    std::vector<Exchange> all(4);
    all[0].path = "/silent";
    all[1].path = "/stalled";
    all[2].path = "/hung";
    all[2].body = std::size_t{48} << 20;  // more than the system buffers for a peer that does not read
    all[3].path = "/trickle";
    exchange_all(impatient, all);
    const auto ended = [&](const Exchange& one, Errc code) {
      check_.expect_error(one.result, code, one.path);
      check_.expect(!one.result && one.result.error().retryable() && !one.result.error().message().empty(),
                    "may be tried again, and says why: " + one.path);
      check_.expect(one.took >= 950ms && one.took < 2500ms, "within a second of the limit: " + one.path);
    };
    check_.begin("a peer that accepts and says nothing ends a request after the limit without a byte");
    ended(all[0], Errc::connection_lost);
    check_.begin("so does one that stops in the middle of its answer");
    ended(all[1], Errc::body_truncated);
    check_.begin("so does one that stops reading what is sent");
    ended(all[2], Errc::connection_lost);
    check_.begin("a peer that sends a little now and then is waited for, with signs of life every few seconds");
    if (check_.expect_ok(all[3].result, "the answer of 5.5 s")) check_.expect(all[3].signs.count >= 2, "two signs");
    check_.begin("a connection that went silent is not used again");
    const auto connections = server_.connections();
    HttpRequest made = request("/echo");
    (void)check_.expect_ok(impatient.send(made, {}), "the next request");
    // The slow connection is still good; the silent ones are not.
    check_.expect(server_.connections() - connections <= 1, "over a good connection");
  }

  HttpTransport& transport_;
  Check& check_;
  std::string base_;
  Peer& peer_;
  const LoopbackServer& server_;
};

}  // namespace

TransportSubject::~TransportSubject() = default;
bool TransportSubject::keeps_reach() const { return false; }
std::shared_ptr<HttpTransport> TransportSubject::with_idle_timeout(Duration) { return nullptr; }

void transport_contract(TransportSubject& subject, Check& check) {
  check.begin("a transport");
  auto transport = subject.transport();
  if (!check.expect_ok(transport, "made")) return;
  auto peer = std::make_shared<Peer>();
  auto server = LoopbackServer::start(peer);
  if (!check.expect_ok(server, "a server")) return;
  Suite(*transport.value(), check, server.value()->url(), *peer, *server.value()).run(subject);
}

}  // namespace stocktracker::inline v0::testing
