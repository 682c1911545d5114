// Counts the requests of each connection; a connection is identified by the addresses of both ends.
#include "adapters/curl/connections.hpp"

#include <functional>
#include <string_view>

namespace stocktracker::inline v0::curl {
namespace {

constexpr std::size_t kRemembered = 4'096;

std::uint64_t id_of(const char* address, const char* own_address, int port, int own_port) noexcept {
  const std::hash<std::string_view> hash;
  const std::uint64_t ports = (static_cast<std::uint64_t>(port) << 16) | static_cast<std::uint64_t>(own_port);
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  return ((hash(address) * kOdd) ^ hash(own_address)) * kOdd ^ ports;
}

}  // namespace

Connection& Connections::enter(const char* address, const char* own_address, int port, int own_port) {
  const std::uint64_t id = id_of(address, own_address, port, own_port);
  if (open_.size() >= kRemembered) {
    std::erase_if(open_, [](const auto& entry) { return entry.second.requests == 0; });
  }
  Connection& connection = open_[id];
  connection.id = id;
  ++connection.requests;
  return connection;
}

// A condemned connection is closed with its last request; the system may give its port to a new one.
void Connections::leave(Connection& connection) noexcept {
  if (--connection.requests == 0 && connection.condemned) open_.erase(connection.id);
}

}  // namespace stocktracker::inline v0::curl
