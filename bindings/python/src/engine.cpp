// Engine, StorageFinding, open().
#include "bindings/python/src/engine.hpp"

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include <vector>

#include "bindings/python/src/calls.hpp"

namespace stkpy {
namespace {

struct OpenEngines {
  std::mutex mutex;
  std::vector<std::weak_ptr<OpenEngine>> engines;
};
OpenEngines& open_engines() {
  static auto* all = new OpenEngines;
  return *all;
}

// The thread that drops the last Python object holds the GIL; it may be any thread.
void destroy(OpenEngine* engine) {
  if (Py_IsInitialized() != 0 && PyGILState_Check() != 0) {
    const py::gil_scoped_release released;
    delete engine;
  } else {
    delete engine;
  }
}

// At exit, while threads of engines can still call into Python.
void close_all() {
  const py::gil_scoped_release released;
  WaitingCall::stop_all();
  std::vector<std::weak_ptr<OpenEngine>> engines;
  {
    const std::lock_guard lock(open_engines().mutex);
    engines.swap(open_engines().engines);
  }
  for (const auto& weak : engines) {
    if (const auto engine = weak.lock()) engine->close();
  }
}

EngineHandle open_engine(const std::string& path, bool read_only, bool durable_commits, const std::string& key_file,
                         const py::object& key_text, const st::LimitTable* limits, const std::string& limits_file,
                         std::shared_ptr<st::HttpTransport> transport, std::shared_ptr<st::Clock> clock,
                         const std::optional<std::uint64_t>& seed, bool threads, const py::object& connectors,
                         std::vector<std::string> allowed_base_urls) {
  st::OpenOptions options;
  options.path = path;
  options.read_only = read_only;
  options.durable_commits = durable_commits;
  options.key_file = key_file;
  if (!key_text.is_none()) {
    options.keys = value_or_raise(st::make_key_text(key_text.cast<const st::Secret&>(), "key_text"));
  }
  if (limits != nullptr) options.limits = *limits;
  options.limits_file = limits_file;
  options.allowed_base_urls = std::move(allowed_base_urls);
  options.transport = std::move(transport);
  options.clock = std::move(clock);
  if (seed) options.random = std::make_shared<st::testing::SeededRandom>(*seed);
  if (!threads) options.executor = st::make_inline_executor();
  for (const py::handle each : connectors) options.connectors.push_back(connector_factory(py::cast<py::object>(each)));
  return hold(value_or_raise(quick([&] { return st::open(std::move(options)); })));
}

}  // namespace

st::Engine OpenEngine::get() const {
  const std::lock_guard lock(mutex_);
  if (!engine_) raise(st::Error(st::Errc::invalid_argument, "the engine is closed"));
  return *engine_;
}

void OpenEngine::close() {
  std::optional<st::Engine> ended;
  const std::lock_guard lock(mutex_);
  ended.swap(engine_);
}

bool OpenEngine::closed() const {
  const std::lock_guard lock(mutex_);
  return !engine_;
}

EngineHandle hold(st::Engine engine) {
  EngineHandle handle(new OpenEngine(std::move(engine)), destroy);
  const std::lock_guard lock(open_engines().mutex);
  auto& engines = open_engines().engines;
  std::erase_if(engines, [](const auto& weak) { return weak.expired(); });
  engines.push_back(handle);
  return handle;
}

void bind_engine(py::module_& module) {
  py::class_<st::StorageFinding>(module, "StorageFinding", "One finding of an examination.")
      .def_readonly("subject", &st::StorageFinding::subject)
      .def_readonly("ok", &st::StorageFinding::ok)
      .def_readonly("detail", &st::StorageFinding::detail)
      .def("__repr__", [](const st::StorageFinding& f) {
        return "<StorageFinding " + f.subject + (f.ok ? " ok" : " " + f.detail) + ">";
      });

  py::class_<OpenEngine, EngineHandle>(module, "Engine",
                                       "The services of one installation. Thread-safe; close it, or use `with`.")
      .def_property_readonly(
          "accounts", [](const EngineHandle& e) { return AccountsService{e}; },
          "The seller's identities on marketplaces.")
      .def_property_readonly(
          "sync", [](const EngineHandle& e) { return SyncService{e}; },
          "Reads the marketplaces and updates the stored data.")
      .def_property_readonly(
          "stock", [](const EngineHandle& e) { return StockService{e}; }, "Positions and totals.")
      .def_property_readonly(
          "ledger", [](const EngineHandle& e) { return LedgerService{e}; }, "The history of every number.")
      .def(
          "now", [](const OpenEngine& e) { return e.get().clock().now(); }, "The engine's time.")
      .def(
          "doctor",
          [](const EngineHandle& e, const py::object& timeout) {
            const auto engine = e->get();
            return waiting(py::none(), context_of(timeout),
                           [&](const st::CallContext& context) { return engine.doctor(context); });
          },
          py::kw_only(), py::arg("timeout") = py::none(), "Integrity, schema, ledger and key, as findings.")
      .def(
          "close", [](const EngineHandle& e) { quick([&] { e->close(); }); },
          "Closes the engine after the running calls have ended. Does nothing if it is closed.")
      .def_property_readonly("closed", &OpenEngine::closed)
      .def("__enter__", [](const EngineHandle& e) { return e; })
      .def("__exit__", [](const EngineHandle& e, const py::args&) { quick([&] { e->close(); }); });

  module.def("open", &open_engine, py::arg("path"), py::kw_only(), py::arg("read_only") = false,
             py::arg("durable_commits") = false, py::arg("key_file") = "", py::arg("key_text") = py::none(),
             py::arg("limits") = static_cast<const st::LimitTable*>(nullptr), py::arg("limits_file") = "",
             py::arg("transport") = std::shared_ptr<st::HttpTransport>(),
             py::arg("clock") = std::shared_ptr<st::Clock>(), py::arg("seed") = py::none(), py::arg("threads") = true,
             py::arg("connectors") = py::tuple(), py::arg("allowed_base_urls") = std::vector<std::string>(),
             R"doc(An engine on the embedded defaults: SQLite in one file, everything in this process.

path: a file, made when missing, or ":memory:".
key_file: where the key of stored credentials is, made when missing; empty: credentials stay in this process.
key_text: a Secret of the key file's form, instead of a file.
limits: None is the table that ships; LimitTable() knows no limit.
limits_file: a file by which processes share what is left of limits.
transport, clock, seed: a world's, for tests without a network.
threads: False runs everything on the calling thread's helper, so that one seed reproduces everything.
connectors: classes of one's own, subclasses of Connector.
allowed_base_urls: where requests may go besides the marketplaces' own hosts: a test server, a proxy.)doc");
  module.def("_close_all", &close_all, "For the end of the process.");
}

}  // namespace stkpy
