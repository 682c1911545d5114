// The one table of error codes: name, kind, text.
#include <stocktracker/core/errc.hpp>

#include <array>
#include <string>

namespace stocktracker::inline v0 {
namespace {

struct Row {
  Errc code;
  ErrorKind kind;
  const char* name;
  const char* text;
};

using enum ErrorKind;

// One row per code: kind, name, and two parts that a seller may read: what happened and, after the first full stop,
// what to do next. Where the reader cannot do it, the text names who can: an operator, or the developers.
constexpr std::array kRows{
    Row{Errc::invalid_argument, invalid, "invalid_argument",
        "A value that was given cannot be used. Correct it and try again."},
    Row{Errc::invalid_text, invalid, "invalid_text",
        "A text does not have the expected form. Correct it and try again."},
    Row{Errc::out_of_range, invalid, "out_of_range", "A number is too large. Use a smaller one and try again."},
    Row{Errc::not_found, not_found, "not_found",
        "What was asked for does not exist. Check its name or id and try again."},
    Row{Errc::cancelled, cancelled, "cancelled", "Stopped on request. Start it again if you need the result."},
    Row{Errc::deadline_exceeded, timeout, "deadline_exceeded", "It took too long and was stopped. Try again later."},
    Row{Errc::unsupported, unsupported, "unsupported",
        "This is not supported here. See in the documentation what this marketplace or store supports."},
    Row{Errc::internal, internal, "internal",
        "Something went wrong on our side. Try again; if it happens again, report it to the developers."},
    Row{Errc::overloaded, unavailable, "overloaded",
        "Too many calls are waiting for this program. Try again in a minute."},
    Row{Errc::io_failed, unavailable, "io_failed",
        "A file could not be read or written. An operator must check that it exists, its permissions and its disk."},
    Row{Errc::cursor_gone, not_found, "cursor_gone",
        "The older events are no longer kept. Read from the oldest kept event again."},
    Row{Errc::engine_closed, unavailable, "engine_closed",
        "This program is shutting down. Try again when it has been started again."},
    Row{Errc::engine_forked, unsupported, "engine_forked",
        "Something went wrong on our side. The developers must open the engine after the fork."},
    Row{Errc::already_exists, conflict, "already_exists",
        "This name is in use, or what should be empty is not. Choose another name."},
    Row{Errc::connect_failed, unavailable, "connect_failed", "The marketplace could not be reached. Try again later."},
    Row{Errc::tls_failed, unavailable, "tls_failed",
        "No secure connection to the marketplace could be made. An operator must check the clock, the certificates and "
        "the proxy of this computer."},
    Row{Errc::body_too_large, protocol, "body_too_large",
        "The marketplace's answer was too large. Ask for less at a time, or report it to the developers."},
    Row{Errc::body_truncated, unavailable, "body_truncated",
        "The marketplace's answer was cut off. Try again in a minute."},
    Row{Errc::connection_lost, unavailable, "connection_lost",
        "The connection to the marketplace broke. Check the result before you try again."},
    Row{Errc::address_refused, denied, "address_refused",
        "This address may not be used here. Use the marketplace's own address, or ask an operator to allow this one."},
    Row{Errc::vendor_unauthorized, unauthenticated, "vendor_unauthorized",
        "The marketplace does not accept the key. Create a new one and connect the account again."},
    Row{Errc::vendor_forbidden, denied, "vendor_forbidden",
        "The key does not permit this. Create a key with more rights in the seller's cabinet."},
    Row{Errc::vendor_payment_required, quota_exhausted, "vendor_payment_required",
        "The balance at the marketplace is empty. Top it up, then try again."},
    Row{Errc::vendor_throttled, rate_limited, "vendor_throttled",
        "The marketplace limits the number of requests. Try again later."},
    Row{Errc::vendor_unavailable, unavailable, "vendor_unavailable",
        "The marketplace is out of service. Try again later."},
    Row{Errc::vendor_rejected, invalid, "vendor_rejected",
        "The marketplace refused the request. Correct what it objects to; if that is nothing of yours, report it to "
        "the developers."},
    Row{Errc::vendor_method_gone, unsupported, "vendor_method_gone",
        "The marketplace switched this method off. Install a newer version, or report it to the developers."},
    Row{Errc::vendor_schema, protocol, "vendor_schema",
        "The marketplace's answer has an unexpected form. Try again later; if it happens again, report it to the "
        "developers."},
    Row{Errc::vendor_contradiction, protocol, "vendor_contradiction",
        "The marketplace's answer contradicts itself. Try again later; if it happens again, report it to the "
        "developers."},
    Row{Errc::vendor_rebuilt, unavailable, "vendor_rebuilt",
        "The marketplace rebuilt its report while it was read. Try again later."},
    Row{Errc::quota_reached, rate_limited, "quota_reached",
        "The marketplace's request limit is reached. Try again later."},
    Row{Errc::breaker_open, unavailable, "breaker_open",
        "The marketplace refused this request several times, so that it is paused. Try again in some minutes."},
    Row{Errc::store_busy, unavailable, "store_busy", "The store is in use by another process. Try again in a minute."},
    Row{Errc::store_constraint, conflict, "store_constraint",
        "The data conflict with stored data. Read the stored data again, or choose another value."},
    Row{Errc::store_corrupt, corrupt, "store_corrupt",
        "The store is damaged. An operator must restore it from a backup; `stocktracker doctor` lists the damage."},
    Row{Errc::store_read_only, denied, "store_read_only",
        "The store cannot be written. An operator must permit writing to it, or name a store that can be written."},
    Row{Errc::store_full, unavailable, "store_full", "No space is left for the store. Free some space and try again."},
    Row{Errc::store_unreadable, denied, "store_unreadable",
        "The store cannot be opened. An operator must check that it exists and that this program may read it."},
    Row{Errc::store_newer, unsupported, "store_newer", "The store was written by a newer version. Use that version."},
    Row{Errc::store_migration, corrupt, "store_migration",
        "The store's history differs from this version's. An operator must use the version that wrote it, or restore a "
        "backup."},
    Row{Errc::store_sql, internal, "store_sql", "Something went wrong on our side. Report it to the developers."},
    Row{Errc::store_nested, internal, "store_nested", "Something went wrong on our side. Report it to the developers."},
    Row{Errc::store_wrong_plane, internal, "store_wrong_plane",
        "Something went wrong on our side. Report it to the developers."},
    Row{Errc::store_rolled_back, unavailable, "store_rolled_back", "The change was not saved. Try again."},
    Row{Errc::store_older, unsupported, "store_older",
        "The store was written by an older version. An operator must migrate it: `stocktracker migrate`."},
    Row{Errc::store_unreachable, unavailable, "store_unreachable", "The store cannot be reached. Try again later."},
    Row{Errc::store_unwalled, denied, "store_unwalled",
        "Something went wrong on our side. An operator must check the role and the policies of the database."},
    Row{Errc::import_refused, invalid, "import_refused",
        "The file cannot be imported: it contains something that no export contains. Export the data again and import "
        "that file."},
    Row{Errc::run_in_progress, conflict, "run_in_progress",
        "A synchronisation of this account is already running. Try again when it has ended."},
    Row{Errc::lease_lost, conflict, "lease_lost",
        "Another synchronisation took over, or the account was released or disconnected; nothing was changed by this "
        "one. "
        "Wait for the result of the other one, or connect the account again."},
    Row{Errc::observation_too_old, conflict, "observation_too_old",
        "Newer data are already stored; these were not applied. Use the stored data, or synchronise again."},
    Row{Errc::ledger_broken, corrupt, "ledger_broken",
        "The ledger contradicts itself. An operator must restore the store from a backup; `stocktracker doctor` lists "
        "the entries."},
    Row{Errc::key_missing, not_found, "key_missing",
        "The encryption key is missing. An operator must put it back; without it, connect the accounts again."},
    Row{Errc::key_exposed, denied, "key_exposed",
        "Other users can read the encryption key. An operator must make its file readable for this program's user "
        "only."},
    Row{Errc::key_malformed, invalid, "key_malformed",
        "The encryption key is not valid. An operator must put back a correct copy of it."},
    Row{Errc::seal_broken, corrupt, "seal_broken",
        "The stored credentials cannot be opened. Connect the account again, or ask an operator to put back the key "
        "that sealed them."},
    Row{Errc::credentials_missing, unauthenticated, "credentials_missing",
        "The account's key is missing. Connect the account again."},
    Row{Errc::key_command_failed, unavailable, "key_command_failed",
        "The encryption key could not be fetched. Try again later."},
    Row{Errc::tenant_unset, invalid, "tenant_unset", "No tenant is chosen. Choose the tenant that this is about."},
    Row{Errc::tenant_suspended, denied, "tenant_suspended",
        "This tenant is suspended: its data can be read, but not changed. Ask an operator to resume it."},
    Row{Errc::tenant_quarantined, corrupt, "tenant_quarantined",
        "The stored data are damaged and closed. An operator must restore them from a backup."},
    Row{Errc::tenant_mismatch, denied, "tenant_mismatch",
        "This belongs to somebody else. Choose the tenant that it belongs to, if you may use it."},
    Row{Errc::permission_denied, denied, "permission_denied",
        "You do not have the permission for this. Ask a person who manages your roles to grant it."},
    Row{Errc::token_invalid, unauthenticated, "token_invalid", "The sign-in is not valid. Sign in again."},
    Row{Errc::token_expired, unauthenticated, "token_expired", "The sign-in has ended. Sign in again."},
};

constexpr Row kUnknown{Errc::internal, ErrorKind::internal, "internal",
                       "Something went wrong on our side. Report it to the developers."};

const Row& row_of(Errc code) noexcept {
  for (const Row& row : kRows) {
    if (row.code == code) return row;
  }
  return kUnknown;
}

class ErrcCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "stocktracker"; }
  std::string message(int code) const override { return to_string(static_cast<Errc>(code)); }
  std::error_condition default_error_condition(int code) const noexcept override {
    return make_error_condition(kind_of(static_cast<Errc>(code)));
  }
};

class KindCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "stocktracker.kind"; }
  std::string message(int kind) const override { return to_string(static_cast<ErrorKind>(kind)); }
  bool equivalent(const std::error_code& code, int kind) const noexcept override {
    // By name, not by address: two copies of the library in one process agree.
    return std::string_view(code.category().name()) == "stocktracker" &&
           kind_of(static_cast<Errc>(code.value())) == static_cast<ErrorKind>(kind);
  }
};

}  // namespace

ErrorKind kind_of(Errc code) noexcept { return row_of(code).kind; }
const char* to_string(Errc code) noexcept { return row_of(code).name; }
const char* public_text(Errc code) noexcept { return row_of(code).text; }

std::optional<Errc> errc_named(std::string_view name) noexcept {
  for (const Row& row : kRows) {
    if (name == row.name) return row.code;
  }
  return std::nullopt;
}

const char* to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::unauthenticated:
      return "unauthenticated";
    case ErrorKind::denied:
      return "denied";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::rate_limited:
      return "rate_limited";
    case ErrorKind::quota_exhausted:
      return "quota_exhausted";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::protocol:
      return "protocol";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

const std::error_category& error_category() noexcept {
  static const ErrcCategory category;
  return category;
}

const std::error_category& error_kind_category() noexcept {
  static const KindCategory category;
  return category;
}

std::error_code make_error_code(Errc code) noexcept { return {static_cast<int>(code), error_category()}; }

std::error_condition make_error_condition(ErrorKind kind) noexcept {
  return {static_cast<int>(kind), error_kind_category()};
}

}  // namespace stocktracker::inline v0
