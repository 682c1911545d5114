#include <stocktracker/assembly/open.hpp>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/core/problems.hpp>

#include "assembly/engine_parts.hpp"
#include "sql/product_schema.hpp"

namespace stocktracker::inline v0 {
namespace {

/// Stands where no transport was given: says so instead of failing in some strange way.
class NoTransport final : public HttpTransport {
 public:
  Result<HttpResponse> send(const HttpRequest& request, const CallContext&) override {
    return Error(Errc::unsupported, "this engine was opened without a transport: nothing can be fetched")
        .during(request.operation)
        .about("transport");
  }
};

Result<void> note_default_tenant(const Ports& ports) {
  const std::string id = kDefaultTenant.text();
  const std::int64_t now = ports.clock->now().micros();
  const auto body = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.upsert("tenant", OnConflict::ignore,
                      {SqlColumn::constant("tenant_id", id), SqlColumn::constant("name", "default"),
                       SqlColumn::constant("state", "active"), SqlColumn::constant("created_at", now)}));
    return success();
  };
  return ports.storage->control().transact({}, TransactMode::write, body);
}

}  // namespace

Schema schema() noexcept { return sql::product_schema(); }

Result<void> OpenOptions::validate() const {
  Problems problems;
  problems.require(!path.empty(), "path", "must name a file or be :memory:");
  problems.require(!(read_only && path == ":memory:"), "read_only", "makes no sense for :memory:");
  for (const auto& connector : connectors) problems.require(connector != nullptr, "connectors", "must not hold null");
  return problems.result("OpenOptions");
}

Result<Engine> open(OpenOptions options) {
  STK_TRY(options.validate());
  auto parts = std::make_shared<Engine::Parts>();
  Ports& ports = parts->ports;
  ports.clock = options.clock ? std::move(options.clock) : make_system_clock();
  ports.random = options.random ? std::move(options.random) : make_system_random();
  ports.transport = options.transport ? std::move(options.transport) : std::make_shared<NoTransport>();
  ports.telemetry = options.telemetry ? std::move(options.telemetry) : std::make_shared<Telemetry>();
  if (options.executor) {
    ports.executor = std::move(options.executor);
  } else {
    STK_TRY(ports.executor, make_thread_pool());
  }

  SqliteOptions store;
  store.path = options.path;
  store.schema = schema();
  store.clock = ports.clock;
  store.read_only = options.read_only;
  store.durable_commits = options.durable_commits;
  STK_TRY(ports.storage, make_sqlite_storage(std::move(store)));
  if (!options.read_only) {
    STK_TRY(note_default_tenant(ports));
  }
  if (!options.key_file.empty()) {
    STK_TRY(parts->keys, make_key_file({.path = options.key_file, .create = !options.read_only}));
    ports.sealer = make_sealer(parts->keys);
  }

  std::vector<std::shared_ptr<ConnectorFactory>> factories;
  STK_TRY(auto ours, wildberries::make_factory());
  factories.push_back(std::move(ours));
  for (auto& connector : options.connectors) factories.push_back(std::move(connector));

  parts->accounts = std::make_shared<AccountsCore>(ports, std::move(factories));
  parts->inventory = std::make_shared<InventoryCore>(ports);
  parts->sync = std::make_shared<SyncCore>(parts->accounts);
  return Engine(std::move(parts));
}

}  // namespace stocktracker::inline v0
