// A real server with TLS and HTTP/2 in front of one of ours; each test starts and stops its own.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/loopback_server.hpp>

#include "tests/support/temp_folder.hpp"

namespace nginx_server {

namespace st = stocktracker;
using namespace std::chrono_literals;

inline int free_port() {
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

inline void shell(const std::string& command) {
  if (std::system(("(" + command + ") >/dev/null 2>&1").c_str()) != 0) throw std::runtime_error("failed: " + command);
}

// Says nothing, a little now and then, or something late.
class Upstream final : public st::testing::LoopbackHandler {
 public:
  st::testing::ServedAnswer answer(const st::HttpRequest& request) override {
    st::testing::ServedAnswer served;
    served.response.status = 200;
    served.response.body = "ten pieces";
    if (request.url == "/silent") served.wire = st::testing::ServedAnswer::Wire::silent;
    if (request.url == "/trickle") served.slow = 2500ms;
    if (request.url.starts_with("/trickle/")) served.slow = std::chrono::milliseconds(std::stoi(request.url.substr(9)));
    if (request.url.starts_with("/late")) {  // "/late/700": after so many milliseconds
      ++late;
      if (request.method == st::HttpMethod::post) ++late_posts;
      served.delay = std::chrono::milliseconds(std::stoi(request.url.substr(6)));
    }
    return served;
  }
  std::atomic<int> late = 0;
  std::atomic<int> late_posts = 0;
};

class Nginx {
 public:
  Nginx()
      : handler_(std::make_shared<Upstream>()),
        upstream_(st::testing::LoopbackServer::start(handler_).value()),
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
        upstream_->url() + "; } location /late { proxy_pass " + upstream_->url() +
        "; } location /trickle { proxy_buffering off; proxy_pass " + upstream_->url() + "; }";
    const std::string config = folder_.write(
        "nginx.conf",
        "daemon off; master_process off; pid " + at + "/pid; error_log " + at +
            "/error.log; events {}\n"
            "http { keepalive_requests 1000000; log_format c '$connection $server_protocol'; access_log " +
            at + "/access.log c; client_body_temp_path " + at + "/b; proxy_temp_path " + at + "/p; fastcgi_temp_path " +
            at + "/f; uwsgi_temp_path " + at + "/u; scgi_temp_path " + at +
            "/s;\n"
            "server { listen 127.0.0.1:" +
            std::to_string(modern_) + " ssl http2; ssl_protocols TLSv1.2 TLSv1.3; " + common +
            " }\n"
            "server { listen 127.0.0.1:" +
            std::to_string(old_) + " ssl; ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0; " + common + " } }\n");
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
  [[nodiscard]] int port() const noexcept { return modern_; }
  [[nodiscard]] const Upstream& upstream() const noexcept { return *handler_; }
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
  TempFolder folder_;
  std::shared_ptr<Upstream> handler_;
  std::unique_ptr<st::testing::LoopbackServer> upstream_;
  int modern_;
  int old_;
  pid_t pid_ = -1;
};

}  // namespace nginx_server
