// An engine as Python holds it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Shared by the engine and its services, so that `close` ends them all. Destroyed without the GIL: threads of the
// engine that are joined then may need it.
class OpenEngine {
 public:
  explicit OpenEngine(st::Engine engine) : engine_(std::move(engine)) {}

  // A handle that keeps the engine alive for the length of a call; raises when it is closed.
  [[nodiscard]] st::Engine get() const;
  void close();
  [[nodiscard]] bool closed() const;

 private:
  mutable std::mutex mutex_;
  std::optional<st::Engine> engine_;
};

using EngineHandle = std::shared_ptr<OpenEngine>;
EngineHandle hold(st::Engine engine);

// The services, as engine.accounts, engine.sync, engine.stock and engine.ledger.
struct AccountsService {
  EngineHandle engine;
};
struct SyncService {
  EngineHandle engine;
};
struct StockService {
  EngineHandle engine;
};
struct LedgerService {
  EngineHandle engine;
};

void bind_ids(py::module_& module);
void bind_money(py::module_& module);
void bind_credentials(py::module_& module);
void bind_catalogue(py::module_& module);
void bind_engine(py::module_& module);
void bind_accounts(py::module_& module);
void bind_sync(py::module_& module);
void bind_stock(py::module_& module);
void bind_ledger(py::module_& module);
void bind_limits(py::module_& module);
void bind_connectors(py::module_& module);
void bind_world(py::module_& module);

// Classes of Connector, made into a factory.
std::shared_ptr<st::ConnectorFactory> connector_factory(const py::object& connector_class);
// Copies, because the library takes credentials over.
st::Credentials copy_of(const st::Credentials& credentials);

}  // namespace stkpy
