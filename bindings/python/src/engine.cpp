// Engine, TenantEngine, StorageFinding, BackupReport: handles and their services.
#include "bindings/python/src/engine.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>
#include <vector>

#include "bindings/python/src/operations.hpp"
#include "bindings/python/src/typed_argument.hpp"

namespace stkpy {
namespace {

struct OpenEngines {
  std::mutex mutex;
  std::vector<std::weak_ptr<OpenEngine>> engines;
};
// Never destroyed; a forked child gets its own, because a thread of its parent may have held the lock.
std::atomic<OpenEngines*>& open_engines_slot() {
  static std::atomic<OpenEngines*> slot{new OpenEngines};
  return slot;
}
OpenEngines& open_engines() { return *open_engines_slot().load(); }

// The thread that drops the last Python object holds the GIL; it may be any thread.
void destroy(OpenEngine* engine) {
  if (Py_IsInitialized() != 0 && PyGILState_Check() != 0) {
    const Released released;
    delete engine;
  } else {
    delete engine;
  }
}

// Calls of the user's code that hang are left behind: their threads sleep where they would return to Python.
constexpr auto kMostAtExit = std::chrono::seconds(10);

// Closes the engines, each on a thread of its own, which keeps an engine with calls that do not end.
void close_for(std::chrono::steady_clock::duration most, const std::vector<std::shared_ptr<OpenEngine>>& engines) {
  struct Closing {
    std::mutex mutex;
    std::condition_variable closed;
    std::size_t open = 0;
  };
  const auto closing = std::make_shared<Closing>();
  closing->open = engines.size();
  for (const auto& engine : engines) {
    std::thread([closing, kept = engine]() mutable {
      static_cast<void>(kept->close(st::Duration{}));
      kept.reset();
      const std::lock_guard lock(closing->mutex);
      --closing->open;
      closing->closed.notify_one();
    }).detach();
  }
  std::unique_lock lock(closing->mutex);
  closing->closed.wait_for(lock, most, [&] { return closing->open == 0; });
}

// At exit, while threads of engines can still call into Python.
void close_all() {
  note_ending_thread();
  const Released released;
  const auto end = std::chrono::steady_clock::now() + kMostAtExit;
  WaitingCall::stop_all(kMostAtExit);
  std::vector<std::weak_ptr<OpenEngine>> engines;
  {
    const std::lock_guard lock(open_engines().mutex);
    engines.swap(open_engines().engines);
  }
  std::vector<std::shared_ptr<OpenEngine>> open;
  for (const auto& weak : engines) {
    if (auto engine = weak.lock()) open.push_back(std::move(engine));
  }
  const auto rest = end - std::chrono::steady_clock::now();
  close_for(std::max<std::chrono::steady_clock::duration>(rest, std::chrono::seconds(1)), open);
}

void after_fork() {
  WaitingCall::forget_all();
  forget_operations();
  open_engines_slot().store(new OpenEngines);
}

void close_engine(const EngineHandle& engine, const st::Duration& grace) {
  if (WithinCallback::here()) {
    raise(st::Error(st::Errc::unsupported,
                    "close() would wait for the call that it is made in; close the engine "
                    "after that call"));
  }
  value_or_raise(quick([&] { return engine->close(grace); }));
}

// A tenant's handle as Python holds it.
struct HandleForPython {
  EngineHandle engine;
  TenantHandle handle;
};
HandleForPython handle_of(const EngineHandle& engine, const TypedArgument<TenantOrNone>& tenant,
                          const st::Principal& principal) {
  const auto open = engine->get();
  st::TenantId id = engine->tenant();
  if (!tenant.value.is_none()) {
    const std::string name = tenant_text(tenant.value);
    id = value_or_raise(quick([&] { return open.tenants().find(name); })).id;
  }
  auto handle = value_or_raise(quick([&] { return open.as(id, principal); }));
  return {engine, std::make_shared<const st::TenantEngine>(std::move(handle))};
}

Service service_of(const EngineHandle& engine) { return {engine}; }
Service service_of(const HandleForPython& handle) { return {handle.engine, handle.handle}; }

// The services that an engine and a tenant's handle both have.
template <class Holder, class Class>
void bind_services(Class& bound) {
  const auto add = [&bound](const char* name, auto service, const char* doc) {
    using S = decltype(service);
    bound.def_property_readonly(
        name, [](const Holder& holder) { return S{service_of(holder)}; }, doc);
  };
  add("accounts", AccountsService{}, "The seller's identities on marketplaces.");
  add("sync", SyncService{}, "Reads the marketplaces and updates the stored data.");
  add("offers", OffersService{}, "The catalogue, as stored.");
  add("stock", StockService{}, "Positions and totals.");
  add("ledger", LedgerService{}, "The history of every number.");
  add("orders", OrdersService{}, "Order lines, and the period for which they are complete.");
  add("prices", PricesService{}, "The seller's prices, as last reported.");
  add("listings", ListingsService{}, "Which offers are the same product.");
  add("analytics", AnalyticsService{}, "Stock health, stock of offers, thresholds.");
  add("settings", SettingsService{}, "Language, time zone and thresholds of the tenant.");
  add("events", EventsService{}, "What happened in the tenant, by number.");
}

void bind_storage_values(py::module_& module) {
  py::class_<st::StorageFinding>(module, "StorageFinding", "One finding of an examination.")
      .def_readonly("subject", &st::StorageFinding::subject)
      .def_readonly("ok", &st::StorageFinding::ok)
      .def_readonly("detail", &st::StorageFinding::detail);
  py::class_<st::BackupReport>(module, "BackupReport", "What a backup holds, and what it had to leave out.")
      .def_readonly("tenants", &st::BackupReport::tenants)
      .def_property_readonly(
          "skipped",
          [](const st::BackupReport& report) {
            py::dict skipped;
            for (const auto& each : report.skipped) skipped[py::cast(each.tenant)] = exception_of(each.why);
            return skipped;
          },
          "Tenants with unreadable data, each with the exception that says why.");
}

// Examinations and copies of the store.
void bind_copies(py::class_<OpenEngine, EngineHandle>& engine) {
  engine
      .def(
          "doctor",
          [](const EngineHandle& e, const Timeout& timeout) {
            const auto open = e->get();
            return as_rows(waiting(Service{e}.context(timeout),
                                   [&](const st::CallContext& context) { return open.doctor(context); }));
          },
          py::kw_only(), py::arg("timeout") = py::none(), "Integrity, schema, ledger and key, as findings.")
      .def(
          "backup",
          [](const EngineHandle& e, const PathText& target, const Timeout& timeout) {
            const auto open = e->get();
            return waiting(Service{e}.context(timeout),
                           [&](const st::CallContext& context) { return open.backup(target.text, context); });
          },
          py::arg("target"), py::kw_only(), py::arg("timeout") = py::none(),
          "A copy of the store while it is in use: of the tenant that the engine was opened for, otherwise of all "
          "data. "
          "`target` must not exist. Keys are not in it.")
      .def(
          "export_tenant",
          [](const EngineHandle& e, const st::TenantId& tenant, const PathText& target, const Timeout& timeout) {
            const auto open = e->get();
            auto context = context_of(timeout);
            context.tenant = tenant;
            return waiting(context,
                           [&](const st::CallContext& given) { return open.export_tenant(target.text, given); });
          },
          py::arg("tenant"), py::arg("target"), py::kw_only(), py::arg("timeout") = py::none(),
          "Writes a tenant's data to a file that another installation can import; without credentials.")
      .def(
          "import_tenant",
          [](const EngineHandle& e, const PathText& file, const std::string& name, const Timeout& timeout) {
            const auto open = e->get();
            return waiting(context_of(timeout), [&](const st::CallContext& context) {
              return open.import_tenant(file.text, name, context);
            });
          },
          py::arg("file"), py::arg("name"), py::kw_only(), py::arg("timeout") = py::none(),
          "Makes a tenant from an export, from a backup of one tenant, or from the store of one seller.");
}

}  // namespace

st::Engine OpenEngine::get() const {
  if (forked_since(process_)) raise_forked();
  const std::lock_guard lock(mutex_);
  if (!engine_) raise(st::Error(st::Errc::engine_closed, "the engine is closed"));
  return *engine_;
}

st::Result<void> OpenEngine::close(st::Duration grace) {
  if (forked_since(process_)) return st::Error(st::Errc::engine_forked);
  std::optional<st::Engine> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(engine_);
  }
  if (!ended) return st::success();
  return ended->close(grace);
}

