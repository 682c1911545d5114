// Admission: queues by tenant and host, and the choice of the next request.
#include "adapters/curl/admission.hpp"

#include <algorithm>

namespace stocktracker::inline v0::curl {
namespace {

constexpr int kStreams = 100;  // usual limit of servers per connection
// The protocol of this many hosts is remembered while nothing is sent to them.
constexpr std::size_t kKnownHosts = 256;
constexpr auto kResolvingTime = std::chrono::seconds(30);  // resolv.conf(5): two tries of five seconds, three servers

}  // namespace

// Hosts that hang leave half of the connections to hosts that work.
Admission::Admission(int connections, int per_host)
    : per_host_(per_host), connections_(connections), attempts_(std::max(1, connections / 2)) {}

Host& Admission::host_of(const std::string& name) {
  if (const auto found = hosts_.find(name); found != hosts_.end()) return *found->second;
  if (hosts_.size() >= kKnownHosts) {
    std::erase_if(hosts_, [](const auto& entry) { return entry.second->tickets == 0; });
  }
  return *hosts_.emplace(name, std::make_unique<Host>(per_host_, kStreams)).first->second;
}

void Admission::wait(std::shared_ptr<Ticket> ticket, bool first) {
  Host& host = host_of(ticket->host_name_);
  auto line = std::ranges::find(tenants_, ticket->tenant_, &Line::tenant);
  if (line == tenants_.end()) {
    Line made{ticket->tenant_, {}};
    made.tickets.push_back(ticket);
    // The last slot before the next turn: requests that wait already come first.
    tenants_.insert(tenants_.begin() + static_cast<std::ptrdiff_t>(turn_), std::move(made));
    ++turn_;
  } else if (first) {
    line->tickets.push_front(ticket);
  } else {
    line->tickets.push_back(ticket);
  }
  ticket->host_ = &host;
  ticket->phase_ = Ticket::Phase::waiting;
  ++host.tickets;
}

bool Admission::may_start(const Ticket& ticket) const noexcept {
  const Host& host = *ticket.host_;
  if (!host.proven && !attempts_.may_take(ticket.tenant_)) return false;
  if (ticket.shares_ && host.protocol == Host::Protocol::http2) {
    if (!host.streams.may_take(ticket.tenant_)) return false;
    if (host.in_streams == 0 && connections_.is_full()) return false;
  } else if (!host.connections.may_take(ticket.tenant_) || !connections_.may_take(ticket.tenant_)) {
    return false;
  }
  // One request opens the connection that the others share.
  return !ticket.shares_ || host.protocol == Host::Protocol::http1 || host.connecting == 0 || host.connected > 0;
}

void Admission::enter_stream(Ticket& ticket) {
  Host& host = *ticket.host_;
  host.streams.take(ticket.tenant_);
  if (host.in_streams++ == 0) connections_.take_for_all();
  ticket.in_stream_ = true;
}

void Admission::leave_stream(Ticket& ticket) noexcept {
  Host& host = *ticket.host_;
  host.streams.give_back(ticket.tenant_);
  if (--host.in_streams == 0) connections_.give_back_for_all();
  ticket.in_stream_ = false;
}

void Admission::take_connection(Ticket& ticket) {
  Slots& of_host = ticket.host_->connections;
  of_host.take(ticket.tenant_);
  try {
    connections_.take(ticket.tenant_);
  } catch (...) {
    of_host.give_back(ticket.tenant_);
    throw;
  }
}

void Admission::take_places(Ticket& ticket) {
  Host& host = *ticket.host_;
  if (!host.proven) attempts_.take(ticket.tenant_);
  ticket.unproven_ = !host.proven;
  try {
    if (ticket.shares_ && host.protocol == Host::Protocol::http2) {
      enter_stream(ticket);
    } else {
      take_connection(ticket);
    }
  } catch (...) {
    if (ticket.unproven_) attempts_.give_back(ticket.tenant_);
    throw;
  }
  if (ticket.shares_) ++host.connecting;
  ticket.phase_ = Ticket::Phase::connecting;
}

std::shared_ptr<Ticket> Admission::next(SteadyTime now) {
  if (tenants_.empty()) return nullptr;
  forget_resolving(now);
  for (std::size_t tried = 0; tried < tenants_.size(); ++tried) {
    const std::size_t at = (turn_ + tried) % tenants_.size();
    auto& tickets = tenants_[at].tickets;
    const Host* refused = nullptr;  // usually all wait for the same host
    for (auto ticket = tickets.begin(); ticket != tickets.end(); ++ticket) {
      if ((*ticket)->host_ == refused) continue;
      if (!may_start(**ticket)) {
        refused = (*ticket)->host_;
        continue;
      }
      take_places(**ticket);
      (*ticket)->started_ = now;
      auto chosen = std::move(*ticket);
      tickets.erase(ticket);
      turn_ = at + 1;
      if (tickets.empty()) {
        tenants_.erase(tenants_.begin() + static_cast<std::ptrdiff_t>(at));
        turn_ = at;
      }
      if (turn_ >= tenants_.size()) turn_ = 0;
      return chosen;
    }
  }
  return nullptr;
}

void Admission::take_out(const std::function<bool(const Ticket&)>& chosen,
                         const std::function<void(const std::shared_ptr<Ticket>&)>& out) {
  for (std::size_t at = tenants_.size(); at-- > 0;) {
    auto& tickets = tenants_[at].tickets;
    std::erase_if(tickets, [&](const std::shared_ptr<Ticket>& ticket) {
      if (!chosen(*ticket)) return false;
      --ticket->host_->tickets;
      out(ticket);
      return true;
    });
    if (!tickets.empty()) continue;
    tenants_.erase(tenants_.begin() + static_cast<std::ptrdiff_t>(at));
    if (turn_ > at) --turn_;
  }
  if (turn_ >= tenants_.size()) turn_ = 0;
}

void Admission::connected(Ticket& ticket) noexcept {
  if (ticket.phase_ != Ticket::Phase::connecting) return;
  ticket.phase_ = Ticket::Phase::connected;
  if (ticket.unproven_) attempts_.give_back(ticket.tenant_);
  ticket.host_->proven = true;
  if (!ticket.shares_) return;
  --ticket.host_->connecting;
  ++ticket.host_->connected;
  ticket.counted_ = true;
}

void Admission::discount(Ticket& ticket) noexcept {
  if (!ticket.counted_) return;
  --ticket.host_->connected;
  ticket.counted_ = false;
}

void Admission::answered(Ticket& ticket, bool http2) noexcept {
  if (!ticket.shares_) return;  // a request that was sent alone says nothing about the others
  Host& host = *ticket.host_;
  const auto protocol = http2 ? Host::Protocol::http2 : Host::Protocol::http1;
  if (host.protocol != protocol) {
    host.protocol = protocol;
    // The shared connection takes one of the connections that libcurl may open to a host.
    host.connections.resize(http2 ? std::max(1, per_host_ - 1) : per_host_);
  }
  if (!http2 || ticket.in_stream_) return;
  try {
    enter_stream(ticket);
  } catch (...) {
    return;  // it keeps the slot that it has
  }
  host.connections.give_back(ticket.tenant_);
  connections_.give_back(ticket.tenant_);
}

void Admission::leave(Ticket& ticket, bool resolving, SteadyTime now) noexcept {
  Host& host = *ticket.host_;
  if (ticket.phase_ == Ticket::Phase::connecting) {
    host.proven = false;
    if (ticket.shares_) --host.connecting;
    if (ticket.unproven_ && !(resolving && goes_on_resolving(ticket, now))) attempts_.give_back(ticket.tenant_);
  }
  discount(ticket);
  if (ticket.in_stream_) {
    leave_stream(ticket);
  } else {
    host.connections.give_back(ticket.tenant_);
    connections_.give_back(ticket.tenant_);
  }
  ticket.phase_ = Ticket::Phase::waiting;
  --host.tickets;
}

bool Admission::goes_on_resolving(const Ticket& ticket, SteadyTime now) noexcept {
  const SteadyTime until = ticket.started_ + kResolvingTime;
  if (until <= now) return false;
  try {
    resolving_.push_back({ticket.tenant_, until});
    return true;
  } catch (...) {
    return false;
  }
}

void Admission::forget_resolving(SteadyTime now) noexcept {
  std::erase_if(resolving_, [&](const Resolving& one) {
    if (one.until > now) return false;
    attempts_.give_back(one.tenant);
    return true;
  });
}

}  // namespace stocktracker::inline v0::curl
