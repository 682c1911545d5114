// The service Events: reads a tenant's events, and waits for them.
#include <stocktracker/tenant/events.hpp>

#include <algorithm>

#include <stocktracker/core/problems.hpp>

#include "ports/emit.hpp"
#include "tenant/events_core.hpp"

namespace stocktracker::inline v0 {
namespace {

/// An event is seen at the latest so long after its commit, and the time of a relay later.
constexpr Duration kPollEvery = std::chrono::milliseconds(100);
constexpr Duration kMostWait = std::chrono::hours(24);

/// A store of many tenants has no default one, and a handle reaches its own.
Result<TenantId> tenant_of(const Ports& ports, const CallContext& context) {
  if (!context.tenant.is_nil()) return context.tenant;
  STK_TRY(ports.storage->tenant(context.tenant));
  return kDefaultTenant;
}

/// Carries over what waits in the tenant's plane. If that fails (a damaged or read-only store), what has arrived can be
/// read all the same; it is logged once a call.
void carry(const EventsCore& core, const TenantId& tenant, const CallContext& context, bool& logged) {
  CallContext quiet = context;
  quiet.progress.reset();
  const auto carried = core.relay->relay_of(tenant, quiet);
  if (carried || logged) return;
  logged = true;
  emit::log<LogEntry::relay_failed>(*core.ports.telemetry, tenant.text(), carried.error().text());
}

}  // namespace

Result<void> EventOptions::validate() const {
  Problems problems;
  problems.require(most >= 1 && most <= 10'000, "most", "must be between 1 and 10000");
  problems.require(wait >= Duration::zero() && wait <= kMostWait, "wait", "must be between nothing and 24 hours");
  return problems.result("EventOptions");
}

Result<std::vector<Event>> Events::after(std::int64_t cursor, const EventOptions& options,
                                         const CallContext& given) const {
  const Ports& ports = core_->ports;
  STK_TRY(const auto context, enter(ports, given, Permission::events_read));
  STK_TRY(options.validate());
  STK_TRY(const auto tenant, tenant_of(ports, context));
  const Instant until = ports.clock->now() + options.wait;
  bool logged = false;
  while (true) {
    STK_TRY(auto seen, core_->relay->look(tenant, cursor, options.most, context));
    if (seen.waiting) {
      carry(*core_, tenant, context, logged);
      STK_TRY(seen.events, core_->relay->events_after(tenant, cursor, options.most, context));
    }
    const Instant now = ports.clock->now();
    if (!seen.events.empty() || now >= until) return std::move(seen.events);
    context.waiting();
    STK_TRY(context.check(now));
    STK_TRY(ports.clock->wait_until(std::min({now + kPollEvery, until, context.deadline}), context.stop));
  }
}

Result<std::int64_t> Events::oldest(const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::events_read));
  STK_TRY(const auto tenant, tenant_of(core_->ports, context));
  STK_TRY(const auto bounds, core_->relay->event_bounds(tenant, context));
  return bounds.oldest;
}

Result<std::int64_t> Events::newest(const CallContext& given) const {
  STK_TRY(const auto context, enter(core_->ports, given, Permission::events_read));
  STK_TRY(const auto tenant, tenant_of(core_->ports, context));
  bool logged = false;
  carry(*core_, tenant, context, logged);
  STK_TRY(const auto bounds, core_->relay->event_bounds(tenant, context));
  return bounds.newest;
}

}  // namespace stocktracker::inline v0
