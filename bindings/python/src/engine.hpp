// An engine as Python holds it, its services, and what binds each area.
#pragma once

#include <unistd.h>

#include <memory>
#include <mutex>
#include <optional>

#include <stocktracker/assembly/tenant_engine.hpp>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Shared by the engine and its services, so that `close` ends them all. Destroyed without the GIL: threads of the
// engine that are joined then may need it.
class OpenEngine {
 public:
  // `name` is shown to people. `tenant`: the one that calls are about; nil in a store of one seller.
  OpenEngine(st::Engine engine, std::string name, const st::TenantId& tenant)
      : engine_(std::move(engine)), name_(std::move(name)), tenant_(tenant), process_(getpid()) {}

  // A handle that keeps the engine alive for the length of a call; raises when it is closed, or in a forked child.
  [[nodiscard]] st::Engine get() const;
  st::Result<void> close(st::Duration grace);
  [[nodiscard]] bool closed() const;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const st::TenantId& tenant() const noexcept { return tenant_; }

 private:
  mutable std::mutex mutex_;
  std::optional<st::Engine> engine_;
  std::string name_;
  st::TenantId tenant_;
  pid_t process_;
};

using EngineHandle = std::shared_ptr<OpenEngine>;
using TenantHandle = std::shared_ptr<const st::TenantEngine>;
EngineHandle hold(st::Engine engine, std::string name, const st::TenantId& tenant);

// The services, as engine.sync, engine.stock and so on: of the engine itself, or of a tenant's handle.
struct Service {
  EngineHandle engine;
  TenantHandle handle{};  // null: the engine's own

  // Names the tenant that the engine was opened for.
  [[nodiscard]] st::CallContext context(const Timeout& timeout = {}, std::string actor = {},
                                        std::string request_id = {}) const;
};
struct AccountsService : Service {
  [[nodiscard]] st::Accounts get() const;
};
struct SyncService : Service {
  [[nodiscard]] st::Sync get() const;
};
struct OffersService : Service {
  [[nodiscard]] st::Offers get() const;
};
struct StockService : Service {
  [[nodiscard]] st::Stock get() const;
};
struct LedgerService : Service {
  [[nodiscard]] st::Ledger get() const;
};
struct OrdersService : Service {
  [[nodiscard]] st::Orders get() const;
};
struct PricesService : Service {
  [[nodiscard]] st::Prices get() const;
};
struct ListingsService : Service {
  [[nodiscard]] st::Listings get() const;
};
struct AnalyticsService : Service {
  [[nodiscard]] st::Analytics get() const;
};
struct SettingsService : Service {
  [[nodiscard]] st::Settings get() const;
};
struct EventsService : Service {
  [[nodiscard]] st::Events get() const;
};
struct DirectoryService : Service {
  [[nodiscard]] st::Directory get() const;
};
struct KeysService : Service {
  [[nodiscard]] st::Keys get() const;
};
struct TenantsService : Service {
  [[nodiscard]] st::Tenants get() const;
};

// A tenant by its name, id or record: as text for Tenants::find.
std::string tenant_text(const py::object& tenant);

// For open(): where PostgreSQL is, if the module is built with it.
struct PostgresStore {
  std::shared_ptr<st::Storage> storage{};
  std::shared_ptr<st::QuotaMemory> quota{};
};
bool is_postgres_url(const std::string& path);
// Waits for the network: call it without the GIL.
st::Result<PostgresStore> open_postgres(const std::string& url, const std::optional<st::Secret>& password,
                                        const std::shared_ptr<st::Clock>& clock);

void bind_ids(py::module_& module);
void bind_money(py::module_& module);
void bind_credentials(py::module_& module);
void bind_catalogue(py::module_& module);
void bind_engine(py::module_& module);
void bind_open(py::module_& module);
void bind_postgres(py::module_& module);
void bind_tenants(py::module_& module);
void bind_keys(py::module_& module);
void bind_directory(py::module_& module);
void bind_settings(py::module_& module);
void bind_accounts(py::module_& module);
void bind_operations(py::module_& module);
void bind_runs(py::module_& module);
void bind_sync(py::module_& module);
void bind_stock(py::module_& module);
void bind_ledger(py::module_& module);
void bind_orders(py::module_& module);
void bind_listings(py::module_& module);
void bind_analytics(py::module_& module);
void bind_limits(py::module_& module);
void bind_connectors(py::module_& module);
void bind_world(py::module_& module);

// Classes of Connector, made into a factory.
std::shared_ptr<st::ConnectorFactory> connector_factory(const py::object& connector_class);
// Copies, because the library takes credentials over.
st::Credentials copy_of(const st::Credentials& credentials);

}  // namespace stkpy
