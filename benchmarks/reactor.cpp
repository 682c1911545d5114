// Many small requests to a server that answers at once: the transport beside a bare curl-multi loop.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <curl/curl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include <stocktracker/adapters/curl.hpp>

#include "adapters/curl/reactor.hpp"

namespace {

namespace st = stocktracker;

constexpr int kAtOnce = 16;
constexpr int kRequests = 4'000;
constexpr std::size_t kWaiting = 4 * kAtOnce;  // more callers than connections, as under load

// One thread that answers each request at its empty line. The server is minimal, so that the benchmark measures the
// client.
class NullServer {
 public:
  NullServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)), epoll_(::epoll_create1(0)), stop_(::eventfd(0, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, any, &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    watch(listener_);
    watch(stop_);
    thread_ = std::thread([this] { run(); });
  }
  NullServer(const NullServer&) = delete;
  NullServer& operator=(const NullServer&) = delete;
  ~NullServer() {
    const std::uint64_t one = 1;
    if (::write(stop_, &one, sizeof one) != sizeof one) std::abort();
    thread_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/null"; }

 private:
  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  void run() const {
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    epoll_event events[64];
    while (true) {
      const int count = ::epoll_wait(epoll_, events, 64, -1);
      for (int n = 0; n < count; ++n) {
        const int fd = events[n].data.fd;
        if (fd == stop_) return;
        if (fd == listener_) {
          const int client = ::accept(listener_, nullptr, nullptr);
          const int yes = 1;
          ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
          watch(client);
          continue;
        }
        char bytes[8192];
        const ssize_t size = ::recv(fd, bytes, sizeof bytes, 0);
        // Requests are small and arrive one at a time, each complete.
        if (size <= 0 || ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) < 0) ::close(fd);
      }
    }
  }

  int listener_;
  int epoll_;
  int stop_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

const std::string& url() {
  static const NullServer server;
  static const std::string address = server.url();
  return address;
}

std::size_t swallow(char*, std::size_t size, std::size_t count, void* sum) {
  *static_cast<std::size_t*>(sum) += size * count;
  return size * count;
}

// The bare loop: one thread that reuses handles and connections, with only libcurl.
class BareLoop {
 public:
  BareLoop() : multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(kAtOnce));
    for (int n = 0; n < kAtOnce; ++n) {
      CURL* easy = curl_easy_init();
      curl_easy_setopt(easy, CURLOPT_URL, url().c_str());
      curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
      // The same bytes on the wire, and a callback that reads the headers.
      curl_easy_setopt(easy, CURLOPT_USERAGENT, "bench");
      curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
      curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &swallow);
      curl_easy_setopt(easy, CURLOPT_HEADERDATA, &bytes_);
      curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &swallow);
      curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes_);
      easies_.push_back(easy);
    }
  }
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;
  ~BareLoop() {
    for (CURL* easy : easies_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }

  int run(int requests) {
    int started = 0;
    int good = 0;
    for (CURL* easy : easies_) {
      curl_multi_add_handle(multi_, easy);
      ++started;
    }
    int running = kAtOnce;
    while (running > 0 || good < requests) {
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        good += message->data.result == CURLE_OK ? 1 : 0;
        CURL* easy = message->easy_handle;
        curl_multi_remove_handle(multi_, easy);
        if (started < requests) {
          curl_multi_add_handle(multi_, easy);
          ++started;
        }
      }
      if (good >= requests) break;
      curl_multi_poll(multi_, nullptr, 0, 1'000, nullptr);
    }
    return good;
  }

 private:
  CURLM* multi_;
  std::vector<CURL*> easies_;
  std::size_t bytes_ = 0;
};

void reactor_limit(benchmark::State& state) {
  BareLoop loop;
  loop.run(kAtOnce);
  for (auto _ : state) {
    if (loop.run(kRequests) != kRequests) state.SkipWithError("not all were answered");
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}
BENCHMARK(reactor_limit)->Unit(benchmark::kMillisecond)->UseRealTime();

// The reactor as the library uses it. One thread keeps as many requests in flight as the bare loop does.
void reactor(benchmark::State& state) {
  st::CurlOptions options;
  options.max_connections_per_host = kAtOnce;
  options.user_agent = "bench";
  st::curl::Reactor loop(options);
  if (!loop.start()) std::abort();
  st::HttpRequest request;
  request.url = url();
  const auto begin = [&] {
    auto transfer = std::make_shared<st::curl::Transfer>(
        request, st::curl::Route{.host = "null", .plain = true, .http2 = false},
        std::chrono::steady_clock::now() + std::chrono::minutes(1), options.idle_timeout);
    loop.add(transfer);
    return transfer;
  };
  for (auto _ : state) {
    std::deque<std::shared_ptr<st::curl::Transfer>> under_way;
    int started = 0;
    int good = 0;
    while (good < kRequests) {
      while (started < kRequests && under_way.size() < kWaiting) {
        under_way.push_back(begin());
        ++started;
      }
      auto transfer = std::move(under_way.front());
      under_way.pop_front();
      if (!transfer->wait_until(transfer->deadline(), {}) || !transfer->take()) break;
      ++good;
    }
    if (good != kRequests) state.SkipWithError("not all were answered");
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}
BENCHMARK(reactor)->Unit(benchmark::kMillisecond)->UseRealTime();

// A thread for each request in flight, as with the blocking interface: includes the cost of waking threads.
void blocking_callers(benchmark::State& state) {
  st::CurlOptions options;
  options.max_connections_per_host = kAtOnce;
  auto transport = st::make_curl_transport(options).value();
  for (auto _ : state) {
    std::atomic<int> next = 0;
    std::atomic<int> good = 0;
    std::vector<std::thread> callers;
    for (int n = 0; n < kAtOnce; ++n) {
      callers.emplace_back([&] {
        st::HttpRequest request;
        request.url = url();
        request.operation = "bench.null";
        while (next++ < kRequests) good += transport->send(request, {}) ? 1 : 0;
      });
    }
    for (auto& caller : callers) caller.join();
    if (good != kRequests) state.SkipWithError("not all were answered");
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}
BENCHMARK(blocking_callers)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
