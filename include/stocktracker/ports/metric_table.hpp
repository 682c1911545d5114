/// @file
/// The table of every measurement that the library emits; log_table.hpp has its log events. docs/telemetry.md is made
/// from it.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

enum class Metric : unsigned char {
  http_exchanges,
  http_exchange_duration,
  http_retries,
  http_breaker_refusals,
  quota_grants,
  quota_wait_duration,
  quota_refusals,
  sync_runs_started,
  sync_runs_ended,
  sync_runs_refused,
  sync_run_duration,
  sync_run_requests,
  sync_sources_ended,
  sync_source_duration,
  sync_source_rows,
  sync_source_rows_skipped,
  sync_sources_held,
  ledger_entries,
  credential_validity,
  store_transactions,
  store_transaction_duration,
  store_wait_duration,
  store_body_reruns,
  event_relay_delay,
  tenants_quarantined,
  audit_failures,
  telemetry_failures,
  export_dropped,
};

/// A counter reaches Telemetry::count, a duration Telemetry::observe. There is no gauge: the library measures what
/// happens; what is so at this moment is asked (Accounts::health, Sync::sources, Engine::doctor).
enum class MetricKind : unsigned char { counter, duration };

/// Upper bounds of the buckets in which an exporter may count durations.
inline constexpr std::array kBucketsOfCalls{Duration(1'000),     Duration(2'500),     Duration(5'000),
                                            Duration(10'000),    Duration(25'000),    Duration(50'000),
                                            Duration(100'000),   Duration(250'000),   Duration(1'000'000),
                                            Duration(2'500'000), Duration(10'000'000)};
inline constexpr std::array kBucketsOfRuns{
    Duration(std::chrono::milliseconds(100)), Duration(std::chrono::seconds(1)),  Duration(std::chrono::seconds(5)),
    Duration(std::chrono::seconds(15)),       Duration(std::chrono::seconds(30)), Duration(std::chrono::minutes(1)),
    Duration(std::chrono::minutes(5)),        Duration(std::chrono::minutes(15)), Duration(std::chrono::hours(1))};
inline constexpr std::array kBucketsOfDays{
    Duration(0),
    Duration(std::chrono::hours(24)),
    Duration(std::chrono::hours(3 * 24)),
    Duration(std::chrono::hours(7 * 24)),
    Duration(std::chrono::hours(14 * 24)),
    Duration(std::chrono::hours(30 * 24)),
    Duration(std::chrono::hours(90 * 24)),
};

struct MetricInfo {
  Metric metric;
  std::string_view name;  ///< as emitted; a valid name for Prometheus and for OpenTelemetry
  MetricKind kind;
  std::string_view unit;                   ///< as OpenTelemetry writes it; durations are exported in seconds
  std::array<std::string_view, 3> labels;  ///< in the order of emission; empty names: fewer labels
  std::string_view meaning;
  std::span<const Duration> buckets{};  ///< durations only

  [[nodiscard]] constexpr std::size_t label_count() const noexcept {
    std::size_t n = 0;
    while (n < labels.size() && !labels[n].empty()) ++n;
    return n;
  }
};

// clang-format off
inline constexpr std::array kMetricTable{
    MetricInfo{Metric::http_exchanges, "stocktracker_http_exchanges_total", MetricKind::counter, "{request}",
               {"vendor", "operation", "outcome"}, "Requests that were sent, by how they ended."},
    MetricInfo{Metric::http_exchange_duration, "stocktracker_http_exchange_duration_seconds", MetricKind::duration, "s",
               {"vendor", "operation"}, "Time from sending a request to its answer, without waits for limits.", kBucketsOfCalls},
    MetricInfo{Metric::http_retries, "stocktracker_http_retries_total", MetricKind::counter, "{request}",
               {"vendor", "operation"}, "Requests that were repeated."},
    MetricInfo{Metric::http_breaker_refusals, "stocktracker_http_breaker_refusals_total", MetricKind::counter, "{request}",
               {"vendor", "operation"}, "Requests that were not sent, because the same request was refused again and again."},
    MetricInfo{Metric::quota_grants, "stocktracker_quota_grants_total", MetricKind::counter, "{request}",
               {"vendor", "category"}, "Requests that the limits let pass."},
    MetricInfo{Metric::quota_wait_duration, "stocktracker_quota_wait_duration_seconds", MetricKind::duration, "s",
               {"vendor", "category"}, "Waits of requests for their limits; a request that need not wait is not counted.", kBucketsOfRuns},
    MetricInfo{Metric::quota_refusals, "stocktracker_quota_refusals_total", MetricKind::counter, "{request}",
               {"vendor", "category", "reason"}, "Requests that were not sent, because of limits: used_up, in_flight, or unreachable (the shared limits could not be read)."},
    MetricInfo{Metric::sync_runs_started, "stocktracker_sync_runs_started_total", MetricKind::counter, "{run}",
               {"vendor"}, "Runs that took the lease of their account."},
    MetricInfo{Metric::sync_runs_ended, "stocktracker_sync_runs_ended_total", MetricKind::counter, "{run}",
               {"vendor", "state"}, "Runs that ended, by the state of the run."},
    MetricInfo{Metric::sync_runs_refused, "stocktracker_sync_runs_refused_total", MetricKind::counter, "{run}",
               {"vendor", "reason"}, "Runs that did not start, by error code: another run holds the account, credentials are missing."},
    MetricInfo{Metric::sync_run_duration, "stocktracker_sync_run_duration_seconds", MetricKind::duration, "s",
               {"vendor"}, "Time of a run, from its start to its end.", kBucketsOfRuns},
    MetricInfo{Metric::sync_run_requests, "stocktracker_sync_run_requests_total", MetricKind::counter, "{request}",
               {"vendor"}, "Requests that runs sent."},
    MetricInfo{Metric::sync_sources_ended, "stocktracker_sync_sources_ended_total", MetricKind::counter, "{source}",
               {"vendor", "source", "state"}, "Sources of runs that ended, by the state of the source."},
    MetricInfo{Metric::sync_source_duration, "stocktracker_sync_source_duration_seconds", MetricKind::duration, "s",
               {"vendor", "source"}, "Time to read a source, with waits for limits.", kBucketsOfRuns},
    MetricInfo{Metric::sync_source_rows, "stocktracker_sync_source_rows_total", MetricKind::counter, "{row}",
               {"vendor", "source"}, "Rows in the answers of sources."},
    MetricInfo{Metric::sync_source_rows_skipped, "stocktracker_sync_source_rows_skipped_total", MetricKind::counter, "{row}",
               {"vendor", "source"}, "Rows that could not be read and were left out."},
    MetricInfo{Metric::sync_sources_held, "stocktracker_sync_sources_held_total", MetricKind::counter, "{source}",
               {"vendor", "source"}, "Answers that wait for a person, because they would set too much to 0."},
    MetricInfo{Metric::ledger_entries, "stocktracker_ledger_entries_total", MetricKind::counter, "{entry}",
               {"vendor"}, "Entries that runs appended to the ledger."},
    MetricInfo{Metric::credential_validity, "stocktracker_credential_validity_seconds", MetricKind::duration, "s",
               {"vendor"}, "Time until the first credential of an account expires, observed once in each run; 0: it has expired.", kBucketsOfDays},
    MetricInfo{Metric::store_transactions, "stocktracker_store_transactions_total", MetricKind::counter, "{transaction}",
               {"plane", "mode", "outcome"}, "Transactions of the store: ok, or the kind of the error with which they ended."},
    MetricInfo{Metric::store_transaction_duration, "stocktracker_store_transaction_duration_seconds", MetricKind::duration, "s",
               {"plane", "mode"}, "Time of a transaction, with its wait and its commit.", kBucketsOfCalls},
    MetricInfo{Metric::store_wait_duration, "stocktracker_store_wait_duration_seconds", MetricKind::duration, "s",
               {"plane", "mode"}, "Time until a transaction began: locks, the queue of writers, the pool of connections.", kBucketsOfCalls},
    MetricInfo{Metric::store_body_reruns, "stocktracker_store_body_reruns_total", MetricKind::counter, "{transaction}",
               {"plane", "mode"}, "Transactions that ran again: a conflict with another one, or a group commit that failed."},
    MetricInfo{Metric::event_relay_delay, "stocktracker_event_relay_delay_seconds", MetricKind::duration, "s",
               {}, "Time from the commit of an event to its arrival in the control plane; its count is the number of events.", kBucketsOfRuns},
    MetricInfo{Metric::tenants_quarantined, "stocktracker_tenants_quarantined_total", MetricKind::counter, "{tenant}",
               {}, "Tenants that were closed, because their data are damaged."},
    MetricInfo{Metric::audit_failures, "stocktracker_audit_failures_total", MetricKind::counter, "{action}",
               {}, "Actions that the program's audit did not record: it threw."},
    MetricInfo{Metric::telemetry_failures, "stocktracker_telemetry_failures_total", MetricKind::counter, "{call}",
               {}, "Calls in which the program's telemetry threw."},
    MetricInfo{Metric::export_dropped, "stocktracker_export_dropped_total", MetricKind::counter, "{item}",
               {"item"}, "What TelemetryExport did not keep: series beyond most_series (series), log records beyond most_log_records (log_record), measurements that it refused (measurement)."},
};
// clang-format on

/// The row of the table.
[[nodiscard]] constexpr const MetricInfo& info_of(Metric metric) noexcept {
  return kMetricTable[static_cast<std::size_t>(metric)];
}

/// Null for a name that the library does not emit, for example one of a connector of your own.
[[nodiscard]] constexpr const MetricInfo* find_metric(std::string_view name) noexcept {
  for (const MetricInfo& info : kMetricTable) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace stocktracker::inline v0