bool OpenEngine::closed() const {
  if (forked_since(process_)) return true;
  const std::lock_guard lock(mutex_);
  return !engine_;
}

EngineHandle hold(st::Engine engine, std::string name, const st::TenantId& tenant) {
  EngineHandle handle(new OpenEngine(std::move(engine), std::move(name), tenant), destroy);
  const std::lock_guard lock(open_engines().mutex);
  auto& engines = open_engines().engines;
  std::erase_if(engines, [](const auto& weak) { return weak.expired(); });
  engines.push_back(handle);
  return handle;
}

st::CallContext Service::context(const Timeout& timeout, std::string actor, std::string request_id) const {
  auto context = context_of(timeout, std::move(actor), std::move(request_id));
  if (!handle) context.tenant = engine->tenant();
  return context;
}

// Of the tenant's handle if there is one; a closed or forked engine raises in any case.
#define STKPY_SERVICE(type, function)                     \
  st::type type##Service::get() const {                   \
    const auto open = engine->get();                      \
    return handle ? handle->function() : open.function(); \
  }
STKPY_SERVICE(Accounts, accounts)
STKPY_SERVICE(Sync, sync)
STKPY_SERVICE(Offers, offers)
STKPY_SERVICE(Stock, stock)
STKPY_SERVICE(Ledger, ledger)
STKPY_SERVICE(Orders, orders)
STKPY_SERVICE(Prices, prices)
STKPY_SERVICE(Listings, listings)
STKPY_SERVICE(Analytics, analytics)
STKPY_SERVICE(Settings, settings)
STKPY_SERVICE(Events, events)
#undef STKPY_SERVICE
st::Tenants TenantsService::get() const { return engine->get().tenants(); }
st::Keys KeysService::get() const { return engine->get().keys(); }
st::Directory DirectoryService::get() const { return engine->get().directory(); }

