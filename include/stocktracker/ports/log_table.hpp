/// @file
/// The table of every log event that the library emits; metric_table.hpp has its measurements. docs/telemetry.md is
/// made from it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

enum class LogEntry : unsigned char {
  http_exchange,
  http_exchange_failed,
  sync_run_started,
  sync_run_ended,
  sync_run_failed,
  sync_run_refused,
  sync_source_failed,
  sync_source_held,
  sync_rows_skipped,
  sync_run_not_recorded,
  account_credential_expiring,
  account_credentials_unreadable,
  relay_failed,
  relay_not_hinted,
  relay_tenant_failed,
  tenant_quarantined,
  tenant_damaged,
  tenant_half_way,
  audit_failed,
};

/// Debug: all goes well, many times a minute. Info: what the caller of the library learns, too, from a result, a run or
/// the health of an account. Warning and error: what nobody else reports.
struct LogInfo {
  LogEntry entry;
  std::string_view name;
  Severity severity;
  std::array<std::string_view, 7> fields;  ///< in the order of emission; empty names: fewer fields
  std::string_view message;

  [[nodiscard]] constexpr std::size_t field_count() const noexcept {
    std::size_t n = 0;
    while (n < fields.size() && !fields[n].empty()) ++n;
    return n;
  }
};

// clang-format off
inline constexpr std::array kLogTable{
    LogInfo{LogEntry::http_exchange, "http.exchange", Severity::debug,
            {"operation", "outcome", "took_us", "attempt", "request_id"}, "a request was answered"},
    LogInfo{LogEntry::http_exchange_failed, "http.exchange_failed", Severity::info,
            {"operation", "outcome", "took_us", "attempt", "request_id"}, "a request was refused or failed"},
    LogInfo{LogEntry::sync_run_started, "sync.run_started", Severity::debug,
            {"tenant", "account", "run"}, "a run has started"},
    LogInfo{LogEntry::sync_run_ended, "sync.run_ended", Severity::info,
            {"tenant", "account", "run", "state", "dry_run", "took_us", "requests"}, "a run has ended"},
    LogInfo{LogEntry::sync_run_failed, "sync.run_failed", Severity::info,
            {"tenant", "account", "run", "state", "error"}, "a run has failed: nothing was applied"},
    LogInfo{LogEntry::sync_run_refused, "sync.run_refused", Severity::info,
            {"tenant", "account", "code", "error"}, "a run could not start"},
    LogInfo{LogEntry::sync_source_failed, "sync.source_failed", Severity::info,
            {"tenant", "account", "run", "source", "state", "error"}, "a source could not be read; its older data are kept"},
    LogInfo{LogEntry::sync_source_held, "sync.source_held", Severity::info,
            {"tenant", "account", "run", "source"}, "an answer would set too much to 0 and waits for a person"},
    LogInfo{LogEntry::sync_rows_skipped, "sync.rows_skipped", Severity::info,
            {"tenant", "account", "run", "source", "skipped"}, "rows of a source could not be read and were left out"},
    LogInfo{LogEntry::sync_run_not_recorded, "sync.run_not_recorded", Severity::error,
            {"tenant", "account", "run", "error"}, "the end of a run was not recorded"},
    LogInfo{LogEntry::account_credential_expiring, "account.credential_expiring", Severity::info,
            {"tenant", "account", "part", "expires_at"}, "a credential expires within 14 days, or has expired; connect the account again"},
    LogInfo{LogEntry::account_credentials_unreadable, "account.credentials_unreadable", Severity::warning,
            {"tenant", "account", "error"}, "what the account held cannot be read; the new credentials replace it"},
    LogInfo{LogEntry::relay_failed, "relay.failed", Severity::warning,
            {"tenant", "error"}, "events wait for the next relay"},
    LogInfo{LogEntry::relay_not_hinted, "relay.not_hinted", Severity::warning,
            {"tenant", "error"}, "an event waits for the tenant's next one"},
    LogInfo{LogEntry::relay_tenant_failed, "relay.tenant_failed", Severity::warning,
            {"tenant", "error"}, "the events of one tenant could not be relayed; the others are served"},
    LogInfo{LogEntry::tenant_quarantined, "tenant.quarantined", Severity::error,
            {"tenant", "error"}, "the data of a tenant are damaged; it is closed until an operator restores it"},
    LogInfo{LogEntry::tenant_damaged, "tenant.damaged", Severity::warning,
            {"tenant", "error"}, "the data of a tenant are damaged, and it could not be closed; the others are served"},
    LogInfo{LogEntry::tenant_half_way, "tenant.half_way", Severity::warning,
            {"tenant", "error"}, "the creation or removal of a tenant could not be finished; the others are served"},
    LogInfo{LogEntry::audit_failed, "audit.failed", Severity::error,
            {"action", "error"}, "an action was not recorded in the audit"},
};
// clang-format on

/// The row of the table.
[[nodiscard]] constexpr const LogInfo& info_of(LogEntry entry) noexcept {
  return kLogTable[static_cast<std::size_t>(entry)];
}

/// Null for a name that the library does not emit, for example one of a connector of your own.
[[nodiscard]] constexpr const LogInfo* find_log_entry(std::string_view name) noexcept {
  for (const LogInfo& info : kLogTable) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace stocktracker::inline v0
