// SyncRun, SourceOutcome, SourceStatus, SyncPlan: what a run did, what is known of sources, what a run would ask.
#include <stocktracker/sync/plan.hpp>

#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

py::object error_or_none(const std::optional<st::Error>& error) { return error ? exception_of(*error) : py::none(); }

void bind_sources(py::module_& module) {
  py::class_<st::SourceChanges>(module, "SourceChanges", "The changes that a complete answer made, in positions.")
      .def_readonly("added", &st::SourceChanges::added)
      .def_readonly("changed", &st::SourceChanges::changed)
      .def_readonly("zeroed", &st::SourceChanges::zeroed)
      .def_readonly("kept", &st::SourceChanges::kept)
      .def_readonly("unchanged", &st::SourceChanges::unchanged)
      .def_readonly("dropped", &st::SourceChanges::dropped);
  py::class_<st::SourceOutcome>(module, "SourceOutcome",
                                "How one source of a run ended. A failed fetch never changes data.")
      .def_readonly("name", &st::SourceOutcome::name)
      .def_readonly("state", &st::SourceOutcome::state)
      .def_readonly("disposition", &st::SourceOutcome::disposition)
      .def_readonly("rows", &st::SourceOutcome::rows)
      .def_readonly("skipped", &st::SourceOutcome::skipped,
                    "Rows of the answer that could not be read and were left out; `note` says why.")
      .def_readonly("changes", &st::SourceOutcome::changes)
      .def_readonly("observed_at", &st::SourceOutcome::observed_at)
      .def_readonly("retry_at", &st::SourceOutcome::retry_at)
      .def_property_readonly(
          "error", [](const st::SourceOutcome& s) { return error_or_none(s.error); },
          "The error of the source as an exception, or None.")
      .def_readonly("note", &st::SourceOutcome::note)
      .def("__repr__", [](const st::SourceOutcome& s) {
        return "<SourceOutcome " + s.name + " " + to_string(s.state) + ", " + std::to_string(s.rows) + " rows>";
      });
  py::class_<st::SourceStatus>(module, "SourceStatus", "The state of a source between runs.")
      .def_readonly("name", &st::SourceStatus::name)
      .def_readonly("state", &st::SourceStatus::state)
      .def_readonly("disposition", &st::SourceStatus::disposition)
      .def_readonly("observed_at", &st::SourceStatus::observed_at)
      .def_readonly("retry_at", &st::SourceStatus::retry_at)
      .def_readonly("error", &st::SourceStatus::error);
}

void bind_plan(py::module_& module) {
  py::class_<st::PlannedSource>(module, "PlannedSource", "The requests that a run would make for one source.")
      .def_readonly("name", &st::PlannedSource::name)
      .def_readonly("requests", &st::PlannedSource::requests)
      .def_readonly("at_least", &st::PlannedSource::at_least, "True: `requests` is the least number.")
      .def_readonly("not_before", &st::PlannedSource::not_before, "The marketplace asked for a pause until then.");
  py::class_<st::SyncPlan>(module, "SyncPlan", "What a run would request, estimated before it.")
      .def_readonly("account", &st::SyncPlan::account)
      .def_property_readonly("sources", [](const st::SyncPlan& plan) { return Rows<st::PlannedSource>{plan.sources}; })
      .def_property_readonly("requests", &st::SyncPlan::requests, "Of all sources.")
      .def_property_readonly("at_least", &st::SyncPlan::at_least, "True: `requests` is the least number.")
      .def("__repr__", [](const st::SyncPlan& plan) {
        return std::string("<SyncPlan of ") + (plan.at_least() ? "at least " : "") + std::to_string(plan.requests()) +
               " requests>";
      });
}

}  // namespace

void bind_runs(py::module_& module) {
  bind_sources(module);
  bind_plan(module);
  py::class_<st::RunRefusal>(module, "RunRefusal", "A person's decision not to apply what a run held.")
      .def_readonly("by", &st::RunRefusal::by)
      .def_readonly("at", &st::RunRefusal::at)
      .def_readonly("why", &st::RunRefusal::why);
  py::class_<st::SyncRun>(module, "SyncRun", "One synchronisation of one account, as recorded.")
      .def_readonly("id", &st::SyncRun::id)
      .def_readonly("account", &st::SyncRun::account)
      .def_readonly("state", &st::SyncRun::state)
      .def_readonly("dry_run", &st::SyncRun::dry_run)
      .def_readonly("accepted", &st::SyncRun::accepted, "A person accepted a change that the guard would hold.")
      .def_readonly("refusal", &st::SyncRun::refusal, "None: what it held was not refused.")
      .def_readonly("started_at", &st::SyncRun::started_at)
      .def_readonly("finished_at", &st::SyncRun::finished_at)
      .def_readonly("requests", &st::SyncRun::requests)
      .def_readonly("actor", &st::SyncRun::actor)
      .def_property_readonly("sources", [](const st::SyncRun& run) { return Rows<st::SourceOutcome>{run.sources}; })
      .def_property_readonly("changes", &st::SyncRun::changes, "The changes of all sources together.")
      .def("to_json", &st::SyncRun::to_json)
      .def("__repr__", [](const st::SyncRun& r) { return "<SyncRun " + r.id.text() + " " + to_string(r.state) + ">"; });
}

}  // namespace stkpy
