/// Quarantine: closes a tenant when its own data are damaged, so that nobody reads half of them and other tenants need
/// not wait.
#pragma once

#include <optional>
#include <string_view>

#include <stocktracker/ports/audit_sink.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/telemetry.hpp>
#include <stocktracker/tenant/tenant.hpp>

#include "ports/emit.hpp"

namespace stocktracker::inline v0 {

/// How long a call for all tenants waits for one of them.
inline constexpr Duration kPatience = std::chrono::seconds(2);

/// The same context for one tenant of many.
[[nodiscard]] CallContext patient(const CallContext& context);

/// Thread-safe.
class Quarantine {
 public:
  /// `storage` is the store itself, not the gated one. Telemetry and audit may be null.
  Quarantine(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock, std::shared_ptr<Telemetry> telemetry,
             std::shared_ptr<AuditSink> audit) noexcept
      : storage_(std::move(storage)),
        clock_(std::move(clock)),
        telemetry_(std::move(telemetry)),
        audit_(std::move(audit)) {}

  /// Call after an operation on the tenant's data has failed. Closes the tenant if the error shows that its data are
  /// damaged, or missing although its record says otherwise. Returns the error to answer then,
  /// Errc::tenant_quarantined; nullopt if the tenant is not closed. Do not call within a transaction.
  [[nodiscard]] std::optional<Error> close_if_damaged(const TenantId& tenant, const Error& error,
                                                      const CallContext& context) const;
  /// Closes an active or suspended tenant without checking its data; true if it was one of these.
  [[nodiscard]] Result<bool> close(const TenantId& tenant, std::string_view reason, const CallContext& context) const;
  /// Logs a failure that affects only this tenant's step.
  template <LogEntry kEntry>
  void report(const TenantId& tenant, const Error& error) const {
    if (telemetry_) emit::log<kEntry>(*telemetry_, tenant.text(), error.text());
  }

  /// The error for a call to a quarantined tenant.
  [[nodiscard]] static Error closed(const TenantId& tenant, std::string_view reason);

 private:
  [[nodiscard]] bool all_are_missing(const TenantId& tenant, const CallContext& context) const;
  [[nodiscard]] bool is_confirmed(const TenantId& tenant, const Error& error) const;
  void record(const TenantId& tenant, const Error& error, const CallContext& context) const;

  const std::shared_ptr<Storage> storage_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<Telemetry> telemetry_;
  const std::shared_ptr<AuditSink> audit_;
};

}  // namespace stocktracker::inline v0
