// A run as text and JSON.
#include <stocktracker/sync/run.hpp>

#include <algorithm>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/problems.hpp>
#include <stocktracker/core/time_text.hpp>

namespace stocktracker::inline v0 {

const char* to_string(RunState state) noexcept {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::ok:
      return "ok";
    case RunState::partial:
      return "partial";
    case RunState::held:
      return "held";
    case RunState::failed:
      return "failed";
    case RunState::cancelled:
      return "cancelled";
  }
  return "failed";
}

RunState state_of(const std::vector<SourceOutcome>& sources) noexcept {
  const auto ok = [](const SourceOutcome& source) { return source.state == SourceState::ok; };
  const auto held = [](const SourceOutcome& source) { return source.disposition == Disposition::held; };
  const auto fine = [&](const SourceOutcome& source) {
    return ok(source) || held(source) || source.state == SourceState::gone;
  };
  if (std::none_of(sources.begin(), sources.end(), ok)) return RunState::failed;
  if (!std::all_of(sources.begin(), sources.end(), fine)) return RunState::partial;
  return std::any_of(sources.begin(), sources.end(), held) ? RunState::held : RunState::ok;
}

SourceChanges SyncRun::changes() const noexcept {
  SourceChanges sum;
  for (const SourceOutcome& source : sources) {
    sum.added += source.changes.added;
    sum.changed += source.changes.changed;
    sum.zeroed += source.changes.zeroed;
    sum.kept += source.changes.kept;
    sum.unchanged += source.changes.unchanged;
    sum.dropped += source.changes.dropped;
  }
  return sum;
}

std::string SyncRun::to_json() const {
  std::string out;
  JsonWriter json(out);
  const auto instant = [&](std::string_view name, const std::optional<Instant>& at) {
    if (at) {
      json.field(name, std::string_view(to_rfc3339(*at)));
    } else {
      json.key(name).null();
    }
  };
  const auto counts = [&](const SourceChanges& c) {
    json.field("added", c.added).field("changed", c.changed).field("zeroed", c.zeroed).field("kept", c.kept);
    json.field("unchanged", c.unchanged).field("dropped", c.dropped);
  };
  json.begin_object().field("id", std::string_view(id.text())).field("account", std::string_view(account.text()));
  json.field("state", to_string(state)).field("dry_run", dry_run).field("accepted", accepted);
  if (refusal) {
    json.key("refusal").begin_object().field("by", std::string_view(refusal->by));
    instant("at", refusal->at);
    json.field("why", std::string_view(refusal->why)).end_object();
  } else {
    json.key("refusal").null();
  }
  instant("started_at", started_at);
  instant("finished_at", finished_at);
  json.field("requests", requests).field("actor", std::string_view(actor)).key("sources").begin_array();
  for (const SourceOutcome& source : sources) {
    json.begin_object().field("name", std::string_view(source.name)).field("state", to_string(source.state));
    json.field("disposition", to_string(source.disposition)).field("rows", source.rows);
    json.field("skipped", source.skipped);
    counts(source.changes);
    instant("observed_at", source.observed_at);
    instant("retry_at", source.retry_at);
    if (source.error) {
      json.field("error", to_string(source.error->errc())).field("message", std::string_view(reason_of(*source.error)));
    } else {
      json.key("error").null();
    }
    json.field("note", std::string_view(source.note)).end_object();
  }
  json.end_array().end_object();
  return out;
}

Result<void> SyncOptions::validate() const {
  Problems problems;
  problems.require(lease >= std::chrono::seconds(1), "lease", "must be at least a second");
  problems.require(stock || orders || prices, "stock", "or orders, or prices must be asked for");
  problems.require(orders_back > Duration::zero(), "orders_back", "must be positive");
  if (auto guard = mass_zero.validate(); !guard) problems.add("mass_zero", guard.error().message());
  return problems.result("SyncOptions");
}

}  // namespace stocktracker::inline v0
