// A relay before a PostgreSQL server that can cut a connection at COMMIT, or go dark: nothing passes, nothing is
// closed.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "tests/support/postgres.hpp"

class PostgresRelay {
 public:
  explicit PostgresRelay(const PostgresServer& server) : server_(server), listener_(bound(path(kPort))) {
    acceptor_ = std::thread([this] { accept_all(); });
  }
  PostgresRelay(const PostgresRelay&) = delete;
  PostgresRelay& operator=(const PostgresRelay&) = delete;
  ~PostgresRelay() {
    ended_ = true;
    acceptor_.join();  // adds to the list until it has ended
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
    ::unlink(path(kPort).c_str());
  }

  [[nodiscard]] std::string url(const std::string& database, const std::string& role) const {
    return server_.url(database, role) + " port=" + std::to_string(kPort);
  }
  // Of every `each` COMMITs one is cut before it reaches the server and one after the server has done it; 0: none.
  void cut_commits(int each) { each_ = each; }
  [[nodiscard]] int cut_before() const { return before_; }
  [[nodiscard]] int cut_after() const { return after_; }
  void go_dark() { dark_ = true; }

 private:
  static constexpr int kPort = 6'000;

  [[nodiscard]] std::string path(int port) const { return server_.folder() + "/.s.PGSQL." + std::to_string(port); }
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    return address;
  }
  static int bound(const std::string& path) {
    const sockaddr_un address = address_of(path);
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(made, generic, sizeof(address)) != 0 || ::listen(made, 64) != 0) throw std::runtime_error("relay");
    return made;
  }
  void accept_all() {
    while (!ended_) {
      pollfd ready{listener_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const int client = ::accept(listener_, nullptr, nullptr);
      const sockaddr_un address = address_of(path(5'432));
      const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
        threads_.emplace_back([this, client, server] { relay(client, server); });
      } else {
        ::close(client);
        ::close(server);
      }
    }
  }
  void relay(int client, int server) {
    bool cut_at_answer = false;
    bool open = true;
    while (open && !ended_) {
      if (dark_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        continue;
      }
      std::array<pollfd, 2> ready{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
      if (::poll(ready.data(), ready.size(), 20) <= 0 || dark_) continue;
      if (ready[0].revents != 0) open = pass(client, server, cut_at_answer);
      if (open && ready[1].revents != 0) open = !cut_at_answer && pass_back(server, client);
    }
    ::close(client);
    ::close(server);
  }
  bool pass(int from, int to, bool& cut_at_answer) {
    std::array<char, 65'536> bytes{};
    const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
    constexpr std::string_view kCommit("Q\0\0\0\013COMMIT\0", 12);
    if (each_ > 0 && text.find(kCommit) != std::string_view::npos) {
      const int number = commits_++ % each_;
      if (number == 0) {
        ++before_;
        return false;
      }
      if (number == 1) {
        ++after_;
        cut_at_answer = true;
      }
    }
    return send_all(to, text);
  }
  static bool pass_back(int from, int to) {
    std::array<char, 65'536> bytes{};
    const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
    return got > 0 && send_all(to, {bytes.data(), static_cast<std::size_t>(got)});
  }
  static bool send_all(int to, std::string_view text) {
    while (!text.empty()) {
      const ssize_t put = ::send(to, text.data(), text.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  const PostgresServer& server_;
  int listener_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> dark_ = false;
  std::atomic<int> each_ = 0;
  std::atomic<int> commits_ = 0;
  std::atomic<int> before_ = 0;
  std::atomic<int> after_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};
