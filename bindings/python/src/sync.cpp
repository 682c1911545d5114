// Sync, SyncRun, and what is known of sources.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

st::SyncOptions options_of(bool dry_run, bool accept_mass_zero, std::int64_t mass_zero_at_least, int mass_zero_percent,
                           const st::Duration& lease) {
  st::SyncOptions options;
  options.dry_run = dry_run;
  options.accept_mass_zero = accept_mass_zero;
  options.mass_zero = {mass_zero_at_least, mass_zero_percent};
  options.lease = lease;
  return options;
}

py::object error_or_none(const std::optional<st::Error>& error) { return error ? exception_of(*error) : py::none(); }

void bind_runs(py::module_& module) {
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
  py::class_<st::SyncRun>(module, "SyncRun", "One synchronisation of one account, as recorded.")
      .def_readonly("id", &st::SyncRun::id)
      .def_readonly("account", &st::SyncRun::account)
      .def_readonly("state", &st::SyncRun::state)
      .def_readonly("dry_run", &st::SyncRun::dry_run)
      .def_readonly("started_at", &st::SyncRun::started_at)
      .def_readonly("finished_at", &st::SyncRun::finished_at)
      .def_readonly("requests", &st::SyncRun::requests)
      .def_readonly("actor", &st::SyncRun::actor)
      .def_readonly("sources", &st::SyncRun::sources)
      .def_property_readonly("changes", &st::SyncRun::changes, "The changes of all sources together.")
      .def("to_json", &st::SyncRun::to_json)
      .def("__repr__", [](const st::SyncRun& r) { return "<SyncRun " + r.id.text() + " " + to_string(r.state) + ">"; });
}

const st::SyncOptions kDefaults;

}  // namespace

void bind_sync(py::module_& module) {
  bind_runs(module);
  bind_listing<st::SyncRun>(module, "RunListing");
  py::class_<SyncService>(module, "Sync", "Reads the marketplaces and updates the stored data. Thread-safe.")
      .def(
          "run",
          [](const SyncService& sync, const st::AccountId& account, bool dry_run, bool accept_mass_zero,
             std::int64_t mass_zero_at_least, int mass_zero_percent, const st::Duration& lease,
             const py::object& timeout, const py::object& progress, const std::string& actor,
             const std::string& request_id) {
            auto service = sync.engine->get().sync();
            const auto options = options_of(dry_run, accept_mass_zero, mass_zero_at_least, mass_zero_percent, lease);
            return waiting(progress_of(progress), context_of(timeout, actor, request_id),
                           [&](const st::CallContext& context) { return service.run(account, options, context); });
          },
          py::arg("account"), py::kw_only(), py::arg("dry_run") = false, py::arg("accept_mass_zero") = false,
          py::arg("mass_zero_at_least") = kDefaults.mass_zero.at_least,
          py::arg("mass_zero_percent") = kDefaults.mass_zero.percent, py::arg("lease") = kDefaults.lease,
          py::arg("timeout") = py::none(), py::arg("progress") = py::none(), py::arg("actor") = "",
          py::arg("request_id") = "",
          R"doc(One run. It was carried out and recorded, whatever its sources say: read `state` and `sources`.

An exception means that nothing was applied. Ctrl-C, and an exception of `progress`, stop the run before it is raised.
progress: True for a meter on standard error, or a callable (stage, done, expected), called on this thread.)doc")
      .def(
          "run_all",
          [](const SyncService& sync, bool dry_run, bool accept_mass_zero, std::int64_t mass_zero_at_least,
             int mass_zero_percent, const st::Duration& lease, const py::object& timeout, const py::object& progress,
             const std::string& actor, const std::string& request_id) {
            auto service = sync.engine->get().sync();
            const auto options = options_of(dry_run, accept_mass_zero, mass_zero_at_least, mass_zero_percent, lease);
            auto runs = value_or_raise(
                waiting(progress_of(progress), context_of(timeout, actor, request_id),
                        [&](const st::CallContext& context) { return service.run_all(options, context); }));
            py::list results;
            for (auto& run : runs) {
              if (run) {
                results.append(py::cast(std::move(run).value()));
              } else {
                results.append(exception_of(run.error()));
              }
            }
            return results;
          },
          py::kw_only(), py::arg("dry_run") = false, py::arg("accept_mass_zero") = false,
          py::arg("mass_zero_at_least") = kDefaults.mass_zero.at_least,
          py::arg("mass_zero_percent") = kDefaults.mass_zero.percent, py::arg("lease") = kDefaults.lease,
          py::arg("timeout") = py::none(), py::arg("progress") = py::none(), py::arg("actor") = "",
          py::arg("request_id") = "",
          "Runs every account, in parallel. For each: a SyncRun, or the StockError that prevented the run.")
      .def(
          "runs",
          [](const SyncService& sync, const std::optional<st::AccountId>& account, int page_size) {
            return Listing<st::SyncRun>{
                sync.engine,
                PageReader<st::SyncRun>(sync.engine->get().sync().runs({.account = account, .page_size = page_size}))};
          },
          py::kw_only(), py::arg("account") = py::none(), py::arg("page_size") = 100, "Newest first.")
      .def(
          "sources",
          [](const SyncService& sync, const st::AccountId& account) {
            const auto service = sync.engine->get().sync();
            return quick([&] { return service.sources(account); });
          },
          py::arg("account"), "The state of each source between runs.");
}

}  // namespace stkpy
