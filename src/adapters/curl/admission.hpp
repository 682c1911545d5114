/// Admission: requests wait here, by tenant, until there is a slot for them.
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

#include "adapters/curl/slots.hpp"

namespace stocktracker::inline v0::curl {

using SteadyTime = std::chrono::steady_clock::time_point;

/// State of one host (scheme, name and port).
struct Host {
  enum class Protocol : unsigned char { unknown, http1, http2 };

  Host(int connections_room, int streams_room) noexcept : connections(connections_room), streams(streams_room) {}

  Protocol protocol = Protocol::unknown;
  bool proven = false;  ///< the last attempt to connect succeeded
  Slots connections;    ///< requests with their own connection, as far as is known
  Slots streams;        ///< requests that share a connection
  int in_streams = 0;   ///< number of these
  int connecting = 0;   ///< number of these that have started and are not connected yet
  int connected = 0;    ///< number of these on a connection that others may use, too
  int tickets = 0;      ///< waiting and in flight
};

/// A request in admission. Members after the blank line are changed only by Admission.
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
  bool unproven_ = false;   ///< takes one of the slots for attempts
  bool in_stream_ = false;  ///< takes a slot of Host::streams, else one of Host::connections and of all connections
  bool counted_ = false;    ///< in Host::connected
};

/// Tenants take turns. There are three kinds of slots: connections of all hosts together, attempts to connect to hosts
/// that are not proven (names that are slow to resolve, hosts that do not answer), and those of each host. libcurl gets
/// only what it can send at once: its own queue does not know tenants, and in it requests of one host delay those of
/// others.
///
/// Used by the reactor's thread only.
class Admission {
 public:
  /// `connections` in total, `per_host` at a time to a host that does not share connections.
  Admission(int connections, int per_host);

  /// Throws std::bad_alloc, and then the ticket is not queued. `first`: before the tenant's other requests.
  void wait(std::shared_ptr<Ticket> ticket, bool first = false);
  /// The next request to send, with its slots; null if none can be sent.
  [[nodiscard]] std::shared_ptr<Ticket> next(SteadyTime now);
  /// Removes the requests for which `chosen` is true from the queue, and adds them to `out`.
  void take_out(const std::function<bool(const Ticket&)>& chosen,
                const std::function<void(const std::shared_ptr<Ticket>&)>& out);
  [[nodiscard]] bool empty() const noexcept { return tenants_.empty(); }

  void connected(Ticket& ticket) noexcept;
  /// Its connection cannot be used for others any more.
  void discount(Ticket& ticket) noexcept;
  /// The host has answered with this version of the protocol.
  void answered(Ticket& ticket, bool http2) noexcept;
  /// Returns its slots. `resolving`: a thread of libcurl still waits for the name. That thread cannot be stopped, so
  /// its slot among the attempts stays taken for as long as resolvers try by default: this limits the number of
  /// threads, too.
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
  /// True if its slot stays taken.
  [[nodiscard]] bool goes_on_resolving(const Ticket& ticket, SteadyTime now) noexcept;
  void forget_resolving(SteadyTime now) noexcept;

  const int per_host_;
  Slots connections_;
  Slots attempts_;
  std::unordered_map<std::string, std::unique_ptr<Host>> hosts_;
  std::vector<Line> tenants_;  ///< waiting tenants, in the order of their turns
  std::size_t turn_ = 0;
  std::vector<Resolving> resolving_;
};

}  // namespace stocktracker::inline v0::curl
