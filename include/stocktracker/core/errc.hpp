/// @file
/// The error codes of the library, and their kinds: callers decide by kind.
#pragma once

#include <optional>
#include <string_view>
#include <system_error>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// What a caller can do about a failure. Every Errc has exactly one kind; numbers are append-only.
enum class ErrorKind : int {
  invalid = 1,      ///< the request is wrong: change it, the same call will fail again
  unauthenticated,  ///< the credentials are not accepted: ask the seller for new ones
  denied,           ///< the credentials are valid but do not permit this
  not_found,        ///< the named thing does not exist
  conflict,         ///< somebody else holds it, or it changed meanwhile: read again, then decide
  rate_limited,     ///< a limit of the other side is reached: wait for retry_after
  quota_exhausted,  ///< a limit of a plan or a balance: waiting does not help, paying does
  unavailable,      ///< the other side or a resource is out of service for now
  timeout,          ///< the deadline of the call passed; whether it took effect is unknown
  cancelled,        ///< the caller asked to stop
  protocol,         ///< the other side gave an answer that its documentation does not allow
  corrupt,          ///< stored data fail their own checks
  unsupported,      ///< this build, channel or store cannot do it
  internal,         ///< a fault in the library
};

/// One precise cause. Thousands group them: 0 general, 1 transport, 2 marketplace, 3 store, 4 sync, 5 secrets, 6
/// tenants, 7 identities.
enum class Errc : int {
  invalid_argument = 1,  ///< a parameter or option is outside its documented range (kind invalid)
  invalid_text,          ///< a text does not have the form that is expected (kind invalid)
  out_of_range,          ///< checked arithmetic would overflow (kind invalid)
  not_found,             ///< no such row or object (kind not_found)
  cancelled,             ///< the stop token was set (kind cancelled)
  deadline_exceeded,     ///< the deadline passed (kind timeout)
  unsupported,           ///< not available here (kind unsupported)
  internal,              ///< a fault in the library (kind internal)
  overloaded,            ///< a bounded queue of the library is full (kind unavailable)
  io_failed,             ///< reading or writing a local file failed (kind unavailable)
  cursor_gone,           ///< what follows the cursor is no longer kept (kind not_found)
  engine_closed,         ///< the engine was closed before this call (kind unavailable)
  engine_forked,         ///< the engine was opened before this process was forked (kind unsupported)
  already_exists,        ///< the name, label or id is in use, or what should be empty is not (kind conflict)

  connect_failed = 1001,  ///< no connection: refused, reset, name not resolved (kind unavailable)
  tls_failed,             ///< the TLS handshake failed (kind unavailable)
  body_too_large,         ///< the answer is larger than the request's limit (kind protocol)
  body_truncated,         ///< the answer ended early (kind unavailable)
  connection_lost,        ///< the connection broke after the request was sent: whether it took effect is unknown (kind
                          ///< unavailable)
  address_refused,  ///< the request names a host or an address that it may not reach; it was not sent (kind denied)

  vendor_unauthorized = 2001,  ///< HTTP 401: the token is not accepted (kind unauthenticated)
  vendor_forbidden,            ///< HTTP 403: the token does not permit this (kind denied)
  vendor_payment_required,     ///< HTTP 402: the balance at the vendor is empty (kind quota_exhausted)
  vendor_throttled,            ///< HTTP 429 or 420 (kind rate_limited)
  vendor_unavailable,          ///< HTTP 5xx (kind unavailable)
  vendor_rejected,             ///< any other HTTP 4xx (kind invalid)
  vendor_method_gone,          ///< HTTP 404 or 410 of a method that the vendor switched off (kind unsupported)
  vendor_schema,               ///< an answer that lacks or mistypes a required field, or is not JSON (kind protocol)
  vendor_contradiction,        ///< one answer gives two values for one position (kind protocol)
  vendor_rebuilt,              ///< the vendor rebuilt the report between two pages, on every attempt (kind unavailable)
  quota_reached,  ///< the library's own quota: sending now would exceed the channel's limit; not sent (kind
                  ///< rate_limited)
  breaker_open,   ///< the library's own breaker: the identical request was refused repeatedly; not sent (kind
                  ///< unavailable)

