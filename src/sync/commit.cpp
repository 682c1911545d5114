#include "sync/commit.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "inventory/order_apply.hpp"
#include "inventory/price_apply.hpp"
#include "inventory/stock_apply.hpp"
#include "marketplace/account_records.hpp"
#include "tenant/relay.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

/// Loaded when the first source needs it: an unchanged run reads no offer.
class LazyIndex {
 public:
  LazyIndex(Transaction& tx, const AccountId& account, bool numeric) noexcept
      : tx_(tx), account_(account), numeric_(numeric) {}
  Result<inventory::OfferIndex*> get() {
    if (!index_) {
      STK_TRY(index_, inventory::load_offer_index(tx_, account_, numeric_));
    }
    return &*index_;
  }

 private:
  Transaction& tx_;
  const AccountId& account_;
  bool numeric_;
  std::optional<inventory::OfferIndex> index_;
};

/// A digest and the number of rows it stands for, as stored with the source.
std::string stored_digest(const std::string& digest, std::int64_t rows) { return digest + "/" + std::to_string(rows); }

std::optional<std::int64_t> rows_if_same(const std::string& stored, const std::string& digest) {
  if (digest.empty() || !stored.starts_with(digest + "/")) return std::nullopt;
  std::int64_t rows = 0;
  const char* end = stored.data() + stored.size();
  if (std::from_chars(stored.data() + digest.size() + 1, end, rows).ptr != end) return std::nullopt;
  return rows;
}

struct Applied {
  bool held = false;
  bool too_old = false;
  SourceChanges changes;
  std::string note;
};

class Commit {
 public:
  Commit(Transaction& tx, const CommitInput& input, Instant now, SyncRun& run) noexcept
      : tx_(tx), input_(input), now_(now), run_(run), index_(tx, run.account, input.capabilities.numeric_offer_keys) {}

  Result<void> apply_all() {
    STK_TRY(sources_, read_sources(tx_, run_.account));
    for (const SourceOutcome& outcome : run_.sources) {
      if (row_of(outcome.name) == nullptr) {
        sources_.push_back({});
        sources_.back().name = outcome.name;
      }
    }
    STK_TRY(number_sources(tx_, sources_));
    for (std::size_t slot = 0; slot < run_.sources.size(); ++slot) {
      SourceRow& row = *row_of(run_.sources[slot].name);
      row.kind = input_.machine.kinds[slot];
      STK_TRY(apply(slot, row));
    }
    return success();
  }

  Result<void> write_sources() {
    for (const SourceOutcome& outcome : run_.sources) {
      STK_TRY(write_source(tx_, run_.account, *row_of(outcome.name)));
    }
    return success();
  }

 private:
  SourceRow* row_of(const std::string& name) {
    const auto found =
        std::find_if(sources_.begin(), sources_.end(), [&](const SourceRow& r) { return r.name == name; });
    return found == sources_.end() ? nullptr : &*found;
  }

  Result<void> apply(std::size_t slot, SourceRow& row) {
    SourceOutcome& outcome = run_.sources[slot];
    row.state = outcome.state;
    row.retry_at = outcome.retry_at;
    row.error = outcome.error ? outcome.error->message() : std::string();
    if (outcome.state != SourceState::ok) return success();
    if (row.kind == FetchKind::warehouses) {
      row.disposition = Disposition::applied;
      row.observed_at = outcome.observed_at;
      return success();
    }
    const std::string& digest = input_.fetched[slot].digest;
    const auto unchanged = rows_if_same(row.digest, digest);
    Applied applied;
    if (unchanged && row.observed_at && *outcome.observed_at >= *row.observed_at) {
      applied.changes.unchanged = *unchanged;
    } else {
      auto result = apply_answer(slot, row);
      if (!result) {
        // An answer that contradicts itself fails its source and nobody else's.
        if (result.error().kind() != ErrorKind::protocol) return std::move(result).error();
        outcome.state = row.state = state_of(result.error());
        row.error = result.error().message();
        outcome.error = std::move(result).error();
        outcome.observed_at.reset();
        return success();
      }
      applied = std::move(result).value();
    }
    outcome.changes = applied.changes;
    outcome.note = applied.note.empty() ? input_.fetched[slot].note : applied.note;
    if (applied.held || applied.too_old) {
      outcome.disposition = row.disposition = applied.held ? Disposition::held : Disposition::not_applied;
      if (applied.too_old) outcome.note = "observed before what is known";
      row.error = outcome.note;
      return success();
    }
    outcome.disposition = row.disposition = Disposition::applied;
    row.observed_at = outcome.observed_at;
    row.digest = stored_digest(
        digest, applied.changes.added + applied.changes.changed + applied.changes.kept + applied.changes.unchanged);
    return success();
  }

