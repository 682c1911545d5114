/// @file
/// open: an engine with embedded defaults (SQLite in one file, everything in this process), or on another store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/assembly/engine.hpp>
#include <stocktracker/http/breaker.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/http/retry.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/ports.hpp>
#include <stocktracker/ports/quota_memory.hpp>

namespace stocktracker::inline v0 {

class ConnectorFactory;  // marketplace/connector.hpp

/// @code
/// st::OpenOptions options{.path = "house/", .key_file = "house.key", .limits_file = "house.limits"};
/// STK_TRY(options.validate());  // lists every problem at once; open() does the same
/// STK_TRY(auto engine, st::open(std::move(options)));
/// @endcode
struct OpenOptions {
  /// A file for one seller, created when missing, or ":memory:"; or a folder for many tenants: one that holds such a
  /// store, or a path that ends with a slash, which is created when missing.
  std::string path{};
  /// Instead of a path: a storage that is already open, e.g. from make_postgres_storage.
  std::shared_ptr<Storage> storage{};
  bool read_only = false;        ///< calls that would write end with Errc::store_read_only, also in a given storage
  bool durable_commits = false;  ///< see SqliteOptions
  /// Empty: credentials are kept in this process only. Otherwise a key file (see make_key_file), created when missing.
  std::string key_file{};
  /// Instead of a key file: another source of keys (see adapters/openssl.hpp).
  std::shared_ptr<KeyProvider> keys{};
  /// Nullopt: the table that ships with the library (see http/limits.hpp). An empty table: no limits, for tests.
  std::optional<LimitTable> limits{};
  /// A file through which processes share request limits (see make_quota_file), created when missing. Empty: this
  /// engine counts alone.
  std::string limits_file{};
  /// Instead of a file: another shared memory, e.g. from make_postgres_quota.
  std::shared_ptr<QuotaMemory> quota_memory{};
  /// Where requests of accounts may go in addition to the marketplaces' own hosts (ConnectorFactory::hosts): a test
  /// server, a proxy. Scheme, host, port and path must match; paths below the given one are allowed, too. In a store of
  /// one seller loopback addresses are always allowed. Credentials with another base_url: Errc::address_refused.
  std::vector<std::string> allowed_base_urls{};
  RetryPolicy retry{};
  BreakerOptions breaker{};
  // Null takes the default: HTTP over libcurl (started by the first request), the system's clock and randomness, a
  // thread pool, no telemetry.
  std::shared_ptr<HttpTransport> transport{};
  std::shared_ptr<Clock> clock{};
  std::shared_ptr<Random> random{};
  std::shared_ptr<Executor> executor{};
  std::shared_ptr<Telemetry> telemetry{};
  /// Connectors in addition to those of the library; if a channel has several, the last one is used.
  std::vector<std::shared_ptr<ConnectorFactory>> connectors{};
  /// Records who changed what and who was refused. Null: nothing is recorded.
  std::shared_ptr<AuditSink> audit{};

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// An engine on the store at `path`, which is created and migrated unless it is read-only, or on the given storage.
/// Nothing is sent before the first call that needs the network. Errc::invalid_argument lists every wrong option;
/// store_... and key_... codes say why the store or the keys cannot be used.
[[nodiscard]] STK_API Result<Engine> open(OpenOptions options);

/// The tables of the library and their migrations, both planes.
[[nodiscard]] STK_API Schema schema() noexcept;

}  // namespace stocktracker::inline v0