  store_busy = 3001,  ///< another process holds the store's lock (kind unavailable)
  store_constraint,   ///< a unique key or check refused the row (kind conflict)
  store_corrupt,      ///< the file fails its integrity check or is not a store (kind corrupt)
  store_read_only,    ///< the file or folder cannot be written (kind denied)
  store_full,         ///< no space is left (kind unavailable)
  store_unreadable,   ///< the file cannot be opened (kind denied)
  store_newer,        ///< the schema is newer than this build (kind unsupported)
  store_migration,    ///< an applied migration differs from this build's (kind corrupt)
  store_sql,          ///< the statement is wrong: a fault in the library (kind internal)
  store_nested,       ///< a transaction was begun inside another (kind internal)
  store_wrong_plane,  ///< a statement named a table of the other plane (kind internal)
  store_rolled_back,  ///< the complete group was rolled back; the transaction may be run again (kind unavailable)
  store_older,        ///< the schema is older than this build, and a reader must not migrate it (kind unsupported)
  store_unreachable,  ///< the server does not answer, or has no free connection (kind unavailable)
  store_unwalled,     ///< the server's role can bypass the wall between tenants, or tried to (kind denied)
  import_refused,  ///< a file to be imported holds something that no export contains: a trigger, a view, a wrong type,
                   ///< too many rows or bytes; nothing was imported (kind invalid)

  run_in_progress = 4001,  ///< another run holds the account's lease (kind conflict)
  lease_lost,  ///< the lease ended, or another run took it, before the commit; nothing was written (kind conflict)
  observation_too_old,  ///< the observation is older than the last one applied (kind conflict)
  ledger_broken,        ///< the ledger fails its invariants (kind corrupt)

  key_missing = 5001,   ///< there is no key, or none with that id (kind not_found)
  key_exposed,          ///< other users can read the key file (kind denied)
  key_malformed,        ///< the key file does not hold a key (kind invalid)
  seal_broken,          ///< the sealed text does not open under its key and context (kind corrupt)
  credentials_missing,  ///< the account has no credentials in this process or store (kind unauthenticated)
  key_command_failed,   ///< the command that provides keys did not run, failed or took too long (kind unavailable)

  tenant_unset = 6001,  ///< the call's context names no tenant, and the store has no default tenant (kind invalid)
  tenant_suspended,     ///< the tenant may read, but not change anything (kind denied)
  tenant_quarantined,   ///< the tenant's data are damaged and closed until an operator restores them (kind corrupt)
  tenant_mismatch,      ///< the context names another tenant or actor than the handle's (kind denied)
  permission_denied,    ///< the principal lacks the permission in this tenant (kind denied)

  token_invalid = 7001,  ///< a token that this issuer did not write so, or whose key is unknown (kind unauthenticated)
  token_expired,         ///< a token that has ended (kind unauthenticated)
};

/// The kind of a code. Total: unknown numbers give ErrorKind::internal.
[[nodiscard]] STK_API ErrorKind kind_of(Errc code) noexcept;

/// The name of the enumerator, e.g. "vendor_throttled". Stable; used in JSON and logs.
[[nodiscard]] STK_API const char* to_string(Errc code) noexcept;
[[nodiscard]] STK_API const char* to_string(ErrorKind kind) noexcept;

/// The code with this name; nullopt if there is none.
[[nodiscard]] STK_API std::optional<Errc> errc_named(std::string_view name) noexcept;

/// Fixed text that may be shown to a seller: what happened and, after the first full stop, what to do next. Without
/// details and secrets.
[[nodiscard]] STK_API const char* public_text(Errc code) noexcept;

[[nodiscard]] STK_API const std::error_category& error_category() noexcept;
[[nodiscard]] STK_API const std::error_category& error_kind_category() noexcept;
[[nodiscard]] STK_API std::error_code make_error_code(Errc code) noexcept;
/// ErrorKind is the std::error_condition of Errc: `code == ErrorKind::timeout` holds for every Errc of that kind.
[[nodiscard]] STK_API std::error_condition make_error_condition(ErrorKind kind) noexcept;

}  // namespace stocktracker::inline v0

/// @cond
template <>
struct std::is_error_code_enum<stocktracker::Errc> : std::true_type {};
template <>
struct std::is_error_condition_enum<stocktracker::ErrorKind> : std::true_type {};
/// @endcond
