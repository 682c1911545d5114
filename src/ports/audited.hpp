/// @file
/// What a change did, into the audit, whether it succeeded or not. Refusals are recorded by `enter`.
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
  TenantId tenant;          ///< of the data; nil: of the installation, or of the only tenant
  std::string subject{};    ///< kept to 200 bytes
};

/// Nothing where `audit` is null. `refused`: why it failed.
void record(AuditSink* audit, Clock& clock, Act act, const CallContext& context, std::optional<Errc> refused);

/// Records how it ended; returns the result unchanged.
template <class R>
[[nodiscard]] R audited(const Ports& ports, Act act, const CallContext& context, R result) {
  record(ports.audit.get(), *ports.clock, std::move(act), context,
         result ? std::nullopt : std::optional<Errc>(result.error().errc()));
  return result;
}

}  // namespace stocktracker::inline v0
