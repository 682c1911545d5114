/// @file
/// The error codes of the library and the few kinds that callers decide by.
#pragma once

#include <system_error>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

/// What a caller can do about a failure. Every Errc has exactly one kind; numbers are append-only.
enum class ErrorKind : int {
  invalid = 1,      ///< the request is wrong: mend it, the same call fails again
  unauthenticated,  ///< the credentials are not accepted: ask the seller for new ones
  denied,           ///< the credentials are real but may not do this
  not_found,        ///< the named thing does not exist
  conflict,         ///< somebody else holds it, or it changed meanwhile: read again, then decide
  rate_limited,     ///< a limit of the other side: wait for retry_after
  quota_exhausted,  ///< a limit of a plan or a balance: waiting does not help, paying does
  unavailable,      ///< the other side or a resource is out of service for now
  timeout,          ///< the deadline of the call passed; whether it took effect is unknown
  cancelled,        ///< the caller asked to stop
  protocol,         ///< the other side answered what its documentation does not allow
  corrupt,          ///< stored data fail their own checks
  unsupported,      ///< this build, channel or store cannot do it
  internal,         ///< a fault of the library
};

/// One precise cause. Thousands group them: 0 general, 1 transport, 2 marketplace, 3 store, 4 sync, 5 secrets, 6
/// tenants.
enum class Errc : int {
  invalid_argument = 1,  ///< a parameter or option is outside its documented range (kind invalid)
  invalid_text,          ///< a text does not parse as what it should be (kind invalid)
  out_of_range,          ///< checked arithmetic would overflow (kind invalid)
  not_found,             ///< no such row or thing (kind not_found)
  cancelled,             ///< the stop token was set (kind cancelled)
  deadline_exceeded,     ///< the deadline passed (kind timeout)
  unsupported,           ///< not available here (kind unsupported)
  internal,              ///< a fault of the library (kind internal)
  overloaded,            ///< a bounded queue of ours is full (kind unavailable)
  io_failed,             ///< reading or writing a local file failed (kind unavailable)

  connect_failed = 1001,  ///< no connection: refused, reset, name not resolved (kind unavailable)
  tls_failed,             ///< the TLS handshake failed (kind unavailable)
  body_too_large,         ///< the answer exceeded the cap of the request (kind protocol)
  body_truncated,         ///< the answer ended early (kind unavailable)
  connection_lost,        ///< the connection broke after the request was sent: whether it took effect is unknown (kind
                          ///< unavailable)
  address_refused,        ///< the request names a host or an address that it may not reach; not sent (kind denied)

  vendor_unauthorized = 2001,  ///< HTTP 401: the token is not accepted (kind unauthenticated)
  vendor_forbidden,            ///< HTTP 403: the token may not do this (kind denied)
  vendor_payment_required,     ///< HTTP 402: the balance at the vendor is empty (kind quota_exhausted)
  vendor_throttled,            ///< HTTP 429 or 420 (kind rate_limited)
  vendor_unavailable,          ///< HTTP 5xx (kind unavailable)
  vendor_rejected,             ///< any other HTTP 4xx (kind invalid)
  vendor_method_gone,          ///< HTTP 404 or 410 of a method that is switched off (kind unsupported)
  vendor_schema,               ///< an answer that lacks or mistypes a required field, or is not JSON (kind protocol)
  vendor_contradiction,        ///< one answer states two values for one position (kind protocol)
  vendor_rebuilt,              ///< the report was rebuilt between pages on every try (kind unavailable)
  quota_reached,  ///< our own gate: sending now would break the channel's limit; not sent (kind rate_limited)
  breaker_open,   ///< our own breaker: the identical request kept being refused; not sent (kind unavailable)

  store_busy = 3001,  ///< another process holds the store's lock (kind unavailable)
  store_constraint,   ///< a unique key or check refused the row (kind conflict)
  store_corrupt,      ///< the file fails its integrity check or is not a store (kind corrupt)
  store_read_only,    ///< the file or folder cannot be written (kind denied)
  store_full,         ///< no space is left (kind unavailable)
  store_unreadable,   ///< the file cannot be opened (kind denied)
  store_newer,        ///< the schema is newer than this build (kind unsupported)
  store_migration,    ///< an applied migration differs from this build's (kind corrupt)
  store_sql,          ///< the statement is wrong: a fault of the library (kind internal)
  store_nested,       ///< a transaction was begun inside another (kind internal)
  store_wrong_plane,  ///< a statement named a table of the other plane (kind internal)
  store_rolled_back,  ///< the whole group was rolled back, the body may be run again (kind unavailable)
  store_older,        ///< the schema is older than this build, and a reader may not migrate it (kind unsupported)
  store_unreachable,  ///< no server answers, or it has no connection to spare (kind unavailable)
  store_unwalled,     ///< the server's role may pass the wall between tenants, or tried to (kind denied)
  import_refused,     ///< a file to be imported holds what no export holds: a trigger, a view, a wrong type, too many
                      ///< rows or bytes; nothing was imported (kind invalid)

  run_in_progress = 4001,  ///< another run holds the account's lease (kind conflict)
  lease_lost,              ///< the lease ended or passed on before the commit; nothing was written (kind conflict)
  observation_too_old,     ///< the observation is older than the last one applied (kind conflict)
  ledger_broken,           ///< the ledger fails its invariants (kind corrupt)

  key_missing = 5001,   ///< no key, or none with that id (kind not_found)
  key_exposed,          ///< the key file can be read by others (kind denied)
  key_malformed,        ///< the key file does not hold a key (kind invalid)
  seal_broken,          ///< the sealed text does not open under its key and context (kind corrupt)
  credentials_missing,  ///< the account has no credentials in this process or store (kind unauthenticated)
  key_command_failed,   ///< the command that provides keys did not run, ended with a failure or took too long (kind
                        ///< unavailable)

  tenant_unset = 6001,  ///< the call's context names no tenant, and the store has no default one (kind invalid)
  tenant_suspended,     ///< the tenant may read, but not change anything (kind denied)
  tenant_quarantined,   ///< the tenant's data are damaged and closed until an operator restores them (kind corrupt)
  tenant_mismatch,      ///< the context names another tenant or actor than the handle is for (kind denied)
  permission_denied,    ///< the principal may not do this in the tenant (kind denied)
};

/// The kind of a code. Total: unknown numbers are ErrorKind::internal.
[[nodiscard]] STK_API ErrorKind kind_of(Errc code) noexcept;

/// The name as written above, e.g. "vendor_throttled". Stable; used in JSON and logs.
[[nodiscard]] STK_API const char* to_string(Errc code) noexcept;
[[nodiscard]] STK_API const char* to_string(ErrorKind kind) noexcept;

/// A fixed sentence that may be shown to a seller: no details, no secret.
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
