// A TCP relay between a client and a server of this machine that can become a black hole.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

class Relay {
 public:
  explicit Relay(int server_port) : server_port_(server_port), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, any, &size) != 0) {
      throw std::runtime_error("no relay");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    stop_ = true;
    thread_.join();
    for (const Pair& pair : pairs_) close_pair(pair);
    ::close(listener_);
  }

  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://localhost:" + std::to_string(port_) + path;
  }
  [[nodiscard]] int connections() const noexcept { return accepted_; }
  /// From now on nothing passes on the connections that exist, in neither direction, and neither end notices. New ones
  /// work.
  void swallow() { swallowed_ = accepted_.load(); }
  /// Ends the connections that exist with a reset.
  void reset() {
    reset_ = accepted_.load();
    while (reset_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private:
  struct Pair {
    int number;
    int client;
    int server;
  };

  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }
  static void close_pair(const Pair& pair) {
    ::close(pair.client);
    ::close(pair.server);
  }
  void accept_one() {
    const int client = ::accept(listener_, nullptr, nullptr);
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(server_port_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      return;
    }
    pairs_.push_back({++accepted_, client, server});
  }
  static bool pass(int from, int to) {
    char bytes[16 * 1024];
    const ssize_t size = ::recv(from, bytes, sizeof bytes, 0);
    return size > 0 && ::send(to, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
  }
  void run() {
    while (!stop_) {
      if (const int last = reset_; last != 0) {
        std::erase_if(pairs_, [&](const Pair& pair) {
          if (pair.number > last) return false;
          const linger at_once{1, 0};
          ::setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          close_pair(pair);
          return true;
        });
        reset_ = 0;
      }
      std::vector<pollfd> polled{{listener_, POLLIN, 0}};
      std::vector<Pair> open;
      for (const Pair& pair : pairs_) {
        if (pair.number <= swallowed_) continue;
        open.push_back(pair);
        polled.push_back({pair.client, POLLIN, 0});
        polled.push_back({pair.server, POLLIN, 0});
      }
      if (::poll(polled.data(), polled.size(), 5) <= 0) continue;
      if (polled[0].revents != 0) accept_one();
      for (std::size_t n = 0; n < open.size(); ++n) {
        const Pair& pair = open[n];
        bool alive = pair.number > swallowed_;
        if (!alive) continue;
        if (polled[1 + 2 * n].revents != 0) alive = pass(pair.client, pair.server);
        if (alive && polled[2 + 2 * n].revents != 0) alive = pass(pair.server, pair.client);
        if (alive) continue;
        close_pair(pair);
        std::erase_if(pairs_, [&](const Pair& one) { return one.number == pair.number; });
      }
    }
  }

  int server_port_;
  int listener_;
  int port_ = 0;
  std::vector<Pair> pairs_;
  std::atomic<int> accepted_ = 0;
  std::atomic<int> swallowed_ = 0;
  std::atomic<int> reset_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};