void bind_engine(py::module_& module) {
  bind_storage_values(module);
  py::class_<HandleForPython> handle(module, "TenantEngine",
                                     "The services of one tenant, for one principal (Engine.as_). Thread-safe.");
  py::class_<OpenEngine, EngineHandle> engine(
      module, "Engine", "The services of one installation. Thread-safe; close it, or use `with`.");
  bind_services<EngineHandle>(engine);
  engine
      .def_property_readonly(
          "tenants", [](const EngineHandle& e) { return TenantsService{{e}}; }, "The customers, for the operator.")
      .def_property_readonly(
          "keys", [](const EngineHandle& e) { return KeysService{{e}}; },
          "The keys of stored credentials, for the operator.")
      .def_property_readonly(
          "directory", [](const EngineHandle& e) { return DirectoryService{{e}}; },
          "The accounts of all tenants, for a scheduler.")
      .def("as_", &handle_of, py::arg("tenant"), py::arg("principal"),
           R"doc(A handle that reaches one tenant, acting as `principal`, with its permissions and no others.

tenant: its record, id or name; None: the tenant that the engine was opened for.)doc")
      .def(
          "now", [](const OpenEngine& e) { return e.get().clock().now(); }, "The engine's time.")
      .def_property_readonly("name", &OpenEngine::name, "The path or URL that it was opened with.")
      .def_property_readonly("closed", &OpenEngine::closed)
      .def("close", &close_engine, py::arg("grace") = st::Duration(std::chrono::seconds(10)),
           "Refuses new calls, lets running ones end for `grace`, then stops them, and ends the engine's threads. Does "
           "nothing if it is closed.")
      .def("__enter__", [](const EngineHandle& e) { return e; })
      .def("__exit__",
           [](const EngineHandle& e, const py::args&) { close_engine(e, st::Duration(std::chrono::seconds(10))); })
      .def("__repr__",
           [](const OpenEngine& e) { return "<Engine '" + e.name() + "'" + (e.closed() ? ", closed" : "") + ">"; });
  bind_copies(engine);

  bind_services<HandleForPython>(handle);
  handle.def_property_readonly("tenant", [](const HandleForPython& h) { return h.handle->tenant(); })
      .def_property_readonly("principal", [](const HandleForPython& h) { return h.handle->principal(); })
      .def("now", [](const HandleForPython& h) { return h.engine->get().clock().now(); })
      .def("__repr__", [](const HandleForPython& h) {
        return "<TenantEngine of " + h.handle->tenant().text() + " for '" + h.handle->principal().actor + "'>";
      });
  module.def("_close_all", &close_all, "For the end of the process.");
  module.def("_after_fork", &after_fork, "For a forked child.");
}

}  // namespace stkpy
