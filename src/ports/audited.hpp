/// Records the outcome of a change in the audit, successful or not. Refusals are recorded by `enter`.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/ports.hpp>

namespace stocktracker::inline v0 {

struct Act {
  std::string_view action;  ///< "account.connect": a stable name
  TenantId tenant;          ///< the tenant of the data; nil: the installation, or the only tenant
  std::string subject{};    ///< cut to 200 bytes
};

/// Does nothing if `audit` is null. `refused`: why the action failed.
void record(AuditSink* audit, Clock& clock, Act act, const CallContext& context, std::optional<Errc> refused);

/// Records the outcome; returns the result unchanged.
template <class R>
[[nodiscard]] R audited(const Ports& ports, Act act, const CallContext& context, R result) {
  record(ports.audit.get(), *ports.clock, std::move(act), context,
         result ? std::nullopt : std::optional<Errc>(result.error().errc()));
  return result;
}

}  // namespace stocktracker::inline v0
