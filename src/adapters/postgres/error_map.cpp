// Translates SQLSTATEs into errors.
#include "adapters/postgres/error_map.hpp"

#include <string>

namespace stocktracker::inline v0::postgres {
namespace {

struct Meaning {
  Errc code;
  std::string_view remedy = {};
};

Meaning meaning_of(std::string_view state, std::string_view message) noexcept {
  if (state == kNoTenant) return {Errc::not_found};
  // A setting that was never set, or the empty text that remains after its transaction.
  if (state == "42704" && message.find("stocktracker.") != std::string_view::npos) return {Errc::tenant_unset};
  if (state == "22P02" && message.find("uuid: \"\"") != std::string_view::npos) return {Errc::tenant_unset};
  if (state == "22021") return {Errc::invalid_text};  // a zero byte, or not UTF-8
  if (state == "22003") return {Errc::out_of_range};
  if (may_run_again(state)) return {Errc::store_rolled_back};
  if (state == "25P02") return {Errc::store_rolled_back};
  if (state == "25006") return {Errc::store_read_only, "the server is read-only: use the primary server"};
  if (state == "42501")
    return {Errc::store_unwalled, "a row of another tenant, or an action that this role may not do"};
  if (state == "55P03") return {Errc::store_busy, "another process is writing it; try again when that has ended"};
  if (state == "57014") return {Errc::store_busy, "the statement ran longer than its limit"};
  if (state == "53100") return {Errc::store_full, "free space on the server's disk; nothing was lost"};
  if (state == "53300") return {Errc::store_unreachable, "raise max_connections, or put a pooler in between"};
  if (state == "26000") return {Errc::store_sql, "behind a pooler in transaction mode set pooling=transaction"};
  if (state == "08P01") return {Errc::store_sql};  // wrong number of parameters
  const std::string_view group = state.substr(0, 2);
  if (group == "23") return {Errc::store_constraint};
  if (group == "28") return {Errc::store_unreadable, "check the role, its password and pg_hba.conf"};
  if (group == "3D") return {Errc::store_unreadable, "create the database first"};
  if (group == "08" || group == "57") return {Errc::store_unreachable, "check that the server runs"};
  if (group == "53") return {Errc::store_unreachable, "the server is out of resources"};
  if (group == "58") return {Errc::io_failed, "check the server's disk"};
  if (group == "XX") return {Errc::store_corrupt, "see the server's log"};
  return {Errc::store_sql};
}

std::string_view field(const PGresult* result, int code) noexcept {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

Error make(Meaning meaning, std::string_view what, std::string_view why, std::string_view state) {
  ErrorDetails details;
  details.message = std::string(what) + ": " + std::string(why);
  if (!meaning.remedy.empty()) details.message.append("; ").append(meaning.remedy);
  details.operation = what;
  details.vendor = "postgresql";
  details.vendor_code = state;
  details.retryable = kind_of(meaning.code) == ErrorKind::unavailable;
  return {meaning.code, std::move(details)};
}

}  // namespace

std::string_view state_of(const PGresult* result) noexcept { return field(result, PG_DIAG_SQLSTATE); }

bool may_run_again(std::string_view state) noexcept { return state == "40001" || state == "40P01" || state == "0A000"; }

Error translate(const PGresult* result, std::string_view what) {
  const std::string_view state = state_of(result);
  const std::string_view message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  return make(meaning_of(state, message), what, message, state);
}

Error lost(const PGconn* connection, std::string_view what) {
  // One line of libpq's text; it names host and port, never the password.
  std::string_view why = connection == nullptr ? "no memory was left" : PQerrorMessage(connection);
  why = why.substr(0, why.find('\n'));
  // libpq reports a refused connection without SQLSTATE.
  if (why.find("too many c") != std::string_view::npos || why.find("connection slots") != std::string_view::npos) {
    return make(meaning_of(kTooMany, why), what, why, kTooMany);
  }
  const bool refused = why.find("authentication") != std::string_view::npos ||
                       why.find("no pg_hba.conf entry") != std::string_view::npos;
  const bool missing =
      why.find("database \"") != std::string_view::npos || why.find("role \"") != std::string_view::npos;
  const bool unverified = why.find("certificate") != std::string_view::npos ||
                          why.find("does not support SSL") != std::string_view::npos ||
                          why.find("SSL connection is required") != std::string_view::npos;
  if (unverified) {
    return make(
        {Errc::store_unreadable,
         "the server did not prove its identity: give its certificate authority by sslrootcert=FILE in the URL, and "
         "the host as its certificate does"},
        what, why, {});
  }
  if (refused || missing) {
    return make({Errc::store_unreadable, "check the URL, the role and pg_hba.conf"}, what, why, {});
  }
  return make({Errc::store_unreachable, "check that the server runs and that this URL reaches it"}, what, why, {});
}

Error lost_in_silence(std::string_view what, Duration limit) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
  Error error =
      make({Errc::store_rolled_back,
            "nothing of it was stored; a transaction that computes for longer between two statements needs a larger "
            "PostgresOptions::idle_timeout"},
           what, "the transaction was idle for more than " + std::to_string(seconds) + " seconds", kIdleTooLong);
  return error;
}

}  // namespace stocktracker::inline v0::postgres
