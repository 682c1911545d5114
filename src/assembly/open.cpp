// Builds an engine from options: defaults, checks, and the order of the parts.
#include <stocktracker/assembly/open.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <mutex>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/backup.hpp>
#include <stocktracker/core/problems.hpp>

#include "assembly/engine_parts.hpp"
#include "core/caught.hpp"
#include "http/limit_rules.hpp"
#include "identity/member_records.hpp"
#include "marketplace/vendor_credentials.hpp"
#include "ports/call_gate.hpp"
#include "ports/measured_storage.hpp"
#include "ports/read_only_storage.hpp"
#include "sql/product_schema.hpp"
#include "tenant/gated_storage.hpp"

namespace stocktracker::inline v0 {
namespace {

/// Starts the network at the first request: an engine that only reads its store starts no thread.
class LateTransport final : public HttpTransport {
 public:
  explicit LateTransport(std::shared_ptr<Clock> clock) noexcept : clock_(std::move(clock)) {}
  Result<HttpResponse> send(const HttpRequest& request, const CallContext& context) override {
    STK_TRY(const auto transport, started());
    return transport->send(request, context);
  }
  /// Ends the network's thread, after the last call has ended.
  void close() {
    std::shared_ptr<HttpTransport> last;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    last = std::move(transport_);
  }

 private:
  Result<std::shared_ptr<HttpTransport>> started() {
    const std::lock_guard lock(mutex_);
    if (closed_) return Errc::engine_closed;
    if (!transport_) {
      CurlOptions options;
      options.clock = clock_;
      STK_TRY(transport_, make_curl_transport(std::move(options)));
    }
    return transport_;
  }

  const std::shared_ptr<Clock> clock_;
  std::mutex mutex_;
  bool closed_ = false;
  std::shared_ptr<HttpTransport> transport_;
};

Error limits_error(std::string_view vendor, const Error& error) {
  ErrorDetails details = error.details();
  details.message = "the limits of the connector for " + std::string(vendor) + ": " + reason_of(error);
  return Error(error.errc(), std::move(details));
}

/// The engine's table of limits, and the limits that connectors bring for channels it does not contain.
Result<LimitTable> limits_of(const std::optional<LimitTable>& given,
                             const std::vector<std::shared_ptr<ConnectorFactory>>& factories) {
  LimitTable table = given ? *given : LimitTable::shipped();
  if (given && given->limits.empty()) return table;
  for (const auto& factory : factories) {
    const Channel channel = factory->channel();
    const std::string_view vendor = channel.code();
    const bool known = std::any_of(table.limits.begin(), table.limits.end(),
                                   [&](const LimitRule& rule) { return rule.vendor == vendor; });
    if (known) continue;
    auto brought = caught("the connector's limits", [&] { return factory->limits(); });
    if (!brought) return limits_error(vendor, brought.error());
    LimitTable own = std::move(brought).value();
    if (auto good = check_table(own); !good) return limits_error(vendor, good.error());
    const bool about_it =
        std::any_of(own.limits.begin(), own.limits.end(), [&](const LimitRule& rule) { return rule.vendor == vendor; });
    if (!own.limits.empty() && !about_it) {
      return limits_error(vendor, Error(Errc::invalid_argument, "no rule has the vendor '" + std::string(vendor) + "'")
                                      .about("limits[0].vendor"));
    }
    std::move(own.limits.begin(), own.limits.end(), std::back_inserter(table.limits));
    std::move(own.penalties.begin(), own.penalties.end(), std::back_inserter(table.penalties));
    std::move(own.parallel.begin(), own.parallel.end(), std::back_inserter(table.parallel));
  }
  return table;
}

Result<void> note_default_tenant(const Ports& ports) {
  static constexpr Statement kKnown{"tenant.known", "SELECT 1 FROM tenant WHERE tenant_id = $1"};
  const std::string id = kDefaultTenant.text();
  bool known = false;
  const auto look = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kKnown, {id}));
    STK_TRY(known, rows->next());
    return success();
  };
  // Only the first open writes: the others do not wait for another process that writes.
  STK_TRY(ports.storage->control().transact({}, TransactMode::read, look));
  if (known) return success();
  const std::int64_t now = ports.clock->now().micros();
  const auto body = [&](Transaction& tx) -> Result<void> {
    STK_TRY(tx.upsert("tenant", OnConflict::ignore,
                      {SqlColumn::constant("tenant_id", id), SqlColumn::constant("name", "default"),
                       SqlColumn::constant("state", "active"), SqlColumn::constant("created_at", now)}));
    return success();
  };
  return ports.storage->control().transact({}, TransactMode::write, body);
}

