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

/// What stands between us and the server.
enum class PostgresPooling : unsigned char {
  session,      ///< nothing, or a pooler that gives a connection for as long as we keep it
  transaction,  ///< PgBouncer with pool_mode=transaction: nothing of a session is relied upon
};

struct PostgresOptions {
  /// As libpq takes it: `postgresql://user@host:port/database?sslmode=verify-full&sslrootcert=FILE`, or
  /// `host=... dbname=...`. A password in it is refused: URLs end up in logs and process lists.
  std::string url{};
  /// Empty: libpq finds it itself (PGPASSFILE, ~/.pgpass, a trusted socket).
  Secret password{};
  Schema schema{};
  /// What deadlines are compared with; null: the system's clock.
  std::shared_ptr<Clock> clock{};
  PostgresPooling pooling = PostgresPooling::session;
  /// At most. Tenants that wait take turns; while there are two or more, no tenant holds all of them.
  int connections = 8;
  int warm_connections = 1;  ///< opened at once, so that make_postgres_storage reports a wrong URL
  /// How long a call waits for a free connection, its deadline at most: then Errc::overloaded.
  Duration take_timeout = std::chrono::seconds(30);
  Duration connect_timeout = std::chrono::seconds(5);
  /// How long to wait for another process's transaction on the same tenant before Errc::store_busy.
  Duration lock_timeout = std::chrono::seconds(10);
  /// How long a writing body may be silent between two statements before the server ends its transaction: a client that
  /// froze or vanished holds its tenant for no longer. Reading bodies, which hold no lock, get 20 times as long. From a
  /// second to an hour.
  Duration idle_timeout = std::chrono::seconds(20);
  /// The longest statement of a call without a deadline.
  Duration statement_timeout = std::chrono::minutes(10);
  /// The role that may use the tables and owns nothing: what the application logs in as is a member of it.
  std::string app_role = "stocktracker_app";
  /// A server on another machine must prove who it is: without sslmode in the URL `verify-full` is used, and anything
  /// less is refused. True: the URL and PGSSLMODE decide, and a stranger on the way may read and change everything.
  /// Servers on this machine (a socket, localhost, 127.0.0.0/8, ::1) need no proof.
  bool allow_unverified_server = false;

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Checks the history of migrations and the wall between tenants, and changes neither: Errc::store_older where a
/// migration is missing (see migrate_postgres), Errc::store_unwalled where the role may pass the wall. Planes are
/// schemas, stocktracker_control and stocktracker_tenant; tenants are rows behind row-level security.
[[nodiscard]] STK_API Result<std::shared_ptr<Storage>> make_postgres_storage(PostgresOptions options);

/// Applies what is missing, as the role that owns the tables: each migration in a transaction of its own with its
/// privileges and policies, so that a run that was cut off goes on where it ended, and two starters wait for each
/// other. Makes `app_role` where it is missing. What it applied, as "control 1 (tenants)".
[[nodiscard]] STK_API Result<std::vector<std::string>> migrate_postgres(const PostgresOptions& options,
                                                                        const CallContext& context = {});

/// Request limits shared by everything that uses the database, on whatever machine: a row for each seller and kind of
/// token. The server's clock counts for all; `options.clock`, where it is given, instead. A question is two round
/// trips on connections of its own (of `options`, url, password, connections and the timeouts are used), 5 s at most;
/// while the server does not answer nothing is sent. Errc::store_older before migrate_postgres has made the table.
[[nodiscard]] STK_API Result<std::shared_ptr<QuotaMemory>> make_postgres_quota(PostgresOptions options);

}  // namespace stocktracker::inline v0
