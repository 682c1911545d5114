/// Knows which requests share a connection, and whether the peer is still alive.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

namespace stocktracker::inline v0::curl {

/// A connection with requests, or one that libcurl keeps open after its requests.
struct Connection {
  std::uint64_t id = 0;
  int requests = 0;
  std::chrono::steady_clock::time_point last_heard{};  ///< when the peer sent a byte of an answer last
  bool condemned = false;  ///< the peer is silent: gets no new requests, and is closed with the last one
};

/// libcurl gives a connection no name, so the addresses of both ends identify it. Used by the reactor's thread only.
class Connections {
 public:
  /// Throws std::bad_alloc.
  [[nodiscard]] Connection& enter(const char* address, const char* own_address, int port, int own_port);
  void leave(Connection& connection) noexcept;

 private:
  std::unordered_map<std::uint64_t, Connection> open_;
};

}  // namespace stocktracker::inline v0::curl