/// True if the store has sealed texts: a fresh key could not open them. In a folder the master key seals only tenants'
/// keys.
Result<bool> holds_sealed(Storage& storage, bool many) {
  static constexpr Statement kCredential{"credential.any", "SELECT count(*) FROM credential"};
  static constexpr Statement kTenantKey{"tenant_key.any", "SELECT count(*) FROM tenant_key"};
  bool any = false;
  const auto body = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(many ? kTenantKey : kCredential));
    STK_TRY(const bool has_row, rows->next());
    any = has_row && rows->integer(0) > 0;
    return success();
  };
  if (many) {
    STK_TRY(storage.control().transact({}, TransactMode::read, body));
  } else {
    STK_TRY(auto database, storage.tenant(kDefaultTenant));
    STK_TRY(database->transact({}, TransactMode::read, body));
  }
  return any;
}

bool names_folder(const std::string& path) {
  // A folder with other content is not treated as a store by mistake.
  std::error_code ignored;
  return path.ends_with('/') || std::filesystem::exists(path + "/control.db", ignored);
}

Result<std::shared_ptr<Storage>> open_store(const OpenOptions& options, const std::shared_ptr<Clock>& clock,
                                            bool many) {
  if (many) {
    SqliteFolderOptions folder;
    folder.path = options.path;
    while (folder.path.size() > 1 && folder.path.ends_with('/')) folder.path.pop_back();
    folder.schema = schema();
    folder.clock = clock;
    folder.read_only = options.read_only;
    folder.durable_commits = options.durable_commits;
    return make_sqlite_folder(std::move(folder));
  }
  SqliteOptions file;
  file.path = options.path;
  file.schema = schema();
  file.clock = clock;
  file.read_only = options.read_only;
  file.durable_commits = options.durable_commits;
  return make_sqlite_storage(std::move(file));
}

/// Creates the tenant service, and for a folder the gate and the keys, before everything else.
Result<void> open_tenants(Engine::Parts& parts, bool many, bool read_only) {
  Ports& ports = parts.ports;
  std::shared_ptr<TenantSealer> sealer;
  if (many && ports.sealer) sealer = std::make_shared<TenantSealer>(ports.sealer, ports.storage, ports.clock);
  if (many) {
    parts.quarantine = std::make_shared<Quarantine>(ports.storage, ports.clock, ports.telemetry, ports.audit);
  }
  parts.tenants = std::make_shared<TenantsCore>(ports.storage, ports.clock, ports.random, sealer, many, ports.audit,
                                                parts.quarantine);
  parts.relay = std::make_shared<RelayCore>(ports.storage, ports.clock, parts.quarantine);
  parts.key_rotation =
      std::make_shared<KeyRotation>(KeyRotation::Parts{parts.tenants, parts.keys, ports.sealer, sealer, ports.audit});
  parts.tenants->count_calls(ports.calls);
  parts.relay->count_calls(ports.calls);
  parts.relay->measure(ports.telemetry);
  if (!many) return read_only ? Result<void>(success()) : note_default_tenant(ports);
  if (!read_only) {
    STK_TRY(parts.tenants->recover({}));
  }
  ports.storage = gated(parts.tenants, ports.storage, sealer, parts.quarantine, read_only);
  if (sealer) ports.sealer = std::move(sealer);
  return success();
}

/// Opens the storage, measured where somebody listens, and the keys of the credentials in it. Returns whether it holds
/// many tenants.
Result<bool> open_storage(Engine::Parts& parts, OpenOptions& options, bool is_measured) {
  Ports& ports = parts.ports;
  bool many = false;
  if (options.storage) {
    ports.storage = with_row_backups(std::move(options.storage), ports.clock);
    if (options.read_only) ports.storage = read_only(std::move(ports.storage));
    many = !ports.storage->tenant({});  // true unless it has a default tenant
  } else {
    many = names_folder(options.path);
    STK_TRY(ports.storage, open_store(options, ports.clock, many));
  }
  if (is_measured) ports.storage = measured(std::move(ports.storage), ports.clock, ports.telemetry);
  ports.storage = kept_across_fork(std::move(ports.storage));
  if (options.keys) {
    parts.keys = guarded_keys(std::move(options.keys));
  } else if (!options.key_file.empty()) {
    STK_TRY(const bool sealed, holds_sealed(*ports.storage, many));
    STK_TRY(parts.keys, make_key_file({.path = options.key_file, .create = !options.read_only && !sealed}));
  }
  if (parts.keys) ports.sealer = make_sealer(parts.keys);
  return many;
}

/// The library's own connectors, and behind them those of the program: of several for a channel the last one is used.
Result<std::vector<std::shared_ptr<ConnectorFactory>>> with_own_factories(
    std::vector<std::shared_ptr<ConnectorFactory>> of_program) {
  STK_TRY(auto wildberries_factory, wildberries::make_factory());
  STK_TRY(auto ozon_factory, ozon::make_factory());
  STK_TRY(auto yandex_market_factory, yandex_market::make_factory());
  std::vector<std::shared_ptr<ConnectorFactory>> all{std::move(wildberries_factory), std::move(ozon_factory),
                                                     std::move(yandex_market_factory)};
  std::move(of_program.begin(), of_program.end(), std::back_inserter(all));
  return all;
}

}  // namespace

