// LoopbackServer: accepts connections, and answers on threads of its own.
#include <stocktracker/testing/loopback_server.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>

#include "testing/loopback/wire.hpp"

namespace stocktracker::inline v0::testing {

struct LoopbackServer::State {
  struct Connection {
    std::thread thread;
    std::atomic<bool> ended = false;
  };

  explicit State(std::shared_ptr<LoopbackHandler> given) noexcept : handler(std::move(given)) {}
  ~State() {
    stopping = true;
    if (acceptor.joinable()) acceptor.join();
    for (auto& connection : connections) connection.thread.join();
    if (socket >= 0) ::close(socket);
  }

  Result<void> listen(std::uint16_t wanted) {
    socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(wanted);
    socklen_t size = sizeof address;
    // The sockets interface uses one address type for all families.
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (socket < 0 || ::bind(socket, any, size) != 0 || ::listen(socket, 128) != 0 ||
        ::getsockname(socket, any, &size) != 0) {
      return Error(Errc::io_failed,
                   "cannot listen on 127.0.0.1:" + std::to_string(wanted) + ": " + std::strerror(errno));
    }
    port = ntohs(address.sin_port);
    try {
      acceptor = std::thread([this] { accept_all(); });
    } catch (const std::system_error&) {
      return Error(Errc::overloaded, "no thread could be started for the server");
    }
    return success();
  }

  void accept_all() {
    while (!stopping) {
      pollfd ready{socket, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const int client = ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      ++accepted;
      const int yes = 1;
      ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      connections.remove_if([](Connection& connection) {
        if (!connection.ended) return false;
        connection.thread.join();
        return true;
      });
      Connection& connection = connections.emplace_back();
      connection.thread = std::thread([this, client, &connection] {
        serve(client);
        connection.ended = true;
      });
    }
  }

  void serve(int client) {
    loopback::Wire wire(client, stopping);
    HttpRequest request;
    while (wire.read(request, *handler) == loopback::Read::request) {
      if (!wire.write(handler->answer(request)) || !wire.keep_alive()) break;
    }
    ::close(client);
  }

  const std::shared_ptr<LoopbackHandler> handler;
  std::atomic<bool> stopping = false;
  std::atomic<std::int64_t> accepted = 0;
  int socket = -1;
  std::uint16_t port = 0;
  std::list<Connection> connections;  // used by the acceptor's thread, then by the destructor
  std::thread acceptor;
};

LoopbackHandler::~LoopbackHandler() = default;
bool LoopbackHandler::ignores_body(const HttpRequest&) { return false; }

Result<std::unique_ptr<LoopbackServer>> LoopbackServer::start(std::shared_ptr<LoopbackHandler> handler,
                                                              std::uint16_t port) {
  auto state = std::make_shared<State>(std::move(handler));
  STK_TRY(state->listen(port));
  return std::unique_ptr<LoopbackServer>(new LoopbackServer(std::move(state)));
}

LoopbackServer::LoopbackServer(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
LoopbackServer::~LoopbackServer() = default;

std::uint16_t LoopbackServer::port() const noexcept { return state_->port; }
std::string LoopbackServer::url() const { return "http://127.0.0.1:" + std::to_string(state_->port); }
std::int64_t LoopbackServer::connections() const noexcept { return state_->accepted; }

}  // namespace stocktracker::inline v0::testing