  Result<Applied> apply_answer(std::size_t slot, const SourceRow& row) {
    const Fetched& fetched = input_.fetched[slot];
    switch (row.kind) {
      case FetchKind::catalogue:
        return apply_offers(slot, row);
      case FetchKind::orders: {
        inventory::OrderAnswer answer{run_.account, &fetched.orders, fetched.coverage, now_};
        answer.by_period = input_.capabilities.orders_by_period;
        answer.complete_orders = input_.capabilities.orders_complete;
        answer.changes_timed = input_.capabilities.order_changes_timed;
        answer.guard = input_.options.mass_zero;
        answer.accept = input_.options.accept_mass_zero;
        STK_TRY(auto applied, inventory::apply_orders(tx_, answer));
        return Applied{applied.held, false, applied.changes, std::move(applied.note)};
      }
      case FetchKind::prices: {
        inventory::PriceAnswer answer{run_.account, &fetched.prices, now_};
        answer.guard = input_.options.mass_zero;
        answer.accept = input_.options.accept_mass_zero;
        STK_TRY(auto applied, inventory::apply_prices(tx_, answer));
        return Applied{applied.held, false, applied.changes, std::move(applied.note)};
      }
      case FetchKind::fbo:
      case FetchKind::fbs:
      case FetchKind::warehouses:
        break;
    }
    return apply_levels(slot, row);
  }

  Result<Applied> apply_offers(std::size_t slot, const SourceRow& row) {
    STK_TRY(auto* index, index_.get());
    inventory::CatalogueAnswer answer;
    answer.account = run_.account;
    answer.catalogue = &input_.fetched[slot].catalogue;
    answer.first_load = !row.observed_at;
    answer.guard = input_.options.mass_zero;
    answer.accept_mass_zero = input_.options.accept_mass_zero;
    STK_TRY(auto applied, inventory::apply_catalogue(tx_, answer, *index));
    return Applied{applied.held, false, applied.changes, std::move(applied.note)};
  }

  Result<Applied> apply_levels(std::size_t slot, const SourceRow& row) {
    STK_TRY(auto* index, index_.get());
    const bool fbs = row.kind == FetchKind::fbs;
    inventory::StockAnswer answer;
    answer.account = run_.account;
    answer.source_id = row.id;
    answer.columns = &input_.fetched[slot].columns;
    answer.absent = fbs ? input_.capabilities.fbs_absent : input_.capabilities.fbo_absent;
    if (fbs) answer.asked = std::span<const std::string>(input_.asked);
    answer.observed_at = *run_.sources[slot].observed_at;
    answer.recorded_at = now_;
    answer.run_no = input_.run_no;
    answer.last_observed_at = row.observed_at;
    answer.guard = input_.options.mass_zero;
    answer.accept_mass_zero = input_.options.accept_mass_zero;
    STK_TRY(auto applied, inventory::apply_stock(tx_, answer, *index));
    return Applied{applied.held, applied.too_old, applied.changes, std::move(applied.note)};
  }

  Transaction& tx_;
  const CommitInput& input_;
  Instant now_;
  SyncRun& run_;
  LazyIndex index_;
  std::vector<SourceRow> sources_;
};

/// Consumers hear of a run that changed something, or that needs somebody.
Result<void> write_event(Transaction& tx, const CommitInput& input, const SyncRun& run, Instant now) {
  if (!has_news(run)) return success();
  const SourceChanges changes = run.changes();
  std::string payload;
  JsonWriter json(payload);
  const std::string run_id = run.id.text();
  const std::string account = run.account.text();
  json.begin_object().field("run", std::string_view(run_id)).field("account", std::string_view(account));
  json.field("state", to_string(run.state)).field("added", changes.added).field("changed", changes.changed);
  json.field("zeroed", changes.zeroed).field("kept", changes.kept).end_object();
  STK_TRY(tell(tx, input.event, "sync.finished", payload, now));
  return success();
}

/// What a run found out about its account.
std::vector<HealthFinding> findings_of(const SyncRun& run) {
  std::vector<HealthFinding> findings;
  for (const SourceOutcome& source : run.sources) {
    if (source.state == SourceState::ok || source.state == SourceState::stale || !source.error) continue;
    // Our own breaker speaks for the refusals that opened it.
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

Result<void> note_health(Transaction& tx, const SyncRun& run, Instant now) {
  const std::string account = run.account.text();
  STK_TRY(const auto facts, read_facts(tx, account));
  auto findings = findings_of(run);
  for (auto& expiry : expiry_findings(facts, now)) findings.push_back(std::move(expiry));
  STK_TRY(const auto before, read_health(tx, account));
  return write_health(tx, account, health_after(before, findings, now));
}

}  // namespace

Result<void> commit_run(Transaction& tx, const CommitInput& input, const Lease& lease, Instant now, SyncRun& run) {
  STK_TRY(lease.check(tx));
  run.sources = input.machine.outcomes;
  Commit commit(tx, input, now, run);
  if (input.options.dry_run) {
    const auto body = [&]() -> Result<Transaction::Keep> {
      STK_TRY(commit.apply_all());
      return Transaction::Keep::no;
    };
    STK_TRY(tx.savepoint(body));
  } else {
    STK_TRY(commit.apply_all());
    STK_TRY(commit.write_sources());
  }
  run.state = state_of(run.sources);
  run.finished_at = now;
  STK_TRY(finish_run(tx, input.run_no, run));
  if (!input.options.dry_run) {
    STK_TRY(write_event(tx, input, run, now));
    STK_TRY(note_health(tx, run, now));
  }
  return lease.release(tx);
}

bool has_news(const SyncRun& run) noexcept {
  const SourceChanges changes = run.changes();
  return run.state != RunState::ok || changes.added != 0 || changes.changed != 0 || changes.kept != 0;
}

}  // namespace stocktracker::inline v0::sync_run
