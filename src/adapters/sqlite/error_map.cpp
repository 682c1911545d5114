// Translates SQLite's codes into errors.
#include "adapters/sqlite/error_map.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <string>

#include "adapters/sqlite/lock_holder.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

struct Meaning {
  Errc code;
  std::string_view remedy;
};

Meaning meaning_of(int code) noexcept {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {Errc::store_busy, "try again when that has ended"};
    case SQLITE_CONSTRAINT:
      return {Errc::store_constraint, ""};
    case SQLITE_CORRUPT:
      return {Errc::store_corrupt, "restore it from a backup; what it still holds can be read with sqlite3 .recover"};
    case SQLITE_NOTADB:
      return {Errc::store_corrupt, "this file is not a store; name another file"};
    case SQLITE_READONLY:
      return {Errc::store_read_only, "make the file and its folder writable for this user"};
    case SQLITE_FULL:
      return {Errc::store_full, "free space on its disk; nothing was lost"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Errc::store_unreadable, "check that its folder exists and that this user may read and write it"};
    case SQLITE_IOERR:
      return {Errc::io_failed, "check the disk"};
    case SQLITE_ABORT:
      return {Errc::store_rolled_back, ""};
    case SQLITE_NOMEM:
      return {Errc::internal, "no memory was left"};
    case SQLITE_INTERRUPT:
      return {Errc::cancelled, ""};
    case SQLITE_TOOBIG:
      return {Errc::out_of_range, ""};
    default:
      return {Errc::store_sql, ""};
  }
}

}  // namespace

Error translate(int code, sqlite3* db, std::string_view what, std::string_view file) {
  // The connection's text and the system's error belong to its last call only.
  const bool last_call = db != nullptr && sqlite3_extended_errcode(db) == code;
  const int system = last_call ? sqlite3_system_errno(db) : 0;
  const bool no_room = (code & 0xFF) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT);
  const Meaning meaning = meaning_of(no_room ? SQLITE_FULL : code);
  ErrorDetails details;
  details.message = std::string(what) + ": ";
  if (meaning.code == Errc::store_busy) {
    details.message.append(lock_holder(std::string(file))).append(" is writing the store ").append(file);
  } else {
    details.message.append(last_call ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    details.message.append(" (store ").append(file).append(")");
  }
  if (!meaning.remedy.empty()) details.message.append("; ").append(meaning.remedy);
  details.operation = what;
  details.vendor = "sqlite";
  details.vendor_code = std::to_string(code);
  details.retryable = kind_of(meaning.code) == ErrorKind::unavailable;
  return {meaning.code, std::move(details)};
}

}  // namespace stocktracker::inline v0::sqlite
