// Opens a foreign file so that nothing in it is executed.
#include "adapters/sqlite/foreign_connection.hpp"

#include <algorithm>
#include <array>

#include "adapters/sqlite/error_map.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr int kOpcodesPerLook = 1'000;
constexpr int kLongestValue = 16 << 20;

struct Limit {
  int id;
  int value;
};
constexpr std::array kLimits{
    Limit{SQLITE_LIMIT_LENGTH, kLongestValue},
    Limit{SQLITE_LIMIT_SQL_LENGTH, 100'000},
    Limit{SQLITE_LIMIT_COLUMN, 200},
    Limit{SQLITE_LIMIT_EXPR_DEPTH, 50},
    Limit{SQLITE_LIMIT_COMPOUND_SELECT, 5},
    Limit{SQLITE_LIMIT_FUNCTION_ARG, 8},
    Limit{SQLITE_LIMIT_ATTACHED, 0},
    Limit{SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    Limit{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100},
    Limit{SQLITE_LIMIT_VARIABLE_NUMBER, 10},
    Limit{SQLITE_LIMIT_WORKER_THREADS, 0},
};

struct Switch {
  int id;
  int on;
};
constexpr std::array kSwitches{
    Switch{SQLITE_DBCONFIG_DEFENSIVE, 1},        Switch{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    Switch{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},   Switch{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
    Switch{SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},  Switch{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    Switch{SQLITE_DBCONFIG_DQS_DDL, 0},          Switch{SQLITE_DBCONFIG_DQS_DML, 0},
    Switch{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
};

// Checks of the file's tables are expressions from outside: they are not evaluated.
constexpr const char* kPragmas =
    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA ignore_check_constraints = ON; "
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; PRAGMA query_only = ON";

constexpr std::array<std::string_view, 5> kQuestions{"table_xinfo", "index_list", "index_xinfo", "quick_check",
                                                     "encoding"};

}  // namespace

std::string shown(std::string_view text) {
  std::string plain;
  for (const char c : text.substr(0, 60)) plain += c >= 0x20 && c < 0x7F ? c : '?';
  return text.size() > 60 ? plain + "..." : plain;
}

Result<std::unique_ptr<ForeignConnection>> ForeignConnection::open(const std::string& copy, const std::string& name,
                                                                   const CallContext& context,
                                                                   std::shared_ptr<Clock> clock) {
  std::unique_ptr<ForeignConnection> connection(new ForeignConnection(name, context, std::move(clock)));
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(
      copy.c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
      nullptr);
  connection->db_.reset(db);
  if (code != SQLITE_OK) return connection->error(code);
  STK_TRY(connection->harden());
  return connection;
}

Result<void> ForeignConnection::harden() {
  sqlite3* const db = db_.get();
  for (const Limit& limit : kLimits) sqlite3_limit(db, limit.id, limit.value);
  for (const Switch& one : kSwitches) {
    if (sqlite3_db_config(db, one.id, one.on, nullptr) != SQLITE_OK) {
      return Error(Errc::unsupported, "this SQLite cannot open foreign files safely; use 3.31 or later");
    }
  }
  sqlite3_progress_handler(db, kOpcodesPerLook, &ForeignConnection::on_progress, this);
  const int code = sqlite3_exec(db, kPragmas, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  sqlite3_set_authorizer(db, &ForeignConnection::authorize, this);
  return success();
}

int ForeignConnection::authorize(void* self, int action, const char* first, const char*, const char*, const char*) {
  const std::string_view subject = first == nullptr ? "" : first;
  const auto& tables = static_cast<ForeignConnection*>(self)->tables_;
  switch (action) {
    case SQLITE_SELECT:
      return SQLITE_OK;
    case SQLITE_READ:
      return subject == "sqlite_master" || tables.find(subject) != tables.end() ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
      return std::find(kQuestions.begin(), kQuestions.end(), subject) != kQuestions.end() ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

int ForeignConnection::on_progress(void* self) {
  return static_cast<ForeignConnection*>(self)->check().has_value() ? 0 : 1;
}

Result<ForeignConnection::Handle> ForeignConnection::prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) return error(code);
  return handle;
}

Result<bool> ForeignConnection::step(const Handle& statement) const {
  const int code = sqlite3_step(statement.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) return error(code);
  return false;
}

Result<std::string> ForeignConnection::text(const Handle& row, int column, std::string_view what,
                                            std::size_t most) const {
  if (sqlite3_column_type(row.get(), column) != SQLITE_TEXT) return refused(std::string(what) + " is no text");
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(row.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row.get(), column));
  if (bytes == nullptr || size > most) return refused(std::string(what) + " is too long");
  return std::string(bytes, size);
}

Error ForeignConnection::refused(std::string_view why) const {
  return Error(Errc::import_refused, name_ + ": " + std::string(why) + "; nothing was imported").during("import");
}

Error ForeignConnection::error(int code) const {
  if (auto ended = check(); !ended) return Error(std::move(ended).error()).during("import").in(context_);
  switch (code & 0xFF) {
    case SQLITE_TOOBIG:
      return refused("a value is too long");
    case SQLITE_AUTH:
    case SQLITE_ERROR:
    case SQLITE_PERM:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return refused(shown(sqlite3_errmsg(db_.get())));
    case SQLITE_CORRUPT:
      // The text may quote the file, that is, anything.
      return Error(Errc::store_corrupt, name_ + " is damaged (" + shown(sqlite3_errmsg(db_.get())) +
                                            "); nothing was imported; use another backup")
          .during("import");
    default:
      return translate(code, nullptr, "import", name_);
  }
}

}  // namespace stocktracker::inline v0::sqlite
