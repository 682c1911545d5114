// The transport against a server that is not ours: certificates, protocol versions, HTTP/2, compression.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/loopback_server.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, any, size) != 0 || ::getsockname(socket, any, &size) != 0) throw std::runtime_error("no port");
  ::close(socket);
  return ntohs(address.sin_port);
}

void shell(const std::string& command) {
  if (std::system(("(" + command + ") >/dev/null 2>&1").c_str()) != 0) throw std::runtime_error("failed: " + command);
}

// Says nothing, or a little now and then.
class Upstream final : public st::testing::LoopbackHandler {
 public:
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    st::testing::ServedAnswer served;
    served.response.status = 200;
    served.response.body = "ten pieces";
    if (request.url == "/silent") served.wire = st::testing::ServedAnswer::Wire::silent;
    if (request.url == "/trickle") served.slow = 2500ms;
    return served;
  }
};

class Nginx {
 public:
  Nginx()
      : upstream_(st::testing::LoopbackServer::start(std::make_shared<Upstream>()).value()),
        modern_(free_port()),
        old_(free_port()) {
    const std::string at = folder_.path();
    shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost -keyout " +
        at + "/key.pem -out " + at + "/cert.pem");
    shell("head -c 200000000 /dev/zero | gzip -1 > " + at + "/bomb");
    folder_.write("small", "the body");
    const std::string common =
        "ssl_certificate " + at + "/cert.pem; ssl_certificate_key " + at + "/key.pem; root " + at +
        "; location /bomb { add_header Content-Encoding gzip; } location /away { return 302 https://localhost/gone; }"
        " location /silent { proxy_pass " +
        upstream_->url() + "; } location /trickle { proxy_buffering off; proxy_pass " + upstream_->url() + "; }";
    const std::string config = folder_.write(
        "nginx.conf", "daemon off; master_process off; pid " + at + "/pid; error_log " + at +
                          "/error.log; events {}\n"
                          "http { log_format c '$connection $server_protocol'; access_log " +
                          at + "/access.log c; client_body_temp_path " + at + "/b; proxy_temp_path " + at +
                          "/p; fastcgi_temp_path " + at + "/f; uwsgi_temp_path " + at + "/u; scgi_temp_path " + at +
                          "/s;\n"
                          "server { listen 127.0.0.1:" +
                          std::to_string(modern_) + " ssl http2; ssl_protocols TLSv1.2 TLSv1.3; " + common +
                          " }\n"
                          "server { listen 127.0.0.1:" +
                          std::to_string(old_) + " ssl; ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0; " +
                          common + " } }\n");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execlp("nginx", "nginx", "-c", config.c_str(), "-e", (at + "/error.log").c_str(), nullptr);
      ::_exit(127);
    }
    auto probe = st::make_curl_transport({.ca_bundle = ca()}).value();
    st::HttpRequest request;
    request.url = url("/small");
    for (int i = 0; i < 100 && !probe->send(request, {.timeout = 1s}); ++i) std::this_thread::sleep_for(50ms);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;
  ~Nginx() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://localhost:" + std::to_string(modern_) + path;
  }
  [[nodiscard]] std::string old_url() const { return "https://localhost:" + std::to_string(old_) + "/small"; }
  [[nodiscard]] std::string ca() const { return folder_.file("cert.pem"); }
  // Connection and protocol of each request so far.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> log() const {
    std::ifstream file(folder_.file("access.log"));
    std::vector<std::pair<std::string, std::string>> lines;
    std::string connection;
    std::string protocol;
    while (file >> connection >> protocol) lines.emplace_back(connection, protocol);
    return lines;
  }

 private:
  ScratchFolder folder_;
  std::unique_ptr<st::testing::LoopbackServer> upstream_;
  int modern_;
  int old_;
  pid_t pid_ = -1;
};

st::Result<st::HttpResponse> get(st::HttpTransport& transport, const std::string& url, std::size_t cap = 1 << 20) {
  st::HttpRequest request;
  request.url = url;
  request.max_body = cap;
  return transport.send(request, {.timeout = 10s});
}

}  // namespace

TEST_CASE("TLS, HTTP/2 and compression with a real server") {
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
    auto impatient = st::make_curl_transport({.ca_bundle = nginx.ca(), .idle_timeout = 1s}).value();
    const auto connection_of = [&](std::size_t line) {
      for (int i = 0; i < 100 && nginx.log().size() <= line; ++i) std::this_thread::sleep_for(20ms);
      const auto lines = nginx.log();
      REQUIRE(lines.size() > line);
      CHECK(lines[line].second == "HTTP/2.0");
      return lines[line].first;
    };
    const std::size_t first = nginx.log().size();
    CHECK(get(*impatient, nginx.url("/trickle")).value().body == "ten pieces");
    const std::string good = connection_of(first);
    const auto began = std::chrono::steady_clock::now();
    const auto silent = get(*impatient, nginx.url("/silent"));
    CHECK(silent.error().errc() == st::Errc::connection_lost);
    CHECK(std::chrono::steady_clock::now() - began < 2500ms);
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
    auto proxied = st::make_curl_transport({.proxy = "http://127.0.0.1:1"}).value();
    CHECK(get(*proxied, "https://marketplace.invalid/").error().errc() == st::Errc::connect_failed);
    CHECK_FALSE(st::make_curl_transport({.proxy = "http://user:password@proxy:1"}));
  }
}
