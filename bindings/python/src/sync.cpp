// Sync: runs, plans, and an operator's decisions.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/operations.hpp"
#include "bindings/python/src/pages.hpp"

namespace stkpy {
namespace {

const st::SyncOptions kDefaults;
constexpr int kRunsPage = 100;

st::SyncOptions options_of(bool dry_run, bool accept_mass_zero, std::int64_t mass_zero_at_least, int mass_zero_percent,
                           bool stock, bool orders, bool prices, const st::Duration& orders_back,
                           const st::Duration& lease) {
  st::SyncOptions options;
  options.dry_run = dry_run;
  options.accept_mass_zero = accept_mass_zero;
  options.mass_zero = {mass_zero_at_least, mass_zero_percent};
  options.stock = stock;
  options.orders = orders;
  options.prices = prices;
  options.orders_back = orders_back;
  options.lease = lease;
  return options;
}

st::Result<st::SyncRun> run(const SyncService& sync, const st::AccountId& account, bool dry_run, bool accept_mass_zero,
                            std::int64_t at_least, int percent, bool stock, bool orders, bool prices,
                            const st::Duration& orders_back, const st::Duration& lease, const Timeout& timeout,
                            const ProgressArgument& progress, const std::string& actor, const std::string& request_id) {
  auto service = sync.get();
  const auto options =
      options_of(dry_run, accept_mass_zero, at_least, percent, stock, orders, prices, orders_back, lease);
  return waiting(progress, sync.context(timeout, actor, request_id),
                 [&](const st::CallContext& context) { return service.run(account, options, context); });
}

std::shared_ptr<PendingCall> submit_run(const SyncService& sync, const st::AccountId& account, bool dry_run,
                                        bool accept_mass_zero, std::int64_t at_least, int percent, bool stock,
                                        bool orders, bool prices, const st::Duration& orders_back,
                                        const st::Duration& lease, const Timeout& timeout, const std::string& actor,
                                        const std::string& request_id) {
  auto service = sync.get();
  const auto options =
      options_of(dry_run, accept_mass_zero, at_least, percent, stock, orders, prices, orders_back, lease);
  return submitted<st::SyncRun>(
      sync.engine, sync.context(timeout, actor, request_id),
      [&](const st::CallContext& context) { return service.submit_run(account, options, context); });
}

py::list run_all(const SyncService& sync, bool dry_run, bool accept_mass_zero, std::int64_t at_least, int percent,
                 bool stock, bool orders, bool prices, const st::Duration& orders_back, const st::Duration& lease,
                 const Timeout& timeout, const ProgressArgument& progress, const std::string& actor,
                 const std::string& request_id) {
  auto service = sync.get();
  const auto options =
      options_of(dry_run, accept_mass_zero, at_least, percent, stock, orders, prices, orders_back, lease);
  auto runs =
      value_or_raise(waiting(progress, sync.context(timeout, actor, request_id),
                             [&](const st::CallContext& context) { return service.run_all(options, context); }));
  py::list results;
  for (auto& each : runs) {
    if (each) {
      results.append(py::cast(std::move(each).value()));
    } else {
      results.append(exception_of(each.error()));
    }
  }
  return results;
}

void bind_runs_of(py::class_<SyncService>& sync) {
  sync.def("run", &run, py::arg("account"), py::kw_only(), py::arg("dry_run") = false,
           py::arg("accept_mass_zero") = false, py::arg("mass_zero_at_least") = kDefaults.mass_zero.at_least,
           py::arg("mass_zero_percent") = kDefaults.mass_zero.percent, py::arg("stock") = true,
           py::arg("orders") = false, py::arg("prices") = false, py::arg("orders_back") = kDefaults.orders_back,
           py::arg("lease") = kDefaults.lease, py::arg("timeout") = py::none(), py::arg("progress") = py::none(),
           py::arg("actor") = "", py::arg("request_id") = "",
           R"doc(One run. It was carried out and recorded, whatever its sources say: read `state` and `sources`.

An exception means that nothing was applied. Ctrl-C, and an exception of `progress`, stop the run before it is raised.
stock, orders, prices: what to read. orders_back: how far back the first run reads orders.
progress: True for a meter on standard error, or a callable (stage, done, expected), called on this thread.)doc")
      .def("submit_run", &submit_run, py::arg("account"), py::kw_only(), py::arg("dry_run") = false,
           py::arg("accept_mass_zero") = false, py::arg("mass_zero_at_least") = kDefaults.mass_zero.at_least,
           py::arg("mass_zero_percent") = kDefaults.mass_zero.percent, py::arg("stock") = true,
           py::arg("orders") = false, py::arg("prices") = false, py::arg("orders_back") = kDefaults.orders_back,
           py::arg("lease") = kDefaults.lease, py::arg("timeout") = py::none(), py::arg("actor") = "",
           py::arg("request_id") = "", "The same as `run`, on the engine's threads: returns an Operation at once.")
      .def("run_all", &run_all, py::kw_only(), py::arg("dry_run") = false, py::arg("accept_mass_zero") = false,
           py::arg("mass_zero_at_least") = kDefaults.mass_zero.at_least,
           py::arg("mass_zero_percent") = kDefaults.mass_zero.percent, py::arg("stock") = true,
           py::arg("orders") = false, py::arg("prices") = false, py::arg("orders_back") = kDefaults.orders_back,
           py::arg("lease") = kDefaults.lease, py::arg("timeout") = py::none(), py::arg("progress") = py::none(),
           py::arg("actor") = "", py::arg("request_id") = "",
           "Runs every account, in parallel. For each: a SyncRun, or the StockError that prevented the run.")
      .def(
          "plan",
          [](const SyncService& service, const st::AccountId& account, bool stock, bool orders, bool prices) {
            const auto sync = service.get();
            st::SyncOptions options;
            options.stock = stock;
            options.orders = orders;
            options.prices = prices;
            return quick([&] { return sync.plan(account, options, service.context()); });
          },
          py::arg("account"), py::kw_only(), py::arg("stock") = true, py::arg("orders") = false,
          py::arg("prices") = false, "The requests that a run would make, estimated. Sends nothing.");
}

void bind_decisions(py::class_<SyncService>& sync) {
  sync.def(
          "refuse",
          [](const SyncService& service, const st::RunId& run, const std::string& why, const std::string& actor) {
            auto sync = service.get();
            return quick([&] { return sync.refuse(run, why, service.context({}, actor)); });
          },
          py::arg("run"), py::arg("why"), py::kw_only(), py::arg("actor") = "",
          "Puts aside what a run held; no number changes. Returns the run, which records who refused, and why.")
      .def(
          "release",
          [](const SyncService& service, const st::AccountId& account, bool force, const std::string& actor) {
            auto sync = service.get();
            return quick([&] { return sync.release(account, {.force = force}, service.context({}, actor)); });
          },
          py::arg("account"), py::kw_only(), py::arg("force") = false, py::arg("actor") = "",
          "Frees an account after the process of its run has ended. Returns the run that held it, or None. force: also "
          "ends a run in progress, which applies nothing.")
      .def(
          "runs",
          [](const SyncService& service, const std::optional<st::AccountId>& account, int page_size) {
            return Listing<st::SyncRun>{
                service.engine,
                PageReader<st::SyncRun>(
                    service.get().runs({.account = account, .page_size = page_size}, service.context()), page_size)};
          },
          py::kw_only(), py::arg("account") = py::none(), py::arg("page_size") = kRunsPage, "Newest first.")
      .def(
          "sources",
          [](const SyncService& service, const st::AccountId& account) {
            const auto sync = service.get();
            return as_rows(quick([&] { return sync.sources(account, service.context()); }));
          },
          py::arg("account"), "The state of each source between runs.");
}

}  // namespace

void bind_sync(py::module_& module) {
  bind_listing<st::SyncRun>(module, "RunListing");
  py::class_<SyncService> sync(module, "Sync", "Reads the marketplaces and updates the stored data. Thread-safe.");
  bind_runs_of(sync);
  bind_decisions(sync);
}

}  // namespace stkpy