Schema schema() noexcept { return sql::product_schema(); }

Result<void> OpenOptions::validate() const {
  Problems problems;
  problems.require(path.empty() != (storage == nullptr), "path",
                   "must name a file or a folder, or be :memory:, unless a storage is given");
  problems.require(!(read_only && path == ":memory:"), "read_only", "makes no sense for :memory:");
  problems.require(!keys || key_file.empty(), "keys", "and key_file exclude each other");
  problems.require(!quota_memory || limits_file.empty(), "quota_memory", "and limits_file exclude each other");
  if (auto good = retry.validate(); !good) problems.add("retry", good.error().message());
  if (limits) {
    if (auto good = check_table(*limits); !good) problems.add("limits", good.error().message());
  }
  if (auto good = breaker.validate(); !good) problems.add("breaker", good.error().message());
  problems.require(std::all_of(allowed_base_urls.begin(), allowed_base_urls.end(),
                               [](const std::string& url) { return is_api_address(url); }),
                   "allowed_base_urls",
                   "must be https addresses, or http of this machine, with a plain path and nothing else");
  for (const auto& connector : connectors) problems.require(connector != nullptr, "connectors", "must not hold null");
  return problems.result("OpenOptions");
}

Result<Engine> open(OpenOptions options) {
  STK_TRY(options.validate());
  auto parts = std::make_shared<Engine::Parts>();
  Ports& ports = parts->ports;
  ports.clock = options.clock ? guarded_clock(std::move(options.clock)) : make_system_clock();
  // A store must not be made at the time of a clock that has given none.
  static_cast<void>(ports.clock->now());
  if (auto failed = clock_failure(*ports.clock)) return std::move(*failed).during("open");
  ports.random = options.random ? std::move(options.random) : make_system_random();
  ports.calls = make_call_gate();
  std::shared_ptr<LateTransport> own_transport;
  if (!options.transport) own_transport = kept_across_fork(std::make_shared<LateTransport>(ports.clock));
  ports.transport = own_transport ? own_transport : kept_across_fork(std::move(options.transport));
  const bool is_measured = options.telemetry != nullptr;
  parts->telemetry = std::make_shared<GuardedTelemetry>(options.telemetry ? std::move(options.telemetry)
                                                                          : std::make_shared<Telemetry>());
  ports.telemetry = parts->telemetry;
  ports.audit = guarded_audit(std::move(options.audit), ports.telemetry);
  std::shared_ptr<Executor> own_executor;
  if (options.executor) {
    ports.executor = kept_across_fork(std::move(options.executor));
  } else {
    STK_TRY(own_executor, make_thread_pool());
    own_executor = kept_across_fork(std::move(own_executor));
    ports.executor = own_executor;
  }
  parts->end_threads = [own_transport, own_executor] {
    if (own_transport) own_transport->close();
    if (own_executor) own_executor->close();
  };

  STK_TRY(const bool many, open_storage(*parts, options, is_measured));
  STK_TRY(open_tenants(*parts, many, options.read_only));

  STK_TRY(auto factories, with_own_factories(std::move(options.connectors)));
  HttpPolicyOptions http;
  STK_TRY(http.limits, limits_of(options.limits, factories));
  http.quota_memory = std::move(options.quota_memory);
  if (!options.limits_file.empty()) {
    STK_TRY(http.quota_memory, make_quota_file(options.limits_file));
  }
  http.retry = options.retry;
  http.breaker = options.breaker;
  auto policies = std::make_shared<HttpPolicies>(std::move(http), ports.clock, ports.random, ports.telemetry);
  parts->accounts = std::make_shared<AccountsCore>(ports, std::move(factories), std::move(policies), parts->relay, many,
                                                   AllowedAddresses(std::move(options.allowed_base_urls), !many));
  parts->tenants->on_forget([held = std::weak_ptr(parts->accounts)](const TenantId& tenant) {
    if (const auto accounts = held.lock()) accounts->forget(tenant);
  });
  parts->tenants->on_removal([](Transaction& tx, const TenantId& tenant) -> Result<void> {
    STK_TRY(const auto rows, MemberRows::of(tx, tenant));
    STK_TRY(rows.remove_all());
    return success();
  });
  parts->users = std::make_shared<UsersCore>(parts->tenants, ports.random);
  parts->members = std::make_shared<const MembersCore>(ports, parts->tenants);
  parts->inventory = std::make_shared<InventoryCore>(ports);
  parts->events = std::make_shared<EventsCore>(ports, parts->relay);
  parts->sync = std::make_shared<SyncCore>(parts->accounts, options.retry.max_wait);
  return Engine(std::move(parts));
}

}  // namespace stocktracker::inline v0
