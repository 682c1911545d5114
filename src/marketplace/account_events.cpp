// Carries the event of a change of an account, now or at the next relay.
#include "marketplace/account_events.hpp"

#include "ports/emit.hpp"
#include "tenant/relay.hpp"

namespace stocktracker::inline v0 {

void carry_event(const AccountsCore& core, const AccountChange& change, const CallContext& context) {
  // A second hint: a relay of another process may have visited the tenant before the event was written, and deleted the
  // first hint, or is about to; the second one has another stamp and survives. The change is committed, so stop
  // requests and deadlines are ignored here.
  CallContext done = context;
  done.deadline = Instant::latest();
  done.stop = {};
  done.progress.reset();
  auto relayed = core.relay().announce(context.tenant, change.stamp, done);
  if (relayed) {
    const auto carried = core.relay().relay_of(context.tenant, context);
    if (!carried) relayed = carried.error();
  }
  if (relayed) return;
  emit::log<LogEntry::relay_failed>(*core.ports().telemetry, context.tenant.text(), relayed.error().text());
}

}  // namespace stocktracker::inline v0
