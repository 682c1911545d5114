/// @file
/// open: an engine on the embedded defaults, SQLite in one file, everything in this process; or on any other store.
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
#include <stocktracker/ports/quota_memory.hpp>

namespace stocktracker::inline v0 {

struct OpenOptions {
  /// A file for one seller, made when missing, or ":memory:"; or a folder for many tenants: one that holds such a
  /// store, or a path that ends with a slash, which is made.
  std::string path{};
  /// Instead of a path: a store that is open already, such as make_postgres_storage's.
  std::shared_ptr<Storage> storage{};
  bool read_only = false;
  bool durable_commits = false;  ///< see SqliteOptions
  /// Empty: credentials are kept in this process only. Otherwise a key file (see make_key_file), made when missing.
  std::string key_file{};
  /// Instead of a key file: where keys come from otherwise (see adapters/openssl.hpp).
  std::shared_ptr<KeyProvider> keys{};
  /// Nullopt: the table that ships (see http/limits.hpp). An empty one: no limit is known, for tests.
  std::optional<LimitTable> limits{};
  /// A file by which processes share what is left of limits (see make_quota_file), made when missing. Empty: this
  /// engine counts alone.
  std::string limits_file{};
  /// Instead of a file: another memory that is shared, such as make_postgres_quota's.
  std::shared_ptr<QuotaMemory> quota_memory{};
  /// Where requests of accounts may go besides the marketplaces' own hosts (ConnectorFactory::hosts): a test server, a
  /// proxy. Scheme, host, port and path must match; what stands below the path may be asked too. On a store of one
  /// seller a loopback address is always allowed. Credentials that name another base_url are Errc::address_refused.
  std::vector<std::string> allowed_base_urls{};
  RetryPolicy retry{};
  BreakerOptions breaker{};
  // What is null takes the default: HTTP over libcurl (started by the first request), the system's clock and
  // randomness, a thread pool, no telemetry.
  std::shared_ptr<HttpTransport> transport{};
  std::shared_ptr<Clock> clock{};
  std::shared_ptr<Random> random{};
  std::shared_ptr<Executor> executor{};
  std::shared_ptr<Telemetry> telemetry{};
  /// Beside, or instead of, the connectors that come with the library: the last of a channel counts.
  std::vector<std::shared_ptr<ConnectorFactory>> connectors{};
  /// Records who changed what, and who was refused. Null: nothing is recorded.
  std::shared_ptr<AuditSink> audit{};

  [[nodiscard]] STK_API Result<void> validate() const;
};

[[nodiscard]] STK_API Result<Engine> open(OpenOptions options);

/// The product's own tables and their migrations, both planes.
[[nodiscard]] STK_API Schema schema() noexcept;

}  // namespace stocktracker::inline v0
