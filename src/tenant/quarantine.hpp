/// @file
/// Quarantine: puts a tenant away when its own data are damaged, so that nobody reads half of them and nobody else
/// waits for them.
#pragma once

#include <optional>
#include <string_view>

#include <stocktracker/ports/audit_sink.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/telemetry.hpp>
#include <stocktracker/tenant/tenant.hpp>

namespace stocktracker::inline v0 {

/// How long whatever serves all tenants waits for a single one of them.
inline constexpr Duration kPatience = std::chrono::seconds(2);

/// The same call for one tenant of many.
[[nodiscard]] CallContext patient(const CallContext& context);

/// Thread-safe.
class Quarantine {
 public:
  /// `storage` is the store itself, not the gate before it. Telemetry and audit may be null.
  Quarantine(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock, std::shared_ptr<Telemetry> telemetry,
             std::shared_ptr<AuditSink> audit) noexcept
      : storage_(std::move(storage)),
        clock_(std::move(clock)),
        telemetry_(std::move(telemetry)),
        audit_(std::move(audit)) {}

  /// After something with the tenant's data has failed: closes the tenant when the error shows that they are damaged,
  /// or missing while its record says otherwise. What to answer then, Errc::tenant_quarantined; nullopt when the
  /// tenant is not closed. Not within a transaction.
  [[nodiscard]] std::optional<Error> judge(const TenantId& tenant, const Error& error,
                                           const CallContext& context) const;
  /// Closes an active or suspended tenant without a look at its data; whether it was one.
  [[nodiscard]] Result<bool> close(const TenantId& tenant, std::string_view reason, const CallContext& context) const;
  /// A failure that ends nothing but the tenant's own step.
  void report(std::string_view event, const TenantId& tenant, const Error& error) const;

  /// The answer to a call for a quarantined tenant.
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
