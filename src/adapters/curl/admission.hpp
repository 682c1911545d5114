/// @file
/// Who is sent next: requests wait here, by tenant, until there is a place for them.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <stocktracker/core/ids.hpp>

#include "adapters/curl/places.hpp"

namespace stocktracker::inline v0::curl {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What admission knows of one host (scheme, name and port).
struct Host {
  enum class Protocol : unsigned char { unknown, http1, http2 };

  Host(int connections_room, int streams_room) noexcept : connections(connections_room), streams(streams_room) {}

  Protocol protocol = Protocol::unknown;
  bool proven = false;  ///< the last attempt to connect succeeded
  Places connections;   ///< requests that have a connection for themselves, as far as is known
  Places streams;       ///< requests that share a connection
  int in_streams = 0;   ///< how many do
  int connecting = 0;   ///< of those that can share a connection: started, not yet connected
  int connected = 0;    ///< of those: on a connection that is good for others, too
  int tickets = 0;      ///< waiting and in flight
};

/// A request as admission sees it. Only Admission changes what is below the line.
class Ticket {
 public:
  Ticket(TenantId tenant, std::string host, bool shares) noexcept
      : tenant_(tenant), host_name_(std::move(host)), shares_(shares) {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  virtual ~Ticket() = default;

  [[nodiscard]] const TenantId& tenant() const noexcept { return tenant_; }
  [[nodiscard]] const std::string& host_name() const noexcept { return host_name_; }

 private:
  friend class Admission;
  enum class Phase : unsigned char { waiting, connecting, connected };

  const TenantId tenant_;
  const std::string host_name_;
  const bool shares_;  ///< may use a connection together with others

  Host* host_ = nullptr;
  Phase phase_ = Phase::waiting;
  SteadyTime started_{};
  bool unproven_ = false;   ///< takes one of the places for attempts
  bool in_stream_ = false;  ///< takes a place of Host::streams, else one of Host::connections and of all connections
  bool counted_ = false;    ///< in Host::connected
};

/// Round robin among tenants, and three kinds of places: connections of all hosts together, attempts to connect to
/// hosts that are not proven (names that are slow to resolve, hosts that do not answer) and those of each host. libcurl
/// is given only what it can send at once: its own queue knows no tenants, and there one host's requests hold up those
/// of others.
///
/// Of the reactor's thread alone.
class Admission {
 public:
  /// `connections` in all, `per_host` at a time to a host that does not share them.
  Admission(int connections, int per_host);

  /// Throws std::bad_alloc, and the ticket is not taken then. `first`: before the tenant's others.
  void wait(std::shared_ptr<Ticket> ticket, bool first = false);
  /// The next to be sent, which takes its places; null when nobody can be.
  [[nodiscard]] std::shared_ptr<Ticket> next(SteadyTime now);
  /// Takes those out of the queue for which `chosen` is true, and gives them to `out`.
  void take_out(const std::function<bool(const Ticket&)>& chosen,
                const std::function<void(const std::shared_ptr<Ticket>&)>& out);
  [[nodiscard]] bool empty() const noexcept { return tenants_.empty(); }

  void connected(Ticket& ticket) noexcept;
  /// Its connection is not good for others any more.
  void discount(Ticket& ticket) noexcept;
  /// The host answered by this version of the protocol.
  void answered(Ticket& ticket, bool http2) noexcept;
  /// Gives its places back. `resolving`: a thread of libcurl still waits for the name. Nobody can stop that thread, so
  /// its place among the attempts stays taken for as long as resolvers try by default: threads stay bounded, too.
  void leave(Ticket& ticket, bool resolving, SteadyTime now) noexcept;

 private:
  struct Line {
    TenantId tenant;
    std::deque<std::shared_ptr<Ticket>> tickets;
  };
  struct Resolving {
    TenantId tenant;
    SteadyTime until;
  };

  [[nodiscard]] Host& host_of(const std::string& name);
  [[nodiscard]] bool may_start(const Ticket& ticket) const noexcept;
  void take_places(Ticket& ticket);
  void take_connection(Ticket& ticket);
  void enter_stream(Ticket& ticket);
  void leave_stream(Ticket& ticket) noexcept;
  /// Whether its place stays taken.
  [[nodiscard]] bool goes_on_resolving(const Ticket& ticket, SteadyTime now) noexcept;
  void forget_resolving(SteadyTime now) noexcept;

  const int per_host_;
  Places connections_;
  Places attempts_;
  std::unordered_map<std::string, std::unique_ptr<Host>> hosts_;
  std::vector<Line> tenants_;  ///< those who wait, in the order of their turns
  std::size_t turn_ = 0;
  std::vector<Resolving> resolving_;
};

}  // namespace stocktracker::inline v0::curl
