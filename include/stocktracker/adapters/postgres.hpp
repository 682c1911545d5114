/// @file
/// PostgreSQL 15 and later, for many tenants and many processes: the add-on library stocktracker::postgres.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/core/secret.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/quota_memory.hpp>

namespace stocktracker::inline v0 {

/// What stands between the program and the server.
enum class PostgresPooling : unsigned char {
  session,      ///< nothing, or a pooler that keeps one server connection per client connection
  transaction,  ///< PgBouncer with pool_mode=transaction: no state of a session is used
};

/// @code
/// const std::string url = "postgresql://app@db.example/house?sslmode=verify-full";
/// STK_TRY(auto storage, st::make_postgres_storage({.url = url, .schema = st::schema()}));
/// STK_TRY(auto quota, st::make_postgres_quota({.url = url}));
/// STK_TRY(auto engine, st::open({.storage = storage, .quota_memory = quota}));
/// @endcode
struct PostgresOptions {
  /// In libpq's form: `postgresql://user@host:port/database?sslmode=verify-full&sslrootcert=FILE`, or `host=...
  /// dbname=...`. A password in it is refused: URLs end up in logs and process lists.
  std::string url{};
  /// Empty: libpq finds the password (PGPASSFILE, ~/.pgpass) or needs none (a trusted socket).
  Secret password{};
  Schema schema{};
  /// Deadlines are compared with it; null: the system's clock.
  std::shared_ptr<Clock> clock{};
  PostgresPooling pooling = PostgresPooling::session;
  /// Largest number of connections. Tenants that wait take turns; with two or more connections, no tenant ever holds
  /// all of them.
  int connections = 8;
  int warm_connections = 1;  ///< opened by make_postgres_storage, so that a wrong URL is reported there
  /// How long a call waits for a free connection, but not beyond its deadline: then Errc::overloaded.
  Duration take_timeout = std::chrono::seconds(30);
  Duration connect_timeout = std::chrono::seconds(5);
  /// How long to wait for another process's transaction on the same tenant before Errc::store_busy.
  Duration lock_timeout = std::chrono::seconds(10);
  /// How long a writing transaction may be idle between two statements before the server ends it: a client that froze
  /// or vanished blocks its tenant no longer than this. Reading transactions, which hold no lock, get 20 times as long.
  /// One second to one hour.
  Duration idle_timeout = std::chrono::seconds(20);
  /// Limit of one statement in a call without a deadline.
  Duration statement_timeout = std::chrono::minutes(10);
  /// The role that may use the tables and owns nothing. The application's login must be a member of it.
  std::string app_role = "stocktracker_app";
  /// A server on another machine must prove its identity: without sslmode in the URL `verify-full` is used, and weaker
  /// modes are refused. True: the URL and PGSSLMODE decide, and an attacker on the network may read and change
  /// everything. Servers on this machine (a socket, localhost, 127.0.0.0/8, ::1) need no proof.
  bool allow_unverified_server = false;

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Checks the history of migrations and the wall between tenants, and changes neither. Errc::store_older: a migration
/// is missing (see migrate_postgres). Errc::store_unwalled: the role can bypass the wall. Planes are schemas,
/// stocktracker_control and stocktracker_tenant; tenants are rows behind row-level security.
[[nodiscard]] STK_API Result<std::shared_ptr<Storage>> make_postgres_storage(PostgresOptions options);

/// Applies the missing migrations, as the role that owns the tables: each in a transaction of its own with its
/// privileges and policies, so that an interrupted call can be repeated; concurrent callers wait for each other.
/// Creates `app_role` if it is missing. Returns what it applied, as "control 1 (tenants)".
[[nodiscard]] STK_API Result<std::vector<std::string>> migrate_postgres(const PostgresOptions& options,
                                                                        const CallContext& context = {});

/// Request limits shared by everything that uses the database, on any machine: one row for each seller and kind of
/// token. The server's clock counts for all, unless `options.clock` is set. A check costs two round trips on
/// connections of its own (of `options`, url, password, connections and the timeouts are used) and takes at most 5 s;
/// while the server does not answer, no request is sent. Errc::store_older before migrate_postgres has created the
/// table.
[[nodiscard]] STK_API Result<std::shared_ptr<QuotaMemory>> make_postgres_quota(PostgresOptions options);

}  // namespace stocktracker::inline v0
