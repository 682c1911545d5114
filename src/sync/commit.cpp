// The single transaction of a run: lease, sources, levels, ledger, record, outbox.
#include "sync/commit.hpp"

#include <optional>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "marketplace/account_records.hpp"
#include "sync/apply_sources.hpp"
#include "tenant/relay.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

/// Publishes an event if the run changed something, or if somebody must act.
Result<void> write_event(Transaction& tx, const CommitInput& input, const SyncRun& run, Instant now) {
  if (!has_news(run)) return success();
  const SourceChanges changes = run.changes();
  std::string payload;
  JsonWriter json(payload);
  const std::string run_id = run.id.text();
  const std::string account = run.account.text();
  begin_payload(json, kSyncFinished).field("run", std::string_view(run_id));
  json.field("account", std::string_view(account));
  json.field("state", to_string(run.state)).field("added", changes.added).field("changed", changes.changed);
  json.field("zeroed", changes.zeroed).field("kept", changes.kept).end_object();
  STK_TRY(publish_event(tx, input.event, kSyncFinished, payload, now));
  return success();
}

/// Findings about the account's health that follow from the run.
std::vector<HealthFinding> findings_of(const SyncRun& run) {
  std::vector<HealthFinding> findings;
  for (const SourceOutcome& source : run.sources) {
    const bool too_old = source.error && source.error->errc() == Errc::observation_too_old;
    if (source.state == SourceState::ok || (source.state == SourceState::stale && !too_old) || !source.error) continue;
    // An open breaker reports the refusals that opened it.
    const Error& error = source.error->errc() == Errc::breaker_open && source.error->details().cause
                             ? *source.error->details().cause
                             : *source.error;
    HealthFinding finding{HealthState::failing, {to_string(error.errc()), {{"source", source.name}}}};
    if (source.state == SourceState::denied) finding.state = HealthState::denied;
    if (source.state == SourceState::throttled) {
      finding.state = HealthState::throttled;
      finding.reason.code = "throttled";
      if (source.retry_at) finding.reason.parameters.push_back({"retry_at", to_rfc3339(*source.retry_at)});
    } else if (error.details().http_status != 0) {
      finding.reason.parameters.push_back({"http_status", std::to_string(error.details().http_status)});
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

Result<void> note_health(Transaction& tx, const SyncRun& run, const std::vector<CredentialFacts>& facts, Instant now) {
  const std::string account = run.account.text();
  auto findings = findings_of(run);
  for (auto& expiry : expiry_findings(facts, now)) findings.push_back(std::move(expiry));
  STK_TRY(const auto before, read_health(tx, account));
  return write_health(tx, account, health_after(before, findings, now));
}

}  // namespace

Result<void> commit_run(Transaction& tx, const CommitInput& input, const Lease& lease, Instant now, SyncRun& run,
                        CommitNotes& notes) {
  notes = {};
  STK_TRY(lease.check(tx));
  run.sources = input.machine.outcomes;
  run.accepted = input.options.accept_mass_zero;
  ApplySources sources(tx, input, now, run);
  if (input.options.dry_run) {
    const auto body = [&]() -> Result<Transaction::Keep> {
      STK_TRY(sources.apply_all());
      return Transaction::Keep::no;
    };
    STK_TRY(tx.savepoint(body));
  } else {
    STK_TRY(sources.apply_all());
    STK_TRY(sources.write_sources());
    STK_TRY(inventory::update_products(tx, sources.product_changes()));
  }
  run.state = state_of(run.sources);
  run.finished_at = now;
  STK_TRY(finish_run(tx, input.run_no, run));
  if (!input.options.dry_run) {
    STK_TRY(write_event(tx, input, run, now));
    STK_TRY(notes.facts, read_facts(tx, run.account.text()));
    STK_TRY(note_health(tx, run, notes.facts, now));
    notes.ledger_entries = sources.ledger_entries();
  }
  return lease.release(tx);
}

bool has_news(const SyncRun& run) noexcept {
  const SourceChanges changes = run.changes();
  return run.state != RunState::ok || changes.added != 0 || changes.changed != 0 || changes.kept != 0 ||
         changes.zeroed != 0;
}

}  // namespace stocktracker::inline v0::sync_run
