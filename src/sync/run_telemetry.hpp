/// RunTelemetry: the measurements and log events of one run.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/ports/telemetry.hpp>
#include <stocktracker/sync/run.hpp>

#include "sync/commit.hpp"
#include "sync/run_machine.hpp"

namespace stocktracker::inline v0::sync_run {

/// References must outlive it. `fetched` may be called by several threads at once; everything else by one.
class RunTelemetry {
 public:
  RunTelemetry(Telemetry& to, const Account& account, const TenantId& tenant)
      : to_(to), account_(account), tenant_(tenant.is_nil() ? kDefaultTenant.text() : tenant.text()) {}

  /// The run has the lease of its account.
  void started(const SyncRun& run);
  void fetched(FetchKind kind, Duration took) const;
  /// `kinds`: of the run's sources, in their order.
  void committed(const SyncRun& run, const std::vector<FetchKind>& kinds, const CommitNotes& notes) const;
  /// Nothing was applied.
  void abandoned(const SyncRun& run, const std::vector<FetchKind>& kinds, const Error& cause) const;
  /// The run ended with this error: counted here unless it had started.
  void refused(const Error& error) const;
  void not_recorded(const SyncRun& run, const Error& error) const;
  void not_hinted(const Error& error) const;

 private:
  [[nodiscard]] std::string_view vendor() const noexcept { return account_.channel.code(); }
  void ended(const SyncRun& run, const std::vector<FetchKind>& kinds) const;
  void source_ended(const SyncRun& run, const SourceOutcome& source, FetchKind kind) const;
  void expiry(const std::vector<CredentialFacts>& facts, Instant now) const;

  Telemetry& to_;
  const Account& account_;
  const std::string tenant_;
  bool has_started_ = false;
};

}  // namespace stocktracker::inline v0::sync_run
