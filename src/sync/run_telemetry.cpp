// RunTelemetry: emits once per run and once per source, never per row.
#include "sync/run_telemetry.hpp"

#include <algorithm>
#include <optional>

#include <stocktracker/core/time_text.hpp>

#include "ports/emit.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

/// The label of a source: its kind. The warehouse of a seller is no label.
std::string_view name_of(FetchKind kind) noexcept {
  switch (kind) {
    case FetchKind::fbo:
      return "fbo";
    case FetchKind::fbs:
      return "fbs";
    case FetchKind::catalogue:
      return "catalogue";
    case FetchKind::warehouses:
      return "warehouses";
    case FetchKind::orders:
      return "orders";
    case FetchKind::prices:
      return "prices";
  }
  return "prices";
}

std::int64_t number(std::size_t rows) noexcept { return static_cast<std::int64_t>(rows); }

bool has_failed(const SourceOutcome& source) noexcept {
  return source.state != SourceState::ok && source.state != SourceState::gone;
}

}  // namespace

void RunTelemetry::started(const SyncRun& run) {
  has_started_ = true;
  emit::count<Metric::sync_runs_started>(to_, 1, vendor());
  emit::log<LogEntry::sync_run_started>(to_, tenant_, account_.id.text(), run.id.text());
}

void RunTelemetry::fetched(FetchKind kind, Duration took) const {
  emit::observe<Metric::sync_source_duration>(to_, took, vendor(), name_of(kind));
}

void RunTelemetry::committed(const SyncRun& run, const std::vector<FetchKind>& kinds, const CommitNotes& notes) const {
  ended(run, kinds);
  const Duration took = run.finished_at.value_or(run.started_at) - run.started_at;
  emit::log<LogEntry::sync_run_ended>(to_, tenant_, account_.id.text(), run.id.text(), to_string(run.state),
                                      run.dry_run ? "true" : "false", std::to_string(took.count()),
                                      std::to_string(run.requests));
  for (std::size_t slot = 0; slot < run.sources.size(); ++slot) source_ended(run, run.sources[slot], kinds[slot]);
  if (run.dry_run) return;
  emit::count<Metric::ledger_entries>(to_, notes.ledger_entries, vendor());
  expiry(notes.facts, run.finished_at.value_or(run.started_at));
}

void RunTelemetry::abandoned(const SyncRun& run, const std::vector<FetchKind>& kinds, const Error& cause) const {
  ended(run, kinds);
  emit::log<LogEntry::sync_run_failed>(to_, tenant_, account_.id.text(), run.id.text(), to_string(run.state),
                                       cause.text());
}

void RunTelemetry::refused(const Error& error) const {
  if (has_started_) return;
  emit::count<Metric::sync_runs_refused>(to_, 1, vendor(), to_string(error.errc()));
  emit::log<LogEntry::sync_run_refused>(to_, tenant_, account_.id.text(), to_string(error.errc()), error.text());
}

void RunTelemetry::not_recorded(const SyncRun& run, const Error& error) const {
  emit::log<LogEntry::sync_run_not_recorded>(to_, tenant_, account_.id.text(), run.id.text(), error.text());
}

void RunTelemetry::not_hinted(const Error& error) const {
  emit::log<LogEntry::relay_not_hinted>(to_, tenant_, error.text());
}

void RunTelemetry::ended(const SyncRun& run, const std::vector<FetchKind>& kinds) const {
  emit::count<Metric::sync_runs_ended>(to_, 1, vendor(), to_string(run.state));
  emit::observe<Metric::sync_run_duration>(to_, run.finished_at.value_or(run.started_at) - run.started_at, vendor());
  emit::count<Metric::sync_run_requests>(to_, run.requests, vendor());
  for (std::size_t slot = 0; slot < run.sources.size(); ++slot) {
    const SourceOutcome& source = run.sources[slot];
    const std::string_view kind = name_of(kinds[slot]);
    emit::count<Metric::sync_sources_ended>(to_, 1, vendor(), kind, to_string(source.state));
    emit::count<Metric::sync_source_rows>(to_, number(source.rows), vendor(), kind);
    emit::count<Metric::sync_source_rows_skipped>(to_, number(source.skipped), vendor(), kind);
  }
}

void RunTelemetry::source_ended(const SyncRun& run, const SourceOutcome& source, FetchKind kind) const {
  const std::string account = account_.id.text();
  const std::string id = run.id.text();
  if (has_failed(source) && source.error) {
    emit::log<LogEntry::sync_source_failed>(to_, tenant_, account, id, source.name, to_string(source.state),
                                            source.error->text());
  }
  if (source.skipped != 0) {
    emit::log<LogEntry::sync_rows_skipped>(to_, tenant_, account, id, source.name, std::to_string(source.skipped));
  }
  if (source.disposition == Disposition::held && !run.dry_run) {
    emit::count<Metric::sync_sources_held>(to_, 1, vendor(), name_of(kind));
    emit::log<LogEntry::sync_source_held>(to_, tenant_, account, id, source.name);
  }
}

void RunTelemetry::expiry(const std::vector<CredentialFacts>& facts, Instant now) const {
  std::optional<Instant> first;
  for (const CredentialFacts& fact : facts) {
    if (!fact.expires_at) continue;
    first = std::min(first.value_or(*fact.expires_at), *fact.expires_at);
    if (*fact.expires_at - now > kExpiryWarning) continue;
    emit::log<LogEntry::account_credential_expiring>(to_, tenant_, account_.id.text(), fact.part,
                                                     to_rfc3339(*fact.expires_at));
  }
  if (first) emit::observe<Metric::credential_validity>(to_, *first - now, vendor());
}

}  // namespace stocktracker::inline v0::sync_run
