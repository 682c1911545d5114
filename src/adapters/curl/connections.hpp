/// @file
/// Which requests share a connection, and whether it still lives.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

namespace stocktracker::inline v0::curl {

/// A connection with requests on it, or one that had some and is kept open by libcurl.
struct Connection {
  std::uint64_t id = 0;
  int requests = 0;
  std::chrono::steady_clock::time_point last_heard{};  ///< when the peer sent a byte of an answer last
  bool condemned = false;  ///< the peer is silent: closed as soon as the last request leaves it, no new ones
};

/// libcurl has no name for a connection; both ends' addresses are one. Of the reactor's thread alone.
class Connections {
 public:
  /// Throws std::bad_alloc.
  [[nodiscard]] Connection& enter(const char* address, const char* own_address, int port, int own_port);
  void leave(Connection& connection) noexcept;

 private:
  std::unordered_map<std::uint64_t, Connection> open_;
};

}  // namespace stocktracker::inline v0::curl
